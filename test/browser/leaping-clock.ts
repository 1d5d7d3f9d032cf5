import { systemClock, type Clock } from '@taskstream/core'

/** The clock of the system, which a test can move on at once. */
export interface LeapingClock extends Clock {
  /** From now on it is this many milliseconds later; timers that are due by then run at once, in their order. */
  leap(ms: number): void
}

interface Timer {
  readonly dueMs: number
  readonly run: () => void
  cancel: () => void
}

/** A clock that goes as the system's does. */
export function createLeapingClock(): LeapingClock {
  const timers = new Set<Timer>()
  let aheadMs = 0
  const monotonic = (): number => systemClock.monotonic() + aheadMs

  const arm = (timer: Timer): void => {
    timer.cancel = systemClock.after(Math.max(0, timer.dueMs - monotonic()), () => {
      timers.delete(timer)
      timer.run()
    })
  }
  return {
    now: () => systemClock.now() + aheadMs,
    monotonic,
    random: () => systemClock.random(),
    after(delayMs, run) {
      const timer: Timer = { dueMs: monotonic() + delayMs, run, cancel: () => {} }
      timers.add(timer)
      arm(timer)
      return () => {
        timers.delete(timer)
        timer.cancel()
      }
    },
    leap(ms) {
      aheadMs += ms
      for (const timer of [...timers].toSorted((a, b) => a.dueMs - b.dueMs)) {
        timer.cancel()
        arm(timer)
      }
    },
  }
}
