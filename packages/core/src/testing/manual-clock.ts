import { StreamError } from '../errors.ts'
import type { Clock } from '../store/clock.ts'
import { createRandom } from './random.ts'

/** A {@link Clock} that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /**
   * Moves time forward by `ms` milliseconds, 0 or more. Runs each timer when its moment has come, in order of time and
   * then of making, and lets promises, streams and responses settle before the first, between two, and after the last.
   *
   * @throws {StreamError} `misuse` when it is called again before the last call has ended, or with a negative number
   */
  advance(ms: number): Promise<void>
  /**
   * Suspends the machine for `ms` milliseconds: both readings go on, but no timer runs before it wakes. What came due
   * meanwhile runs then, late, before this settles.
   */
  sleep(ms: number): Promise<void>
  /** Sets the wall clock forward, or back where `ms` is negative. No timer and no duration knows of it. */
  setWallClock(ms: number): void
  /** Timers that have neither run nor been cancelled. */
  readonly pendingCount: number
}

/** 2026-01-01T00:00:00Z, in epoch milliseconds. */
const DEFAULT_START_MS = 1_767_225_600_000

/**
 * Makes a clock that a test moves by hand.
 *
 * @param startMs - what `now()` says at first, epoch milliseconds; default 2026-01-01T00:00:00Z
 * @param seed - of `random()`; default 1
 */
export function createManualClock(startMs: number = DEFAULT_START_MS, seed: number = 1): ManualClock {
  interface Timer {
    readonly atMs: number
    readonly run: () => void
  }
  const timers = new Set<Timer>()
  /** Measured from the start, as timers are; the wall shows it with an offset. */
  let nowMs = 0
  let wallOffsetMs = startMs
  let isAdvancing = false

  const earliest = (untilMs: number): Timer | null => {
    let first: Timer | null = null
    for (const timer of timers) {
      if (timer.atMs <= untilMs && (first === null || timer.atMs < first.atMs)) first = timer
    }
    return first
  }

  const refuse = (ms: number): void => {
    if (!isAdvancing && ms >= 0) return
    const said = isAdvancing ? 'while it was moving' : `by ${ms} ms`
    throw new StreamError(
      'misuse',
      `The clock was moved ${said}, which has no meaning. Await each advance, and go forward only.`,
    )
  }

  return {
    now: () => wallOffsetMs + nowMs,
    monotonic: () => nowMs,
    random: createRandom(seed),
    after(delayMs, run) {
      const timer: Timer = { atMs: nowMs + (delayMs > 0 ? delayMs : 0), run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    async sleep(ms) {
      refuse(ms)
      nowMs += ms
      await this.advance(0)
    },
    setWallClock(ms) {
      wallOffsetMs += ms
    },
    async advance(ms) {
      refuse(ms)
      isAdvancing = true
      const untilMs = nowMs + ms
      const turns = createTurns()
      try {
        await turns.settle()
        for (let timer = earliest(untilMs); timer !== null; timer = earliest(untilMs)) {
          timers.delete(timer)
          nowMs = Math.max(nowMs, timer.atMs)
          timer.run()
          await turns.settle()
        }
        nowMs = Math.max(nowMs, untilMs)
      } finally {
        isAdvancing = false
        turns.close()
      }
    },
    get pendingCount() {
      return timers.size
    },
  }
}

/** Turns of the event loop that no fake timer can hold, since a message channel makes them. */
function createTurns(): { settle(): Promise<void>; close(): void } {
  const { port1, port2 } = new MessageChannel()
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      port1.addEventListener('message', () => resolve(), { once: true })
      port2.postMessage(null)
    })
  port1.start()
  return {
    async settle() {
      // Why: a turn ends only after its microtasks, but a body that is read from a Blob takes a turn of its own.
      for (let i = 0; i < 2; i++) await turn()
    },
    close() {
      port1.close()
      port2.close()
    },
  }
}
