import { expect, test } from 'vitest'
import { formatDate, formatTime } from './format-time.ts'

const date = new Date(2026, 10, 22, 16, 40)

test.each([
  ['en-US', /^4:40\sPM$/, /^Nov 22, 2026, 4:40\sPM$/],
  ['de-DE', /^16:40$/, /^22\.11\.2026, 16:40$/],
])('%s', (locale, time, day) => {
  expect(formatTime(date, locale)).toMatch(time)
  expect(formatDate(date, locale)).toMatch(day)
  expect(formatTime(date, locale)).toMatch(time)
})
