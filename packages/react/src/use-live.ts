import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react'

/** Whether two selections are the same. */
export type IsEqual<S> = (a: S, b: S) => boolean

/** The part of a live store that hooks read. */
export interface Readable<T> {
  getState(): T
  getInitialState(): T
  subscribe(listener: () => void): () => void
}

/**
 * The selection of a live store; renders again only when it changes. Subscribing is watching: the store is connected from
 * the commit of this component to its unmount, and never by a render.
 *
 * One state is selected from once, so that a selector that builds an object each time ends.
 */
export function useLive<T, S>(
  store: Readable<T>,
  select: (state: T) => S,
  isEqual: IsEqual<S> = Object.is,
): S {
  const committed = useRef<Held<S> | null>(null)
  // oxlint-disable-next-line react/refs -- only compared with: a render shows the same whichever of two equals it is given
  const selection = useMemo(() => createSelection(select, isEqual, committed), [select, isEqual])
  const value = useSyncExternalStore(
    // Apart from the selection: a new selector does not leave the store and come back.
    useCallback((listener: () => void) => store.subscribe(listener), [store]),
    () => selection(store.getState()),
    () => selection(store.getInitialState()),
  )
  useEffect(() => {
    committed.current = { value }
  }, [value])
  return value
}

interface Held<S> {
  readonly value: S
}

/** `select` that answers the same for the same state, and what it answered before for one that is equal. */
function createSelection<T, S>(
  select: (state: T) => S,
  isEqual: IsEqual<S>,
  committed: { readonly current: Held<S> | null },
): (state: T) => S {
  let last: (Held<S> & { readonly state: T }) | null = null
  return (state) => {
    if (last !== null && Object.is(last.state, state)) return last.value
    const next = select(state)
    // Before the first reading of a new selector, what is on the screen is what it is compared with.
    const held = last ?? committed.current
    const value = held !== null && isEqual(held.value, next) ? held.value : next
    last = { state, value }
    return value
  }
}
