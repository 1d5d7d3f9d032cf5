import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitText } from './plain-text.tsx'

const brief = (text: string) => splitText(text).map(({ kind, text: inner }) => `${kind[0]}:${inner}`)

test.each<readonly [string, readonly string[]]>([
  ['', []],
  ['one\ntwo\n\nthree', ['p:one\ntwo', 'p:three']],
  ['a\n\n\n\nb\n', ['p:a', 'p:b']],
  ['a\n```js\nx\n\ny\n```\nb', ['p:a', 'c:x\n\ny', 'p:b']],
  ['```\nnever closed\n', ['c:never closed\n']],
  ['````\n```\n````', ['c:```']],
  ['~~~\n```\n~~~', ['c:```']],
])('%j is %j', (text, blocks) => {
  expect(brief(text)).toEqual(blocks)
})

test('a text that grows keeps all blocks but the last', () => {
  const line = fc.constantFrom('a', 'b c', '', '```', '~~~', '  ')
  fc.assert(
    fc.property(fc.array(line), fc.array(line), (lines, more) => {
      const before = splitText(lines.join('\n'))
      const after = splitText([...lines, ...more].join('\n'))
      expect(after.slice(0, Math.max(0, before.length - 1))).toEqual(before.slice(0, -1))
    }),
  )
})
