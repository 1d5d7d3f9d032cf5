import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitBlocks } from './text-blocks.ts'

const text = fc
  .array(
    fc.oneof(
      fc.constant('\n'),
      fc.integer({ min: 0, max: 5000 }).map((count) => 'a'.repeat(count)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

test('joined by line ends, the blocks of a text are the text', () => {
  fc.assert(
    fc.property(text, (whole) => {
      expect(splitBlocks(whole).join('\n')).toBe(whole)
    }),
  )
})
test('a text that grows keeps all of its blocks but the last', () => {
  fc.assert(
    fc.property(text, text, (before, more) => {
      const blocks = splitBlocks(before).slice(0, -1)
      expect(splitBlocks(before + more).slice(0, blocks.length)).toEqual(blocks)
    }),
  )
})
test('a short text is one block', () => {
  expect(splitBlocks('a\nb\n')).toEqual(['a\nb\n'])
  expect(splitBlocks('')).toEqual([''])
})
