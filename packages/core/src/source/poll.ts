import type { Clock } from '../store/clock.ts'
import type { Frame } from '../wire/frame.ts'
import { createAttempt, type Attempt } from './attempt.ts'
import type { PollQueue } from './poll-queue.ts'
import type { Source } from './source.ts'

/** How often {@link pollSource} asks. */
export interface PollOptions {
  readonly clock: Clock
  /** Milliseconds from one answer to the next question, or to standing in line for it; default 2,000. */
  readonly pollMs?: number
  /** Where each question waits for its turn, the first one of an attempt at the front; without one nothing waits. */
  readonly queue?: PollQueue
}

/**
 * A source that asks instead of listening: the resource as a frame, again and again (P§3.5). Opened by the first answer.
 * It has no end of its own; a failed `ask` fails the attempt.
 *
 * @param ask - must end when its signal is aborted, and must bound itself in time
 */
export function pollSource(ask: (signal: AbortSignal) => Promise<Frame>, options: PollOptions): Source {
  return ({ signal, onIdleLimit }) =>
    createAttempt(signal, (attempt) => {
      // Each question bounds itself in time, but not how long it stands in line.
      onIdleLimit?.(Infinity)
      return askAgain(ask, options, attempt)
    })
}

async function* askAgain(
  ask: (signal: AbortSignal) => Promise<Frame>,
  { clock, pollMs = 2000, queue }: PollOptions,
  attempt: Attempt,
): AsyncGenerator<readonly Frame[], void> {
  const { signal } = attempt
  for (let isFirst = true; ; isFirst = false) {
    const asked = queue === undefined ? ask(signal) : queue.run(() => ask(signal), { signal, isFirst })
    const answer = await attempt.wait(asked)
    const answeredAtMs = clock.monotonic()
    yield [answer]
    let stop = (): void => {}
    const pause = new Promise<void>((resolve) => {
      stop = clock.after(pollMs - (clock.monotonic() - answeredAtMs), resolve)
    })
    try {
      await attempt.wait(pause)
    } finally {
      stop()
    }
  }
}
