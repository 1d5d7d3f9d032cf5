import type { Frame } from '../wire/frame.ts'

/** What silence is normal for a server, learned from its heartbeats and kept from one line to the next. */
export interface Cadence {
  /** How long a line may be silent before it is taken for dead, in milliseconds. */
  limitMs(): number
  /** A line opened: what its bytes say is learned. */
  open(): CadenceLine
}

/** One line, as a {@link Cadence} hears it. */
export interface CadenceLine {
  /**
   * Bytes came.
   *
   * @param silentMs - since the bytes before them, or since the line opened; 0 or more, by a clock that nobody sets
   * @param frames - those that the bytes completed, in order
   */
  heard(silentMs: number, frames: readonly Frame[]): void
  /** The line was silent for the limit. Where not one heartbeat was heard on it, the rhythm may be another by now. */
  died(): void
}

/** Heartbeats that are remembered: a server that changes its rhythm is known by the ninth. */
const rememberedCount = 8
/** Missed heartbeats before a line is dead: one may be late, and one may be lost with a packet. */
const missedCount = 3
/** Shortest limit, in milliseconds, unless less was asked for: a packet that is sent again three times needs as long. */
const shortestLimitMs = 15_000

/**
 * Learns how long a server is silent at most, so that a dead line is found soon where heartbeats are frequent, and a
 * healthy one is not cut where they are rare. Beats each 10 s give 30 s, each 30 s give 90 s, each 2 s give 15 s.
 *
 * The limit is the longest of
 *
 * - three of the longest silences that a heartbeat has ended lately: so long a silence has proved to be harmless;
 * - three of the longest times from one heartbeat to the next, but `idleMs` at most: a server that beats by a timer of
 *   its own is never silent for long while it talks, but will be once it has nothing to say;
 * - 15 s, or `idleMs` where that is less.
 *
 * It is `idleMs` until a line has brought two heartbeats, and again after a line has died without one. A silence above
 * the limit was survived only because the program stood still too, and teaches nothing.
 *
 * @param idleMs - the limit where nothing is known, in milliseconds; above 0
 */
export function createCadence(idleMs: number): Cadence {
  const floorMs = Math.min(idleMs, shortestLimitMs)
  let silencesMs: number[] = []
  let periodsMs: number[] = []

  const limitMs = (): number =>
    periodsMs.length === 0
      ? idleMs
      : Math.max(
          missedCount * Math.max(...silencesMs),
          Math.min(idleMs, missedCount * Math.max(...periodsMs)),
          floorMs,
        )

  return {
    limitMs,
    open() {
      let isHeard = false
      /** Since the last heartbeat; `null` before the first, and where time passed that teaches nothing. */
      let sinceBeatMs: number | null = null
      /** Before the bytes of a frame that is not complete: a heartbeat may come in two pieces. */
      let unexplainedMs = 0

      return {
        heard(silentMs, frames) {
          if (silentMs > limitMs()) {
            sinceBeatMs = null
            unexplainedMs = 0
          } else {
            if (sinceBeatMs !== null) sinceBeatMs += silentMs
            unexplainedMs = Math.max(unexplainedMs, silentMs)
          }
          const [first] = frames
          if (first === undefined) return
          if (first.type === 'beat' && unexplainedMs > 0) remember(silencesMs, unexplainedMs)
          unexplainedMs = 0
          if (!frames.some(({ type }) => type === 'beat')) return
          isHeard = true
          if (sinceBeatMs !== null && sinceBeatMs > 0) remember(periodsMs, sinceBeatMs)
          sinceBeatMs = 0
        },
        died() {
          if (isHeard) return
          silencesMs = []
          periodsMs = []
        },
      }
    },
  }
}

function remember(list: number[], ms: number): void {
  list.push(ms)
  if (list.length > rememberedCount) list.shift()
}
