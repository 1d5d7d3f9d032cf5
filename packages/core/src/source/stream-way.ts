import { StreamError } from '../errors.ts'
import type { Frame } from '../wire/frame.ts'
import type { Attempt } from './attempt.ts'
import type { ProvenStream } from './climb.ts'
import { hearByte } from './hear-byte.ts'
import type { Ladder } from './ladder.ts'
import { isNoStream } from './no-stream.ts'
import { openLine, type Start } from './open-line.ts'
import type { Rung } from './rung.ts'
import type { Source, Transport } from './source.ts'
import { createStreamLife, EARLY_MS, type StreamLife } from './stream-life.ts'

/** What both ways of listening need in one attempt. */
export interface Ways {
  readonly ladder: Ladder
  readonly rung: Rung
  readonly stream: Source
  readonly poll: Source
  /** Asks for the resource, as `poll` does; without it nobody can tell that a stream is held back. */
  readonly probe: ((signal: AbortSignal) => Promise<Frame>) | undefined
  readonly say: (transport: Transport) => void
}

/** The attempt goes on by polling; `answer` is the present where it is known already. */
export interface StepDown {
  readonly answer: Frame | null
}

/** A stream to listen to: one to open, or one that is open already. */
export interface StepUp {
  readonly start: Start
  readonly proven: ProvenStream | null
}

/**
 * Listens by the stream until it ends, which ends the attempt (`null`), or until polling is the better way. Records what
 * the stream showed.
 */
export async function* listenByStream(
  { ladder, rung, stream, probe, say }: Ways,
  { start, proven }: StepUp,
  attempt: Attempt,
): AsyncGenerator<readonly Frame[], StepDown | null> {
  const { clock, probeAfterMs } = ladder
  const line = proven?.line ?? openLine(stream, start, attempt.signal)
  const life = proven?.life ?? createStreamLife(clock)
  try {
    if (proven !== null) {
      say('stream')
      yield* proven.batches
    }
    let isRecorded = life.isHeard
    let reading = proven?.reading ?? line.next()
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
      if (!life.isOpen) say('stream')
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
