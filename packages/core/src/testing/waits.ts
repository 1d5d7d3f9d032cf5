/** Promises that wait for something outside, so that whoever ends the server can end them too. */
export interface Waits {
  /**
   * Waits until `finish` is called. `begin` starts what calls it and answers how to stop that; it is stopped in any case.
   *
   * Rejects with the signal's reason when it is aborted, and as `fetch` does for a lost line when the waits are closed.
   */
  until(signal: AbortSignal, begin: (finish: () => void) => () => void): Promise<void>
  /** Ends every wait. */
  close(): void
}

/** Makes an empty set of waits. */
export function createWaits(): Waits {
  const open = new Set<() => void>()
  return {
    until: (signal, begin) =>
      new Promise<void>((resolve, reject) => {
        const settle = (act: () => void): void => {
          signal.removeEventListener('abort', abort)
          open.delete(close)
          stop()
          act()
        }
        const abort = (): void => settle(() => reject(signal.reason))
        const close = (): void => settle(() => reject(connectionLost()))
        if (signal.aborted) return reject(signal.reason)
        signal.addEventListener('abort', abort)
        open.add(close)
        const stop = begin(() => settle(resolve))
      }),
    close() {
      for (const end of open) end()
    },
  }
}

/** What `fetch` rejects with when there is no way to the server. */
export function connectionLost(): TypeError {
  return new TypeError('fetch failed')
}
