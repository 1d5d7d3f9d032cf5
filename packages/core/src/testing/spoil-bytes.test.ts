import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from './random.ts'
import { dataRange, flipBytes, garbleBytes, spoilChar, spoilUtf8 } from './spoil-bytes.ts'

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

describe('the data of a framed message', () => {
  it.each([
    ['data: abc\n\n', 'abc'],
    ['id: 1\ndata:abc\r\n\r\n', 'abc'],
    ['data: abc\nid: 1\n\n', 'abc'],
    ['data: a\rdata: bc\r\r', 'bc'],
    ['{"a":1}\n', '{"a":1}'],
    ['{"a":1}', '{"a":1}'],
    ['data\n\n', 'data'],
    ['', ''],
  ])('in %j is %j', (text, data) => {
    const { from, to } = dataRange(encode(text))
    expect(text.slice(from, to)).toBe(data)
  })
})

describe('spoilt bytes', () => {
  it('end in half the data and a mark, under the same framing', () => {
    expect(decode(garbleBytes(encode('id: 1\ndata: {"a":1}\n\n')))).toBe('id: 1\ndata: {"a"#\n\n')
  })

  it('are not UTF-8 within the data', () => {
    expect(decode(spoilUtf8(encode('data: abcd\n\n')))).toBe('data: ab\uFFFD\uFFFD\uFFFDcd\n\n')
    expect(decode(spoilChar(encode('a🌙b'), '🌙'))).toBe('a\uFFFD\uFFFD\uFFFDb')
    expect(decode(spoilChar(encode('ab'), '🌙'))).toBe('ab')
  })

  it('differ in so many places, and never in a line ending', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat({ max: 20 }), fc.integer(), (given, count, seed) => {
        const bytes = Uint8Array.from(given)
        const isEnd = (byte: number): boolean => byte === 10 || byte === 13
        const flipped = flipBytes(bytes, count, createRandom(seed))
        expect(flipped).toHaveLength(bytes.length)
        const changed = [...bytes.keys()].filter((index) => bytes[index] !== flipped[index])
        expect(changed).toHaveLength(Math.min(count, bytes.filter((byte) => !isEnd(byte)).length))
        expect([...flipped.keys()].filter((index) => isEnd(flipped[index] ?? 0))).toEqual(
          [...bytes.keys()].filter((index) => isEnd(bytes[index] ?? 0)),
        )
        expect(flipBytes(bytes, count, createRandom(seed))).toEqual(flipped)
      }),
    )
  })
})
