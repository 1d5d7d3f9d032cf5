/** Wall time that moves once a second, for as many components as look at it. */
export interface Ticker {
  /** Epoch milliseconds of the last tick. */
  readonly nowMs: () => number
  /** Told of each tick. The timer runs only while somebody is subscribed and the page can be seen. */
  readonly subscribe: (listener: () => void) => () => void
}

/** A ticker that ticks on whole seconds. */
export function createTicker(): Ticker {
  const listeners = new Set<() => void>()
  let nowMs: number | null = null
  let timer: ReturnType<typeof setTimeout> | null = null

  const tick = (): void => {
    nowMs = Date.now()
    for (const listener of listeners) listener()
    schedule()
  }
  // Why no interval: it drifts, and then a second is skipped or shown twice as long.
  const schedule = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (listeners.size > 0 && !document.hidden) timer = setTimeout(tick, 1000 - (Date.now() % 1000))
  }

  return {
    nowMs: () => (nowMs ??= Date.now()),
    subscribe(listener) {
      if (listeners.size === 0) document.addEventListener('visibilitychange', tick)
      listeners.add(listener)
      // What was last read may be old: nobody was subscribed since.
      tick()
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        document.removeEventListener('visibilitychange', tick)
        schedule()
      }
    },
  }
}
