import { expect, test } from 'vitest'
import { formatDuration, formatShortDuration, formatTimeLeft } from './format-duration.ts'

const s = 1000
const m = 60 * s
const h = 60 * m

test.each([
  [0, '0s'],
  [999, '0s'],
  [4 * s, '4s'],
  [59_999, '59s'],
  [65 * s, '1:05'],
  [59 * m + 59 * s, '59:59'],
  [h, '1h 00m'],
  [h + 2 * m + 59 * s, '1h 02m'],
  [30 * h, '30h 00m'],
])('%d ms on a clock is %s', (durationMs, shown) => {
  expect(formatDuration(durationMs, 'en')).toBe(shown)
})

test.each([
  [0, '0s'],
  [40, '0s'],
  [412, '0.4s'],
  [9949, '9.9s'],
  [9950, '10s'],
  [65 * s, '1:05'],
])('%d ms beside others is %s', (durationMs, shown) => {
  expect(formatShortDuration(durationMs, 'en')).toBe(shown)
})

test.each([
  [1, '1s'],
  [9001, '10s'],
  [10_001, '15s'],
  [30 * s, '30s'],
  [31 * s, '40s'],
  [51 * s, '1m'],
  [61 * s, '1m 10s'],
  [120 * s, '2m'],
  [121 * s, '3m'],
  [59 * m + s, '1h 00m'],
  [2 * h + 3 * m, '2h 03m'],
])('%d ms left are told as %s', (leftMs, shown) => {
  expect(formatTimeLeft(leftMs, 'en')).toBe(shown)
})

test('durations are told in the digits and units of the locale', () => {
  expect(formatDuration(65 * s, 'ar-EG')).toBe('١:٠٥')
  expect(formatDuration(4 * s, 'zh')).toBe('4秒')
})
