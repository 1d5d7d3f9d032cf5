import { StreamError } from '../errors.ts'
import type { Source, Transport } from '../source/source.ts'
import { holds, idleConnection, transition } from '../state/connection.ts'
import type { Connection, ConnectionInput } from '../state/connection.ts'
import type { RetryPolicy } from '../state/retry-delay.ts'
import type { Frame } from '../wire/frame.ts'
import { createAttemptCeiling } from './attempt-ceiling.ts'
import type { Clock } from './clock.ts'
import { truncated } from './line-faults.ts'
import type { Surroundings, SurroundingsSignal } from './surroundings.ts'
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
  want(): void
  unwant(): void
  retryNow(): void
  /** Looks whether everything was said, by whatever way it came. */
  settle(): void
}

/** How long a line that was probably slept through may take to show that it lives, in milliseconds. */
const proofMs = 500

/** A line that carries `carried`, connecting to nothing until it is wanted. */
export function createLine(carried: Carried, env: LineEnv): Line {
  const { clock, policy, surroundings } = env
  const ceiling = createAttemptCeiling()
  let connection: Connection = idleConnection
  let transport: Transport = 'stream'
  let serverDelayMs: number | null = null
  /** Until when, on the monotonic clock, the server asked to be left alone. */
  let askedUntilMs = 0
  let isWanted = false
  let isFrozen = false
  let isSettled = false
  let heard = { atMs: clock.now(), atMonotonicMs: clock.monotonic() }
  let release = (): void => {}
  let leaveSurroundings: (() => void) | null = null
  let stopProof = (): void => {}

  function send(input: ConnectionInput): void {
    const before = connection
    connection = transition(before, input, policy)
    if (connection === before) return
    // The same request goes on from connecting to open; everything else that was held is released.
    if (holds(before) !== 'request' || holds(connection) !== 'request') {
      release()
      release = acquire(connection)
    }
    env.onChange()
  }

  function acquire(next: Connection): () => void {
    if (next.status === 'waiting') {
      return clock.after(next.retryAtMs - clock.now(), () => send({ type: 'elapsed' }))
    }
    if (holds(next) !== 'request') return () => {}
    const attempt = new AbortController()
    void follow(attempt.signal)
    return () => attempt.abort()
  }

  /** Wanted is what somebody watches, in a page that runs, and that is seen where lines are not kept otherwise. */
  function updateWanted(): void {
    const isHeld = isFrozen || (!env.isKeptHidden && !surroundings.isVisible)
    send({ type: isWanted && !isHeld ? 'wanted' : 'unwanted' })
  }

  function setWanted(next: boolean): void {
    isWanted = next
    if (!isWanted || isSettled) leave()
    else leaveSurroundings ??= surroundings.subscribe(onSignal)
    updateWanted()
  }

  function leave(): void {
    leaveSurroundings?.()
    leaveSurroundings = null
    stopProof()
    isFrozen = false
  }

  function onSignal(signal: SurroundingsSignal): void {
    switch (signal) {
      case 'offline':
        return send({ type: 'offline' })
      case 'online':
        return send({ type: 'online', ...moment() })
      case 'hidden':
        return updateWanted()
      case 'frozen':
        // A page that stands still reads nothing: its line would only hold a place.
        isFrozen = true
        return updateWanted()
      case 'visible':
      case 'woken':
        isFrozen = false
        updateWanted()
        return proveLife()
      default:
        return signal satisfies never
    }
  }

  /** What came while nothing of ours ran is read first: a line that has bytes to show is not dead. */
  function proveLife(): void {
    const wake = (isSilent: boolean): void =>
      send({ type: 'woken', ...moment(), isSilent, isOnline: surroundings.isOnline })
    stopProof()
    if (holds(connection) !== 'request') return wake(false)
    stopProof = clock.after(proofMs, () => wake(silentMs() > Math.max(env.idleMs / 3, proofMs)))
  }

  /** By whichever clock more time has passed: one stands still in a sleep, and the other can be set. */
  function silentMs(): number {
    return Math.max(clock.now() - heard.atMs, clock.monotonic() - heard.atMonotonicMs)
  }

  function hear(): void {
    heard = { atMs: clock.now(), atMonotonicMs: clock.monotonic() }
  }

  /** Whether nothing is to follow `work`, which may have told something new also when it fails. */
  async function isLastStep(signal: AbortSignal, work: () => Promise<void>): Promise<boolean> {
    const before = carried.newsCount
    try {
      await work()
    } finally {
      if (!signal.aborted && carried.newsCount !== before) send({ type: 'applied' })
    }
    if (signal.aborted) return true
    settle()
    return carried.isOver
  }

  async function follow(signal: AbortSignal): Promise<void> {
    ceiling.begin(clock.monotonic())
    hear()
    const silence = watchSilence(clock, env.idleMs / 2, () => {
      if (!signal.aborted) send({ type: 'quiet' })
    })
    // Why not only in the end: a page that freezes right now must hold no timer, and reads that are awaited end later.
    signal.addEventListener('abort', () => silence.stop(), { once: true })
    let isOpen = false
    const onTransport = (next: Transport): void => {
      if (signal.aborted) return
      if (isOpen) carried.reopened()
      if (next === transport) return
      transport = next
      env.onChange()
    }
    const { cursor, canResume } = carried
    try {
      for await (const frames of env.source({ cursor, canResume, signal, onTransport })) {
        if (signal.aborted) return
        if (!isOpen) {
          isOpen = true
          carried.reopened()
          send({ type: 'opened' })
        }
        hear()
        silence.heard()
        send({ type: 'heard' })
        for (const frame of frames) if (frame.type === 'retry') serverDelayMs = frame.delayMs
        if (await isLastStep(signal, () => carried.take(frames, signal))) return
      }
      if (!signal.aborted) throw truncated()
    } catch (thrown) {
      if (signal.aborted) return
      const fault = faultOf(StreamError.from(thrown))
      const isGivenUp = transition(connection, fault, policy).status === 'closed'
      if (await isLastStep(signal, () => carried.broke(fault.error, isGivenUp, signal))) return
      // What was learned meanwhile may have given the line a new budget.
      send(fault)
    } finally {
      silence.stop()
    }
  }

  function faultOf(error: StreamError): Extract<ConnectionInput, { type: 'faulted' }> {
    const { isOnline } = surroundings
    // Kept here, because a network that comes and goes meanwhile changes nothing about it.
    askedUntilMs = Math.max(askedUntilMs, clock.monotonic() + (error.retryAfterMs ?? 0))
    return { type: 'faulted', error, ...moment(), random: clock.random(), isOnline, serverDelayMs }
  }

  function moment(): { readonly nowMs: number; readonly notBeforeMs: number } {
    const [nowMs, atMs] = [clock.now(), clock.monotonic()]
    return { nowMs, notBeforeMs: nowMs + Math.max(ceiling.waitMs(atMs), askedUntilMs - atMs) }
  }

  function settle(): void {
    if (!carried.isOver) return
    send({ type: 'finished' })
    if (isSettled) return
    isSettled = true
    leave()
    env.onOver()
  }

  return {
    get connection() {
      return connection
    },
    get transport() {
      return transport
    },
    want: () => setWanted(true),
    unwant: () => setWanted(false),
    retryNow: () => send({ type: 'retry-now', nowMs: clock.now() }),
    settle,
  }
}
