import { StreamError } from '../errors.ts'
import type { Clock } from '../store/clock.ts'
import type { OpenLine } from './open-line.ts'
import { createStreamLife, EARLY_MS } from './stream-life.ts'
import { within } from './within.ts'

/** How long an opened stream may say nothing at least before it is given up, in milliseconds, and at most. */
const PROOF_MS = 15_000
const MAX_PROOF_MS = 120_000

/**
 * Listens to `line` until it has brought a byte of its own and has lived longer than a cut one. What it brings is not
 * kept. The line stays open, also when it fails: it is for the caller to close.
 *
 * @param idleLimitMs - how long the server is known to be silent at most, in milliseconds; 0 where that is not known
 * @throws {StreamError} what the line throws; `idle` when it says nothing or ends; `aborted` when the line is closed
 */
export async function proveStream(line: OpenLine, clock: Clock, idleLimitMs: () => number): Promise<void> {
  const { signal } = line
  const life = createStreamLife(clock)
  /** Until when the present read may take; at the opening the line bounds itself. */
  const limitMs = (): number => {
    if (!life.isOpen) return Infinity
    if (life.isHeard) return Math.max(0, EARLY_MS - life.ageMs())
    return Math.max(PROOF_MS, Math.min(idleLimitMs(), MAX_PROOF_MS)) - life.ageMs()
  }

  for (;;) {
    // Why also when it is proved: the last batch may have been the answer that follows the end of a line.
    const read = await within(line.next(), limitMs(), { clock, signal })
    if (read === null && life.isHeard) return
    if (read === null || read.done === true) throw unproven()
    life.take(read.value)
  }
}

function unproven(): StreamError {
  return new StreamError(
    'idle',
    'The stream was tried beside polling and ended, or said nothing, so that it would bring no more than polling does. Polling goes on; the stream is tried again later.',
    { retryable: true },
  )
}
