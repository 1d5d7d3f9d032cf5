import type { Clock } from './clock.ts'

/** Measures how long nothing was heard of a line. Unlike a watchdog it ends nothing: silence is only shown. */
export interface SilenceWatch {
  /** Something was heard, now. */
  heard(): void
  /** Lets go of the timer. */
  stop(): void
}

/** How late a limit that has shrunk may be noticed, in milliseconds. */
const longestLookMs = 15_000

/**
 * Calls `onQuiet` once nothing was heard for `limitMs()` milliseconds, and again at each later look as long as that lasts; one
 * timer, armed anew only when it fires.
 */
export function watchSilence(clock: Clock, limitMs: () => number, onQuiet: () => void): SilenceWatch {
  let heardAtMs = clock.monotonic()
  let cancel = (): void => {}
  const arm = (delayMs: number): void => {
    cancel = clock.after(Math.min(delayMs, longestLookMs), () => {
      const leftMs = heardAtMs + limitMs() - clock.monotonic()
      // Less than a timer can measure is nothing: sums of fractions might never reach it.
      const isQuiet = leftMs < 1
      arm(isQuiet ? limitMs() : leftMs)
      if (isQuiet) onQuiet()
    })
  }
  arm(limitMs())
  return {
    heard() {
      heardAtMs = clock.monotonic()
    },
    stop: () => cancel(),
  }
}
