/** Most attempts within {@link ceilingMs}, whatever a server does, and however much each attempt brings. */
const ceilingCount = 10
const ceilingMs = 30_000

/** When the next attempt may begin at the earliest, so that no server makes a client spin. */
export interface AttemptCeiling {
  /** An attempt begins; `atMs` is monotonic. */
  begin(atMs: number): void
  /** Milliseconds from `atMs` (monotonic) to the moment at which another attempt may begin; 0 for now. */
  waitMs(atMs: number): number
}

/** At most ten attempts within any thirty seconds, those that were asked for by a person apart. */
export function createAttemptCeiling(): AttemptCeiling {
  const starts: number[] = []
  return {
    begin(atMs) {
      starts.push(atMs)
      if (starts.length > ceilingCount) starts.shift()
    },
    waitMs(atMs) {
      const oldest = starts[0]
      if (oldest === undefined || starts.length < ceilingCount) return 0
      return Math.max(0, oldest + ceilingMs - atMs)
    },
  }
}
