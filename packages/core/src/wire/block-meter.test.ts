import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBlockMeter } from './block-meter.ts'

/** How much of a stream may be read when it comes in these parts. */
function readable(parts: readonly string[], maxChars: number): number {
  const meter = createBlockMeter(maxChars)
  let total = 0
  for (const part of parts) {
    const allowed = meter(part)
    total += allowed
    if (allowed < part.length) break
  }
  return total
}

describe('createBlockMeter', () => {
  it.each([
    ['nothing', '', 0],
    ['a line at the limit', '12345\n', 6],
    ['nothing of a line over the limit', '123456', 0],
    ['the lines before it', '1\n\n\n123456', 4],
    ['a block at the limit', '12\n345\n\n12345\n', 14],
    ['a block up to the line that exceeds it', '12\n345\n6\n', 7],
    ['an empty line as the end of a block, with CR', '123\r\r123\r\r', 10],
    ['an empty line as the end of a block, with CRLF', '123\r\n\r\n123\r\n\r\n', 14],
    ['CRLF as one ending', '123\r\n123\r\n', 5],
    ['comments without a sum', ':234\n:234\n123\n:234\n12\n', 22],
    ['a comment up to its own limit', ':23456\n', 0],
    ['a colon within a line as part of it', '1:3\n2:4\n', 4],
  ])('allows %s', (_what, text, allowed) => {
    expect(readable([text], 5)).toBe(allowed)
  })

  it('allows lines up to the same one, whatever the parts', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', ':', '\n', '\r', '\r\n'), maxLength: 40 })
    fc.assert(
      fc.property(texts, (text) => {
        const whole = readable([text], 5)
        const byUnit = readable(text.split(''), 5)
        expect(byUnit === text.length).toBe(whole === text.length)
        // In parts the units of the long line are allowed until there are too many of them.
        expect(byUnit).toBe(whole === text.length ? whole : endOfReadable(text, whole))
      }),
      { numRuns: 2000 },
    )
  })

  it('takes CRLF for one ending when an empty part stands within it', () => {
    expect(readable(['123\r', '', '\n456'], 5)).toBe(5)
  })

  it('searches a text of many lines without starting over at each line', () => {
    let searchedUnits = 0
    const text = 'data: x\n'.repeat(1000)
    const counting = Object.assign(Object(text) as string, {
      indexOf(wanted: string, from: number): number {
        const found = text.indexOf(wanted, from)
        searchedUnits += (found === -1 ? text.length : found + 1) - from
        return found
      },
    })
    createBlockMeter(100_000)(counting)
    expect(searchedUnits).toBeLessThanOrEqual(text.length * 2)
  })
})

/** Where the first unit too many stands, given where its line begins in the whole text. */
function endOfReadable(text: string, lineStart: number): number {
  let end = lineStart
  while (readable([text.slice(0, end + 1)], 5) === end + 1) end++
  return end
}
