/**
 * Why something went wrong, as a closed list, so that `switch (error.code)` is exhaustive.
 *
 * - *Faults* belong to the line and are weathered; they show in `connection.error`.
 * - *Failures* are the server's decision and are shown to the user.
 * - *Mistakes* are the programmer's and are thrown at once.
 */
export type StreamErrorCode =
  // faults
  | 'network'
  | 'http'
  | 'idle'
  | 'connect-timeout'
  | 'truncated'
  | 'malformed'
  | 'gap'
  | 'frame-too-large'
  | 'wrong-content-type'
  // failures
  | 'invalid-request'
  | 'unauthorized'
  | 'payment-required'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'gone'
  | 'requirements'
  | 'unprocessable'
  | 'rate-limited'
  | 'upload-failed'
  | 'task-failed'
  | 'task-cancelled'
  | 'agent-failed'
  | 'timeout'
  | 'aborted'
  | 'disconnected'
  // mistakes
  | 'misuse'

/** One thing that the server wants before it runs the task (HTTP 412, protocol §2.3). Unknown types pass through. */
export interface Requirement {
  /** `secret`, `integration`, `credential`, `scope`, or a word that a newer server uses. */
  readonly type: string
  readonly key: string
  readonly message: string
  /** What would satisfy it, as the server sent it. */
  readonly action: Readonly<Record<string, unknown>> | null
}

/** The evidence that a {@link StreamError} carries beside its code and message. */
export interface StreamErrorDetails {
  /** Whether the same call may succeed when it is made again. Decided where the error is made; default `false`. */
  readonly retryable?: boolean
  /** HTTP status of the answer, where there was one. */
  readonly status?: number | null
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | null
  /** The server's own machine code, such as `payment_method_required` (RFC 9457 `type`, last segment). */
  readonly problem?: string | null
  /** The server's own words, in one line and without keys. */
  readonly detail?: string | null
  /** What is missing, for the code `requirements`. */
  readonly requirements?: readonly Requirement[]
  /** The task that it concerns. */
  readonly taskId?: string | null
  readonly cause?: unknown
}

const mark = Symbol.for('@taskstream/StreamError')

/**
 * The one error of this library. The message begins with the code in brackets, then says what happened, why it is a
 * problem and what to do, because developer tools show nothing but the message.
 *
 * Recognise it with {@link isStreamError}, which also knows errors of a second copy of the package.
 */
export class StreamError extends Error {
  readonly code: StreamErrorCode
  readonly retryable: boolean
  readonly status: number | null
  readonly retryAfterMs: number | null
  readonly problem: string | null
  readonly detail: string | null
  readonly requirements: readonly Requirement[]
  readonly taskId: string | null

  constructor(code: StreamErrorCode, message: string, details: StreamErrorDetails = {}) {
    super(`[${code}] ${message}`, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'StreamError'
    this.code = code
    this.retryable = details.retryable ?? false
    this.status = details.status ?? null
    this.retryAfterMs = details.retryAfterMs ?? null
    this.problem = details.problem ?? null
    this.detail = details.detail ?? null
    this.requirements = details.requirements ?? []
    this.taskId = details.taskId ?? null
    Object.defineProperty(this, mark, { value: true })
  }

  /**
   * Turns anything that was thrown into a StreamError.
   *
   * A StreamError stays what it is. Everything else is a `network` fault that may be retried: after the request has
   * left, a runtime reports a cut line in a dozen wordings and classes, and no wording is ever looked at. Our own aborts
   * never come here, because whoever aborts knows its own signal.
   */
  static from(thrown: unknown): StreamError {
    if (isStreamError(thrown)) return thrown
    const said = thrown instanceof Error && thrown.message !== '' ? ` (${thrown.message})` : ''
    return new StreamError(
      'network',
      `The line broke or could not be opened${said}. Nothing is lost on the server; trying again may help.`,
      { retryable: true, cause: thrown },
    )
  }
}

/** Whether `value` is a {@link StreamError}, of this copy of the package or another one. */
export function isStreamError(value: unknown): value is StreamError {
  return typeof value === 'object' && value !== null && mark in value
}
