import type { StreamError } from '../errors.ts'
import type { Frame } from '../wire/frame.ts'
import type { HttpRequest } from '../source/send.ts'
import type { Source, SourceEnv } from '../source/source.ts'
import type { AgentProtocol } from './agent-protocol.ts'
import type { StatusChange, TaskEvent } from './task-event.ts'
import type { TaskStatus } from './task-status.ts'

/** Where an event stands in its stream. */
export interface Stamp {
  /** Its number, counted from 1 without holes; `null` where it is not numbered. */
  readonly seq: number | null
  /** What a later connection may ask to continue after; `''` where the server takes that back; `null` where it says nothing. */
  readonly cursor: string | null
  /** A short sum of what it says, to know it when it comes again; `null` where nobody asks. */
  readonly mark: number | null
}

/** An event with its place in the stream. */
export interface Stamped<E> {
  readonly stamp: Stamp
  readonly event: E
}

/** The stamp of an event that is not numbered. */
export const unnumbered: Stamp = { seq: null, cursor: null, mark: null }

/**
 * Reads the frames of one connection; a fresh one per connection, because it may count them. All events of one frame have
 * the same stamp.
 * Frames that mean nothing to us give `[]`; an unreadable one gives a `frame-skipped` event; an error that the server
 * reports in the stream is thrown.
 */
export type Decode<E> = (frame: Frame) => readonly Stamped<E>[]

/** What to run: the body of `POST /apps/run` in our words (protocol §3.2). */
export interface RunConfig {
  /** `namespace/name`, with `@version` and `:function` where wanted. */
  readonly app?: string
  /** Other addressing, in place of `app`. */
  readonly appId?: string
  readonly versionId?: string
  /** For apps with several functions. */
  readonly function?: string
  /** What the app takes. A `Blob` or `File` anywhere inside is uploaded first; strings are never guessed to be files. */
  readonly input?: unknown
  /** One-time setup values. */
  readonly setup?: unknown
  readonly infra?: 'private' | 'cloud' | 'private_first'
  /** Private workers to run on. */
  readonly workers?: readonly string[]
  /** URL that the server calls when it is done. */
  readonly webhook?: string
  /** `'new'`, or the id of a session whose worker is warm. */
  readonly session?: string
  /** Seconds, 1 to 3600, that a new session stays idle before it ends; only with `session: 'new'`. */
  readonly sessionTimeoutSeconds?: number
  /** Epoch milliseconds at which it shall start. */
  readonly runAt?: number
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** How {@link Protocol.requests} asks for the cancellation of a task (protocol §3.4). */
export interface CancelOptions {
  /** Stops without giving the app time to clean up; default `false`. */
  readonly force?: boolean
  /** How long the app may take to stop, in milliseconds; the server's default is 10,000. */
  readonly timeoutMs?: number
}

/** A file that is about to be uploaded. */
export interface FileDescription {
  readonly filename: string
  readonly contentType: string
  readonly sizeBytes: number
}

/** Where to put the bytes of a file, and the address under which inputs name it then. */
export interface UploadTarget {
  readonly uploadUrl: string
  readonly uri: string
}

/** A task's status alone. */
export interface TaskStatusReport {
  readonly id: string
  readonly status: TaskStatus
  /** Epoch milliseconds. */
  readonly updatedAt: number | null
}

/** Where the time of a task went, on the server's clock (protocol §3.4). */
export interface TaskTimings {
  readonly status: TaskStatus
  readonly totalDurationMs: number | null
  readonly groups: readonly {
    readonly label: string
    /** Epoch milliseconds. */
    readonly startAt: number
    /** Epoch milliseconds; `null` while it lasts. */
    readonly endAt: number | null
    readonly durationMs: number
  }[]
  readonly events: readonly StatusChange[]
}

/**
 * A dialect: how a server is reached and how it is read. Holds nothing between calls.
 * The methods that read an answer throw a `StreamError` (`malformed`) when it is not what they expect.
 */
export interface Protocol {
  readonly name: string
  readonly requests: {
    run(config: RunConfig): HttpRequest
    task(id: string): HttpRequest
    taskStatus(id: string): HttpRequest
    taskLogs(id: string): HttpRequest
    taskTimings(id: string): HttpRequest
    cancelTask(id: string, options: CancelOptions): HttpRequest
    createFile(file: FileDescription): HttpRequest
  }
  /** One attempt to follow a task by a stream: its present, or what came after the cursor, then what happens. */
  connectTask(id: string, env: SourceEnv): Source
  /** Asks for the task once, as a frame; ends when the signal is aborted, and bounds itself in time. */
  askTask(id: string, env: SourceEnv): (signal: AbortSignal) => Promise<Frame>
  /**
   * Whether `after` says something of the task that a stream would have told since `before`: two answers of
   * {@link Protocol.askTask}. Addresses that are signed anew for every answer, and times, are no news.
   */
  tellsNews(before: Frame, after: Frame): boolean
  /** A decoder for the frames of one connection, those of {@link Protocol.askTask} among them. */
  decodeTask(): Decode<TaskEvent>
  /** Reads the body of an answer that is, or holds, a task: the events that bring a state up to it. */
  readTask(body: string): readonly TaskEvent[]
  readStatus(body: string): TaskStatusReport
  readLogs(body: string): readonly TaskEvent[]
  readTimings(body: string): TaskTimings
  readUploadTarget(body: string): UploadTarget
  /** Turns an answer that is not 2xx into the error that it means; reads its body to the end. */
  readError(response: Response): Promise<StreamError>
  /** What is said to agents and of their chats. */
  readonly agents: AgentProtocol
}
