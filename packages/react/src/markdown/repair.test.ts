import { describe, expect, test } from 'vitest'
import { shownLength } from './hold-back.ts'
import { createMarkdownDocument } from './markdown-document.ts'
import type { MarkdownNode } from './nodes.ts'
import { repairInline } from './repair-inline.ts'

/** What an unfinished text shows, with the markup that it has. */
function shown(text: string): string {
  return createMarkdownDocument()
    .update(text, false)
    .map(({ node }) => outline(node))
    .join(' / ')
}

function outline(node: MarkdownNode): string {
  if (node.type === 'text') return node.text.replaceAll('\n', ' ')
  if (node.type === 'code') return `code(${node.text})`
  if (node.type === 'code-block') return `fence:${node.language}(${node.text})`
  if (node.type === 'image') return `image(${node.alt})`
  if (!('children' in node)) return node.type
  const inside = node.children.map(outline).join('')
  return node.type === 'paragraph' ? inside : `${node.type}(${inside})`
}

describe('half of a markup within a line', () => {
  test.each([
    ['**bold', 'strong(bold)'],
    ['a **bold and *both', 'a strong(bold and em(both))'],
    ['***both', 'em(strong(both))'],
    ['**bold*', 'strong(bold)'],
    ['**bold**', 'strong(bold)'],
    ['a **', 'a '],
    ['*em', 'em(em)'],
    ['_em', 'em(em)'],
    ['snake_case', 'snake_case'],
    ['2 * 3', '2 * 3'],
    ['~~gone', 'del(gone)'],
    ['~~gone~', 'del(gone)'],
    ['`code', 'code(code)'],
    ['`code `', 'code(code)'],
    ['``co`de', 'code(co`de)'],
    ['a `b` c `d', 'a code(b) c code(d)'],
    ['\\`no `code', '`no code(code)'],
    ['`**a', 'code(**a)'],
    ['[words', 'words'],
    ['[words]', 'words'],
    ['[words](', 'words'],
    ['[words](https://a.exam', 'words'],
    ['[words](https://a.example/a_(b)', 'words'],
    ['[words](https://a.example "tit', 'words'],
    ['[words](https://a.example)', 'link(words)'],
    ['[words](https://a.example) and', 'link(words) and'],
    ['[words][lab', 'words'],
    ['[**bold', 'strong(bold)'],
    ['list[0', 'list[0'],
    ['as in [1]', 'as in [1]'],
    ['`a[0]` and', 'code(a[0]) and'],
    ['a ![alt', 'a'],
    ['a ![alt](https://a.exam', 'a'],
    ['a ![alt](https://a.example/x.png)', 'a image(alt)'],
    ['[![alt](https://a.exam', ''],
    ['[![alt](https://a.example/x.png)](https://b', 'image(alt)'],
    ['a <https://a.exam', 'a'],
    ['a <div cla', 'a <div cla'],
    ['a <div class="x', 'a'],
    ['a <di', 'a'],
    ['1 < 2', '1 < 2'],
    ['see https://a.exam', 'see https://a.exam'],
    ['see https://a.example now', 'see link(https://a.example) now'],
    ['a \\', 'a'],
  ])('%s', (text, expected) => {
    expect(shown(text).trimEnd()).toBe(expected.trimEnd())
  })
})

describe('half of a block', () => {
  test.each([
    ['words\n-', 'words'],
    ['words\n--', 'words'],
    ['words\n---', 'words'],
    ['words\n---\n', 'heading(words)'],
    ['words\n=', 'words'],
    ['words\n#', 'words'],
    ['words\n##', 'words'],
    ['words\n\n## Head', 'words / heading(Head)'],
    ['words\n>', 'words'],
    ['words\n2', 'words'],
    ['words\n2.', 'words'],
    ['42', '42'],
    ['1. one\n2', 'list(item(one))'],
    ['- one\n- ', 'list(item(one))'],
    ['- one\n  -', 'list(item(one))'],
    ['- one\n- [', 'list(item(one))'],
    ['- one\n- [x', 'list(item(one))'],
    ['- one\n- [x] **t', 'list(item(one)item(strong(t)))'],
    ['words\n``', 'words'],
    ['words\n```j', 'words'],
    ['words\n```js\n', 'words / fence:js()'],
    ['```js\na\n``', 'fence:js(a)'],
    ['```js\na\n```', 'fence:js(a)'],
    ['```js\na\n```\n', 'fence:js(a)'],
    ['words\n\n| a', 'words'],
    ['words\n\n| a | b |\n', 'words'],
    ['words\n\n| a | b |\n|--', 'words'],
    ['words\n\n| a | b |\n|---|---|', 'words'],
    ['| a | b |\n|---|---|\n', 'table(row(cell(a)cell(b)))'],
    ['| a |\n|---|\n| **x', 'table(row(cell(a))row(cell(strong(x))))'],
    ['| a |\n|---|\n|', 'table(row(cell(a)))'],
    ['words\n\n[a]:', 'words'],
    ['words\n\n[a]: https://a', 'words'],
    ['> **quo', 'quote(strong(quo))'],
    ['# Head **b', 'heading(Head strong(b))'],
    ['**first\n\n**second', '**first / strong(second)'],
  ])('%j', (text, expected) => {
    expect(shown(text)).toBe(expected)
  })

  test('a complete text is not repaired', () => {
    const node = createMarkdownDocument().update('**bold\n-', true)[0]?.node
    expect(node && outline(node)).toBe('heading(**bold)')
  })
})

test('a repair takes as long for text of marks alone', () => {
  for (const marks of ['*', '`', '[', ']', '](', '<', '\\', '[a](', '![']) {
    const text = marks.repeat(20_000)
    expect(repairInline(text).length).toBeLessThanOrEqual(text.length)
    expect(shownLength(text)).toBeLessThanOrEqual(text.length)
  }
})
