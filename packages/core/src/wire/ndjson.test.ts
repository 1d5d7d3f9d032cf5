import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  concatBytes,
  cutAt,
  cutEvery,
  decodeAll,
  decodeUntilThrown,
  pushAll,
  utf8,
} from '../../test/bytes.ts'
import { isStreamError } from '../errors.ts'
import type { Frame } from './frame.ts'
import { parseJson } from './json.ts'
import { createNdjsonDecoder, encodeNdjson } from './ndjson.ts'

const message = (data: string): Frame => ({ type: 'message', event: 'message', id: null, data })
const unreadable = (sizeBytes: number): Frame => ({ type: 'unreadable', reason: 'invalid-utf8', sizeBytes })
const beat: Frame = { type: 'beat' }
const BOM = '\uFEFF'

const RULES: readonly (readonly [
  rule: string,
  body: string | readonly number[],
  frames: readonly Frame[],
])[] = [
  ['an empty body has no frames', '', []],
  ['each line is a message', '{"a":1}\n[2]\n', [message('{"a":1}'), message('[2]')]],
  ['a line may end with CRLF', '1\r\n2\n', [message('1'), message('2')]],
  ['one CR belongs to the ending', '1\r\r\n', [message('1\r')]],
  ['CR alone ends no line', '1\r2\n', [message('1\r2')]],
  ['nothing else ends a line', '"a\u0085\u2028\u2029\v\fb"\n', [message('"a\u0085\u2028\u2029\v\fb"')]],
  ['the last line needs no ending', '1\n2', [message('1'), message('2')]],
  ['the last line may end with CR', '1\n2\r', [message('1'), message('2')]],
  ['a last line that was cut off is handed out as it is', '1\n{"b":', [message('1'), message('{"b":')]],
  ['a blank line is a beat', '\n\n1\n\r\n', [beat, beat, message('1'), beat]],
  ['a line of JSON white space is blank', ' \t\n \r\n\t', [beat, beat, beat]],
  [
    'other white space is not blank',
    '\u00A0\n\u2028\n\v\n',
    [message('\u00A0'), message('\u2028'), message('\v')],
  ],
  ['white space around a value stays', ' \t1 \t\n', [message(' \t1 \t')]],
  ['one byte order mark at the start is skipped', `${BOM}1\n2\n`, [message('1'), message('2')]],
  ['a second byte order mark is text', `${BOM}${BOM}1\n`, [message(`${BOM}1`)]],
  ['a later byte order mark is text', `1\n${BOM}2\n`, [message('1'), message(`${BOM}2`)]],
  ['a byte order mark alone is a blank line', `${BOM}\n1\n${BOM}\n`, [beat, message('1'), message(BOM)]],
  ['what is not JSON is not the wire’s business', '<html>\n1 2\n', [message('<html>'), message('1 2')]],
  ['U+FFFD that was sent is text', '"\uFFFD"\n', [message('"\uFFFD"')]],
  [
    'a line that is not UTF-8 is unreadable, the next is read',
    [0x22, 0xff, 0x22, 10, 0x31, 10],
    [unreadable(3), message('1')],
  ],
  [
    'a character cut off by an ending does not eat it',
    [0x22, 0xe2, 0x82, 10, 0x31, 10],
    [unreadable(3), message('1')],
  ],
  [
    'a character cut off by the end is unreadable',
    [0x31, 10, 0x22, 0xf0, 0x9f],
    [message('1'), unreadable(3)],
  ],
  [
    'overlong forms and surrogates are not UTF-8',
    [0xc0, 0xaf, 10, 0xed, 0xa0, 0x80, 10],
    [unreadable(2), unreadable(3)],
  ],
  [
    'a byte order mark after an unreadable line is text',
    [0xff, 10, 0xef, 0xbb, 0xbf, 0x31, 10],
    [unreadable(1), message(`${BOM}1`)],
  ],
]

const bodies: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      fc.constantFrom('{"a":1}', '"é€😀"', ' ', '\t', '\r', BOM, 'null', '\u2028').map(utf8),
      fc.constantFrom('\n', '\r\n', '\n\n').map(utf8),
      fc.string({ maxLength: 6 }).map(utf8),
      fc.uint8Array({ maxLength: 3 }),
    ),
    { maxLength: 24 },
  )
  .map(concatBytes)

const bodyAndOffsets = bodies.chain((body) =>
  fc.tuple(fc.constant(body), fc.array(fc.integer({ min: 0, max: body.length }), { maxLength: 12 })),
)

