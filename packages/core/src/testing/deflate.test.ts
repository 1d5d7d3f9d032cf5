import { inflateRawSync } from 'node:zlib'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { deflate } from './deflate.ts'

/** Whether inflating gives the bytes back. */
const survives = (bytes: Uint8Array): boolean => inflateRawSync(deflate(bytes)).equals(bytes)

it('is undone by inflating, whatever the bytes are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
      expect(survives(bytes)).toBe(true)
    }),
  )
})

it('is undone where bytes repeat themselves over every length and distance', () => {
  const stretch = fc.record({
    pattern: fc.uint8Array({ minLength: 1, maxLength: 700 }),
    times: fc.integer({ min: 1, max: 80 }),
  })
  fc.assert(
    fc.property(fc.array(stretch, { minLength: 1, maxLength: 6 }), (stretches) => {
      const bytes = Uint8Array.from(
        stretches.flatMap(({ pattern, times }) => Array.from({ length: times }, () => [...pattern]).flat()),
      )
      expect(survives(bytes)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

it('reaches back as far as the format allows, and no farther', () => {
  for (const gap of [32_765, 32_766, 32_767, 32_768, 32_769, 40_000]) {
    const bytes = new Uint8Array(gap + 40)
    for (let at = 0; at < gap; at++) bytes[at] = Math.imul(at, 0x9e_37_79_b1) >>> 24
    bytes.copyWithin(gap, 0, 40)
    expect(survives(bytes)).toBe(true)
  }
})

it('makes what repeats itself small', () => {
  expect(deflate(new Uint8Array(100_000)).length).toBeLessThan(1000)
})
