import { isTerminalStatus } from '../protocol/task-status.ts'
import type { TaskUpdate } from './task-update.ts'

/**
 * Collects what a stream of updates tells: its logs, and when it began and ended.
 *
 * @example
 * const processor = new StreamProcessor()
 * for await (const update of client.run(config, { stream: true })) if (processor.process(update)) break
 * console.log(processor.duration, processor.logs.length)
 */
export class StreamProcessor {
  /** Every log line, in order. */
  readonly logs: string[] = []
  /** Epoch milliseconds of the first update; `null` before it. */
  startedAt: number | null = null
  /** Epoch milliseconds of the update that ended the task; `null` before it. */
  endedAt: number | null = null
  readonly #now: () => number

  /** @param now - epoch milliseconds; default `Date.now` */
  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Takes one update; whether it was the last. */
  process(update: TaskUpdate): boolean {
    this.startedAt ??= this.#now()
    for (const line of update.logs) this.logs.push(line)
    if (!isTerminalStatus(update.status)) return false
    this.endedAt ??= this.#now()
    return true
  }

  /** Milliseconds from the first update to the end; `null` before the end. */
  get duration(): number | null {
    return this.startedAt === null || this.endedAt === null ? null : this.endedAt - this.startedAt
  }
}
