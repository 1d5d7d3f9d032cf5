import { describe, expect, it } from 'vitest'
import { readJson, readJsonRecord, readJsonText } from './json-text.ts'

const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

describe('JSON that may come as text', () => {
  it.each<[string, unknown, unknown, unknown, string | null]>([
    ['an object', { a: 1 }, { a: 1 }, { a: 1 }, '{"a":1}'],
    ['the text of an object', '{"a":1}', { a: 1 }, { a: 1 }, '{"a":1}'],
    ['the text of a list', '[1]', [1], null, '[1]'],
    ['a list', [1], [1], null, '[1]'],
    ['a number', 7, 7, null, '7'],
    ['the text of a text', '"x"', 'x', null, '"x"'],
    ['text that is no JSON', 'x{', null, null, 'x{'],
    ['empty text', '', null, null, ''],
    ['null', null, null, null, null],
    ['nothing', undefined, null, null, null],
  ])('is read of %s', (_, value, json, record, text) => {
    const holder = { key: value }
    expect(readJson(holder, 'key')).toEqual(json)
    expect(readJsonRecord(holder, 'key')).toEqual(record)
    expect(readJsonText(holder, 'key')).toBe(text)
  })

  it('keeps a key of a prototype as a key', () => {
    const read = readJsonRecord({ key: '{"__proto__":{"a":1}}' }, 'key') ?? {}
    expect(Object.keys(read)).toEqual(['__proto__'])
    expect('a' in read).toBe(false)
  })

  it.each([1_000, 100_000])('never throws for a text that nests %d deep, or what was read of it', (depth) => {
    const held = readJson({ key: deep(depth) }, 'key')
    const text = readJsonText({ key: held }, 'key')
    expect([null, deep(depth)]).toContain(text)
  })
})
