import { createStore, type StoreApi } from 'zustand/vanilla'
import { runApart } from './run-apart.ts'

/** A read-only zustand store that is connected while somebody watches it. Reading it connects nothing. */
export type LiveStore<T> = Pick<StoreApi<T>, 'getState' | 'getInitialState' | 'subscribe'>

/** What {@link createLiveStore} gives to whoever fills the store. */
export interface LiveStoreOwner<T> {
  readonly store: LiveStore<T>
  /**
   * Publishes `next` to every watcher; nothing happens when it is what is published. A watcher that throws is reported as
   * uncaught: its error is neither the others' nor the line's.
   */
  write(next: T): void
}

/** A live store; `onWatched` runs for the first watcher, `onUnwatched` after the last. Leaving twice leaves once. */
export function createLiveStore<T>(
  initial: T,
  lifecycle: { onWatched(): void; onUnwatched(): void },
): LiveStoreOwner<T> {
  const api = createStore<T>(() => initial)
  let watcherCount = 0
  const subscribe: StoreApi<T>['subscribe'] = (listener) => {
    const stop = api.subscribe((next, before) => runApart(() => listener(next, before)))
    watcherCount++
    if (watcherCount === 1) lifecycle.onWatched()
    let watching = true
    return () => {
      if (!watching) return
      watching = false
      stop()
      watcherCount--
      if (watcherCount === 0) lifecycle.onUnwatched()
    }
  }
  return {
    store: { getState: api.getState, getInitialState: api.getInitialState, subscribe },
    write(next) {
      if (!Object.is(next, api.getState())) api.setState(next, true)
    },
  }
}
