import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keepIfSame } from './keep-if-same.ts'

const copy = <T>(value: T): T => structuredClone(value)

describe('keepIfSame', () => {
  it('L9: keeps what is held when the same JSON is said again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(keepIfSame(value, copy(value))).toBe(value)
      }),
    )
  })

  it('takes what is said when it is other JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (held, said) => {
        const kept = keepIfSame(held, said)
        // Keys in another order are the same JSON.
        if (kept === held) expect(said).toEqual(held)
        else expect(kept).toBe(said)
      }),
    )
  })

  it.each<readonly [string, unknown, unknown, 'same' | 'other']>([
    ['keys in another order', { a: 1, b: 2 }, { b: 2, a: 1 }, 'same'],
    ['a key less', { a: 1, b: 2 }, { a: 1 }, 'other'],
    ['a key more', { a: 1 }, { a: 1, b: 2 }, 'other'],
    ['another key', { a: undefined }, { b: undefined }, 'other'],
    ['a list and an object', [], {}, 'other'],
    ['a list and an object with its places', ['x'], { 0: 'x' }, 'other'],
    ['nothing and an object', null, {}, 'other'],
    ['not-a-numbers', NaN, NaN, 'same'],
    ['a number and its text', 1, '1', 'other'],
    ['an inherited key', { toString: 1 }, {}, 'other'],
  ])('%s', (_name, held, said, verdict) => {
    expect(keepIfSame(held, said)).toBe(verdict === 'same' ? held : said)
  })

  it('what lies too deep counts as changed and breaks nothing', () => {
    const deep = (): unknown => {
      let value: unknown = 1
      for (let level = 0; level < 100_000; level++) value = [value]
      return value
    }
    const said = deep()
    expect(keepIfSame(deep(), said)).toBe(said)
  })
})
