import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRecord } from '../protocol/json.ts'
import { readPartialJson } from './partial-json.ts'

const runs = { numRuns: 3000 }

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

/** Whether `later` can be what `before` has grown to. */
function grewFrom(before: unknown, later: unknown): boolean {
  if (before === undefined) return true
  if (typeof before === 'string') return typeof later === 'string' && later.startsWith(before)
  if (Array.isArray(before)) {
    return (
      Array.isArray(later) &&
      before.length <= later.length &&
      before.every((item, place) => grewFrom(item, later[place]))
    )
  }
  if (isRecord(before)) {
    return (
      isRecord(later) &&
      Object.entries(before).every(([key, value]) => Object.hasOwn(later, key) && grewFrom(value, later[key]))
    )
  }
  return Object.is(before, later)
}

/** JSON as a model may write it: any character may be escaped, and white space may stand anywhere. */
function written(value: unknown, odd: () => boolean): string {
  const space = (): string => (odd() ? ' \n' : '')
  if (typeof value === 'string') {
    const letters = Array.from({ length: value.length }, (_, place) => {
      const code = value.charCodeAt(place)
      const mustEscape = code < 0x20 || code === 0x22 || code === 0x5c
      return mustEscape || odd() ? `\\u${code.toString(16).padStart(4, '0')}` : value.charAt(place)
    })
    return `"${letters.join('')}"`
  }
  if (Array.isArray(value)) {
    return `[${space()}${value.map((item) => written(item, odd) + space()).join(`,${space()}`)}]`
  }
  if (isRecord(value)) {
    const members = Object.entries(value).map(
      ([key, item]) => `${written(key, odd)}${space()}:${space()}${written(item, odd)}${space()}`,
    )
    return `{${space()}${members.join(`,${space()}`)}}`
  }
  return JSON.stringify(value)
}

/** Any UTF-16, halves of characters included. */
const text = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 3 })
const { document } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    text,
    fc.constantFrom('\ud83d\ude00', 'a\\b"c\n', '__proto__'),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  ),
  list: fc.array(tie('node'), { maxLength: 3 }),
  record: fc.dictionary(fc.oneof(text, fc.constantFrom('result', '__proto__', '1')), tie('node'), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
  node: fc.oneof({ depthSize: 'small', maxDepth: 3 }, tie('leaf'), tie('list'), tie('record')),
  document: fc.oneof(tie('list'), tie('record'), text),
}))
/** The text of a document, written oddly. */
const documentText = fc
  .tuple(document, fc.infiniteStream(fc.boolean()))
  .map(([value, odds]) => written(value, () => odds.next().value === true))

