import { useCallback, useState } from 'react'
import { useLive, type Readable } from './use-live.ts'

/**
 * What `describe` makes of a live store. The component renders again only when a value changes that it has read: whoever
 * takes `status` alone is not rendered for each token.
 */
export function useTracked<T, Info extends object>(store: Readable<T>, describe: (state: T) => Info): Info {
  const [tracker] = useState(() => createTracker<T, Info>())
  const select = useCallback(
    (state: T): Seen<T, Info> => ({ store, describe, info: describe(state), late: new Map() }),
    [store, describe],
  )
  return tracker.track(useLive(store, select, tracker.isSame))
}

/** What was selected, and where from. */
interface Seen<T, Info> {
  readonly store: Readable<T>
  readonly describe: (state: T) => Info
  readonly info: Info
  /** What was read for the first time when the store was further than `info` is: it is shown, so it counts from then on. */
  readonly late: Map<PropertyKey, unknown>
}

interface Tracker<T, Info> {
  readonly isSame: (a: Seen<T, Info>, b: Seen<T, Info>) => boolean
  readonly track: (seen: Seen<T, Info>) => Info
}

function createTracker<T, Info extends object>(): Tracker<T, Info> {
  const read = new Set<PropertyKey>()
  const tracked = new WeakMap<Seen<T, Info>, Info>()
  return {
    isSame: (a, b) =>
      a.store === b.store && [...read].every((key) => Object.is(valueOf(a, key), valueOf(b, key))),
    track(seen) {
      const known = tracked.get(seen)
      if (known !== undefined) return known
      const proxy = new Proxy(seen.info, {
        get(_, key) {
          if (!read.has(key)) {
            read.add(key)
            // What was not read so far may have changed since the component was rendered for something else.
            seen.late.set(key, Reflect.get(seen.describe(seen.store.getState()), key))
          }
          return valueOf(seen, key)
        },
      })
      tracked.set(seen, proxy)
      return proxy
    },
  }
}

function valueOf<T, Info extends object>({ info, late }: Seen<T, Info>, key: PropertyKey): unknown {
  return late.has(key) ? late.get(key) : Reflect.get(info, key)
}
