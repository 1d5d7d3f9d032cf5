import { StreamError } from '../errors.ts'
import { retryDelay, type RetryPolicy } from './retry-delay.ts'

/**
 * The line's own small machine, apart from what it carries. Each state says which resource it holds, see {@link holds}.
 * `attempt` counts the attempts since the last one that brought something new.
 */
export type Connection =
  | { readonly status: 'idle' }
  | { readonly status: 'connecting'; readonly attempt: number; readonly error: StreamError | null }
  | {
      readonly status: 'open'
      readonly attempt: number
      /** Nothing was heard for a while. */
      readonly quiet: boolean
      /** The network is said to be gone, and nothing was heard since. */
      readonly cutOff: boolean
    }
  | {
      readonly status: 'waiting'
      readonly attempt: number
      /** When the next attempt begins. */
      readonly retryAtMs: number
      /** Before which the server, or the ceiling of attempts, allows none. */
      readonly notBeforeMs: number
      readonly error: StreamError
    }
  /** There is no network: an attempt is made as soon as there is one again. */
  | { readonly status: 'offline'; readonly attempt: number; readonly error: StreamError }
  | { readonly status: 'closed'; readonly error: StreamError | null }

/** What can happen to a line. Time and chance come with the input; moments are monotonic milliseconds. */
export type ConnectionInput =
  /** Somebody watches and nothing speaks against connecting. */
  | { readonly type: 'wanted'; readonly nowMs: number; readonly notBeforeMs: number }
  | { readonly type: 'unwanted' }
  | { readonly type: 'opened' }
  /** The state changed by what was heard. */
  | { readonly type: 'applied' }
  /** Nothing was heard for half the idle limit. */
  | { readonly type: 'quiet' }
  /** A byte came. */
  | { readonly type: 'heard' }
  /** What is followed has said its end. */
  | { readonly type: 'finished' }
  | {
      readonly type: 'faulted'
      readonly error: StreamError
      readonly nowMs: number
      readonly random: number
      readonly isOnline: boolean
      /** What the server last asked for by `retry:`, in milliseconds. */
      readonly serverDelayMs: number | null
      /** Before which no attempt may begin, whatever was heard; for the sake of the server. */
      readonly notBeforeMs: number
      /** From the opening of the line to what was last heard of it, in milliseconds; 0 where it was not opened. */
      readonly livedMs: number
    }
  /** The wait is over. */
  | { readonly type: 'elapsed' }
  /** Somebody asked for an attempt now, and for a new budget. */
  | { readonly type: 'retry-now'; readonly nowMs: number }
  | { readonly type: 'offline' }
  | { readonly type: 'online'; readonly nowMs: number; readonly notBeforeMs: number }
  /** Time has passed in which nothing of ours ran. `isSilent`: so long without a byte that the line may be dead. */
  | {
      readonly type: 'woken'
      readonly nowMs: number
      readonly notBeforeMs: number
      readonly isSilent: boolean
      readonly isOnline: boolean
    }

/** Before anybody watches. */
export const idleConnection: Connection = { status: 'idle' }

/** The next state of a line; the same reference when the input means nothing to it. */
export function transition(c: Connection, input: ConnectionInput, policy: RetryPolicy): Connection {
  switch (c.status) {
    case 'idle':
      // Also where there is said to be no network: browsers err about that, and the first attempt tells.
      if (input.type === 'wanted') {
        // Leaving a line and coming back to it is no way around what the server asked for.
        if (input.notBeforeMs > input.nowMs) return soon(0, tooSoon(), input)
        return { status: 'connecting', attempt: 0, error: null }
      }
      return input.type === 'finished' ? over : c
    case 'connecting':
      if (input.type === 'unwanted') return idleConnection
      if (input.type === 'opened') return { status: 'open', attempt: c.attempt, quiet: false, cutOff: false }
      if (input.type === 'finished') return over
      if (input.type === 'offline') return { status: 'offline', attempt: c.attempt, error: offline() }
      if (input.type === 'woken' && input.isSilent) return soon(c.attempt, interrupted(), input)
      return input.type === 'faulted' ? afterFault(c.attempt, input, policy) : c
    case 'open':
      return whileOpen(c, input, policy)
    case 'waiting':
      if (input.type === 'unwanted') return idleConnection
      if (input.type === 'finished') return over
      if (input.type === 'offline') return { status: 'offline', attempt: c.attempt, error: offline() }
      if (input.type === 'retry-now') return { status: 'connecting', attempt: 1, error: c.error }
      if (input.type === 'elapsed') return { status: 'connecting', attempt: c.attempt, error: c.error }
      return input.type === 'online' || input.type === 'woken' ? sooner(c, input.nowMs) : c
    case 'offline':
      if (input.type === 'unwanted') return idleConnection
      if (input.type === 'finished') return over
      // A browser that is wrong about the network is asked for an attempt by a person who is not.
      if (input.type === 'retry-now') return { status: 'connecting', attempt: 1, error: c.error }
      return isBack(input) ? soon(c.attempt, c.error, input) : c
    case 'closed':
      if (c.error === null) return c
      if (input.type === 'finished') return over
      if (input.type === 'retry-now') return { status: 'connecting', attempt: 1, error: c.error }
      // Given up for want of an answer; the world has changed since.
      return c.error.retryable && policy.maxRetries > 0 && isBack(input) ? soon(1, c.error, input) : c
    default:
      return c satisfies never
  }
}

