import { StreamError } from '../errors.ts'
import type { Frame } from '../wire/frame.ts'
import type { Attempt } from './attempt.ts'
import { proveStream, type ProvenStream } from './climb.ts'
import { isNoStream } from './no-stream.ts'
import { openLine, type OpenLine, type Start } from './open-line.ts'
import type { StepDown, StepUp, Ways } from './stream-way.ts'

/** A stream that is being tried. */
interface Trial {
  /** Never rejects; brings `null` when it came to nothing. */
  readonly over: Promise<{ readonly proven: ProvenStream | null }>
  /** Closed by whoever gives it up. */
  readonly line: OpenLine
}

/**
 * Listens by polling until that ends, which ends the attempt (`null`), or until the stream is the better way: because it
 * was tried beside polling and proved itself, or because that happened to another source, which is seen at each answer; or
 * because there is no resource to ask for, so that the stream is all there is.
 */
export async function* listenByPolling(
  ways: Ways,
  { answer }: StepDown,
  { cursor }: Start,
  attempt: Attempt,
): AsyncGenerator<readonly Frame[], StepUp | null> {
  const { rung, poll, say } = ways
  // What was polled is not at any cursor: a stream that follows must begin with the present.
  const start = { cursor }
  const line = openLine(poll, start, attempt.signal)
  let trial: Trial | null = null
  let isTold = false
  try {
    if (answer !== null) {
      say('polling')
      isTold = true
      yield [answer]
    }
    let reading = line.next()
    for (;;) {
      const step = await attempt.wait(trial === null ? reading : Promise.race([reading, trial.over]))
      if ('proven' in step) {
        trial = null
        if (step.proven !== null) return { start, proven: step.proven }
        continue
      }
      if (step.done === true) return null
      if (!isTold) say('polling')
      isTold = true
      yield step.value
      if (rung.transport === 'stream' && trial === null) return { start, proven: null }
      trial ??= startTrial(ways, start, attempt)
      reading = line.next()
    }
  } catch (thrown) {
    const fault = StreamError.from(thrown)
    const isNoResource = isNoStream(fault) || fault.code === 'forbidden'
    if (attempt.signal.aborted || isTold || rung.isRefused || !isNoResource) throw fault
    return { start, proven: null }
  } finally {
    await Promise.all([line.close(), trial?.line.close()])
  }
}

function startTrial({ ladder, rung, stream }: Ways, start: Start, attempt: Attempt): Trial | null {
  const climb = rung.startClimb()
  if (climb === null) return null
  const line = openLine(stream, start, attempt.signal)
  const over = proveStream(line, ladder.clock).then(
    (proven) => {
      climb.succeed()
      return { proven }
    },
    async (thrown: unknown) => {
      if (line.signal.aborted) climb.giveUp()
      else climb.fail(StreamError.from(thrown))
      await line.close()
      return { proven: null }
    },
  )
  return { over, line }
}
