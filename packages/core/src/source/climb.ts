import { StreamError } from '../errors.ts'
import type { Clock } from '../store/clock.ts'
import type { Frame } from '../wire/frame.ts'
import type { OpenLine } from './open-line.ts'
import { createStreamLife, EARLY_MS, type StreamLife } from './stream-life.ts'
import { within } from './within.ts'

/** A stream that has proved itself and can be gone on with. */
export interface ProvenStream {
  readonly line: OpenLine
  readonly life: StreamLife
  /** What it brought so far, in order. */
  readonly batches: readonly (readonly Frame[])[]
  /** The read that is under way. */
  readonly reading: ReturnType<OpenLine['next']>
}

/** How long an opened stream may say nothing before it is given up, in milliseconds. */
const PROOF_MS = 15_000
/** Frames after which a stream need not live on to be believed, so that no more are kept. */
const MAX_KEPT_FRAMES = 10_000

/**
 * Listens to `line`, keeping what it brings, until it has brought a byte of its own and has lived longer than a cut one.
 * The line stays open, also when it fails: it is for the caller to close.
 *
 * @throws {StreamError} what the line throws; `idle` when it says nothing or ends; `aborted` when the line is closed
 */
export async function proveStream(line: OpenLine, clock: Clock): Promise<ProvenStream> {
  const { signal } = line
  const life = createStreamLife(clock)
  const batches: (readonly Frame[])[] = []
  let keptCount = 0
  /** Until when the present read may take; at the opening the line bounds itself. */
  const limitMs = (): number => {
    if (!life.isOpen) return Infinity
    if (!life.isHeard) return PROOF_MS - life.ageMs()
    return keptCount >= MAX_KEPT_FRAMES ? 0 : Math.max(0, EARLY_MS - life.ageMs())
  }

  for (;;) {
    const reading = line.next()
    // Why also when it is proved: the last batch may have been the answer that follows the end of a line.
    const read = await within(reading, limitMs(), { clock, signal })
    if (read === null && life.isHeard) return { line, life, batches, reading }
    if (read === null || read.done === true) throw unproven()
    life.take(read.value)
    keptCount += read.value.length
    if (read.value.length > 0) batches.push(read.value)
  }
}

function unproven(): StreamError {
  return new StreamError(
    'idle',
    'The stream was tried beside polling and ended, or said nothing, so that it would bring no more than polling does. Polling goes on; the stream is tried again later.',
    { retryable: true },
  )
}
