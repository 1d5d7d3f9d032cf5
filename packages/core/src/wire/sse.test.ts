import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { cutAt, cutEvery, decodeAll, decodeUntilThrown, pushAll, utf8 } from '../../test/bytes.ts'
import { isStreamError } from '../errors.ts'
import type { Frame } from './frame.ts'
import { createSseDecoder, encodeSse } from './sse.ts'

const message = (data: string, id: string | null = null, event = 'message'): Frame => ({
  type: 'message',
  event,
  id,
  data,
})
const id = (value: string): Frame => ({ type: 'id', id: value })
const retry = (delayMs: number): Frame => ({ type: 'retry', delayMs })
const beat: Frame = { type: 'beat' }

/** The standard's algorithm, word for word, over a body that is there as a whole: what every cut must equal. */
function framesByTheStandard(bytes: Uint8Array): Frame[] {
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/)
  lines.pop()
  const frames: Frame[] = []
  let data = ''
  let event = ''
  let lastId: string | null = null
  for (const line of lines) {
    if (line === '') {
      if (data !== '') frames.push(message(data.slice(0, -1), lastId, event === '' ? 'message' : event))
      else if (lastId !== null) frames.push(id(lastId))
      data = ''
      event = ''
      lastId = null
      continue
    }
    if (line.startsWith(':')) {
      frames.push(beat)
      continue
    }
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') event = value
    if (field === 'data') data += `${value}\n`
    if (field === 'id' && !value.includes('\0')) lastId = value
    if (field === 'retry' && /^[0-9]+$/.test(value)) frames.push(retry(Number(value)))
  }
  return frames
}

const BOM = '\uFEFF'

