import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const NOW_MS = Date.UTC(2026, 0, 1, 12, 0, 0)
const HOUR_MS = 3_600_000

const toHeader = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?')

describe('retryAfterMs', () => {
  it.each<[string, string | null, string | null, number | null]>([
    ['says nothing', null, null, null],
    ['whole seconds', '120', null, 120_000],
    ['no time at all', '0', null, 0],
    ['a part of a second', '1.5', null, 1_500],
    ['spaces around it', ' 2 ', null, 2_000],
    ['more than an hour', '86400', null, HOUR_MS],
    ['more than a number holds', '9'.repeat(400), null, HOUR_MS],
    ['an HTTP date', 'Thu, 01 Jan 2026 12:00:30 GMT', null, 30_000],
    ['the date of RFC 850', 'Thursday, 01-Jan-26 12:00:30 GMT', null, 30_000],
    ['the date of asctime', 'Thu Jan  1 12:00:30 2026', null, 30_000],
    ['a date that has passed', 'Thu, 01 Jan 2026 11:59:30 GMT', null, 0],
    ['a date next year', 'Fri, 01 Jan 2027 12:00:00 GMT', null, HOUR_MS],
    ['a month that is none', 'Thu, 01 Foo 2026 12:00:30 GMT', null, null],
    ['a negative number', '-5', null, null],
    ['a word', 'soon', null, null],
    ['a word with a number', 'in 5', null, null],
    ['an exponent', '1e3', null, null],
    ['a hexadecimal number', '0x10', null, null],
    ['nothing', '', null, null],
    ['two values', '5, 10', null, null],
    ['a reset in epoch seconds', null, String(NOW_MS / 1000 + 45), 45_000],
    ['a reset in seconds from now', null, '45', 45_000],
    ['a reset that has passed', null, String(NOW_MS / 1000 - 45), 0],
    ['a reset far away', null, String(NOW_MS / 1000 + 86_400), HOUR_MS],
    ['a reset that is a word', null, 'never', null],
    ['both: Retry-After wins', '10', '45', 10_000],
    ['both, the first unreadable', 'soon', '45', 45_000],
  ])('%s', (_, retryAfter, reset, expected) => {
    const headers = new Headers()
    if (retryAfter !== null) headers.set('retry-after', retryAfter)
    if (reset !== null) headers.set('x-ratelimit-reset', reset)
    expect(retryAfterMs(headers, NOW_MS)).toBe(expected)
  })

  it('is null or a whole number from 0 to one hour, whatever the server sends', () => {
    const value = fc.oneof(fc.string(), fc.double().map(String), fc.date().map(String))
    fc.assert(
      fc.property(value, value, (retryAfter, reset) => {
        const headers = new Headers({
          'retry-after': toHeader(retryAfter),
          'x-ratelimit-reset': toHeader(reset),
        })
        const waitMs = retryAfterMs(headers, NOW_MS)
        if (waitMs === null) return
        expect(Number.isInteger(waitMs)).toBe(true)
        expect(waitMs).toBeGreaterThanOrEqual(0)
        expect(waitMs).toBeLessThanOrEqual(HOUR_MS)
      }),
    )
  })
})
