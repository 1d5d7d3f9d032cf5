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
 * A watchdog that calls `onSilence` once when it has watched for `limitMs()` milliseconds without a rest.
 *
 * One timer, set again only when it fires: a line that brings a thousand chunks a second costs two additions each. The
 * clock's reading only shortens the next wait. A watch that has lasted for the timer's whole run was silent for that
 * long at least, whatever the clock says: one that stands still in a suspended machine cannot put the watchdog to sleep.
 *
 * @param limitMs - read at every watch and whenever the timer fires, so that it may change. A limit that shrank brings
 *   the timer forward with the next watch; one that grew counts at once
 * @param onSilence - told the limit that was waited, in milliseconds
 */
export function createWatchdog(
  clock: Clock,
  limitMs: () => number,
  onSilence: (waitedMs: number) => void,
): Watchdog {
  let watchedSinceMs: number | null = null
  /** What a watch that began before the timer will have been silent for when it fires; 0 for a younger one. */
  let silentWhenDueMs = 0
  let dueAtMs = 0
  let cancel: (() => void) | null = null
  let isStopped = false

  const set = (delayMs: number, silentMs: number): void => {
    silentWhenDueMs = silentMs + delayMs
    dueAtMs = clock.monotonic() + delayMs
    cancel = clock.after(delayMs, check)
  }
  const check = (): void => {
    cancel = null
    if (watchedSinceMs === null) return
    const silentMs = Math.max(silentWhenDueMs, clock.monotonic() - watchedSinceMs)
    const limit = limitMs()
    if (silentMs < limit) return set(limit - silentMs, silentMs)
    isStopped = true
    onSilence(limit)
  }

  return {
    watch() {
      if (isStopped) return
      watchedSinceMs = clock.monotonic()
      silentWhenDueMs = 0
      const limit = limitMs()
      if (cancel !== null && dueAtMs <= watchedSinceMs + limit) return
      cancel?.()
      set(limit, 0)
    },
    rest() {
      watchedSinceMs = null
    },
    stop() {
      isStopped = true
      cancel?.()
      cancel = null
    },
  }
}
