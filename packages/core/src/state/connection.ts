import type { StreamError } from '../errors.ts'
import type { Transport } from '../source/source.ts'

/**
 * The line's own small machine, apart from what it carries. Each state says which resource it holds, see {@link holds}.
 * `attempt` counts the attempts since the last one that brought something new.
 */
export type Connection =
  | { readonly status: 'idle' }
  | { readonly status: 'connecting'; readonly attempt: number; readonly error: StreamError | null }
  | { readonly status: 'open'; readonly attempt: number; readonly quiet: boolean }
  | {
      readonly status: 'waiting'
      readonly attempt: number
      /** Epoch milliseconds of the next attempt. */
      readonly retryAtMs: number
      readonly error: StreamError
    }
  | { readonly status: 'closed'; readonly error: StreamError | null }

/** What can happen to a line. Time and chance come with the input. */
export type ConnectionInput =
  /** Somebody watches and nothing speaks against connecting. */
  | { readonly type: 'wanted' }
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
  | { readonly type: 'faulted'; readonly error: StreamError; readonly nowMs: number; readonly random: number }
  /** The wait is over. */
  | { readonly type: 'elapsed' }
  /** Somebody asked for an attempt now, and for a new budget. */
  | { readonly type: 'retry-now' }

/** How often, and how patiently, a broken line is tried again. */
export interface RetryPolicy {
  /** Attempts in a row without anything new before the line is given up; 0 never retries. Default 10. */
  readonly maxRetries: number
  /** First delay in milliseconds; doubled by each further attempt. Default 1,000. */
  readonly retryDelayMs: number
  /** Longest delay in milliseconds; what the server asks for (`Retry-After`) may be longer. */
  readonly maxDelayMs: number
}

/** Ten attempts, 1 s doubled up to 30 s. */
export const defaultRetryPolicy: RetryPolicy = { maxRetries: 10, retryDelayMs: 1000, maxDelayMs: 30_000 }

/** Before anybody watches. */
export const idleConnection: Connection = { status: 'idle' }

/**
 * Delay before attempt `attempt` (1 is the first retry) in milliseconds: exponential with full jitter, never below what
 * the server asked for, and never below a tenth of the first delay, so that chance cannot spin.
 */
export function retryDelay(
  policy: RetryPolicy,
  attempt: number,
  random: number,
  retryAfterMs: number | null,
): number {
  const { retryDelayMs, maxDelayMs } = policy
  // Without delay there is nothing to double: 0 times the infinity that many attempts make is not a number.
  const ceiling = retryDelayMs === 0 ? 0 : Math.min(maxDelayMs, retryDelayMs * 2 ** (attempt - 1))
  return Math.max(retryAfterMs ?? 0, Math.min(maxDelayMs, retryDelayMs) / 10, random * ceiling)
}

/** The next state of a line; the same reference when the input means nothing to it. */
export function transition(c: Connection, input: ConnectionInput, policy: RetryPolicy): Connection {
  switch (c.status) {
    case 'idle':
      if (input.type === 'wanted') return { status: 'connecting', attempt: 0, error: null }
      return input.type === 'finished' ? { status: 'closed', error: null } : c
    case 'connecting':
      if (input.type === 'unwanted') return idleConnection
      if (input.type === 'opened') return { status: 'open', attempt: c.attempt, quiet: false }
      if (input.type === 'finished') return { status: 'closed', error: null }
      return input.type === 'faulted' ? afterFault(c.attempt, input, policy) : c
    case 'open':
      if (input.type === 'unwanted') return idleConnection
      if (input.type === 'applied') return c.attempt === 0 ? c : { ...c, attempt: 0 }
      if (input.type === 'quiet') return c.quiet ? c : { ...c, quiet: true }
      if (input.type === 'heard') return c.quiet ? { ...c, quiet: false } : c
      if (input.type === 'finished') return { status: 'closed', error: null }
      return input.type === 'faulted' ? afterFault(c.attempt, input, policy) : c
    case 'waiting':
      if (input.type === 'unwanted') return idleConnection
      if (input.type === 'finished') return { status: 'closed', error: null }
      if (input.type === 'elapsed') return { status: 'connecting', attempt: c.attempt, error: c.error }
      return input.type === 'retry-now' ? { status: 'connecting', attempt: 1, error: c.error } : c
    case 'closed':
      if (input.type !== 'retry-now' || c.error === null) return c
      return { status: 'connecting', attempt: 1, error: c.error }
    default:
      return c satisfies never
  }
}

function afterFault(
  attempt: number,
  { error, nowMs, random }: Extract<ConnectionInput, { type: 'faulted' }>,
  policy: RetryPolicy,
): Connection {
  const next = attempt + 1
  if (!error.retryable || next > policy.maxRetries) return { status: 'closed', error }
  const retryAtMs = nowMs + retryDelay(policy, next, random, error.retryAfterMs)
  return { status: 'waiting', attempt: next, retryAtMs, error }
}

/** What a state owns. Entering or leaving a state acquires or releases exactly this. */
export function holds(c: Connection): 'request' | 'timer' | 'nothing' {
  if (c.status === 'connecting' || c.status === 'open') return 'request'
  return c.status === 'waiting' ? 'timer' : 'nothing'
}

/** The connection as a user interface shows it; a fact of its own, never mixed into the status of the task. */
export interface ConnectionInfo {
  readonly state: 'idle' | 'connecting' | 'live' | 'polling' | 'stalled' | 'reconnecting' | 'closed'
  /** Attempts since something new was heard; 0 while all is well. */
  readonly attempt: number
  /** Epoch milliseconds of the next attempt, while one is waited for. */
  readonly nextRetryAt: number | null
  /** Epoch milliseconds at which something was last heard that changed the state. */
  readonly lastEventAt: number | null
  /** Messages that could not be read and were passed over; what they said is asked for. */
  readonly skippedCount: number
  /** How the state is followed, while it is. */
  readonly transport: Transport | null
  /** What broke the line, until it carries again. */
  readonly error: StreamError | null
}

const openStates = { stream: 'live', polling: 'polling' } as const

/** What a line knows beside its {@link Connection}. */
export type LineFacts = Pick<ConnectionInfo, 'lastEventAt' | 'skippedCount'> & {
  /** How the task is followed while the connection is open. */
  readonly transport: Transport
}

/** A line that has heard nothing yet. */
export const noLineFacts: LineFacts = { lastEventAt: null, skippedCount: 0, transport: 'stream' }

/** Reads a {@link Connection} for people. */
export function describeConnection(c: Connection, facts: LineFacts = noLineFacts): ConnectionInfo {
  const { lastEventAt, skippedCount, transport } = facts
  const base = { attempt: 0, nextRetryAt: null, lastEventAt, skippedCount, transport: null, error: null }
  switch (c.status) {
    case 'idle':
      return { ...base, state: 'idle' }
    case 'connecting':
      return {
        ...base,
        state: c.error === null ? 'connecting' : 'reconnecting',
        attempt: c.attempt,
        error: c.error,
      }
    case 'open':
      return { ...base, state: c.quiet ? 'stalled' : openStates[transport], attempt: c.attempt, transport }
    case 'waiting':
      return { ...base, state: 'reconnecting', attempt: c.attempt, nextRetryAt: c.retryAtMs, error: c.error }
    case 'closed':
      return { ...base, state: 'closed', error: c.error }
    default:
      return c satisfies never
  }
}
