import { StreamError } from '../errors.ts'
import type { Frame } from '../wire/frame.ts'
import { untilAborted } from './until-aborted.ts'

/** The lifetime of one attempt to listen, as the code that listens sees it. */
export interface Attempt {
  /** Aborted once the attempt is over, for whatever reason: everything that it holds is released by this signal. */
  readonly signal: AbortSignal
  /** Ends the attempt with a fault; nothing when it is over already. */
  fail(error: StreamError): void
  /** Waits for `work`, but no longer than the attempt lasts. What comes too late goes to `discard`. */
  wait<T>(work: Promise<T>, discard?: (late: T) => void): Promise<T>
}

/**
 * An attempt to listen that can be left at any moment: an aborted `outer` signal and an early `return()` end it at once
 * and without a word, also while a read is pending, where a bare async generator would wait for that read.
 *
 * Whatever `listen` throws becomes a `StreamError`. It begins with the first `next()`.
 */
export function createAttempt(
  outer: AbortSignal,
  listen: (attempt: Attempt) => AsyncIterable<readonly Frame[]>,
): AsyncIterable<readonly Frame[]> {
  return { [Symbol.asyncIterator]: () => begin(outer, listen) }
}

function begin(
  outer: AbortSignal,
  listen: (attempt: Attempt) => AsyncIterable<readonly Frame[]>,
): AsyncIterator<readonly Frame[], void> {
  const controller = new AbortController()
  const { signal } = controller
  const end = (): void => controller.abort()
  const isOver = (): boolean => signal.aborted
  let fault: StreamError | null = null

  const attempt: Attempt = {
    signal,
    fail(error) {
      if (signal.aborted) return
      fault = error
      end()
    },
    async wait(work, discard) {
      try {
        const value = await untilAborted(work, signal)
        signal.throwIfAborted()
        return value
      } catch (thrown) {
        if (signal.aborted && discard !== undefined) work.then(discard, ignore)
        throw thrown
      }
    },
  }

  async function* batches(): AsyncGenerator<readonly Frame[], void> {
    if (outer.aborted) return
    outer.addEventListener('abort', end, { once: true })
    try {
      for await (const batch of listen(attempt)) {
        if (isOver()) break
        yield batch
        if (isOver()) break
      }
    } catch (thrown) {
      attempt.fail(StreamError.from(thrown))
    } finally {
      outer.removeEventListener('abort', end)
      end()
    }
    if (fault !== null) throw fault
  }

  const generator = batches()
  return {
    next: () => generator.next(),
    return() {
      // Why first: return() of a generator queues behind a pending next(), which only the abort settles.
      end()
      return generator.return()
    },
  }
}

function ignore(): void {}
