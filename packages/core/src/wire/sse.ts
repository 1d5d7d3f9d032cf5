import { createParser } from 'eventsource-parser'
import { StreamError } from '../errors.ts'
import { createBlockMeter } from './block-meter.ts'
import { DEFAULT_MAX_FRAME_CHARS, type Frame, type FrameDecoder, type FrameLimits } from './frame.ts'
import { createLimitedDecoder } from './limited-decoder.ts'

/**
 * Makes a decoder of `text/event-stream` bodies, as the HTML standard reads them.
 *
 * Bytes that are not UTF-8 become U+FFFD. Comments become `beat`. A block that the body ends in is discarded, with the id
 * it holds. Linear in total input.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function createSseDecoder(limits: Partial<FrameLimits> = {}): FrameDecoder {
  const maxFrameChars = limits.maxFrameChars ?? DEFAULT_MAX_FRAME_CHARS
  const meter = createBlockMeter(maxFrameChars)
  // [spec] "The UTF-8 decode algorithm strips one leading UTF-8 Byte Order Mark (BOM), if any."
  const utf8 = new TextDecoder()
  let out: Frame[] = []
  const parser = createParser({
    onId: (id) => out.push({ type: 'id', id }),
    onEvent: ({ event = 'message', id = null, data }) => {
      // Why: the parser calls onId just before onEvent when the block holds both; the message carries it.
      if (id !== null) out.pop()
      out.push({ type: 'message', event, id, data })
    },
    // Why: a text of digits may be of any length, and an infinite delay turns a timer into none at all.
    onRetry: (delayMs) => out.push({ type: 'retry', delayMs: Math.min(delayMs, Number.MAX_SAFE_INTEGER) }),
    onComment: () => out.push({ type: 'beat' }),
  })
  // Why: the parser would strip a mark of its own, so a second one, or one that was sent as Latin-1 text. This spends it.
  parser.feed('\uFEFF')

  return createLimitedDecoder(maxFrameChars, {
    read(bytes, frames) {
      const text = utf8.decode(bytes, { stream: true })
      const allowed = meter(text)
      out = frames
      parser.feed(text.slice(0, allowed))
      return allowed === text.length
    },
    finish() {},
  })
}

const LINE_ENDING = /\r\n|\n|\r/

/**
 * Encodes one frame as a whole block of an event stream, with its blank line.
 *
 * An event named `message` or `''` goes without a name. Line endings in `data` arrive as `\n`, since the format cannot
 * tell them apart.
 *
 * @throws {StreamError} `misuse` when the event holds a line ending, the id a line ending or U+0000, or the delay is not
 *   a whole number from 0 to `Number.MAX_SAFE_INTEGER`: a reader would drop it, or take the rest for fields
 */
export function encodeSse(frame: Exclude<Frame, { readonly type: 'unreadable' }>): string {
  switch (frame.type) {
    case 'beat':
      return ':\n\n'
    case 'retry':
      return `${retryLine(frame.delayMs)}\n`
    case 'id':
      return `${idLine(frame.id)}\n`
    case 'message': {
      const id = frame.id === null ? '' : idLine(frame.id)
      const data = frame.data.split(LINE_ENDING).map((line) => `data: ${line}\n`)
      return `${id}${eventLine(frame.event)}${data.join('')}\n`
    }
  }
}

function idLine(id: string): string {
  if (/[\r\n\0]/.test(id)) {
    throw new StreamError(
      'misuse',
      'An event id holds a line ending or U+0000, so a reader would not get it whole. Send an id without them.',
    )
  }
  return `id: ${id}\n`
}

function eventLine(event: string): string {
  if (event === '' || event === 'message') return ''
  if (LINE_ENDING.test(event)) {
    throw new StreamError(
      'misuse',
      'An event name holds a line ending, so a reader would take its rest for fields. Send a name of one line.',
    )
  }
  return `event: ${event}\n`
}

function retryLine(delayMs: number): string {
  if (!Number.isSafeInteger(delayMs) || delayMs < 0) {
    throw new StreamError(
      'misuse',
      `A retry delay of ${delayMs} ms cannot be sent, because a reader takes digits only. Round it, and keep it from 0 up.`,
    )
  }
  return `retry: ${delayMs}\n`
}
