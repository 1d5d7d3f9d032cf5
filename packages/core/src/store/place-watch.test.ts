import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import type { Stamp } from '../protocol/protocol.ts'
import { advance, startPosition, type Position } from '../state/position.ts'
import { createPlaceWatch, isAhead } from './place-watch.ts'

const stampOf = (seq: number): Stamp => ({ seq, cursor: String(seq), mark: seq })
/** A position that a dense count has reached. */
const at = (seq: number): Position =>
  Array.from({ length: seq }, (_, index) => stampOf(index + 1)).reduce(advance, startPosition)
const cut = new StreamError('truncated', 'cut', { retryable: true })
const gap = new StreamError('gap', 'gap', { retryable: true })

describe('createPlaceWatch', () => {
  it.each([
    ['what follows', 5, true],
    ['what is known', 3, false],
  ])('L4: %s', (_what, seq, isNew) => {
    expect(createPlaceWatch().isNew(at(4), stampOf(seq))).toBe(isNew)
  })

  it('L5: a hole ahead is asked for by the cursor once, and costs the place when it is there again', () => {
    const place = createPlaceWatch()
    for (const isLost of [false, true]) {
      expect(() => place.isNew(at(4), stampOf(7))).toThrow(expect.objectContaining({ code: 'gap' }) as Error)
      expect(place.isLost(gap, at(4), 0)).toBe(isLost)
    }
  })

  it('L5: a hole that no cursor can fill costs the place at once', () => {
    const place = createPlaceWatch()
    // A number that is known says something else now: the server has begun to count anew.
    expect(() => place.isNew(at(4), { ...stampOf(3), mark: 99 })).toThrow()
    expect(place.isLost(gap, at(4), 0)).toBe(true)
  })

  it('a place is given up after two connections in a row that brought nothing', () => {
    const place = createPlaceWatch()
    const connect = (newsCount: number): boolean => {
      place.opened(0)
      return place.isLost(cut, at(4), newsCount)
    }
    expect([connect(0), connect(1), connect(0), connect(0)]).toEqual([false, false, false, true])
    expect(connect(0)).toBe(true)
  })

  it('there is no place to give up before the first number', () => {
    const place = createPlaceWatch()
    for (let count = 0; count < 4; count++) {
      place.opened(0)
      expect(place.isLost(cut, startPosition, 0)).toBe(false)
    }
  })
})

it.each([
  [5, false],
  [6, true],
  [null, false],
])('isAhead: %s after 4', (seq, ahead) => {
  expect(isAhead(at(4), { seq, cursor: null, mark: null })).toBe(ahead)
})
