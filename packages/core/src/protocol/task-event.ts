import type { TaskStatus } from './task-status.ts'
import type { StreamError } from '../errors.ts'

/** How far a task says it is. Every part is `null` where the server did not say it; nothing is invented. */
export interface ReportedProgress {
  /** Share that is done, 0 to 1. */
  readonly value: number | null
  /** Units done, in whatever the task counts. */
  readonly current: number | null
  /** Units in all; never 0. */
  readonly total: number | null
  /** What it is doing, in the task's own words. */
  readonly stage: string | null
}

/** A moment at which a task took on a status. */
export interface StatusChange {
  readonly status: TaskStatus
  /** Epoch milliseconds, on the server's clock. */
  readonly at: number
}

/**
 * What one message says of a task. A key that is missing was not named and keeps its value; `null` was named and is
 * cleared (protocol §4.5).
 */
export interface TaskFields {
  readonly id?: string
  readonly status?: TaskStatus
  /** The status as it stood on the wire. */
  readonly rawStatus?: string | number
  readonly progress?: ReportedProgress | null
  readonly partialOutput?: unknown
  readonly output?: unknown
  /** Why it failed, in the server's words. */
  readonly error?: string | null
  readonly app?: string | null
  readonly input?: unknown
  readonly sessionId?: string | null
  /** Epoch milliseconds. */
  readonly createdAt?: number | null
  /** Epoch microseconds: the only stamp that orders full snapshots (protocol §1.1). */
  readonly updatedAtUs?: number | null
  readonly history?: readonly StatusChange[]
}

/**
 * Where a list of log lines stands (protocol §0a):
 *
 * - `resource`: read from the resource itself, so it is everything so far;
 * - `first`: the first list on this connection: everything so far if it begins with all that was held, else an increment;
 * - `increment`: the lines since the last one.
 */
export type LogListOrigin = 'resource' | 'first' | 'increment'

/** One thing that a server said about a task, in our vocabulary; every dialect decodes into it. */
export type TaskEvent =
  /** Fields of the task. `full` when the message was the whole resource rather than named fields of it. */
  | { readonly type: 'task-fields'; readonly full: boolean; readonly fields: TaskFields }
  /** Log lines, without line ends. */
  | { readonly type: 'log-lines'; readonly origin: LogListOrigin; readonly lines: readonly string[] }
  /** The whole log so far of one source (`run`, `setup`, …), as plain text or base64 of UTF-8. */
  | { readonly type: 'log-content'; readonly source: string; readonly content: string }
  /** A piece of output that is being generated. `seq` counts pieces of one output; `null` when not numbered. */
  | { readonly type: 'output-delta'; readonly seq: number | null; readonly delta: unknown }
  /** The server says that it will send no more on this connection; not a word about the task. */
  | { readonly type: 'stream-end' }
  /** Only the place in the stream has moved: a message that says nothing of the task, or an id without a message. */
  | { readonly type: 'position-moved' }
  /** A frame that could not be read. Nothing of it is applied; the state is asked for again. */
  | { readonly type: 'frame-skipped'; readonly error: StreamError }

/** What happens to a task on our side of the line. Pure data, so that the fold stays one function. */
export type LocalTaskEvent =
  /** A connection opened: what counts from its start begins anew, unless it goes on after the place that was reached. */
  | { readonly type: 'line-opened'; readonly isContinued: boolean; readonly mayContinue: boolean }
  /** What the position says cannot be continued: the next connection begins without it. */
  | { readonly type: 'position-lost' }
  /** A stream that was not continued began to give places to its events: its first lists may be known. */
  | { readonly type: 'stream-began' }
  /** A frame was lost that may have held log lines. */
  | { readonly type: 'log-doubted' }
  /** Somebody here asked the server to stop the work. */
  | { readonly type: 'cancel-requested' }
  /** The request to stop was refused or did not arrive. */
  | { readonly type: 'cancel-rejected' }
