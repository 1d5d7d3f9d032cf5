/** What waits to be taken, in order, by one taker. */
export interface Inbox<T> {
  /** The weights of what waits, together. */
  readonly weight: number
  put(item: T, weight: number): void
  /** Throws away what waits. */
  clear(): void
  /** Nothing is put any more: when all is taken, `null` is. */
  close(): void
  /** The next item, as soon as there is one. */
  take(): Promise<T | null>
}

/** An empty inbox. It has no bound of its own: whoever puts looks at the weight. */
export function createInbox<T>(): Inbox<T> {
  let waiting: { readonly item: T; readonly weight: number }[] = []
  let weight = 0
  let isClosed = false
  let wake = (): void => {}

  return {
    get weight() {
      return weight
    },
    put(item, itemWeight) {
      if (isClosed) return
      waiting.push({ item, weight: itemWeight })
      weight += itemWeight
      wake()
    },
    clear() {
      waiting = []
      weight = 0
    },
    close() {
      isClosed = true
      wake()
    },
    async take() {
      for (;;) {
        const next = waiting.shift()
        if (next !== undefined) {
          weight -= next.weight
          return next.item
        }
        if (isClosed) return null
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