const RULES: readonly (readonly [
  rule: string,
  body: string | readonly number[],
  frames: readonly Frame[],
])[] = [
  ['an empty body has no frames', '', []],
  ['a blank line ends a block', 'data: a\n\ndata: b\n\n', [message('a'), message('b')]],
  ['a block without data gives no message', 'event: a\n\ndata: b\n\n', [message('b')]],
  ['blank lines beyond one say nothing', '\n\n\ndata: a\n\n\n\n', [message('a')]],
  ['the last block is discarded without its blank line', 'data: a\n\ndata: b\n', [message('a')]],
  ['a line ends with LF, CR or CRLF, mixed', 'data: a\rdata: b\r\ndata: c\n\r\n', [message('a\nb\nc')]],
  ['LF CR is two endings', 'data: a\n\rdata: b\n\r', [message('a'), message('b')]],
  ['CR CR is two endings', 'data: a\r\rdata: b\r\r', [message('a'), message('b')]],
  ['nothing else ends a line', 'data: a\v\f\u0085\u2028\u2029b\n\n', [message('a\v\f\u0085\u2028\u2029b')]],
  [
    'one space after the colon is dropped',
    'data:a\n\ndata: a\n\ndata:  a\n\n',
    [message('a'), message('a'), message(' a')],
  ],
  ['a tab or a no-break space is not', 'data:\ta\ndata:\u00A0b\n\n', [message('\ta\n\u00A0b')]],
  ['spaces at the end stay', 'data: a \nevent: e \nid: 1 \n\n', [message('a ', '1 ', 'e ')]],
  ['a space before the colon makes another field', 'data : a\n\n', []],
  ['only the first colon separates', 'data: a: b:c\nid: 1:2\n\n', [message('a: b:c', '1:2')]],
  ['field names are compared exactly', 'DATA: a\nData: b\ndatax: c\ndat: d\n\n', []],
  ['an unknown field is ignored', 'x: 1\ndata: a\ny\n\n', [message('a')]],
  [
    'a name without a colon is a field with an empty value',
    'data\n\ndata\ndata\n\n',
    [message(''), message('\n')],
  ],
  ['empty data is still a message', 'data:\n\n', [message('')]],
  ['data lines are joined with LF', 'data:\ndata: a\ndata:\n\n', [message('\na\n')]],
  ['the last event name counts', 'event: a\nevent: b\ndata: x\n\n', [message('x', null, 'b')]],
  ['an emptied event name is message', 'event: a\nevent\ndata: x\n\n', [message('x')]],
  ['an event name lasts for one block', 'event: a\n\ndata: x\n\n', [message('x')]],
  [
    'names of object members are names like others',
    'event: __proto__\nid: then\ndata: x\n\n',
    [message('x', 'then', '__proto__')],
  ],
  ['an id goes with its block', 'id: 1\ndata: a\n\ndata: b\n\n', [message('a', '1'), message('b')]],
  ['an id may follow the data', 'data: a\nid: 1\n\n', [message('a', '1')]],
  ['the last id of a block counts', 'id: 1\nid: 2\ndata: a\n\n', [message('a', '2')]],
  ['an empty id clears', 'id: 1\nid\ndata: a\n\n', [message('a', '')]],
  ['an id with U+0000 is ignored', 'id: 1\nid: a\0b\ndata: a\n\n', [message('a', '1')]],
  ['an id moves without data', 'id: 1\n\nid:\n\n', [id('1'), id('')]],
  ['an id moves with the end of its block only', 'id: 1\n', []],
  ['an id without data stands before the next message', 'id: 1\n\ndata: a\n\n', [id('1'), message('a')]],
  ['an id need not be Latin-1', 'id: \u{1F511}\u2026\ndata: a\n\n', [message('a', '\u{1F511}\u2026')]],
  ['retry counts with its line', 'retry: 2500\n', [retry(2500)]],
  ['retry may begin with zeros', 'retry: 0010\nretry:0\n', [retry(10), retry(0)]],
  [
    'retry takes ASCII digits only',
    'retry\nretry: -1\nretry: +1\nretry: 1.5\nretry: 1e3\nretry: 0x1\nretry: 1 \nretry: \uFF11\nretry: \u0661\n',
    [],
  ],
  ['a retry of any length stays finite', `retry: ${'9'.repeat(400)}\n`, [retry(Number.MAX_SAFE_INTEGER)]],
  ['a comment is a beat', ': x\n:\n:data: a\n\n', [beat, beat, beat]],
  ['a comment does not end a block', 'data: a\n: x\ndata: b\n\n', [beat, message('a\nb')]],
  ['one byte order mark is skipped', `${BOM}data: a\n\n`, [message('a')]],
  ['a second byte order mark is text', `${BOM}${BOM}data: a\n\ndata: b\n\n`, [message('b')]],
  [
    'a later byte order mark is text',
    `data: a\n\n${BOM}data: b\n\ndata: ${BOM}c\n\n`,
    [message('a'), message(`${BOM}c`)],
  ],
  [
    'a byte order mark sent as Latin-1 text is text',
    '\u00EF\u00BB\u00BFdata: a\n\ndata: b\n\n',
    [message('b')],
  ],
  ['U+0000 in data is data', 'data: \0\n\n', [message('\0')]],
  ['noncharacters are characters', 'data: \uFFFE\uFFFF\u{10FFFF}\n\n', [message('\uFFFE\uFFFF\u{10FFFF}')]],
  [
    'bytes that are not UTF-8 become U+FFFD',
    [...utf8('data: '), 0xc0, 0xaf, 0xe2, 0x82, 0x78, 10, 10],
    [message('\uFFFD\uFFFD\uFFFDx')],
  ],
  [
    'a character cut off by an ending does not eat it',
    [...utf8('data: a'), 0xf0, 0x9f, 10, 10],
    [message('a\uFFFD')],
  ],
]

/** Bytes that hit the rules often: whole fields, endings, odd characters and bytes that are not UTF-8. */
const bodies: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      fc
        .constantFrom(
          'data',
          'data:',
          'data: ',
          'event: e',
          'event',
          'id: 1',
          'id',
          'id: \0',
          'retry: 10',
          ':',
          'x: y',
          ' ',
          BOM,
          'é',
          '€',
          '😀',
        )
        .map(utf8),
      fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n').map(utf8),
      fc.string({ maxLength: 4 }).map(utf8),
      fc.uint8Array({ maxLength: 3 }),
    ),
    { maxLength: 24 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])))

