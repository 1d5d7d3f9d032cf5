import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStreamError } from '../errors.ts'
import { runKey } from './run-key.ts'

const key = (input: unknown, distinguish?: string): string => runKey({ app: 'a/b', input }, distinguish).key

/** The same JSON with the keys of every object in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, item]) => [name, reversed(item)] as const)
      .toReversed(),
  )
}

/** JSON as text that does not depend on the order of keys. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const items = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${sorted(item)}`)
  return `{${items.sort().join()}}`
}

describe('runKey', () => {
  it('is the same for the same config, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (input) => {
        expect(key(reversed(input))).toBe(key(input))
        expect(runKey({ input, app: 'a/b' }).key).toBe(key(input))
      }),
    )
  })

  it('differs for different configs', () => {
    const small = fc.jsonValue({ maxDepth: 2, stringUnit: fc.constantFrom('a', 'b', '"', ',', ':') })
    fc.assert(
      fc.property(small, small, (one, other) => {
        expect(key(one) === key(other)).toBe(sorted(one) === sorted(other))
      }),
      { numRuns: 1500 },
    )
  })

  it('differs for twenty thousand prompts that are nearly alike', () => {
    const keys = new Set<string>()
    for (let seed = 0; seed < 20_000; seed++) keys.add(key({ prompt: 'a fox', seed }))
    expect(keys.size).toBe(20_000)
  })

  it('drops what is undefined, as JSON does', () => {
    expect(key({ a: 1, b: undefined })).toBe(key({ a: 1 }))
    expect(key([undefined])).toBe(key([null]))
    expect(key({ a: null })).not.toBe(key({}))
  })

  it('takes what JSON would make of a value for the value', () => {
    expect(key(new Date(0))).toBe(key('1970-01-01T00:00:00.000Z'))
    expect(key({ n: NaN })).toBe(key({ n: null }))
    expect(key(-0)).toBe(key(0))
  })

  it.each([
    ['a text and a number', '1', 1],
    ['a text and a list', '[]', []],
    ['an empty list and an empty object', [], {}],
    ['nothing and false', null, false],
    ['two texts and one', ['a', 'b'], ['a,b']],
    ['a list in a list', [[1], 2], [[1, 2]]],
    ['a key that looks inherited', { constructor: 1 }, {}],
    ['a text that looks like a file', 'file(["a",1,"",0])', new File(['x'], 'a', { lastModified: 0 })],
  ])('tells apart %s', (_name, one, other) => {
    expect(key(one)).not.toBe(key(other))
  })

  it('tells two runs of one config apart where that is wanted', () => {
    expect(new Set([key(1), key(1, 'x'), key(1, 'y')]).size).toBe(3)
    expect(key(1, '')).toBe(key(1))
  })

  it('tells nothing of the config', () => {
    expect(key({ prompt: 'secret' }, 'secret')).toMatch(/^run:[0-9a-z]+:[0-9a-z]+$/)
  })

  it('does not mind one object in two places', () => {
    const shared = { a: 1 }
    expect(key([shared, { inner: shared }])).toBe(key([{ a: 1 }, { inner: { a: 1 } }]))
  })
})

describe('runKey of files', () => {
  const file = (name: string, text = 'x', lastModified = 5): File =>
    new File([text], name, { type: 'text/plain', lastModified })

  it('knows a file again by its name, size, type and date, also after a reload', () => {
    const found = runKey({ input: { image: file('a.txt') } })
    expect(found).toEqual({ key: runKey({ input: { image: file('a.txt') } }).key, stable: true })
    for (const other of [file('b.txt'), file('a.txt', 'xy'), file('a.txt', 'x', 6)]) {
      expect(runKey({ input: { image: other } }).key).not.toBe(found.key)
    }
  })

  it('knows a blob again by its identity, which ends with the page', () => {
    const blob = new Blob(['x'])
    const found = runKey({ input: [blob] })
    expect(found.stable).toBe(false)
    expect(runKey({ input: [blob] })).toEqual(found)
    expect(runKey({ input: [new Blob(['x'])] }).key).not.toBe(found.key)
  })
})

describe('runKey refuses', () => {
  const circle: Record<string, unknown> = {}
  circle['self'] = { inner: [circle] }

  it.each<readonly [string, unknown]>([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a bigint', 1n],
    ['an object that contains itself', circle],
  ])('%s, wherever it stands', (what, value) => {
    for (const input of [value, [value], { deep: { deeper: value } }]) {
      let thrown: unknown = null
      try {
        key(input)
      } catch (error) {
        thrown = error
      }
      expect(isStreamError(thrown) && thrown.code).toBe('misuse')
      expect(String(thrown)).toContain(what)
    }
  })
})
