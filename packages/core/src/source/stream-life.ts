import type { Clock } from '../store/clock.ts'
import type { Frame } from '../wire/frame.ts'

/** A stream that ends by itself sooner than this after its opening, in milliseconds, was cut. */
export const EARLY_MS = 2000

/** What is known of one opened stream: how old it is, and whether it was heard. */
export interface StreamLife {
  readonly isOpen: boolean
  /** Milliseconds since the opening; 0 before it. */
  ageMs(): number
  /** Whether a byte of the stream itself came. What was asked for at its opening came by another request. */
  readonly isHeard: boolean
  /** The present as it was asked for at the opening, once the answer is there; `null` where nobody asked for it. */
  readonly snapshot: Frame | null
  /**
   * Takes note of a batch. The first one means open; the second is taken for the snapshot, and behind it what the stream
   * brought meanwhile; every later one was read off the stream, even where it holds no frame.
   */
  take(batch: readonly Frame[]): void
  /** Takes note of how an answer looks: what has another name than that was no snapshot, but a byte heard. */
  compare(answer: Frame): void
}

/** The life of a stream from its beginning, whether it is opened by `withSnapshot` or continued without one. */
export function createStreamLife(clock: Clock): StreamLife {
  let openedAtMs: number | null = null
  let isHeard = false
  let snapshot: Frame | null = null
  return {
    get isOpen() {
      return openedAtMs !== null
    },
    get isHeard() {
      return isHeard
    },
    get snapshot() {
      return snapshot
    },
    ageMs: () => (openedAtMs === null ? 0 : clock.monotonic() - openedAtMs),
    take(batch) {
      if (openedAtMs === null) {
        openedAtMs = clock.monotonic()
        isHeard = batch.length > 0
      } else if (snapshot === null && batch[0] !== undefined) {
        snapshot = batch[0]
        isHeard ||= batch.length > 1
      } else {
        isHeard = true
      }
    },
    compare(answer) {
      if (snapshot === null || nameOf(snapshot) === nameOf(answer)) return
      snapshot = null
      isHeard = true
    },
  }
}

function nameOf(frame: Frame): string | null {
  return frame.type === 'message' ? frame.event : null
}
