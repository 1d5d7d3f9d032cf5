// [spec] RFC 3339 5.6; the separator and Z may be lower case, and a space is read for the T (5.6, note).
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/** Servers in Go send the year 1 for "never"; no task is older than its format. */
const FIRST_YEAR = 1900

/**
 * Reads an RFC 3339 time as epoch microseconds, and `null` for anything else.
 *
 * The wire drops trailing zeros (`:13.6Z`), so times are compared as these numbers and never as texts (P§1.1). Digits
 * beyond the sixth are cut off. Times before 1900, such as a zero time, and after 2255, where microseconds are no longer
 * exact, are no times. A leap second is the second after it.
 */
export function readTimeUs(value: unknown): number | null {
  const parts = typeof value === 'string' ? RFC_3339.exec(value.trim()) : null
  if (parts === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number)
  const offsetHours = Number(parts[9] ?? 0)
  const offsetMinutes = Number(parts[10] ?? 0)
  if (year < FIRST_YEAR || hour > 23 || minute > 59 || second > 60) return null
  if (offsetHours > 23 || offsetMinutes > 59) return null

  const dayMs = Date.UTC(year, month - 1, day)
  const date = new Date(dayMs)
  // Why: Date carries 30 February over into March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null

  const offsetMs = (parts[8] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000
  const ms = dayMs + ((hour * 60 + minute) * 60 + second) * 1000 - offsetMs
  const us = ms * 1000 + Number((parts[7] ?? '').slice(0, 6).padEnd(6, '0'))
  return Number.isSafeInteger(us) ? us : null
}

/** Reads an RFC 3339 time as whole epoch milliseconds, rounded down, and `null` for anything else. */
export function readTimeMs(value: unknown): number | null {
  const us = readTimeUs(value)
  return us === null ? null : Math.floor(us / 1000)
}
