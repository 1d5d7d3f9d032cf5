import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprint } from './fingerprint.ts'

const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json())

describe('fingerprint', () => {
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('is FNV-1a of 32 bits: %j', (text, sum) => {
    expect(fingerprint(text)).toBe(sum)
  })

  it('is a whole number of 32 bits without a sign', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const sum = fingerprint(text)
        expect(sum >>> 0).toBe(sum)
      }),
    )
  })

  it('tells texts apart that differ in one unit, wherever it stands', () => {
    const units = fc.integer({ min: 0, max: 0xff_ff })
    fc.assert(
      fc.property(texts, units, units, texts, (head, one, other, tail) => {
        fc.pre(one !== other)
        const sumOf = (unit: number): number => fingerprint(head + String.fromCharCode(unit) + tail)
        expect(sumOf(one)).not.toBe(sumOf(other))
      }),
    )
  })

  it('reads the higher byte of a unit, halves of a pair, and the order', () => {
    const alike = ['\u0041', '\u0141', '\uD800', '\uDC00', '\uD83D\uDE00', '\uDE00\uD83D', 'ab', 'ba', '\0']
    expect(new Set(alike.map(fingerprint)).size).toBe(alike.length)
  })

  it('is rarely the same for messages that count', () => {
    const sums = new Set<number>()
    for (let step = 0; step < 10_000; step++) sums.add(fingerprint(`{"status":7,"progress":${step}}`))
    expect(sums.size).toBe(10_000)
  })
})
