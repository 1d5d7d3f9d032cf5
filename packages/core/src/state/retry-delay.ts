/** How often, and how patiently, a broken line is tried again. */
export interface RetryPolicy {
  /** Attempts in a row that failed without anything new before the line is given up; 0 never retries. Default 10. */
  readonly maxRetries: number
  /** First delay in milliseconds; doubled by each further attempt. Default 1,000. */
  readonly retryDelayMs: number
  /**
   * Longest delay in milliseconds; what the server asks for may be longer. A line that was heard for as long was no failed
   * attempt.
   */
  readonly maxDelayMs: number
}

/** Ten attempts, 1 s doubled up to 30 s. */
export const defaultRetryPolicy: RetryPolicy = { maxRetries: 10, retryDelayMs: 1000, maxDelayMs: 30_000 }

/** What the server asks for, in milliseconds; `null` where it asked for nothing. */
export interface ServerWishes {
  /** By `retry:` in an event stream. */
  readonly serverDelayMs: number | null
  /** By `Retry-After` or `X-RateLimit-Reset` of a refusal. */
  readonly retryAfterMs: number | null
}

/** The least that is waited, in milliseconds, where a server or an option asks for nothing at all. */
const leastDelayMs = 50

/** What is taken from a server at most: an hour. */
const mostServerDelayMs = 3_600_000

/**
 * Delay before attempt `attempt` (1 is the first retry) in milliseconds.
 *
 * Exponential with full jitter, so that a thousand clients that were cut at once come back one by one, and never below a
 * tenth of the first delay or 50 ms, so that chance cannot spin. A server that named a delay (`retry:`) gets at least
 * that, and jitter on top. `Retry-After` is a least as well.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-event-stream-reconnection-time
 */
export function retryDelay(
  { retryDelayMs, maxDelayMs }: RetryPolicy,
  attempt: number,
  random: number,
  { serverDelayMs, retryAfterMs }: ServerWishes,
): number {
  const factor = 2 ** Math.min(attempt - 1, 30)
  const ceiling = Math.min(maxDelayMs, retryDelayMs * factor)
  const floor = Math.max(leastDelayMs, Math.min(maxDelayMs, retryDelayMs) / 10)
  // Not the greater of floor and chance: a tenth of all clients would come back in the very same moment.
  const own = floor + random * Math.max(0, ceiling - floor)
  const wished = Math.min(mostServerDelayMs, Math.max(leastDelayMs, serverDelayMs ?? 0))
  const spread = Math.min(Math.max(maxDelayMs - wished, wished / 2), (wished * factor) / 2)
  const delayMs = serverDelayMs === null ? own : wished + random * spread
  return Math.max(Math.min(mostServerDelayMs, retryAfterMs ?? 0), delayMs)
}