const bodyAndOffsets = bodies.chain((body) =>
  fc.tuple(fc.constant(body), fc.array(fc.integer({ min: 0, max: body.length }), { maxLength: 12 })),
)

describe('createSseDecoder', () => {
  it.each(RULES)('%s', (_rule, body, frames) => {
    const bytes = typeof body === 'string' ? utf8(body) : Uint8Array.from(body)
    expect(decodeAll(createSseDecoder(), [bytes])).toStrictEqual(frames)
    expect(decodeAll(createSseDecoder(), cutEvery(bytes, 1))).toStrictEqual(frames)
    for (let at = 0; at <= bytes.length; at++) {
      expect(decodeAll(createSseDecoder(), cutAt(bytes, [at])), `cut at ${at}`).toStrictEqual(frames)
    }
  })

  it('L1: any cut gives the frames of the standard', () => {
    fc.assert(
      fc.property(bodyAndOffsets, ([body, offsets]) => {
        expect(decodeAll(createSseDecoder(), cutAt(body, offsets))).toStrictEqual(framesByTheStandard(body))
      }),
      { numRuns: 2000 },
    )
  })

  it('has handed out, after each byte, all frames that the bytes so far complete', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const decoder = createSseDecoder()
        const frames: Frame[] = []
        body.forEach((byte, index) => {
          frames.push(...decoder.push(Uint8Array.of(byte)))
          expect(frames).toStrictEqual(framesByTheStandard(body.subarray(0, index + 1)))
        })
      }),
      { numRuns: 500 },
    )
  })

  it.each(['\n', '\r', '\r\n'])('does not wait for more after a block that ends with %j', (ending) => {
    const decoder = createSseDecoder()
    expect(pushAll(decoder, [utf8(`data: a${ending}${ending}`)])).toStrictEqual([message('a')])
    expect(pushAll(decoder, [utf8(`data: b${ending}${ending}`)])).toStrictEqual([message('b')])
    expect(decoder.end()).toStrictEqual([])
  })

  it('does not keep the bytes it was given', () => {
    const decoder = createSseDecoder()
    const buffer = utf8('data: a')
    decoder.push(buffer)
    buffer.fill(0)
    expect(pushAll(decoder, [utf8('b\n\n')])).toStrictEqual([message('ab')])
  })

  it('decodes each byte once, however small the chunks of a long line', () => {
    const decode = vi.spyOn(TextDecoder.prototype, 'decode')
    const body = utf8(`data: ${'x'.repeat(100_000)}\n\n`)
    decodeAll(createSseDecoder(), cutEvery(body, 7))
    const decodedBytes = decode.mock.calls.reduce((sum, [bytes]) => sum + (bytes?.byteLength ?? 0), 0)
    decode.mockRestore()
    expect(decodedBytes).toBe(body.length)
  })
})

