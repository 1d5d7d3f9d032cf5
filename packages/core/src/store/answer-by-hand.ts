import { StreamError } from '../errors.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import type { RetryPolicy } from '../state/retry-delay.ts'
import type { Clock } from './clock.ts'
import { submitAnswer } from './tool-submit.ts'

/** What an answer to a tool call needs. */
export interface AnswerEnv {
  readonly clock: Clock
  readonly policy: RetryPolicy
  /** Ends it. */
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
  const { error } = (await submitAnswer(() => submit(result), clock, signal, policy)) ?? { error: closed() }
  fold([{ type: 'tool-settled', id, error }])
  if (error !== null) throw error
}

function closed(): StreamError {
  return new StreamError(
    'aborted',
    'The client was closed before the server took the answer to the tool call. It may have arrived all the same.',
  )
}
