import { StreamError } from '../errors.ts'
import type { Frame } from '../wire/frame.ts'
import type { Attempt } from './attempt.ts'
import { hearByte, type Probe } from './hear-byte.ts'
import type { Ladder } from './ladder.ts'
import { isNoStream } from './no-stream.ts'
import { openLine } from './open-line.ts'
import type { Rung } from './rung.ts'
import type { Reach, Source } from './source.ts'
import { createStreamLife, EARLY_MS, type StreamLife } from './stream-life.ts'

/** What both ways of listening need in one attempt. */
export interface Ways {
  readonly ladder: Ladder
  readonly rung: Rung
  readonly stream: Source
  readonly poll: Source
  readonly probe: Probe | undefined
  /** From where to listen at each moment, for as long as the attempt lasts. */
  readonly reach: Reach
}

/** The attempt goes on by polling; `answer` is the present where it is known already. */
export interface StepDown {
  readonly answer: Frame | null
}

/**
 * Listens by the stream until it ends, which ends the attempt (`null`), or until polling is the better way. Records what
 * the stream showed.
 */
export async function* listenByStream(
  { ladder, rung, stream, probe, reach }: Ways,
  attempt: Attempt,
): AsyncGenerator<readonly Frame[], StepDown | null> {
  const { clock, probeAfterMs } = ladder
  const line = openLine(stream, reach)
  const life = createStreamLife(clock)
  try {
    let isRecorded = false
    let reading = line.next()
    for (;;) {
      const read =
        life.isOpen && !life.isHeard && probe !== undefined
          ? await hearByte(reading, life, { clock, probe, probeAfterMs }, attempt)
          : await attempt.wait(reading)
      if ('answer' in read) {
        ladder.record('buffered')
        return read
      }
      if (read.done === true) {
        recordEnd(ladder, life, null)
        return null
      }
      if (!life.isOpen) reach.onTransport?.('stream')
      life.take(read.value)
      if (life.isHeard && !isRecorded) ladder.record('heard')
      isRecorded = life.isHeard
      yield read.value
      reading = line.next()
    }
  } catch (thrown) {
    const fault = StreamError.from(thrown)
    if (!life.isOpen && isNoStream(fault)) {
      rung.refuse()
      return { answer: null }
    }
    recordEnd(ladder, life, fault)
    throw fault
  } finally {
    if (life.ageMs() >= EARLY_MS) ladder.record('lived')
    await line.close()
  }
}

/** A stream that was not opened tells nothing about the way, unless something else answered. */
function recordEnd(ladder: Ladder, life: StreamLife, fault: StreamError | null): void {
  if (fault?.code === 'wrong-content-type') ladder.record('blocked')
  else if (!life.isOpen) return
  else if (fault?.code === 'idle' && !life.isHeard) ladder.record('mute')
  else if (isCut(fault) && life.ageMs() < EARLY_MS) ladder.record('cut')
}

function isCut(fault: StreamError | null): boolean {
  return fault === null || (fault.retryable && (fault.code === 'network' || fault.code === 'truncated'))
}
