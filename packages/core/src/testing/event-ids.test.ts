import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventIdsOf } from './event-ids.ts'

describe.each(['number', 'opaque'] as const)('%s ids', (style) => {
  const ids = eventIdsOf(style)

  it('lead back to the event that they were written for', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), fc.integer({ min: 1, max: 2 ** 24 - 1 }), (epoch, event) => {
        expect(ids.eventOf(epoch, ids.idOf(epoch, event))).toBe(event)
      }),
    )
  })

  it('are not found in any other text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const event = ids.eventOf(0, text)
        if (event !== null && event > 0) expect(ids.idOf(0, event)).toBe(text)
      }),
    )
    for (const text of ['', ' 1', '1.5', '-1', '+1', '1e3', '007', 'evt_', 'evt_zzzzzzz', 'evt_0', 'EVT_1']) {
      expect(ids.eventOf(0, text)).toBeNull()
    }
  })
})

describe('opaque ids', () => {
  const ids = eventIdsOf('opaque')

  it('of one epoch are unknown to another', () => {
    for (let event = 1; event < 200; event++) expect(ids.eventOf(1, ids.idOf(0, event))).toBeNull()
  })

  it('are not in the order of their events', () => {
    const written = Array.from({ length: 40 }, (_, index) => ids.idOf(0, index + 1))
    expect(new Set(written).size).toBe(40)
    expect(written.toSorted()).not.toEqual(written)
    expect(written.every((id) => /^evt_[0-9a-z]+$/.test(id))).toBe(true)
  })
})

it('numbers count up', () => {
  expect([1, 2, 3].map((event) => eventIdsOf('number').idOf(5, event))).toEqual(['1', '2', '3'])
})
