import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTimeMs, readTimeUs } from './read-time.ts'

const NINE_US = Date.UTC(2026, 9, 1, 9) * 1000

describe('readTimeUs', () => {
  it.each([
    ['2026-10-01T09:00:00Z', NINE_US],
    ['2026-10-01T09:00:13.601Z', NINE_US + 13_601_000],
    ['2026-10-01T09:00:13.489477Z', NINE_US + 13_489_477],
    ['2026-10-01T09:00:04.2Z', NINE_US + 4_200_000],
    ['2026-10-01T09:00:00.000001Z', NINE_US + 1],
    ['2026-10-01T09:00:00.1234569Z', NINE_US + 123_456],
    ['2026-10-01T11:00:00+02:00', NINE_US],
    ['2026-10-01T03:30:00-05:30', NINE_US],
    ['2026-10-01t09:00:00z', NINE_US],
    ['2026-10-01 09:00:00Z', NINE_US],
    [' 2026-10-01T09:00:00Z ', NINE_US],
    ['2026-09-30T23:59:60Z', Date.UTC(2026, 9, 1) * 1000],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29) * 1000],
    ['1969-12-31T23:59:59.5Z', -500_000],
  ])('reads %s', (text, expected) => {
    expect(readTimeUs(text)).toBe(expected)
  })

  it.each([
    '',
    '…',
    'now',
    '2026-10-01',
    '2026-10-01T09:00:00',
    '2026-13-01T09:00:00Z',
    '2026-00-01T09:00:00Z',
    '2026-02-30T09:00:00Z',
    '2023-02-29T09:00:00Z',
    '2026-10-01T24:00:00Z',
    '2026-10-01T09:60:00Z',
    '2026-10-01T09:00:61Z',
    '2026-10-01T09:00:00.Z',
    '2026-10-01T09:00:00+24:00',
    '2026-10-01T09:00:00+00:60',
    '0001-01-01T00:00:00Z',
    '9999-12-31T00:00:00Z',
    1_767_225_600_000,
    null,
    undefined,
    {},
    ['2026-10-01T09:00:00Z'],
  ])('gives null for %j', (value) => {
    expect(readTimeUs(value)).toBeNull()
    expect(readTimeMs(value)).toBeNull()
  })

  it('orders times whose texts would order the other way', () => {
    const [earlier, later] = ['2026-10-01T09:00:13.6Z', '2026-10-01T09:00:13.601Z']
    expect(earlier > later).toBe(true)
    expect(readTimeUs(earlier)).toBeLessThan(readTimeUs(later) ?? 0)
  })

  it('reads back every time that a Date can write, however many zeros are dropped', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('1900-01-01T00:00:00Z'),
          max: new Date('2255-01-01T00:00:00Z'),
          noInvalidDate: true,
        }),
        (date) => {
          const text = date
            .toISOString()
            .replace(/\.?0*Z$/, 'Z')
            .replace(/:Z$/, ':00Z')
            .replace(/:(\d)Z$/, ':$10Z')
          expect(readTimeMs(text)).toBe(date.getTime())
          expect(readTimeUs(date.toISOString())).toBe(date.getTime() * 1000)
        },
      ),
    )
  })
})
