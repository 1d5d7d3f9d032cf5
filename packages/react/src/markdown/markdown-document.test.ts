import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeInput, slowInputs } from '../../test/slow-markdown.ts'
import { createMarkdownDocument } from './markdown-document.ts'
import type { MarkdownBlock } from './nodes.ts'

const oneShot = (text: string): readonly MarkdownBlock[] => createMarkdownDocument().update(text, true)

/** Pieces that make and break structures when they meet. */
const pieces = [
  'word', 'Two words', ' ', '  ', '    ', '\t', '\n', '\n', '\n\n', '\r\n', '\r', '\0', '- ', '* item', '1. ', '2) x',
  '\n- item', '\n1. one', '\n  - deep', '\n\n  more', '# ', '## Head\n', '> ', '\n> quote', '>', '```', '```js\n', '\n```\n',
  '~~~', '\n~~~\n', '````\n', '---', '\n---\n', '===', '\n===\n', '***', '|', '| a | b |\n', '|---|---|\n', '\n|-|\n', 'a | b\n',
  '*', '**', '_', '__', '~~', '`', '``', '[', ']', '(', ')', '[a]', '[b][a]', '[a]: /a', '\n\n[a]: https://a.example\n',
  '[b]: <https://b.example> "title"\n', '\n"open title', '"\n', "'", '!', '![', '](', 'https://c.example/x', 'www.d.example',
  'me@e.example', '<', '<https://f.example>', '<div>', '&amp;', '\\', '\\*', '- [ ] ', '- [x] done\n', '😀', '\ud83d', 'é', '[c\n', 'd]: /u',
] as const // oxfmt-ignore

const texts = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((list) => list.join('')),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom('[a]', ': /u', '\n', '"', 't', '===', '[b]', '- '), { maxLength: 16 })
      .map((list) => list.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
)

/** A text and where it is cut; long ones are pieces over and over. */
const streams = fc
  .tuple(
    texts,
    fc.oneof(
      { weight: 20, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.integer({ min: 50, max: 400 }) },
    ),
  )
  .map(([text, times]) => text.repeat(times).slice(0, 20_000))
  .chain((text) =>
    fc.tuple(
      fc.constant(text),
      fc.oneof(
        fc.constant(Array.from({ length: Math.min(text.length, 300) }, (_, at) => at)),
        fc
          .array(fc.nat({ max: text.length }), { maxLength: 40 })
          .map((cuts) => cuts.toSorted((a, b) => a - b)),
      ),
    ),
  )