const over: Connection = { status: 'closed', error: null }

function whileOpen(
  c: Extract<Connection, { status: 'open' }>,
  input: ConnectionInput,
  policy: RetryPolicy,
): Connection {
  switch (input.type) {
    case 'unwanted':
      return idleConnection
    case 'applied':
      return c.attempt === 0 ? c : { ...c, attempt: 0 }
    case 'quiet':
      return c.quiet ? c : { ...c, quiet: true }
    case 'heard':
      return c.quiet || c.cutOff ? { ...c, quiet: false, cutOff: false } : c
    case 'finished':
      return over
    case 'faulted':
      return afterFault(c.attempt, input, policy)
    case 'offline':
      return c.cutOff ? c : { ...c, cutOff: true }
    case 'online':
      return c.cutOff ? soon(c.attempt, interrupted(), input) : c
    case 'woken':
      return input.isSilent && input.isOnline ? soon(c.attempt, interrupted(), input) : c
    case 'retry-now':
      return c.quiet || c.cutOff ? soon(1, interrupted(), { nowMs: input.nowMs, notBeforeMs: 0 }) : c
    case 'wanted':
    case 'opened':
    case 'elapsed':
      return c
    default:
      return input satisfies never
  }
}

type Waiting = Extract<Connection, { status: 'waiting' }>

/** An attempt as soon as there may be one. What came before was no failed attempt. */
function soon(
  attempt: number,
  error: StreamError,
  { nowMs, notBeforeMs }: { readonly nowMs: number; readonly notBeforeMs: number },
): Waiting {
  return { status: 'waiting', attempt, retryAtMs: Math.max(nowMs, notBeforeMs), notBeforeMs, error }
}

/** Chance has no say any more; what the server asked for has. */
function sooner(c: Waiting, nowMs: number): Waiting {
  const retryAtMs = Math.max(nowMs, c.notBeforeMs)
  return retryAtMs < c.retryAtMs ? { ...c, retryAtMs } : c
}

function isBack(
  input: ConnectionInput,
): input is Extract<ConnectionInput, { readonly type: 'online' | 'woken' }> {
  return input.type === 'online' || (input.type === 'woken' && input.isOnline)
}

function afterFault(
  attempt: number,
  {
    error,
    nowMs,
    random,
    isOnline,
    serverDelayMs,
    notBeforeMs,
    livedMs,
  }: Extract<ConnectionInput, { type: 'faulted' }>,
  policy: RetryPolicy,
): Connection {
  if (!error.retryable) return { status: 'closed', error }
  // Without a network an attempt proves nothing, so that it is none; whoever never retries gives up all the same.
  if (!isOnline && policy.maxRetries > 0) return { status: 'offline', attempt, error }
  // A task may have nothing to say for an hour, behind a proxy that cuts every other minute: a line that was heard for
  // longer than any wait is no failed attempt.
  const next = (livedMs >= policy.maxDelayMs ? 0 : attempt) + 1
  if (next > policy.maxRetries) return { status: 'closed', error }
  // Where the server answers, only that it cannot continue from here, there is no reason to be patient.
  const patience = error.code === 'gap' ? 1 : next
  const delayMs = retryDelay(policy, patience, random, { serverDelayMs, retryAfterMs: error.retryAfterMs })
  const leastMs = Math.max(notBeforeMs, nowMs + (error.retryAfterMs ?? 0))
  return { ...soon(next, error, { nowMs: nowMs + delayMs, notBeforeMs }), notBeforeMs: leastMs }
}

/** What a state owns. Entering or leaving a state acquires or releases exactly this. */
export function holds(c: Connection): 'request' | 'timer' | 'nothing' {
  if (c.status === 'connecting' || c.status === 'open') return 'request'
  return c.status === 'waiting' ? 'timer' : 'nothing'
}

function offline(): StreamError {
  return new StreamError(
    'network',
    'The browser says that there is no network, so nothing can be heard. Watching goes on as soon as there is one again; nothing is lost on the server.',
    { retryable: true },
  )
}

function tooSoon(): StreamError {
  return new StreamError(
    'network',
    'The line was opened often, or the server asked to be left alone for a while, so the next attempt waits for that. Nothing is lost on the server.',
    { retryable: true },
  )
}

function interrupted(): StreamError {
  return new StreamError(
    'network',
    'The line was silent after a change of the network or a sleep of the machine, so it is taken for dead and opened again. Nothing is lost on the server.',
    { retryable: true },
  )
}
