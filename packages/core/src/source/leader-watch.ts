import type { Clock } from '../store/clock.ts'

/** Watches whether the leader of a shared line is still there. */
export interface LeaderWatch {
  /** Whether an answer is overdue and nobody was heard since. */
  readonly isMissing: boolean
  /** The leader was heard. */
  heard(): void
  /** Somebody was asked, or has to speak anyhow: from now on an answer is due. */
  expect(): void
  /** Lets go of the timer, for good. */
  stop(): void
}

/** Silence after which a leader is asked whether it is there, in milliseconds. */
const silenceMs = 5_000
/** At most so much earlier, so that one follower asks and the others hear the answer, in milliseconds. */
const spreadMs = 500
/** How long an answer may take, in milliseconds. */
const answerMs = 900
/** A timer that is later than this many milliseconds was held back, and so may the answer have been. */
const lateMs = 250

/** Who is told by a {@link LeaderWatch}. */
export interface LeaderWatcher {
  /** Asks the leader for a sign of life; an answer is expected afterwards. */
  ask(): void
  /** No answer came, for the `count`th time since the leader was last heard. */
  missing(count: number): void
}

/**
 * A watch that begins by expecting an answer. One timer; a leader that says a thousand things a second costs an
 * assignment each.
 */
export function createLeaderWatch(clock: Clock, watcher: LeaderWatcher): LeaderWatch {
  let heardAtMs = 0
  let state: 'calm' | 'expecting' | 'missing' | 'stopped' = 'expecting'
  let missedCount = 0
  let isForgiven = false
  let cancel = (): void => {}

  const set = (delayMs: number, run: () => void): void => {
    cancel()
    cancel = clock.after(delayMs, run)
  }
  const rest = (): void => {
    const limitMs = silenceMs - clock.random() * spreadMs
    const check = (): void => {
      const leftMs = heardAtMs + limitMs - clock.monotonic()
      if (leftMs > 0) return set(leftMs, check)
      watcher.ask()
      expectAnswer()
    }
    set(limitMs, check)
  }
  const expectAnswer = (): void => {
    state = 'expecting'
    const dueAtMs = clock.monotonic() + answerMs
    set(answerMs, () => {
      // Whoever was held back itself has perhaps not yet read the answer. Once, since a hidden page always is.
      if (clock.monotonic() - dueAtMs > lateMs && !isForgiven) {
        isForgiven = true
        watcher.ask()
        return expectAnswer()
      }
      state = 'missing'
      watcher.missing(++missedCount)
    })
  }
  expectAnswer()

  return {
    get isMissing() {
      return state === 'missing'
    },
    heard() {
      if (state === 'stopped') return
      heardAtMs = clock.monotonic()
      if (state === 'calm') return
      state = 'calm'
      missedCount = 0
      isForgiven = false
      rest()
    },
    expect() {
      if (state !== 'stopped') expectAnswer()
    },
    stop() {
      state = 'stopped'
      cancel()
    },
  }
}
