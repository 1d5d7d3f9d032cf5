import type { Clock } from './clock.ts'
import { runApart } from './run-apart.ts'
import type { Surroundings, SurroundingsSignal } from './surroundings.ts'

/** What is looked for in the runtime's global object: a page has all of it, a worker some, a server nothing. */
export interface SurroundingsWorld extends Partial<
  Pick<EventTarget, 'addEventListener' | 'removeEventListener'>
> {
  readonly navigator?: { readonly onLine?: boolean }
  readonly document?: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> & {
    readonly visibilityState?: string
  }
}

type Hearing = Readonly<Record<string, (event: Event) => void>>

/** How often it is looked whether time has passed unseen, in milliseconds. */
const WAKE_WATCH_MS = 1000
/** A gap between two looks that no busy page explains, in milliseconds. */
const WAKE_GAP_MS = 6000

/**
 * The surroundings of a browser page. A worker knows of the network alone, and where there is neither page nor
 * navigator, as on a server, only the wake watch is left.
 *
 * The wake watch is a timer of one second that says `woken` when it comes more than five seconds late by the monotonic
 * clock. A page out of sight, whose timers run once a minute, hears it at every run: whoever hears `woken` looks whether
 * the line was silent, and acts only then. A clock that was set tells nothing.
 *
 * @param world - the global object; another one in tests
 * @see https://developer.chrome.com/docs/web-platform/page-lifecycle-api
 */
export function browserSurroundings(clock: Clock, world: SurroundingsWorld = globalThis): Surroundings {
  const listeners = new Set<{ readonly hear: (signal: SurroundingsSignal) => void }>()
  let lookedAtMs = 0
  let stop = (): void => {}

  const isVisible = (): boolean => world.document?.visibilityState !== 'hidden'
  const say = (signal: SurroundingsSignal): void => {
    // Why: the gap that an event has told is not told again by the next look.
    if (signal === 'woken') lookedAtMs = clock.monotonic()
    const present = [...listeners]
    for (const listener of present) {
      if (listeners.has(listener)) runApart(() => listener.hear(signal))
    }
  }
  const look = (): void => {
    const gapMs = clock.monotonic() - lookedAtMs
    watchForWaking()
    if (gapMs > WAKE_GAP_MS) say('woken')
  }
  let cancelLook = (): void => {}
  const watchForWaking = (): void => {
    lookedAtMs = clock.monotonic()
    cancelLook = clock.after(WAKE_WATCH_MS, look, 'background')
  }

  const begin = (): void => {
    const ofWorld: Hearing = {
      online: () => say('online'),
      offline: () => say('offline'),
      pageshow: (event) => isPersisted(event) && say('woken'),
      pagehide: (event) => isPersisted(event) && say('frozen'),
    }
    const ofPage: Hearing = {
      visibilitychange: () => say(isVisible() ? 'visible' : 'hidden'),
      freeze: () => say('frozen'),
      resume: () => say('woken'),
    }
    for (const [type, hear] of Object.entries(ofWorld)) world.addEventListener?.(type, hear)
    for (const [type, hear] of Object.entries(ofPage)) world.document?.addEventListener(type, hear)
    watchForWaking()
    stop = () => {
      cancelLook()
      for (const [type, hear] of Object.entries(ofWorld)) world.removeEventListener?.(type, hear)
      for (const [type, hear] of Object.entries(ofPage)) world.document?.removeEventListener(type, hear)
    }
  }

  return {
    get isOnline() {
      return world.navigator?.onLine !== false
    },
    get isVisible() {
      return isVisible()
    },
    subscribe(listener) {
      const own = { hear: listener }
      listeners.add(own)
      if (listeners.size === 1) begin()
      return () => {
        if (listeners.delete(own) && listeners.size === 0) stop()
      }
    },
  }
}

/** Whether the page came out of the back-forward cache, or may go into it. */
function isPersisted(event: Event): boolean {
  return 'persisted' in event && event.persisted === true
}
