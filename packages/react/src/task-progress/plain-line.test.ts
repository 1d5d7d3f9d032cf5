import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainLine } from './plain-line.ts'

describe('a line is text alone', () => {
  test.each([
    ['words', 'step 1/30  [####   ]', 'step 1/30  [####   ]'],
    ['tabs', 'a\tb', 'a\tb'],
    ['nothing', '', ''],
    ['marks that turn the direction', 'exe.\u202ecod\u202c \u2066gnp\u2069', 'exe.cod gnp'],
    ['colours', '\u001b[1;32mok\u001b[0m done', 'ok done'],
    ['true colours', '\u001b[38;2;255;0;10mred\u001b[m', 'red'],
    ['colours with colons', '\u001b[4:3mwavy\u001b[4:0m', 'wavy'],
    ['moves of the cursor', '50%\u001b[2K\u001b[1G51%', '50%51%'],
    ['private modes', '\u001b[?25lhidden\u001b[?25h', 'hidden'],
    ['8-bit sequences', '\u009b31mred', 'red'],
    ['titles', '\u001b]0;title\u0007text', 'text'],
    ['links', '\u001b]8;;https://a.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['device strings', '\u001bPq#0;2;0;0;0\u001b\\text', 'text'],
    ['charsets', '\u001b(Btext\u001b=', 'text'],
    ['a lone escape', 'a\u001b', 'a'],
    ['a sequence without an end', 'a\u001b[31', 'a'],
    ['a string without an end', 'a\u001b]0;title', 'a'],
    ['other controls', 'a\u0000\u0007\u0008b\u007f\u0085\r', 'ab'],
    ['markup', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['other scripts', 'سلام 你好 🦊', 'سلام 你好 🦊'],
  ])('of %s', (_, line, plain) => {
    expect(plainLine(line)).toBe(plain)
  })
})

describe('a long line is cut', () => {
  test('at 10,000 characters, and says so', () => {
    expect(plainLine('a'.repeat(10_000))).toBe('a'.repeat(10_000))
    expect(plainLine('a'.repeat(10_001))).toBe(`${'a'.repeat(9_999)}…`)
  })
  test('between characters', () => {
    expect(plainLine('🦊🦊🦊', 4)).toBe('🦊…')
  })
  test('also where it is escapes for the most part', () => {
    expect(plainLine('\u001b[31m'.repeat(1_000_000)).length).toBeLessThan(10_000)
  })
  test('not where all of it is asked for', () => {
    expect(plainLine('a'.repeat(20_000), Infinity)).toHaveLength(20_000)
  })
})

test('whatever the line is, no control but the tab is left, it is short enough, and reading it again changes nothing', () => {
  const part = fc.oneof(
    fc.constantFrom(
      '\u001b',
      '[',
      ']',
      'P',
      '\\',
      '\u0007',
      '\u009b',
      '\u009d',
      '\u009c',
      '31',
      ';',
      'm',
      '\t',
      '\n',
    ),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
      .map((codes) => String.fromCharCode(...codes)),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 16 }), (parts) => {
      const plain = plainLine(parts.join(''), 40)
      // oxlint-disable-next-line no-control-regex -- controls are what is looked for
      expect(plain).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/)
      expect(plain.length).toBeLessThanOrEqual(40)
      expect(plainLine(plain, 40)).toBe(plain)
    }),
    { numRuns: 1000 },
  )
})
