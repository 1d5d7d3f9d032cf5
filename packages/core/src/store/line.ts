import { StreamError } from '../errors.ts'
import type { Reach, Source, Transport } from '../source/source.ts'
import { holds, idleConnection, transition } from '../state/connection.ts'
import type { Connection, ConnectionInput } from '../state/connection.ts'
import type { RetryPolicy } from '../state/retry-delay.ts'
import type { Frame } from '../wire/frame.ts'
import { createAttemptCeiling } from './attempt-ceiling.ts'
import type { Clock } from './clock.ts'
import { truncated } from './line-faults.ts'
import { createPresence, proofMs } from './presence.ts'
import type { Surroundings } from './surroundings.ts'
import { watchSilence } from './watch-silence.ts'

/** What is folded from a line: a task, a chat, or whatever else a stream tells. */
export interface Carried {
  /** What a new attempt asks to continue after, see {@link Reach.cursor}. */
  readonly cursor: string | null
  /** See {@link Reach.canResume}. */
  readonly canResume: boolean
  /** Whether everything has been said, so that nothing more is to be heard. */
  readonly isOver: boolean
  /** How often something new was said, whoever said it. */
  readonly newsCount: number
  /** A connection opened, or another way of listening began: what counts from its start starts over. */
  reopened(): void
  /** Folds the frames of one read, in order. What it throws breaks the line. */
  take(frames: readonly Frame[], signal: AbortSignal): Promise<void>
  /** The line broke. What can still be learned without it is learned here; `isGivenUp`: nobody will try again. */
  broke(error: StreamError, isGivenUp: boolean, signal: AbortSignal): Promise<void>
}

/** What a line needs from its surroundings. */
export interface LineEnv {
  readonly source: Source
  readonly clock: Clock
  readonly policy: RetryPolicy
  /** A line that brings nothing for half of this many milliseconds is shown as stalled. */
  readonly idleMs: number
  readonly surroundings: Surroundings
  /** Whether the line is let go while nobody can see the page. */
  readonly isKeptHidden: boolean
  /** Told of every change of the connection or of how it listens. */
  readonly onChange: () => void
  /** Told once, when everything has been said. */
  readonly onOver: () => void
}

/** Runs one {@link Connection}: from its states follow the requests and timers that it holds. */
export interface Line {
  readonly connection: Connection
  readonly transport: Transport
  /** Epoch milliseconds of the next attempt, by the wall clock as it was when it was planned; `null` where none is. */
  readonly nextRetryAt: number | null
  want(): void
  unwant(): void
  retryNow(): void
  /** Looks whether everything was said, by whatever way it came. */
  settle(): void
}

