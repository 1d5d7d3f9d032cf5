import type { TabLocks } from '../source/tab-lock.ts'

/** Lets one at a time work under a name. */
export interface ToolLocks {
  /**
   * Waits for its turn and runs `work`; settles with it. `signal` ends the waiting, so that `work` never runs; work that
   * has begun it does not end.
   *
   * @param work - told whether nobody else in this browser can be at it under this name
   */
  hold(name: string, signal: AbortSignal, work: (isExclusive: boolean) => Promise<void>): Promise<void>
}

/**
 * Locks that all tabs of this origin respect. Where `locks` is `null`, and where the page may have none, work runs at once.
 *
 * @see https://w3c.github.io/web-locks/
 */
export function createToolLocks(locks: TabLocks | null): ToolLocks {
  return {
    async hold(name, signal, work) {
      const isOver = (): boolean => signal.aborted
      if (isOver()) return
      if (locks === null) return await work(false)
      const begun: Promise<void>[] = []
      try {
        await locks.request(name, { signal }, () => {
          const working = isOver() ? Promise.resolve() : work(true)
          begun.push(working)
          return working
        })
      } catch {
        // Its turn came, and the lock was stolen or the work failed: both settle as the work does.
        if (begun.length > 0) await begun[0]
        else if (!isOver()) await work(false)
      }
    },
  }
}

/** The locks of this browser; none outside a secure context. */
export function browserToolLocks(): ToolLocks {
  return createToolLocks('navigator' in globalThis && 'locks' in navigator ? navigator.locks : null)
}
