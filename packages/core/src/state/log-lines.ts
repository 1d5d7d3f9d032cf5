/**
 * An immutable list of lines that grows at its end and forgets its start.
 *
 * Appending is linear in what is appended: lists that grew out of each other share one array, and each sees its own
 * stretch of it. Whoever appends to an older list gets a copy.
 */
export class LogLines implements Iterable<string> {
  /** No lines. */
  static readonly empty: LogLines = new LogLines([], 0, 0, 0)

  /** Lines held. */
  readonly length: number
  /** Lines that were held once and were dropped from the start, because there were more than the bound. */
  readonly droppedCount: number
  readonly #store: string[]
  readonly #start: number
  #array: readonly string[] | null = null

  private constructor(store: string[], start: number, length: number, droppedCount: number) {
    this.#store = store
    this.#start = start
    this.length = length
    this.droppedCount = droppedCount
  }

  /** The line at `index`, 0 being the oldest that is held; `undefined` outside. */
  at(index: number): string | undefined {
    return index < 0 || index >= this.length ? undefined : this.#store[this.#start + index]
  }

  /** A copy of the lines from `from` (included) to `to` (excluded). */
  slice(from = 0, to: number = this.length): string[] {
    const first = Math.min(this.length, Math.max(0, from))
    return this.#store.slice(this.#start + first, this.#start + Math.min(this.length, Math.max(first, to)))
  }

  /** All lines as an array; the same array each time it is asked. */
  toArray(): readonly string[] {
    this.#array ??= this.slice()
    return this.#array
  }

  *[Symbol.iterator](): Iterator<string> {
    for (let index = 0; index < this.length; index++) {
      const line = this.at(index)
      if (line !== undefined) yield line
    }
  }

  /** This list with `lines` after it, at most `maxLines` of them kept; the same reference when there are none. */
  append(lines: readonly string[], maxLines: number): LogLines {
    if (lines.length === 0) return this
    // An empty list shares with nobody: `empty` would hold the first log of all for ever.
    const atTip = this.length > 0 && this.#store.length === this.#start + this.length
    let store = atTip ? this.#store : this.slice()
    let start = atTip ? this.#start : 0
    for (const line of lines) store.push(line)
    const over = Math.max(0, this.length + lines.length - maxLines)
    start += over
    // Half of the array is forgotten lines: a new one costs less than what was appended since the last time.
    if (start > 1024 && start > store.length / 2) {
      store = store.slice(start)
      start = 0
    }
    return new LogLines(store, start, this.length + lines.length - over, this.droppedCount + over)
  }
}
