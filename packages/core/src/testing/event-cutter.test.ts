import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StreamFormat } from '../wire/content-type.ts'
import { createNdjsonDecoder } from '../wire/ndjson.ts'
import { createSseDecoder } from '../wire/sse.ts'
import { createEventCutter, type BodyStretch } from './event-cutter.ts'

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

/** What a cutter makes of a text that comes in pieces of so many bytes. */
function cut(format: StreamFormat | null, text: string, pieceBytes: number = Infinity): readonly string[] {
  const bytes = new TextEncoder().encode(text)
  const cutter = createEventCutter(format)
  const stretches: BodyStretch[] = []
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    stretches.push(...cutter.push(bytes.subarray(from, from + Math.min(pieceBytes, bytes.length))))
  }
  stretches.push(...cutter.end())
  return stretches.map(({ bytes: one, isMessage }) => `${isMessage ? 'message' : 'other'} ${decode(one)}`)
}

describe('the messages of a body', () => {
  it.each([
    ['sse', 'data: a\n\ndata: b\n\n', ['message data: a\n\n', 'message data: b\n\n']],
    ['sse', 'id: 1\r\ndata: a\r\n\r\n:\r\n\r\n', ['message id: 1\r\ndata: a\r\n\r\n', 'other :\r\n\r\n']],
    ['sse', 'data: a\r\rdata\r\r', ['message data: a\r\r', 'message data\r\r']],
    ['sse', '\n:beat\n\n', ['other \n', 'other :beat\n\n']],
    ['sse', ':beat\ndata: a\n\n', ['message :beat\ndata: a\n\n']],
    ['sse', 'id: 1\n\nretry: 5\n\n', ['other id: 1\n\n', 'other retry: 5\n\n']],
    ['sse', 'dataset: a\n\nDATA: a\n\n', ['other dataset: a\n\n', 'other DATA: a\n\n']],
    ['sse', '\uFEFFdata: a\n\n', ['message \uFEFFdata: a\n\n']],
    ['sse', 'data: a\n\ndata: b\n', ['message data: a\n\n', 'other data: b\n']],
    ['sse', '', []],
    ['ndjson', '{}\n\n[]\r\n', ['message {}\n', 'other \n', 'message []\r\n']],
    ['ndjson', '{}\n \t\r\n1', ['message {}\n', 'other  \t\r\n', 'message 1\n']],
    ['ndjson', '', []],
    [null, '{\n"a": 1\n}', ['message {\n"a": 1\n}']],
    [null, '', ['message ']],
  ] as const)('in %s %j are %j, however it is cut', (format, text, expected) => {
    for (const pieceBytes of [1, 2, 3, Infinity]) expect(cut(format, text, pieceBytes)).toEqual(expected)
  })

  const anyLine = fc.constantFrom('data: ü', 'data:{}', 'id: 7', ': beat', 'event: x', '', '', '{"a":1}')
  const anyEnd = fc.constantFrom('\n', '\r\n', '\r')
  const anyText = fc
    .array(fc.tuple(anyLine, anyEnd))
    .map((lines) => lines.map(([line, end]) => line + end).join(''))

  it.each(['sse', 'ndjson'] as const)('of %s are those that the client reads', (format) => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 9 }), (text, pieceBytes) => {
        const stretches = cut(format, text, pieceBytes)
        const joined = stretches.map((one) => one.slice(one.indexOf(' ') + 1)).join('')
        expect([text, `${text}\n`]).toContain(joined)
        const decoder = format === 'sse' ? createSseDecoder() : createNdjsonDecoder()
        const frames = [...decoder.push(new TextEncoder().encode(text)), ...decoder.end()]
        expect(stretches.filter((one) => one.startsWith('message'))).toHaveLength(
          frames.filter(({ type }) => type === 'message').length,
        )
      }),
    )
  })
})