/** A line that carries `carried`, connecting to nothing until it is wanted. */
export function createLine(carried: Carried, env: LineEnv): Line {
  const { clock, policy, surroundings } = env
  const ceiling = createAttemptCeiling()
  const presence = createPresence(clock, surroundings, env.isKeptHidden, {
    onHeld: updateWanted,
    onNetwork: (isOnline) => send(isOnline ? { type: 'online', ...moment() } : { type: 'offline' }),
    onAwake: wake,
  })
  let connection: Connection = idleConnection
  let transport: Transport = 'stream'
  let nextRetryAt: number | null = null
  let serverDelayMs: number | null = null
  /** A line that brings nothing for this long is dead. */
  let idleMs = env.idleMs
  let isWanted = false
  let isSettled = false
  let openedAtMs = 0
  let heard = { atMs: 0, atWallMs: 0 }
  let release = (): void => {}

  function send(input: ConnectionInput): void {
    const before = connection
    connection = transition(before, input, policy)
    if (connection === before) return
    // The same request goes on from connecting to open; everything else that was held is released.
    if (holds(before) !== 'request' || holds(connection) !== 'request') {
      release()
      acquire(connection)
    }
    env.onChange()
  }

  function acquire(next: Connection): void {
    release = () => {}
    nextRetryAt = null
    if (next.status === 'waiting') {
      const waitMs = Math.max(0, next.retryAtMs - clock.monotonic())
      nextRetryAt = clock.now() + waitMs
      release = clock.after(waitMs, () => send({ type: 'elapsed' }))
    }
    if (holds(next) !== 'request') return
    const attempt = new AbortController()
    // Why first: an attempt runs code of the application, which may end this very line.
    release = () => attempt.abort()
    void follow(attempt.signal)
  }

  /** Wanted is what somebody watches, in a page that may hold it, and that has not said everything. */
  function updateWanted(): void {
    const isHeld = !isWanted || presence.isHeldBack || carried.isOver
    send(isHeld ? { type: 'unwanted' } : { type: 'wanted', ...moment() })
  }

  function setWanted(next: boolean): void {
    isWanted = next
    if (isWanted && !isSettled) presence.join()
    else presence.leave()
    updateWanted()
  }

  function wake(): void {
    // Timers of a hidden page are late all the time: that alone is no reason to begin again what was given up.
    if (connection.status === 'closed' && !surroundings.isVisible) return
    const { isOnline } = surroundings
    // By whichever clock more time has passed: one stands still in a sleep, and the other can be set.
    const silentMs = Math.max(clock.monotonic() - heard.atMs, clock.now() - heard.atWallMs)
    const limitMs = Number.isFinite(idleMs) ? idleMs : env.idleMs
    send({ type: 'woken', ...moment(), isOnline, isSilent: silentMs > Math.max(limitMs / 2, proofMs) })
  }

  function hear(): void {
    heard = { atMs: clock.monotonic(), atWallMs: clock.now() }
  }

  /** Whether nothing is to follow `work`, which may have told something new also when it fails. */
  async function isLastStep(signal: AbortSignal, work: () => Promise<void>): Promise<boolean> {
    const before = carried.newsCount
    try {
      await work()
    } finally {
      if (!signal.aborted && carried.newsCount !== before) send({ type: 'applied' })
    }
    settle()
    return signal.aborted || carried.isOver
  }

  function reachOf(signal: AbortSignal, isOpen: () => boolean): Reach {
    return {
      get cursor() {
        return carried.cursor
      },
      get canResume() {
        return carried.canResume
      },
      signal,
      onTransport(next) {
        if (signal.aborted) return
        if (isOpen()) carried.reopened()
        if (next === transport) return
        transport = next
        env.onChange()
      },
      onIdleLimit(limitMs) {
        if (!signal.aborted) idleMs = limitMs
      },
    }
  }

  async function follow(signal: AbortSignal): Promise<void> {
    ceiling.begin(clock.monotonic())
    idleMs = env.idleMs
    hear()
    let isOpen = false
    const isQuiet = (): void => {
      if (!signal.aborted) send({ type: 'quiet' })
    }
    const silence = watchSilence(clock, () => idleMs / 2, isQuiet)
    // Why not only in the end: a page that freezes right now must hold no timer, and reads that are awaited end later.
    signal.addEventListener('abort', () => silence.stop(), { once: true })
    try {
      for await (const frames of env.source(reachOf(signal, () => isOpen))) {
        if (signal.aborted) return
        hear()
        if (!isOpen) {
          isOpen = true
          openedAtMs = clock.monotonic()
          ceiling.answered()
          carried.reopened()
          send({ type: 'opened' })
        }
        silence.heard()
        send({ type: 'heard' })
        for (const frame of frames) if (frame.type === 'retry') serverDelayMs = frame.delayMs
        if (await isLastStep(signal, () => carried.take(frames, signal))) return
      }
      if (!signal.aborted) throw truncated()
    } catch (thrown) {
      if (signal.aborted) return
      const fault = faultOf(StreamError.from(thrown), isOpen ? heard.atMs - openedAtMs : 0)
      const isGivenUp = transition(connection, fault, policy).status === 'closed'
      if (await isLastStep(signal, () => carried.broke(fault.error, isGivenUp, signal))) return
      // What was learned meanwhile may have given the line a new budget.
      send(fault)
    } finally {
      silence.stop()
    }
  }

  function faultOf(error: StreamError, livedMs: number): Extract<ConnectionInput, { type: 'faulted' }> {
    const { isOnline } = surroundings
    ceiling.leaveAlone(clock.monotonic(), error.retryAfterMs ?? 0)
    return { type: 'faulted', error, ...moment(), random: clock.random(), isOnline, serverDelayMs, livedMs }
  }

  function moment(): { readonly nowMs: number; readonly notBeforeMs: number } {
    const nowMs = clock.monotonic()
    return { nowMs, notBeforeMs: ceiling.notBeforeMs(nowMs) }
  }

  function settle(): void {
    if (!carried.isOver) return
    send({ type: 'finished' })
    if (isSettled) return
    isSettled = true
    presence.leave()
    env.onOver()
  }

  return {
    get connection() {
      return connection
    },
    get transport() {
      return transport
    },
    get nextRetryAt() {
      return nextRetryAt
    },
    want: () => setWanted(true),
    unwant: () => setWanted(false),
    retryNow: () => send({ type: 'retry-now', nowMs: clock.monotonic() }),
    settle,
  }
}