describe('readPartialJson', () => {
  it.each<[string, unknown, boolean]>([
    ['', undefined, false],
    ['  ', undefined, false],
    ['hello', undefined, false],
    ['{', {}, false],
    ['{"a', {}, false],
    ['{"a"', {}, false],
    ['{"a":', {}, false],
    ['{"a":"', { a: '' }, false],
    ['{"a":"x', { a: 'x' }, false],
    ['{"a":"x"', { a: 'x' }, false],
    ['{"a":"x"}', { a: 'x' }, true],
    ['{"a":"x"} \n', { a: 'x' }, true],
    ['{"a":"x"} rubbish', { a: 'x' }, false],
    ['{"a":1', {}, false],
    ['{"a":1,', { a: 1 }, false],
    ['{"a":1 ', { a: 1 }, false],
    ['{"a":-1.5e3}', { a: -1500 }, true],
    ['{"a":tru', {}, false],
    ['{"a":true', { a: true }, false],
    ['{"a":null,"b":[', { a: null, b: [] }, false],
    ['[1,2', [1], false],
    ['[1,2]', [1, 2], true],
    ['[[],{}', [[], {}], false],
    ['[-', [], false],
    ['[1.', [], false],
    ['[01]', [], false],
    ['[1x', [], false],
    ['[1,]', [1], false],
    ['{,}', {}, false],
    ['{"a" 1}', {}, false],
    ['{"a":1;"b":2}', {}, false],
    ['{"a":[1 2]}', { a: [1] }, false],
    ['"a\\', 'a', false],
    ['"a\\n', 'a\n', false],
    ['"a\\u00', 'a', false],
    ['"a\\u0041', 'aA', false],
    ['"a\\x', 'a', false],
    ['"a\nb"', 'a', false],
    ['"\\ud83d', '', false],
    ['"\\ud83d\\ude00', '😀', false],
    ['"\\ud83d!"', '\ud83d!', true],
    ['"\ud83d', '', false],
    ['12', 12, true],
    ['1.', undefined, false],
    ['-', undefined, false],
    ['true', true, true],
    ['nul', undefined, false],
    ['{"a":1,"a":"', { a: '' }, false],
    ['{"a":1,"a":2', { a: 1 }, false],
    ['{"a":1,"a":2}', { a: 2 }, true],
  ])('reads %j', (said, value, isComplete) => {
    expect(readPartialJson(said)).toStrictEqual({ value, isComplete })
  })

  it('stores a key __proto__ as the data that it is', () => {
    const { value } = readPartialJson('{"__proto__":{"isAdmin":true},"a":{"__proto__":"x')
    expect(value).toStrictEqual(JSON.parse('{"__proto__":{"isAdmin":true},"a":{"__proto__":"x"}}'))
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Reflect.get({}, 'isAdmin')).toBe(undefined)
  })

  it.each([
    ['[', ']'],
    ['{"a":', '}'],
  ])('stops at 512 containers in one another, opened by %s', (open, close) => {
    const nested = (depth: number): string => `${open.repeat(depth)}"x"${close.repeat(depth)}`
    expect(readPartialJson(nested(512))).toStrictEqual({
      value: parsed(nested(512))?.value,
      isComplete: true,
    })
    const deep = readPartialJson(nested(100_000))
    expect(deep.isComplete).toBe(false)
    const empty = `${open.repeat(511)}${open === '[' ? '[]' : '{}'}${close.repeat(511)}`
    expect(deep.value).toStrictEqual(parsed(empty)?.value)
  })

  it('takes time in proportion to the text', () => {
    const long = `{"a":"${'\\n\\u0041x'.repeat(200_000)}","b":[${'1,'.repeat(200_000)}2`
    const { value } = readPartialJson(long)
    expect(isRecord(value) && Array.isArray(value['b']) && value['b'].length).toBe(200_000)
  })

  it('R12: while a document is written its value only grows, at every cut, and ends as that of JSON.parse', () => {
    fc.assert(
      fc.property(documentText, (whole) => {
        const final = readPartialJson(whole)
        expect(final).toStrictEqual({ ...parsed(whole), isComplete: true })
        let before: unknown
        for (let end = 0; end <= whole.length; end++) {
          const { value, isComplete } = readPartialJson(whole.slice(0, end))
          if (
            !grewFrom(before, value) ||
            !grewFrom(value, final.value) ||
            isComplete !== (end === whole.length)
          )
            expect.fail(`steps back at ${end} of ${whole}`)
          before = value
        }
      }),
      runs,
    )
  }, 60_000)

  it('R12: of any text it reads what JSON.parse reads, or says that it is not complete', () => {
    const junk = fc.oneof(
      fc.string(),
      fc
        .array(
          fc.constantFrom(
            '{',
            '}',
            '[',
            ']',
            '"',
            ':',
            ',',
            '\\',
            'u00e9',
            '1',
            '-',
            'e',
            '.',
            'true',
            ' ',
            'a',
          ),
          {
            maxLength: 25,
          },
        )
        .map((pieces) => pieces.join('')),
      fc.tuple(documentText, fc.nat(), fc.string()).map(([whole, at, junk]) => {
        const place = at % (whole.length + 1)
        return whole.slice(0, place) + junk + whole.slice(place)
      }),
    )
    fc.assert(
      fc.property(junk, (said) => {
        const reference = parsed(said)
        const { value, isComplete } = readPartialJson(said)
        expect(isComplete).toBe(reference !== null)
        if (reference !== null) expect(value).toStrictEqual(reference.value)
      }),
      runs,
    )
  })
})
