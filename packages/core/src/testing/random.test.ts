import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createRandom, randomId } from './random.ts'

it('repeats itself for a seed and stays from 0 to 1', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const [one, two] = [createRandom(seed), createRandom(seed)]
      for (let i = 0; i < 50; i++) {
        const number = one()
        expect(number).toBe(two())
        expect(number >= 0 && number < 1).toBe(true)
      }
    }),
  )
})

it('makes ids of 26 Crockford characters that do not repeat', () => {
  const random = createRandom(1)
  const ids = Array.from({ length: 1000 }, () => randomId(random))
  expect(new Set(ids).size).toBe(1000)
  expect(ids.every((id) => /^[0-9a-hjkmnp-tv-z]{26}$/.test(id))).toBe(true)
})
