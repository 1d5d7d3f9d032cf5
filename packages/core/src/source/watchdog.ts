import type { Clock } from '../store/clock.ts'

/** Measures silence, but only while somebody listens. */
export interface Watchdog {
  /** Begins to measure, from now. */
  watch(): void
  /** Stops to measure: something was heard, or nobody listens. */
  rest(): void
  /** Lets go of the timer, for good. */
  stop(): void
}

/**
 * A watchdog that calls `onSilence` once when it has watched for `limitMs` milliseconds without a rest.
 *
 * One timer, set again only when it fires: a line that brings a thousand chunks a second costs two additions each. The
 * clock's reading only shortens the next wait. A watch that has lasted for the timer's whole run is silence whatever the
 * clock says, so that a clock that was set back or stood still in a suspended machine cannot put the watchdog to sleep.
 */
export function createWatchdog(clock: Clock, limitMs: number, onSilence: () => void): Watchdog {
  let watchedSinceMs: number | null = null
  let isWatchOlderThanTimer = false
  let cancel: (() => void) | null = null
  let isStopped = false

  const set = (delayMs: number): void => {
    isWatchOlderThanTimer = watchedSinceMs !== null
    cancel = clock.after(delayMs, check)
  }
  const check = (): void => {
    cancel = null
    if (watchedSinceMs === null) return
    const silentMs = clock.now() - watchedSinceMs
    const leftMs = isWatchOlderThanTimer ? 0 : Math.min(limitMs, limitMs - silentMs)
    if (leftMs > 0) return set(leftMs)
    isStopped = true
    onSilence()
  }

  return {
    watch() {
      if (isStopped) return
      watchedSinceMs = clock.now()
      if (cancel === null) set(limitMs)
    },
    rest() {
      watchedSinceMs = null
      isWatchOlderThanTimer = false
    },
    stop() {
      isStopped = true
      cancel?.()
      cancel = null
    },
  }
}
