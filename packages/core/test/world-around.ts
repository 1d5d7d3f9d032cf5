import type { Surroundings, SurroundingsSignal } from '../src/store/surroundings.ts'

/** A network, a page and a machine in the test's hand. */
export interface WorldAround extends Surroundings {
  readonly listenerCount: number
  /** Lets it happen, and tells everybody. */
  say(signal: SurroundingsSignal): void
}

/** A world in which all is well until something is said. */
export function createWorldAround(): WorldAround {
  const listeners = new Set<(signal: SurroundingsSignal) => void>()
  let isOnline = true
  let isVisible = true
  return {
    get isOnline() {
      return isOnline
    },
    get isVisible() {
      return isVisible
    },
    get listenerCount() {
      return listeners.size
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    say(signal) {
      if (signal === 'offline' || signal === 'online') isOnline = signal === 'online'
      if (signal === 'hidden' || signal === 'visible') isVisible = signal === 'visible'
      for (const listener of listeners) listener(signal)
    },
  }
}