describe('createNdjsonDecoder', () => {
  it.each(RULES)('%s', (_rule, body, frames) => {
    const bytes = typeof body === 'string' ? utf8(body) : Uint8Array.from(body)
    expect(decodeAll(createNdjsonDecoder(), [bytes])).toStrictEqual(frames)
    expect(decodeAll(createNdjsonDecoder(), cutEvery(bytes, 1))).toStrictEqual(frames)
    for (let at = 0; at <= bytes.length; at++) {
      expect(decodeAll(createNdjsonDecoder(), cutAt(bytes, [at])), `cut at ${at}`).toStrictEqual(frames)
    }
  })

  it('L1: any cut gives the frames of no cut', () => {
    fc.assert(
      fc.property(bodyAndOffsets, ([body, offsets]) => {
        const whole = decodeAll(createNdjsonDecoder(), [body])
        expect(decodeAll(createNdjsonDecoder(), cutAt(body, offsets))).toStrictEqual(whole)
      }),
      { numRuns: 2000 },
    )
  })

  it('hands out one frame with each line feed, and none later', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const decoder = createNdjsonDecoder()
        for (const byte of body) expect(decoder.push(Uint8Array.of(byte))).toHaveLength(byte === 10 ? 1 : 0)
        expect(decoder.end()).toHaveLength(body.length === 0 || body.at(-1) === 10 ? 0 : 1)
      }),
    )
  })

  it('does not keep the bytes it was given', () => {
    const decoder = createNdjsonDecoder()
    const buffer = utf8('"a')
    decoder.push(buffer)
    buffer.fill(0)
    expect(pushAll(decoder, [utf8('b"\n')])).toStrictEqual([message('"ab"')])
  })

  it.each([1, 7, 1000])(
    'copies and decodes each byte a bounded number of times in chunks of %i',
    (sizeBytes) => {
      const set = vi.spyOn(Uint8Array.prototype, 'set')
      const decode = vi.spyOn(TextDecoder.prototype, 'decode')
      const body = utf8(`"${'x'.repeat(100_000)}"\n`)
      const chunks = cutEvery(body, sizeBytes)
      const frames = decodeAll(createNdjsonDecoder(), chunks)
      const copiedBytes = set.mock.calls.reduce((sum, [bytes]) => sum + bytes.length, 0)
      const decodedBytes = decode.mock.calls.reduce((sum, [bytes]) => sum + (bytes?.byteLength ?? 0), 0)
      set.mockRestore()
      decode.mockRestore()
      expect(frames).toHaveLength(1)
      expect(decodedBytes).toBe(body.length - 1)
      // Once when it comes in, and at most twice its size in all moves to a buffer of double capacity.
      expect(copiedBytes).toBeGreaterThanOrEqual(body.length - 1 - sizeBytes)
      expect(copiedBytes).toBeLessThanOrEqual(body.length * 3)
    },
  )
})

describe('createNdjsonDecoder with a limit of 10', () => {
  const TOO_LARGE: readonly (readonly [
    what: string,
    body: string | readonly number[],
    frames: readonly Frame[],
  ])[] = [
    ['an endless line', '1\n2345678901x', [message('1')]],
    ['a line that ends', '12345678901\n', []],
    ['a line with its CR', '1\n\n1234567890\r\n2\n', [message('1'), beat]],
    ['characters of several bytes', '"€€€€€€€€€"\n', []],
    ['characters of two units', '"😀😀😀😀😀"\n', []],
    ['a blank line', ' '.repeat(11), []],
    ['bytes that begin no character', Array.from({ length: 31 }, () => 0x80), []],
  ]

  it.each(TOO_LARGE)(
    'L1: hands out what comes before %s, then throws, in every cut',
    (_what, body, frames) => {
      const bytes = typeof body === 'string' ? utf8(body) : Uint8Array.from(body)
      const ways = [[bytes], cutEvery(bytes, 1), cutEvery(bytes, 3)]
      for (let at = 0; at <= bytes.length; at++) ways.push(cutAt(bytes, [at]))
      for (const chunks of ways) {
        const seen = decodeUntilThrown(createNdjsonDecoder({ maxFrameChars: 10 }), chunks)
        expect(seen.frames).toStrictEqual(frames)
        expect(seen.thrown).toMatchObject({ code: 'frame-too-large', retryable: true })
      }
    },
  )

  it.each(['1234567890\n123456789\r\n', '"€€€€€€€€"\n"😀😀😀😀"\n', '1\n'.repeat(20)])('reads %j', (body) => {
    const bytes = utf8(body)
    const lines = body.split(/\r?\n/).slice(0, -1)
    for (let at = 0; at <= bytes.length; at++) {
      const frames = decodeAll(createNdjsonDecoder({ maxFrameChars: 10 }), cutAt(bytes, [at]))
      expect(frames).toStrictEqual(lines.map(message))
    }
  })

  it('L1: any cut gives the same frames and the same end', () => {
    fc.assert(
      fc.property(bodyAndOffsets, ([body, offsets]) => {
        const limits = { maxFrameChars: 10 }
        const whole = decodeUntilThrown(createNdjsonDecoder(limits), [body])
        const cut = decodeUntilThrown(createNdjsonDecoder(limits), cutAt(body, offsets))
        expect(cut.frames).toStrictEqual(whole.frames)
        expect(isStreamError(cut.thrown)).toBe(isStreamError(whole.thrown))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('encodeNdjson', () => {
  it('is undone by the decoder and parseJson', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ noUnicodeString: false })), (values) => {
        const frames = decodeAll(createNdjsonDecoder(), [utf8(values.map(encodeNdjson).join(''))])
        const read = frames.map((frame) => (frame.type === 'message' ? parseJson(frame.data) : frame))
        // Why: JSON has no negative zero.
        const sent = values.map((value) => ({
          ok: true,
          value: JSON.parse(JSON.stringify(value)) as unknown,
        }))
        expect(read).toStrictEqual(sent)
      }),
    )
  })

  it('writes one line, whatever the strings hold', () => {
    expect(encodeNdjson({ text: 'a\nb\r\nc\u2028' })).toBe('{"text":"a\\nb\\r\\nc\u2028"}\n')
  })

  const cycle: unknown[] = []
  cycle.push(cycle)

  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['a cycle', cycle],
  ])('refuses %s', (_what, value) => {
    expect(() => encodeNdjson(value)).toThrow(expect.objectContaining({ code: 'misuse' }))
  })
})
