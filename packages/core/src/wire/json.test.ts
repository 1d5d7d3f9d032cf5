import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from './json.ts'

describe('parseJson', () => {
  it('reads what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toStrictEqual({ ok: true, value: JSON.parse(text) as unknown })
      }),
    )
  })

  it.each([
    '',
    ' ',
    '{',
    '[1,]',
    "{'a':1}",
    'undefined',
    'NaN',
    '01',
    '"\n"',
    '1 2',
    '{"a":1}{"b":2}',
    '\uFEFF1',
    '\u00A01',
  ])('says malformed for %j', (text) => {
    expect(parseJson(text)).toMatchObject({ ok: false, error: { code: 'malformed', retryable: true } })
  })

  it.each([
    ['["ALICE","sk-X12",]', 19],
    ['{"ALICE":sk-X12}', 16],
    ['"sk-X12 ALICE', 13],
    ['ALICEsk-X12', 11],
  ])('tells the length of %s and nothing of its text', (text, sizeChars) => {
    const parsed = parseJson(text)
    if (parsed.ok) expect.unreachable()
    const { message, stack, cause } = parsed.error
    expect(cause).toBeUndefined()
    expect(message).toContain(`${sizeChars} UTF-16 units`)
    for (const secret of ['ALICE', 'sk-X12']) {
      expect(message).not.toContain(secret)
      expect(stack).not.toContain(secret)
    }
  })

  it('says the same of every text of one length', () => {
    const texts = fc.string({ minLength: 8, maxLength: 8 }).map((text) => `!${text}`)
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const [first, second] = [parseJson(one), parseJson(other)]
        if (first.ok || second.ok) expect.unreachable()
        expect(first.error.message).toBe(second.error.message)
      }),
    )
  })

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('does not throw for 100,000 nested %s, closed or not', (_what, open, close) => {
    const depth = 100_000
    const inner = open === '[' ? '' : '1'
    const closed = parseJson(open.repeat(depth) + inner + close.repeat(depth))
    expect(closed.ok || closed.error.code === 'malformed').toBe(true)
    expect(parseJson(open.repeat(depth))).toMatchObject({ ok: false, error: { code: 'malformed' } })
  })

  it('gives a key named __proto__ to the object itself', () => {
    const parsed = parseJson('{"__proto__":{"polluted":true}}')
    expect(parsed.ok && Object.hasOwn(Object(parsed.value) as object, '__proto__')).toBe(true)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})
