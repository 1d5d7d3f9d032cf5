import { runApart } from './run-apart.ts'

/** Calls `flush` once, soon; the answer takes it back. */
export type Schedule = (flush: () => void) => () => void

/** One flush for all stores of a client, so that two components never show two moments (architecture §7). */
export interface FrameLoop {
  /** Runs `publish` at the next flush, once, however often it is offered. */
  offer(publish: () => void): void
  /** Flushes everything that was offered, now. One that throws is reported as uncaught and keeps none from its turn. */
  flush(): void
}

/** A loop that flushes when `schedule` says so. */
export function createFrameLoop(schedule: Schedule): FrameLoop {
  const dirty = new Set<() => void>()
  let cancel: (() => void) | null = null
  const flush = (): void => {
    cancel?.()
    cancel = null
    const due = [...dirty]
    dirty.clear()
    for (const publish of due) runApart(publish)
  }
  return {
    flush,
    offer(publish) {
      dirty.add(publish)
      if (cancel !== null) return
      const takeBack = schedule(flush)
      // `sync` schedules have flushed before they return: then there is nothing to take back.
      if (dirty.size > 0) cancel = takeBack
    },
  }
}

/** How often a page that shows nothing is told, in milliseconds: no frame comes there. */
const hiddenDelayMs = 250

/** The next animation frame, or a quarter of a second where the page paints none; at once where there is no page. */
export const frameSchedule: Schedule = (flush) => {
  if (typeof requestAnimationFrame !== 'function') {
    const timer = setTimeout(flush, 0)
    return () => clearTimeout(timer)
  }
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer)
    flush()
  })
  const timer = setTimeout(() => {
    cancelAnimationFrame(frame)
    flush()
  }, hiddenDelayMs)
  return () => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
}

/** Publishes at every change: for tests, and for those who batch themselves. */
export const syncSchedule: Schedule = (flush) => {
  flush()
  return () => {}
}
