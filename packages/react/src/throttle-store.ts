import type { LiveStore, TaskFollower, TaskView } from '@taskstream/core'

/**
 * How often a component is told: once a frame, at each change, or at most once in so many milliseconds. A change of
 * status or connection is never delayed.
 */
export type Throttle = 'frame' | false | number

/** The store of a follower at the pace of `throttle`. */
export function throttleStore(
  follower: Pick<TaskFollower, 'store' | 'live'>,
  throttle: Throttle,
): LiveStore<TaskView> {
  if (throttle === 'frame') return follower.store
  return throttle === false ? follower.live : slow(follower.store, throttle)
}

/** `store` told at most every `delayMs`: at once after a pause, then with the newest at the end of each span. */
function slow(store: LiveStore<TaskView>, delayMs: number): LiveStore<TaskView> {
  let shown: TaskView | null = null
  return {
    getInitialState: store.getInitialState,
    getState: () => shown ?? store.getState(),
    subscribe(listener) {
      let timer: ReturnType<typeof setTimeout> | null = null
      shown = store.getState()
      const publish = (): void => {
        const before = shown ?? store.getState()
        shown = store.getState()
        if (shown !== before) listener(shown, before)
      }
      const span = (): void => {
        timer = setTimeout(() => {
          timer = null
          if (shown === store.getState()) return
          publish()
          span()
        }, delayMs)
      }
      const unsubscribe = store.subscribe((next) => {
        if (timer !== null && !isUrgent(next, shown)) return
        publish()
        if (timer !== null) clearTimeout(timer)
        span()
      })
      // Subscribing may have changed what is known: it starts what nobody watched.
      shown = store.getState()
      return () => {
        unsubscribe()
        if (timer !== null) clearTimeout(timer)
        timer = null
        shown = null
      }
    },
  }
}

function isUrgent(next: TaskView, shown: TaskView | null): boolean {
  return (
    shown === null ||
    next.task.status !== shown.task.status ||
    next.task.cancelRequested !== shown.task.cancelRequested ||
    next.connection.state !== shown.connection.state ||
    next.submission.status !== shown.submission.status
  )
}
