const LONGEST_WAIT_MS = 3_600_000
/** Epoch seconds passed this in 2001; a smaller `X-RateLimit-Reset` counts from now. */
const SMALLEST_EPOCH_SECONDS = 1_000_000_000
// [spec] RFC 9110 §5.6.7: three forms of a date, the last without a zone, and always UTC.
const HTTP_DATE = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? [\w -]*\d\d:\d\d:\d\d(?: \d{4}| gmt)$/i

/**
 * How long an answer asks to wait, in milliseconds from 0 to one hour, or `null` when it does not say.
 *
 * Read are `Retry-After`, in seconds or as an HTTP date, and where that is missing or unreadable `X-RateLimit-Reset`, in
 * epoch seconds or in seconds from now (P§2.4). A moment that has passed is 0.
 *
 * @param nowMs - wall time in epoch milliseconds
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | null {
  const waitMs =
    fromRetryAfter(headers.get('retry-after'), nowMs) ?? fromReset(headers.get('x-ratelimit-reset'), nowMs)
  return waitMs === null ? null : Math.min(LONGEST_WAIT_MS, Math.max(0, Math.ceil(waitMs)))
}

function fromRetryAfter(value: string | null, nowMs: number): number | null {
  const text = value?.trim() ?? ''
  const seconds = readDecimal(text)
  if (seconds !== null) return seconds * 1000
  if (!HTTP_DATE.test(text)) return null
  const atMs = Date.parse(/gmt$/i.test(text) ? text : `${text} GMT`)
  return Number.isNaN(atMs) ? null : atMs - nowMs
}

function fromReset(value: string | null, nowMs: number): number | null {
  const seconds = readDecimal(value?.trim() ?? '')
  if (seconds === null) return null
  return seconds < SMALLEST_EPOCH_SECONDS ? seconds * 1000 : seconds * 1000 - nowMs
}

function readDecimal(text: string): number | null {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : null
}
