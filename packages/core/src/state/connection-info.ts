import type { StreamError } from '../errors.ts'
import type { Transport } from '../source/source.ts'
import type { Connection } from './connection.ts'

/** The connection as a user interface shows it; a fact of its own, never mixed into the status of the task. */
export interface ConnectionInfo {
  /**
   * - `live`, `polling`: the task is followed, by a stream or by asking every few seconds;
   * - `stalled`: the line is open, but for half the idle limit not a byte has come;
   * - `reconnecting`: the line broke, and is opened again at `nextRetryAt`, or is being opened;
   * - `offline`: the browser says that there is no network; watching goes on as soon as there is one;
   * - `idle`, `closed`: nobody watches, or there is nothing (more) to watch; with an `error`, the line was given up.
   */
  readonly state:
    | 'idle'
    | 'connecting'
    | 'live'
    | 'polling'
    | 'stalled'
    | 'reconnecting'
    | 'offline'
    | 'closed'
  /** Attempts since something new was heard; 0 while all is well. */
  readonly attempt: number
  /** Epoch milliseconds of the next attempt, while one is waited for, by the wall clock as it was when the wait began. */
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
export type LineFacts = Pick<ConnectionInfo, 'lastEventAt' | 'skippedCount' | 'nextRetryAt'> & {
  /** How the task is followed while the connection is open. */
  readonly transport: Transport
}

/** A line that has heard nothing yet. */
export const noLineFacts: LineFacts = {
  lastEventAt: null,
  skippedCount: 0,
  nextRetryAt: null,
  transport: 'stream',
}

/** Reads a {@link Connection} for people. */
export function describeConnection(c: Connection, facts: LineFacts = noLineFacts): ConnectionInfo {
  const { lastEventAt, skippedCount, nextRetryAt, transport } = facts
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
    case 'open': {
      const state = c.quiet ? 'stalled' : openStates[transport]
      return { ...base, state: c.cutOff ? 'offline' : state, attempt: c.attempt, transport }
    }
    case 'waiting':
      return { ...base, state: 'reconnecting', attempt: c.attempt, nextRetryAt, error: c.error }
    case 'offline':
      return { ...base, state: 'offline', attempt: c.attempt, error: c.error }
    case 'closed':
      return { ...base, state: 'closed', error: c.error }
    default:
      return c satisfies never
  }
}

/** Whether two descriptions say the same. */
export function isSameConnection(a: ConnectionInfo, b: ConnectionInfo): boolean {
  return (
    a.state === b.state &&
    a.transport === b.transport &&
    a.skippedCount === b.skippedCount &&
    a.attempt === b.attempt &&
    a.nextRetryAt === b.nextRetryAt &&
    a.lastEventAt === b.lastEventAt &&
    a.error === b.error
  )
}
