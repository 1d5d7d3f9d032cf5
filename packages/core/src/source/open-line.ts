import type { Frame } from '../wire/frame.ts'
import { narrowReach } from './narrow-reach.ts'
import type { Reach, Source } from './source.ts'

/** A {@link Source} that is being listened to, beside others and without a loop of its own. */
export interface OpenLine {
  /** Aborted when the line is closed, or when the attempt that it belongs to is over. */
  readonly signal: AbortSignal
  next(): Promise<IteratorResult<readonly Frame[], unknown>>
  /** Ends it without a word, also while a read is pending, and settles when it holds nothing any more. */
  close(): Promise<void>
}

/** Listens to `source` until the line is closed, or `reach.signal` is aborted. Begins with the first read. */
export function openLine(source: Source, reach: Reach): OpenLine {
  const { signal: outer } = reach
  const controller = new AbortController()
  const { signal } = controller
  const end = (): void => controller.abort()
  if (outer.aborted) end()
  outer.addEventListener('abort', end, { once: true })
  const batches = source(narrowReach(reach, { signal }))[Symbol.asyncIterator]()
  return {
    signal,
    next: () => batches.next(),
    async close() {
      outer.removeEventListener('abort', end)
      end()
      await batches.return?.().catch(ignore)
    },
  }
}

function ignore(): void {}
