import type { Clock } from '../store/clock.ts'
import type { Frame } from '../wire/frame.ts'
import { createAttempt, type Attempt } from './attempt.ts'
import type { Source } from './source.ts'

/** How often {@link pollSource} asks. */
export interface PollOptions {
  readonly clock: Clock
  /** Milliseconds from one answer to the next question; default 2,000. */
  readonly pollMs?: number
}

/**
 * A source that asks instead of listening: the resource as a frame, again and again (P§3.5). Opened by the first answer.
 * It has no end of its own; a failed `ask` fails the attempt.
 *
 * @param ask - must end when its signal is aborted, and must bound itself in time
 */
export function pollSource(
  ask: (signal: AbortSignal) => Promise<Frame>,
  { clock, pollMs = 2000 }: PollOptions,
): Source {
  return ({ signal }) => createAttempt(signal, (attempt) => askAgain(ask, clock, pollMs, attempt))
}

async function* askAgain(
  ask: (signal: AbortSignal) => Promise<Frame>,
  clock: Clock,
  pollMs: number,
  attempt: Attempt,
): AsyncGenerator<readonly Frame[], void> {
  for (;;) {
    yield [await attempt.wait(ask(attempt.signal))]
    let stop = (): void => {}
    const pause = new Promise<void>((resolve) => {
      stop = clock.after(pollMs, resolve)
    })
    try {
      await attempt.wait(pause)
    } finally {
      stop()
    }
  }
}
