/** Time and chance, passed in so that a test can move them by hand. */
export interface Clock {
  /** Wall time in epoch milliseconds; may jump when the machine sleeps or is set. */
  now(): number
  /**
   * Milliseconds since some moment, never set by anybody: what durations are measured with. May stand still while the
   * machine is suspended.
   */
  monotonic(): number
  /**
   * Runs `run` once after `delayMs` milliseconds; the answer cancels it and may be called any number of times.
   * A delay longer than a timer can hold (24.8 days) is shortened to that. A `background` timer is housekeeping: where the runtime makes the difference, it does not keep a process alive.
   */
  after(delayMs: number, run: () => void, background?: 'background'): () => void
  /** A number from 0 (included) to 1 (excluded). */
  random(): number
}

/** Longest delay of a timer, in milliseconds: a longer one would run over and fire at once. */
const maxDelayMs = 2 ** 31 - 1

/** The clock of the running system. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, run, background) {
    const timer = setTimeout(run, Math.min(delayMs, maxDelayMs))
    if (background && isUnrefable(timer)) timer.unref()
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}

function isUnrefable(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function'
}
