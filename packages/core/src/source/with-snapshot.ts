import { StreamError } from '../errors.ts'
import type { Frame } from '../wire/frame.ts'
import { type Attempt, createAttempt } from './attempt.ts'
import type { Source } from './source.ts'

/** The bounds of {@link withSnapshot}. */
export interface SnapshotOptions {
  /** Frames that are kept while the first answer is awaited; the line is then not read further. Default 10,000. */
  readonly maxHeldFrames?: number
}

/**
 * A source for a server that can tell the present but not the past (P§4.4, P§12.4): opens `line`, holds its frames, asks
 * for the resource, and yields the answer as a frame with the held ones behind it, in one batch. Asked in the other
 * order, what happens between the answer and the opening would be lost.
 *
 * When the line has ended by itself, it asks once more and yields that answer last: whether the end was the end is for
 * the reader of the frames to say, and the last word may have been lost with the line.
 *
 * A failed `ask` fails the attempt. The line is returned exactly once, whatever happens.
 *
 * @param ask - the resource as a frame of the line's dialect; it must end when its signal is aborted and must bound
 *   itself in time, because a line that is held back is not watched
 */
export function withSnapshot(
  line: Source,
  ask: (signal: AbortSignal) => Promise<Frame>,
  { maxHeldFrames = 10_000 }: SnapshotOptions = {},
): Source {
  return ({ cursor, signal }) =>
    createAttempt(signal, (attempt) =>
      follow(line({ cursor, signal: attempt.signal }), ask, maxHeldFrames, attempt),
    )
}

type Batch = readonly Frame[]

async function* follow(
  line: AsyncIterable<Batch>,
  ask: (signal: AbortSignal) => Promise<Frame>,
  maxHeldFrames: number,
  attempt: Attempt,
): AsyncGenerator<Batch, void> {
  const batches = line[Symbol.asyncIterator]()
  try {
    const opened = await attempt.wait(batches.next())
    if (opened.done === true) return
    yield []

    const held: Frame[] = [...opened.value]
    const asked = ask(attempt.signal).then((answer) => ({ answer }))
    let reading: Promise<{ readonly read: IteratorResult<Batch> }> | null = null
    let isEnded = false
    for (;;) {
      if (!isEnded && held.length < maxHeldFrames) {
        reading = batches.next().then((read) => ({ read }))
      }
      const step = await attempt.wait(reading === null ? asked : Promise.race([asked, reading]))
      if ('answer' in step) {
        yield [step.answer, ...held]
        break
      }
      reading = null
      if (step.read.done === true) isEnded = true
      else for (const frame of step.read.value) held.push(frame)
    }

    while (!isEnded) {
      const read = reading === null ? await attempt.wait(batches.next()) : (await attempt.wait(reading)).read
      reading = null
      if (read.done === true) isEnded = true
      else yield read.value
    }
    yield [await attempt.wait(ask(attempt.signal))]
  } catch (thrown) {
    // Why here: the line must hear of the end before it is returned, or a read of its own would hold it back.
    attempt.fail(StreamError.from(thrown))
  } finally {
    await batches.return?.().catch(ignore)
  }
}

function ignore(): void {}
