/** Finds the callback of a name of the component that was mounted first. */
export type FindCallback<Callbacks> = <K extends keyof Callbacks>(name: K) => Callbacks[K] | undefined

/** What listens to a subject while somebody wants to be told of it. */
export interface Listening {
  /** Somebody has joined, in this commit, and is still there. */
  onJoined?(): void
  stop(): void
}

/**
 * Callbacks of components by what they are told of, so that each event is told once, to the first mounted component that
 * has the callback, however many show the same.
 */
export interface CallbackHubs<Subject extends object, Callbacks> {
  /** `read`: the newest callbacks of a component; the answer leaves. */
  join(subject: Subject, read: () => Callbacks): () => void
}

/** No subjects yet; `listen` is called for the first who joins, and what it gives is stopped after the last. */
export function createCallbackHubs<Subject extends object, Callbacks>(
  listen: (subject: Subject, find: FindCallback<Callbacks>) => Listening,
): CallbackHubs<Subject, Callbacks> {
  const hubs = new WeakMap<Subject, { members: Set<() => Callbacks>; listening: Listening }>()

  function create(subject: Subject): { members: Set<() => Callbacks>; listening: Listening } {
    const members = new Set<() => Callbacks>()
    const find: FindCallback<Callbacks> = (name) => {
      for (const read of members) {
        const callback = read()[name]
        if (callback !== undefined) return callback
      }
      return undefined
    }
    return { members, listening: listen(subject, find) }
  }

  return {
    join(subject, read) {
      const hub = hubs.get(subject) ?? create(subject)
      const { members, listening } = hub
      hubs.set(subject, hub)
      members.add(read)
      // When all components of this commit have joined, and none that is only mounted for a moment.
      queueMicrotask(() => {
        if (members.has(read)) listening.onJoined?.()
      })
      return () => {
        members.delete(read)
        if (members.size > 0) return
        listening.stop()
        hubs.delete(subject)
      }
    },
  }
}

/** Runs a callback when the event that it is told of has been applied everywhere. What it throws is reported as uncaught. */
export function callSoon<A extends readonly unknown[]>(
  callback: ((...args: A) => void) | undefined,
  ...args: A
): void {
  if (callback !== undefined) queueMicrotask(() => callback(...args))
}
