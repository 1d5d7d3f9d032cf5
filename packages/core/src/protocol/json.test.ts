import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  hasKey,
  isRecord,
  readList,
  readNumber,
  readRecord,
  readRecords,
  readString,
  readText,
  readValue,
} from './json.ts'

const readers = { hasKey, readList, readNumber, readRecord, readRecords, readString, readText, readValue }

describe('JSON readers', () => {
  it('never throw, whatever the value and the key', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, key) => {
        if (!isRecord(value)) return
        for (const read of Object.values(readers)) read(value, key)
      }),
    )
  })

  it.each([
    [null, false],
    [undefined, false],
    [[], false],
    ['text', false],
    [7, false],
    [{}, true],
    [Object.create(null), true],
  ])('isRecord(%j) is %s', (value, expected) => {
    expect(isRecord(value)).toBe(expected)
  })

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('see no inherited %s', (key) => {
    expect(hasKey({}, key)).toBe(false)
    expect(readValue({}, key)).toBeNull()
    expect(readRecord({}, key)).toBeNull()
  })

  it('see a __proto__ that came over the wire as the plain key that it is', () => {
    const parsed: unknown = JSON.parse('{"__proto__":{"status":7},"constructor":"x"}')
    if (!isRecord(parsed)) throw new TypeError('not a record')
    expect(readValue(parsed, 'status')).toBeNull()
    expect(readRecord(parsed, '__proto__')).toEqual({ status: 7 })
    expect(readString(parsed, 'constructor')).toBe('x')
  })

  const record = {
    text: 'a',
    blank: ' \n',
    zero: 0,
    inf: Infinity,
    nan: NaN,
    list: [1, {}],
    object: { a: 1 },
    nil: null,
  }

  it.each([
    [readString, { text: 'a', blank: ' \n' }],
    [readText, { text: 'a' }],
    [readNumber, { zero: 0 }],
    [readRecord, { object: { a: 1 } }],
    [readList, { list: [1, {}] }],
  ] as const)('%o answers null for every other type', (read, expected) => {
    const found = Object.keys(record).flatMap((key) => {
      const value = read(record, key)
      return value === null ? [] : [[key, value]]
    })
    expect(Object.fromEntries(found)).toEqual(expected)
  })

  it('readRecords leaves out what is no object', () => {
    expect(readRecords({ rows: [1, null, { a: 1 }, [], 'x', {}] }, 'rows')).toEqual([{ a: 1 }, {}])
    expect(readRecords({ rows: { a: 1 } }, 'rows')).toEqual([])
  })
})
