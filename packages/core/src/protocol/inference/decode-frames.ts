import { StreamError } from '../../errors.ts'
import { hasKey, type JsonRecord } from '../json.ts'
import { unnumbered, type Decode, type Stamp } from '../protocol.ts'
import { createStamper, type ResumeMode } from '../stamp-frames.ts'
import { openFrame } from './open-frame.ts'

/** Name of the frame that was not sent by a stream, but asked for beside it: the present, envelope and all. */
export const RESOURCE_EVENT = '$resource'

/** What a stream says that is no word about what it is about. */
export type LineEvent =
  | { readonly type: 'stream-end' }
  | { readonly type: 'position-moved' }
  | { readonly type: 'frame-skipped'; readonly error: StreamError }

/** How the messages of one connection are read, once they are open. */
export interface MessageReading<E> {
  /** Names under which a stream sends what can be read, beside none at all. */
  readonly known: ReadonlySet<string>
  /** Reads the data of a {@link RESOURCE_EVENT}. @throws {StreamError} `malformed` is skipped, anything else is the line's */
  resource(text: string): readonly E[]
  /** `named` lists the keys that changed, or is `null` for those that `data` holds (P§4.5). */
  update(event: string, data: JsonRecord, named: ReadonlySet<string> | null): readonly E[]
  /** `data` has a `delta` (P§4.6). */
  delta(data: JsonRecord): readonly E[]
}

/**
 * Makes a decoder for one connection, SSE or NDJSON, that opens each message, reads it, and says where it stands.
 *
 * A frame that cannot be read gives `frame-skipped`. The decoder throws the StreamError that the server reports in the
 * stream (P§4.8), or in the envelope of the resource.
 */
export function createFrameDecoder<E extends { readonly type: string }>(
  resume: ResumeMode,
  reading: MessageReading<E>,
): Decode<E | LineEvent> {
  const stamper = createStamper(resume)

  const readMessage = (event: string, text: string): readonly (E | LineEvent)[] => {
    if (event === RESOURCE_EVENT) return readResource(text)
    const opened = openFrame(event, text, reading.known)
    switch (opened.type) {
      case 'nothing':
        return []
      case 'end':
        return [{ type: 'stream-end' }]
      case 'error':
        throw opened.error
      case 'unreadable':
        return [skipped(opened.error)]
      case 'event':
        if (opened.event !== 'delta') return reading.update(opened.event, opened.data, opened.named)
        return hasKey(opened.data, 'delta') ? reading.delta(opened.data) : [skipped(deltaless())]
    }
  }

  const readResource = (text: string): readonly (E | LineEvent)[] => {
    try {
      return reading.resource(text)
    } catch (thrown) {
      const error = StreamError.from(thrown)
      if (error.code !== 'malformed') throw error
      return [skipped(error)]
    }
  }

  return (frame) => {
    switch (frame.type) {
      case 'beat':
      case 'retry':
        return []
      case 'id':
        return moved(stamper.id(frame))
      case 'unreadable':
        return [{ stamp: unnumbered, event: skipped(undecodable(frame.sizeBytes)) }]
      case 'message': {
        const events = readMessage(frame.event, frame.data)
        // The end of a connection is no part of the story, and a sign of life is none either.
        const isEmpty = events.every(({ type }) => type === 'stream-end')
        const stamp = frame.event === RESOURCE_EVENT ? unnumbered : stamper.message(frame, isEmpty)
        if (events.length === 0) return moved(stamp)
        return events.map((event) => ({ stamp, event }))
      }
    }
  }
}

/** What means nothing to us has its place in the stream all the same. */
function moved(stamp: Stamp): ReturnType<Decode<LineEvent>> {
  return stamp === unnumbered ? [] : [{ stamp, event: { type: 'position-moved' } }]
}

function skipped(error: StreamError): LineEvent {
  return { type: 'frame-skipped', error }
}

function undecodable(sizeBytes: number): StreamError {
  return new StreamError(
    'malformed',
    `A line of ${sizeBytes} bytes is not UTF-8, so it was not read. It is skipped and the state is asked for again; ` +
      'if it happens often, look at what sits between here and the server.',
    { retryable: true },
  )
}

function deltaless(): StreamError {
  return new StreamError(
    'malformed',
    'The server sent a delta event without a delta, so there is nothing to add to the output. It is skipped and the ' +
      'state is asked for again.',
    { retryable: true },
  )
}
