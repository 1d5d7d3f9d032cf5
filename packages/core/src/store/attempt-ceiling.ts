/** Most attempts within {@link ceilingMs}, whatever a server does, and however much each attempt brings. */
const ceilingCount = 10
const ceilingMs = 30_000

/** When the next attempt may begin at the earliest. All times are monotonic milliseconds. */
export interface AttemptCeiling {
  /** An attempt begins. */
  begin(atMs: number): void
  /** The server asked to be left alone for this long. */
  leaveAlone(atMs: number, waitMs: number): void
  /** The server answers again: what it asked for before is over. */
  answered(): void
  /** The first moment from `atMs` on at which another attempt may begin. */
  notBeforeMs(atMs: number): number
}

/**
 * At most ten attempts within any thirty seconds, and none before the server wants one; those that were asked for by a
 * person apart. Kept beside the connection, because leaving a line and coming back to it changes nothing about it.
 */
export function createAttemptCeiling(): AttemptCeiling {
  const starts: number[] = []
  let askedUntilMs = -Infinity
  return {
    begin(atMs) {
      starts.push(atMs)
      if (starts.length > ceilingCount) starts.shift()
    },
    leaveAlone(atMs, waitMs) {
      askedUntilMs = Math.max(askedUntilMs, atMs + waitMs)
    },
    answered() {
      askedUntilMs = -Infinity
    },
    notBeforeMs(atMs) {
      const oldest = starts[0]
      const ceiling = oldest === undefined || starts.length < ceilingCount ? -Infinity : oldest + ceilingMs
      return Math.max(atMs, ceiling, askedUntilMs)
    },
  }
}
