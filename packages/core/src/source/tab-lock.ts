/** What is used of a `LockManager`: a lock of one name is held by one tab of the origin at a time. */
export interface TabLocks {
  /** Holds the lock until the promise of `granted` settles. Rejects when it is stolen, aborted or not to be had at all. */
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean; readonly ifAvailable?: boolean },
    granted: (lock: object | null) => Promise<void>,
  ): Promise<void>
}

/**
 * How a lock is asked for: `wait` in the queue, `take` it from whoever holds it, or have it only `if-free`.
 */
export type LockManner = 'wait' | 'take' | 'if-free'

/** Who is told what becomes of a request; each at most once, and nothing after it was left. */
export interface LockListener {
  granted(): void
  /** It is not free, or this page may have no locks. */
  denied(): void
  /** Another tab has taken it. */
  taken(): void
}

/** Asks for a lock. The answer gives it back, or leaves the queue; it may be called any number of times. */
export function requestLock(
  locks: TabLocks,
  name: string,
  manner: LockManner,
  listener: LockListener,
): () => void {
  const waiting = new AbortController()
  let isLeft = false
  let release: (() => void) | null = null

  const hold = (lock: object | null): Promise<void> =>
    new Promise((resolve) => {
      if (isLeft || lock === null) {
        resolve()
        if (!isLeft) listener.denied()
        return
      }
      release = resolve
      listener.granted()
    })
  const ask = async (): Promise<void> => {
    // Why three: the browser refuses a signal beside `steal` and `ifAvailable`.
    if (manner === 'wait') await locks.request(name, { signal: waiting.signal }, hold)
    else await locks.request(name, manner === 'take' ? { steal: true } : { ifAvailable: true }, hold)
  }
  ask().catch(() => {
    if (isLeft) return
    if (release === null) listener.denied()
    else listener.taken()
  })

  return () => {
    isLeft = true
    waiting.abort()
    release?.()
  }
}
