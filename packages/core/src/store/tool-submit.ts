import { StreamError } from '../errors.ts'
import { untilAborted } from '../source/until-aborted.ts'
import { defaultRetryPolicy, retryDelay, type RetryPolicy } from '../state/retry-delay.ts'
import { isAlreadyOver } from './already-over.ts'
import type { Clock } from './clock.ts'
import { pause } from './pause.ts'

/** What became of an answer; `error` says why it will not be taken. */
export interface SubmitOutcome {
  readonly error: StreamError | null
}

/** A tool that has run cannot run again: its answer is not given up. */
const endlessly: RetryPolicy = { ...defaultRetryPolicy, maxRetries: Infinity }

/**
 * Brings an answer to the server, for as long as trying again may help and `policy` allows; by default without end, after
 * 1 s doubled up to 30 s, with jitter. A call that
 * the server does not know, or for which it has an answer (404, 409, 410), is done with: that is no error (P§7.1).
 *
 * @param submit - one attempt; may throw anything
 * @returns `null` when `signal` ended it
 */
export async function submitAnswer(
  submit: (signal: AbortSignal) => Promise<void>,
  clock: Clock,
  signal: AbortSignal,
  policy: RetryPolicy = endlessly,
): Promise<SubmitOutcome | null> {
  const once = async (): Promise<void> => await submit(signal)
  const isOver = (): boolean => signal.aborted
  for (let attempt = 1; !isOver(); attempt++) {
    try {
      await untilAborted(once(), signal)
      return { error: null }
    } catch (thrown) {
      if (isOver()) return null
      const error = StreamError.from(thrown)
      if (isAlreadyOver(error)) return { error: null }
      if (!error.retryable || attempt > policy.maxRetries) return { error }
      const wishes = { serverDelayMs: null, retryAfterMs: error.retryAfterMs }
      await pause(clock, retryDelay(policy, attempt, clock.random(), wishes), signal)
    }
  }
  return null
}
