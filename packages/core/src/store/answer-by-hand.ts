import { StreamError } from '../errors.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import { retryDelay, type RetryPolicy } from '../state/retry-delay.ts'
import { unlessOver } from './agent-calls.ts'
import type { Clock } from './clock.ts'
import { pause } from './pause.ts'

/** What an answer to a tool call needs. */
export interface AnswerEnv {
  readonly clock: Clock
  readonly policy: RetryPolicy
  /** Ends the waiting for the next attempt. */
  readonly signal: AbortSignal
  readonly fold: (events: readonly LocalAgentEvent[]) => void
  readonly submit: (result: string) => Promise<void>
}

/**
 * Answers a tool call, and tries again as often as the policy of the line allows while that may help. It is shown at once.
 * A call that was answered already is no error.
 */
export async function answerByHand(
  id: string,
  result: string,
  { clock, policy, signal, fold, submit }: AnswerEnv,
): Promise<void> {
  fold([{ type: 'tool-answered', id, result }])
  for (let attempt = 1; ; attempt++) {
    try {
      await unlessOver(submit(result))
      fold([{ type: 'tool-settled', id, error: null }])
      return
    } catch (thrown) {
      const error = StreamError.from(thrown)
      const { retryAfterMs } = error
      const mayHelp = error.retryable && attempt <= policy.maxRetries
      const delayMs = retryDelay(policy, attempt, clock.random(), { serverDelayMs: null, retryAfterMs })
      if (mayHelp) await pause(clock, delayMs, signal)
      if (mayHelp && !signal.aborted) continue
      fold([{ type: 'tool-settled', id, error }])
      throw error
    }
  }
}
