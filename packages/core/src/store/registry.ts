import type { Clock } from './clock.ts'

/** How long what nobody watches is kept, in milliseconds. */
export interface Lifetimes {
  /** From the last watcher's leaving to the end of the line; StrictMode and a change of route fall inside. Default 1,000. */
  readonly disconnectAfterMs: number
  /** From the last watcher's leaving, or from creation, to forgetting. Default five minutes. */
  readonly forgetAfterMs: number
}

/** A second, and five minutes. */
export const defaultLifetimes: Lifetimes = { disconnectAfterMs: 1000, forgetAfterMs: 5 * 60_000 }

/** What an entry of a {@link Registry} tells it about its watchers. */
export interface EntryLifecycle {
  readonly onWatched: () => void
  /** `disconnect` is called after a grace, unless somebody watches again. */
  readonly onUnwatched: (disconnect?: () => void) => void
}

/** One entry per key, made when it is first asked for. A line is dear and ends soon; a memory is cheap and stays a while. */
export interface Registry<T> {
  get(key: string, make: (lifecycle: EntryLifecycle) => T): T
  /** The entry of a key, if there is one. */
  find(key: string): T | null
  /** Ends the grace of an entry that nobody watches: its line goes at once. */
  release(key: string): void
  readonly size: number
  /** Forgets everything and lets every line go at once. */
  clear(): void
}

/** An empty registry; `onForget` is told of each key that it forgets when its time is over. */
export function createRegistry<T>(
  clock: Clock,
  lifetimes: Lifetimes,
  onForget: (key: string) => void = () => {},
): Registry<T> {
  const entries = new Map<string, { readonly value: T; end(): void; release(): void }>()

  function make(key: string, create: (lifecycle: EntryLifecycle) => T): T {
    let stopDisconnect = (): void => {}
    let stopForget = (): void => {}
    /** What the last watcher left to do; nothing while somebody watches. */
    let leave = (): void => {}
    const forgetLater = (): void => {
      stopForget()
      stopForget = clock.after(
        lifetimes.forgetAfterMs,
        () => {
          // The key may have a new entry by now, which somebody watches.
          if (entries.get(key) !== entry) return
          entries.delete(key)
          onForget(key)
        },
        'background',
      )
    }
    const disconnectNow = (): void => {
      stopDisconnect()
      const disconnect = leave
      leave = () => {}
      disconnect()
    }
    const value = create({
      onWatched() {
        stopDisconnect()
        stopForget()
        leave = () => {}
        // Whoever holds an entry that was forgotten brings it back by watching it.
        if (!entries.has(key)) entries.set(key, entry)
      },
      onUnwatched(disconnect = () => {}) {
        leave = disconnect
        stopDisconnect = clock.after(lifetimes.disconnectAfterMs, disconnectNow, 'background')
        forgetLater()
      },
    })
    const entry = {
      value,
      release: disconnectNow,
      end() {
        stopForget()
        disconnectNow()
      },
    }
    entries.set(key, entry)
    // It may have been made in a render that never commits: then nobody ever leaves it.
    forgetLater()
    return value
  }

  return {
    get: (key, create) => entries.get(key)?.value ?? make(key, create),
    find: (key) => entries.get(key)?.value ?? null,
    release: (key) => entries.get(key)?.release(),
    get size() {
      return entries.size
    },
    clear() {
      const all = [...entries.values()]
      entries.clear()
      for (const entry of all) entry.end()
    },
  }
}
