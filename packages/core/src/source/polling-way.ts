import { StreamError } from '../errors.ts'
import type { Frame } from '../wire/frame.ts'
import type { Attempt } from './attempt.ts'
import { proveStream } from './climb.ts'
import { narrowReach } from './narrow-reach.ts'
import { isNoStream } from './no-stream.ts'
import { openLine, type OpenLine } from './open-line.ts'
import type { StepDown, Ways } from './stream-way.ts'

/** A stream that is being tried. */
interface Trial {
  /** Never rejects. The line is closed by then. */
  readonly over: Promise<{ readonly isProven: boolean }>
  /** Closed by whoever gives it up. */
  readonly line: OpenLine
}

/**
 * Listens by polling until that ends, which ends the attempt (`over`), or until the stream is the better way (`up`):
 * because it was tried beside polling and proved itself, or because that happened to another source, which is seen at each
 * answer; or because there is no resource to ask for, so that the stream is all there is.
 *
 * What a tried stream brought is older than what was polled meanwhile, so nobody reads it: a proven stream is closed, and
 * opened anew from where things stand then.
 */
export async function* listenByPolling(
  ways: Ways,
  { answer }: StepDown,
  attempt: Attempt,
): AsyncGenerator<readonly Frame[], 'up' | 'over'> {
  const { rung, poll, reach } = ways
  const line = openLine(poll, reach)
  let trial: Trial | null = null
  let isTold = false
  try {
    if (answer !== null) {
      reach.onTransport?.('polling')
      isTold = true
      yield [answer]
    }
    let reading = line.next()
    for (;;) {
      const step = await attempt.wait(trial === null ? reading : Promise.race([reading, trial.over]))
      if ('isProven' in step) {
        if (step.isProven) return 'up'
        trial = null
        continue
      }
      if (step.done === true) return 'over'
      if (!isTold) reach.onTransport?.('polling')
      isTold = true
      yield step.value
      if (rung.transport === 'stream' && trial === null) return 'up'
      trial ??= startTrial(ways)
      reading = line.next()
    }
  } catch (thrown) {
    const fault = StreamError.from(thrown)
    const isNoResource = isNoStream(fault) || fault.code === 'forbidden'
    if (attempt.signal.aborted || isTold || rung.isRefused || !isNoResource) throw fault
    return 'up'
  } finally {
    await Promise.all([line.close(), trial?.line.close()])
  }
}

function startTrial({ ladder, rung, stream, reach }: Ways): Trial | null {
  const climb = rung.startClimb()
  if (climb === null) return null
  let idleLimitMs = 0
  const onIdleLimit = (limitMs: number): void => {
    idleLimitMs = limitMs
  }
  const { signal } = reach
  const line = openLine(stream, narrowReach(reach, { signal, onTransport: ignore, onIdleLimit }))
  const prove = async (): Promise<{ readonly isProven: boolean }> => {
    try {
      await proveStream(line, ladder.clock, () => idleLimitMs)
      climb.succeed()
      return { isProven: true }
    } catch (thrown) {
      if (line.signal.aborted) climb.giveUp()
      else climb.fail(StreamError.from(thrown))
      return { isProven: false }
    } finally {
      await line.close()
    }
  }
  return { over: prove(), line }
}

function ignore(): void {}