describe('createSseDecoder with a limit of 10', () => {
  const TOO_LARGE: readonly (readonly [what: string, body: string, frames: readonly Frame[]])[] = [
    ['an endless line', 'data: a\n\ndata: 56789', [message('a')]],
    ['a line that ends', 'data: 56789\n\n', []],
    ['endless data lines', 'data: a\n\ndata\ndata\ndata\n', [message('a')]],
    ['data lines of a block that ends', 'data\ndata\ndata\n\n', []],
    ['a comment', ':a\n:123456789x\n', [beat]],
    ['a field that is ignored', 'x:123456789\n', []],
    ['a block of fields that are ignored', 'x:1234567\nx:1\n', []],
    ['frames in the same push', 'id: 1\n\nretry: 5\n\ndata: 56789\n\ndata: b\n\n', [id('1'), retry(5)]],
  ]

  it.each(TOO_LARGE)(
    'L1: hands out what comes before %s, then throws, in every cut',
    (_what, body, frames) => {
      const bytes = utf8(body)
      const ways = [[bytes], cutEvery(bytes, 1), cutEvery(bytes, 3)]
      for (let at = 0; at <= bytes.length; at++) ways.push(cutAt(bytes, [at]))
      for (const chunks of ways) {
        const seen = decodeUntilThrown(createSseDecoder({ maxFrameChars: 10 }), chunks)
        expect(seen.frames).toStrictEqual(frames)
        expect(seen.thrown).toMatchObject({ code: 'frame-too-large', retryable: true })
      }
    },
  )

  const SMALL_ENOUGH: readonly (readonly [what: string, body: string, frames: readonly Frame[]])[] = [
    ['a line of 10', 'data: 6789\n\n', [message('6789')]],
    ['a block of 10', 'data\nid: 12\n\n', [message('', '12')]],
    ['block after block', 'data: 6789\r\n\r\ndata: 6789\r\r', [message('6789'), message('6789')]],
    [
      'comments in a block',
      ':123456789\n:123456789\ndata: 6789\n:123456789\n\n',
      [beat, beat, beat, message('6789')],
    ],
    ['characters of several bytes', 'data:€€€😀\n\n', [message('€€€😀')]],
  ]

  it.each(SMALL_ENOUGH)('reads %s in every cut', (_what, body, frames) => {
    const bytes = utf8(body)
    for (let at = 0; at <= bytes.length; at++) {
      expect(decodeAll(createSseDecoder({ maxFrameChars: 10 }), cutAt(bytes, [at]))).toStrictEqual(frames)
    }
  })

  it('L1: any cut gives the same frames and the same end', () => {
    fc.assert(
      fc.property(bodyAndOffsets, ([body, offsets]) => {
        const limits = { maxFrameChars: 10 }
        const whole = decodeUntilThrown(createSseDecoder(limits), [body])
        const cut = decodeUntilThrown(createSseDecoder(limits), cutAt(body, offsets))
        expect(cut.frames).toStrictEqual(whole.frames)
        expect(isStreamError(cut.thrown)).toBe(isStreamError(whole.thrown))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('encodeSse', () => {
  const oneLine = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\r\n\0]/g, '_'))
  const data = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\r', '\n'))
  const event = oneLine.map((name) => (name === '' ? 'message' : name))
  const plain = { noNullPrototype: true }
  const frames: fc.Arbitrary<Exclude<Frame, { type: 'unreadable' }>> = fc.oneof(
    fc.record({ type: fc.constant('message'), event, id: fc.option(oneLine), data }, plain),
    fc.record({ type: fc.constant('id'), id: oneLine }, plain),
    fc.record({ type: fc.constant('retry'), delayMs: fc.maxSafeNat() }, plain),
    fc.record({ type: fc.constant('beat') }, plain),
  )

  it('is undone by the decoder', () => {
    fc.assert(
      fc.property(fc.array(frames), (sent) => {
        const body = utf8(sent.map(encodeSse).join(''))
        expect(decodeAll(createSseDecoder(), [body])).toStrictEqual(sent)
      }),
    )
  })

  it('sends each line of the data as a field of its own', () => {
    const sent = encodeSse({ type: 'message', event: 'e', id: '1', data: 'a\nb\r\nc\rd' })
    expect(sent).toBe('id: 1\nevent: e\ndata: a\ndata: b\ndata: c\ndata: d\n\n')
  })

  it.each([
    ['an event name of two lines', { type: 'message', event: 'a\ndata: x', id: null, data: '' }],
    ['an event name with CR', { type: 'message', event: 'a\rb', id: null, data: '' }],
    ['an id of two lines', { type: 'message', event: 'message', id: 'a\nb', data: '' }],
    ['an id with CR', { type: 'id', id: 'a\rb' }],
    ['an id with U+0000', { type: 'id', id: 'a\0b' }],
    ['a negative delay', { type: 'retry', delayMs: -1 }],
    ['a fraction of a millisecond', { type: 'retry', delayMs: 1.5 }],
    ['a delay that is no number', { type: 'retry', delayMs: Number.NaN }],
  ] as const)('refuses %s', (_what, frame) => {
    expect(() => encodeSse(frame)).toThrow(expect.objectContaining({ code: 'misuse' }))
  })
})
