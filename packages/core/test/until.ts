import type { LiveStore } from '../src/store/live-store.ts'

/** The first state of `store`, from now on, that fulfils `holds`. Watches it meanwhile. */
export function until<S>(store: LiveStore<S>, holds: (state: S) => boolean): Promise<S> {
  return new Promise((resolve) => {
    let stop = (): void => {}
    const look = (): void => {
      const state = store.getState()
      if (!holds(state)) return
      stop()
      resolve(state)
    }
    stop = store.subscribe(look)
    look()
  })
}
