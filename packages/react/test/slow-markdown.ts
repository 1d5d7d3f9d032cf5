/** A piece of a text; texts are pieces one after the other. */
export type InputPart =
  | string
  | { readonly repeat: string; readonly count: number }
  /** So many lines of a list, each two spaces deeper. */
  | { readonly nestedList: number }
  /** `e` with one backtick, then with two, and so on. */
  | { readonly backticks: number }

/** An input that makes careless parsers slow. */
export interface SlowInput {
  readonly name: string
  readonly parts: readonly InputPart[]
}

/** The text of an input. */
export function makeInput(parts: readonly InputPart[]): string {
  return parts.map(makePart).join('')
}

function makePart(part: InputPart): string {
  if (typeof part === 'string') return part
  if ('repeat' in part) return part.repeat.repeat(part.count)
  if ('nestedList' in part) {
    return Array.from({ length: part.nestedList }, (_, depth) => `${'  '.repeat(depth)}* a\n`).join('')
  }
  return Array.from({ length: part.backticks }, (_, index) => `e${'`'.repeat(index + 1)}`).join('')
}

/** One block that grows without end, of each kind, and markup that never closes. 20,000 characters or more. */
export const slowInputs: readonly SlowInput[] = [
  { name: 'a fence of 100 kB', parts: ['```ts\n', { repeat: 'const answer = 42\n', count: 5700 }] },
  { name: 'a paragraph in one line', parts: [{ repeat: 'some **bold** words and `code`, ', count: 700 }] },
  { name: 'a paragraph in many lines', parts: [{ repeat: 'a line with [a link](https://a.example)\n', count: 600 }] },
  { name: 'a long list', parts: [{ repeat: '- an item with *words*\n', count: 1000 }] },
  { name: 'a long list with blank lines', parts: [{ repeat: '1. an item\n\n   and more of it\n\n', count: 800 }] },
  { name: 'a long table', parts: ['| a | b |\n|---|---|\n', { repeat: '| cell | **cell** |\n', count: 1200 }] },
  { name: 'a wide table', parts: [{ repeat: '|a', count: 3000 }, '|\n', { repeat: '|-', count: 3000 }, '|\n', { repeat: '|x', count: 3000 }] },
  { name: 'a long quote', parts: [{ repeat: '> quoted words\n', count: 1500 }] },
  { name: 'quotes in quotes', parts: [{ repeat: '> ', count: 10_000 }, 'deep'] },
  { name: 'lists in lists', parts: [{ nestedList: 150 }] },
  { name: 'code in a list', parts: ['- item\n\n  ```js\n', { repeat: '  let x = 1\n', count: 2000 }] },
  { name: 'many short paragraphs', parts: [{ repeat: 'A few words.\n\n', count: 1500 }] },
  { name: 'emphasis that never closes', parts: [{ repeat: '*a **b _c ', count: 2000 }] },
  { name: 'emphasis in emphasis', parts: [{ repeat: '*a **a ', count: 1400 }, 'b', { repeat: ' a** a*', count: 1400 }] },
  { name: 'brackets that never close', parts: [{ repeat: '[', count: 20_000 }] },
  { name: 'links that never close', parts: [{ repeat: '[a](b', count: 4000 }] },
  { name: 'pictures in pictures', parts: [{ repeat: '![[]()', count: 3300 }] },
  { name: 'spans of code of every length', parts: [{ backticks: 200 }] },
  { name: 'tags that never close', parts: [{ repeat: '<div ', count: 4000 }] },
  { name: 'angle brackets', parts: [{ repeat: '<', count: 20_000 }] },
  { name: 'stars after an address', parts: ['https://a.example?', { repeat: '*', count: 20_000 }, 'a'] },
  { name: 'addresses of mail', parts: [{ repeat: 'a@b.co ', count: 2800 }] },
  { name: 'spaces', parts: ['x', { repeat: ' ', count: 20_000 }, 'x  \nx'] },
  { name: 'blank lines', parts: ['- a', { repeat: '\n', count: 20_000 }] },
  { name: 'spaces without a line end', parts: [{ repeat: ' ', count: 20_000 }] },
  { name: 'definitions', parts: [{ repeat: '[a]: https://a.example\n', count: 1000 }] },
  { name: 'a definition that never ends', parts: ['[a]: /a\n"title\n', { repeat: 'more of it\n===\n', count: 1300 }] },
  { name: 'references that are defined at the end', parts: [{ repeat: 'See [a][], [b] and [c].\n\n', count: 800 }, '[a]: /a\n[b]: /b\n[c]: /c\n'] },
] // oxfmt-ignore
