import { assert, double, property } from 'fast-check'
import { expect, test } from 'vitest'
import { formatPercent, wholePercent } from './format-percent.ts'

test('every whole percent is itself', () => {
  for (let percent = 0; percent <= 100; percent++) expect(wholePercent(percent / 100)).toBe(percent)
})

test('a share is rounded down, and 100 is said only when all is done', () => {
  assert(
    property(double({ min: 0, max: 1, noNaN: true }), (fraction) => {
      const percent = wholePercent(fraction)
      expect(percent).toBeGreaterThanOrEqual(0)
      expect(percent).toBeLessThanOrEqual(100)
      if (fraction < 0.999999) expect(percent).toBeLessThan(100)
    }),
  )
})

test('percent are told in the digits of the locale', () => {
  expect(formatPercent(0.999, 'en')).toBe('99%')
  expect(formatPercent(0.45, 'fa')).toBe('۴۵٪')
})
