import { StreamError } from '../errors.ts'
import { retryDelay, type RetryPolicy } from '../state/retry-delay.ts'
import type { Clock } from './clock.ts'
import { pause } from './pause.ts'

/**
 * Sends what the server must not do twice: repeated only where it said that it did nothing (429). `signal` ends it between
 * requests only, because what was sent may have been begun, so that its answer is waited for.
 *
 * @throws {StreamError} `aborted` for what was not sent; else what `send` rejects with
 */
export async function sendOnce<T>(
  send: () => Promise<T>,
  policy: RetryPolicy,
  clock: Clock,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    if (signal.aborted) throw notSent()
    try {
      return await send()
    } catch (thrown) {
      const error = StreamError.from(thrown)
      if (error.code !== 'rate-limited' || attempt > policy.maxRetries) throw error
      const delayMs = retryDelay(policy, attempt, clock.random(), {
        serverDelayMs: null,
        retryAfterMs: error.retryAfterMs,
      })
      await pause(clock, delayMs, signal)
    }
  }
}

function notSent(): StreamError {
  return new StreamError('aborted', 'It was stopped before the server accepted it. Nothing was run.')
}