describe('the law of growing', { timeout: 60_000 }, () => {
  test('after any cuts the blocks are those of the whole text, and no prefix throws', () => {
    fc.assert(
      fc.property(streams, ([text, cuts]) => {
        const growing = createMarkdownDocument()
        for (const cut of cuts) growing.update(text.slice(0, cut), false)
        expect(growing.update(text, true)).toEqual(oneShot(text))
      }),
      { numRuns: 4000 },
    )
  })

  test.each([
    ['a heading that a line of dashes makes the head of a table', '# a | b\n|---|---|\n'],
    ['a fence that a line of dashes makes the head of a table', '~~~ a | b\n|---|---|\nc'],
    ['a fence over a line that is held back', '~~~ a | b\n|---|---|\n\ud83dc'],
    ['a list that a line of dashes makes the head of a table', '- a | b\n|---|---|\nc'],
    [
      'a title that makes two blocks a part of a definition',
      '[a]: /a\n"title\n===\n[b]: /b\nend"\n\n[a] [b]',
    ],
    ['a table that is none after all', '[a]: /a\n"\n| a | b |\n---|---|---|\n"\n==='],
    ['a label that makes a heading a part of a definition', '[a\n===\nb]: /a\n\n[a === b]'],
    ['a list that goes on after what seemed to be a paragraph', '1. a\n\n2. b\n'],
    ['a fence whose last line is blank', '```\na\n \t'],
    ['half of a line end', 'a\r\nb\r'],
    ['half of a letter', 'a\ud83d\ude00'],
  ])('%s, at every cut', (_law, text) => {
    for (let cut = 0; cut <= text.length; cut++) {
      const growing = createMarkdownDocument()
      for (let end = cut; end < text.length; end++) growing.update(text.slice(0, end), end % 2 === 0)
      expect(growing.update(text, true)).toEqual(oneShot(text))
    }
  })

  test('going on after a text that was called complete is the same as never having said so', () => {
    fc.assert(
      fc.property(streams, ([text, cuts]) => {
        const growing = createMarkdownDocument()
        for (const cut of cuts) growing.update(text.slice(0, cut), cut % 2 === 0)
        expect(growing.update(text, true)).toEqual(oneShot(text))
      }),
      { numRuns: 1000 },
    )
  })

  test('a text that is not the old one with an end starts anew', () => {
    fc.assert(
      fc.property(texts, texts, (first, second) => {
        const growing = createMarkdownDocument()
        growing.update(first, false)
        expect(growing.update(second, true)).toEqual(oneShot(second))
      }),
      { numRuns: 500 },
    )
  })

  test('the same text gives the same blocks, the same reference', () => {
    const growing = createMarkdownDocument()
    const blocks = growing.update('# One\n\ntwo', false)
    expect(growing.update('# One\n\ntwo', false)).toBe(blocks)
  })

  test('starts are distinct and rise at every prefix', () => {
    fc.assert(
      fc.property(streams, ([text, cuts]) => {
        const growing = createMarkdownDocument()
        for (const cut of cuts) {
          const starts = growing.update(text.slice(0, cut), false).map(({ start }) => start)
          expect(starts).toEqual([...new Set(starts)].toSorted((a, b) => a - b))
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('what it costs', { timeout: 30_000 }, () => {
  /** Characters parsed for each character of a stream in steps of 64. */
  function workPerChar(text: string): number {
    let parsedChars = 0
    const growing = createMarkdownDocument({ onParse: (charCount) => (parsedChars += charCount) })
    for (let end = 64; end < text.length; end += 64) growing.update(text.slice(0, end), false)
    growing.update(text, true)
    return parsedChars / text.length
  }

  test.each(slowInputs)('$name: no character is parsed often', ({ parts }) => {
    expect(workPerChar(makeInput(parts))).toBeLessThan(32)
  })

  test.each(['words and **more** ', 'words and **more**\n', '- item\n', '> quote\n'])(
    '%j over and over: four times the length is parsed at most half as often again',
    (piece) => {
      const text = piece.repeat(16_000 / piece.length)
      expect(workPerChar(text.repeat(4))).toBeLessThan(1.6 * workPerChar(text))
    },
  )

  test('an open fence is not parsed again', () => {
    const text = `\`\`\`ts\n${'const a = 1\n'.repeat(5000)}`
    expect(workPerChar(text)).toBeLessThan(1.1)
  })

  test('what does not change in the last block keeps its reference', () => {
    const growing = createMarkdownDocument()
    const childrenOf = (text: string): readonly unknown[] => {
      const node = growing.update(text, false)[0]?.node
      return node !== undefined && 'children' in node ? node.children : []
    }
    const before = childrenOf('- one\n- *two*\n- thr')
    const after = childrenOf('- one\n- *two*\n- three\n- four')
    expect(after.map((item, at) => item === before[at])).toEqual([true, true, false, false])
  })

  test('finished blocks keep their reference while the text grows', () => {
    const growing = createMarkdownDocument()
    const text = '# One\n\nTwo *words*.\n\n- a\n- b\n\nThree\n\n```\ncode\n```\n\nFour'
    const seen = new Map<number, MarkdownBlock>()
    for (let end = 1; end <= text.length; end++) {
      const blocks = growing.update(text.slice(0, end), false)
      for (const block of blocks.filter(({ isOpen }) => !isOpen)) {
        expect(seen.get(block.start) ?? block).toBe(block)
        seen.set(block.start, block)
      }
    }
    expect(seen.size).toBe(5)
  })
})

describe('links that are defined later', () => {
  test('only the blocks that use one are read again', () => {
    const growing = createMarkdownDocument()
    const before = growing.update('See [a].\n\nNothing [b].\n\nEnd\n\n', false)
    const after = growing.update('See [a].\n\nNothing [b].\n\nEnd\n\n[a]: https://a.example\n', false)
    expect(after.map((block, at) => block === before[at])).toEqual([false, true, true])
    expect(after[0]?.node).toMatchObject({ children: [{}, { type: 'link', href: 'https://a.example' }, {}] })
  })

  test('the first definition counts, in whatever block it stands', () => {
    const text = '[a]\n\n> [a]: https://first.example\n\n[a]: https://second.example\n'
    expect(oneShot(text)[0]?.node).toMatchObject({ children: [{ href: 'https://first.example' }] })
  })

  test('half of a definition is none', () => {
    const growing = createMarkdownDocument()
    const blocks = growing.update('[a] x\n\n[a]: https://a.exa', false)
    expect(blocks.map(({ node }) => node)).toEqual([
      { type: 'paragraph', children: [{ type: 'text', text: '[a] x' }] },
    ])
  })

  test('labels that are names of built-in properties are labels', () => {
    const text = '[constructor] [hasOwnProperty] [toString]\n'
    expect(oneShot(text)[0]?.node).toEqual({
      type: 'paragraph',
      children: [{ type: 'text', text: '[constructor] [hasOwnProperty] [toString]' }],
    })
  })
})

describe('a long end that is shown before it is parsed again', () => {
  const long = 6000

  test.each([
    ['a list goes on in its items', '- item **b**\n', 'list'],
    ['a table goes on in its rows', '| a | b |\n', 'table'],
  ])('%s', (_law, line, type) => {
    const head = type === 'table' ? '| a | b |\n|---|---|\n' : ''
    const text = head + line.repeat(Math.ceil(long / line.length))
    const growing = createMarkdownDocument()
    for (let end = 50; end < text.length; end += 50) {
      const blocks = growing.update(text.slice(0, end), false)
      expect(blocks.map(({ node }) => node.type)).toEqual(blocks.length === 0 ? [] : [type])
    }
  })

  test.each([
    ['words go on without markup', 'some **bold** words ', 'paragraph'],
    ['lines go on in their paragraph', 'some **bold** words\n', 'paragraph'],
    ['code in a list goes on as code', '  let x = 1\n', 'list'],
  ])('%s', (_law, line, type) => {
    const text = (type === 'list' ? '- a\n\n  ```js\n' : '') + line.repeat(Math.ceil(long / line.length))
    const growing = createMarkdownDocument()
    for (let end = 50; end < text.length; end += 50) {
      const blocks = growing.update(text.slice(0, end), false)
      expect(blocks.map(({ node }) => node.type)).toEqual([type])
    }
  })
})
