import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeOutput } from './describe-output.ts'
import type { FilePiece, OutputPiece } from './output-piece.ts'
import { safeUrl } from './safe-url.ts'

const file = (piece: Partial<FilePiece> & Pick<FilePiece, 'kind' | 'key' | 'name' | 'url'>): FilePiece => ({
  mimeType: null,
  sizeBytes: null,
  width: null,
  height: null,
  ...piece,
})
const text = (key: string, name: string, words: string): OutputPiece => ({
  kind: 'text',
  key,
  name,
  text: words,
  blocked: false,
})
const blocked = (key: string, name: string, words: string): OutputPiece => ({
  kind: 'text',
  key,
  name,
  text: words,
  blocked: true,
})
const json = (value: unknown, key = '{…}', name = ''): OutputPiece => ({ kind: 'json', key, name, value })
const at = (path: string): string => `https://f.example/${path}`

describe('an output is shown as what it is', () => {
  const cases: readonly (readonly [what: string, output: unknown, pieces: readonly OutputPiece[]])[] = [
    ['nothing', null, []],
    ['nothing at all', undefined, []],
    ['no fields', {}, []],
    ['no items', [], []],
    ['no words yet', { response: '', reasoning: '' }, []],
    ['nothing but null', { a: null }, [json({ a: null })]],
    ['no words of a model', { response: '', usage: null }, []],
    ['no words', ' \n', []],
    ['words', 'Once upon a time', [text('', '', 'Once upon a time')]],
    ['words with an address in them', `see ${at('a.png')}`, [text('', '', `see ${at('a.png')}`)]],
    ['words with a colon', 'std::vector', [text('', '', 'std::vector')]],
    ['a number', 42, [json(42)]],
    ['false', false, [json(false)]],
    [
      'an image by its address',
      at('a.PNG?sig=x.mp4#y'),
      [file({ kind: 'image', key: '', name: 'a.PNG', url: at('a.PNG?sig=x.mp4#y') })],
    ],
    [
      'an address in white space',
      `\n${at('a.mp4')}\n`,
      [file({ kind: 'video', key: '', name: 'a.mp4', url: at('a.mp4') })],
    ],
    ['a page', 'https://f.example', [file({ kind: 'file', key: '', name: '', url: 'https://f.example/' })]],
    ['an archive', at('a.tar.gz'), [file({ kind: 'file', key: '', name: 'a.tar.gz', url: at('a.tar.gz') })]],
    [
      'data of an image',
      'data:image/png;base64,AA==',
      [file({ kind: 'image', key: '', name: '', url: 'data:image/png;base64,AA==', mimeType: 'image/png' })],
    ],
    ['an address that runs', 'javascript:alert(1)', [blocked('', '', 'javascript:alert(1)')]],
    ['a document in data', 'data:text/html,<b>', [blocked('', '', 'data:text/html,<b>')]],
    [
      'an address with a password',
      'https://a:b@f.example/a.png',
      [blocked('', '', 'https://a:b@f.example/a.png')],
    ],
    [
      'a file resource',
      {
        uri: at('x?sig=1'),
        content_type: 'image/webp; q=1',
        filename: 'fox.webp',
        size: 2048,
        width: 640,
        height: 480,
        id: '1',
        category: null,
      },
      [
        {
          kind: 'image',
          key: '',
          name: 'fox.webp',
          url: at('x?sig=1'),
          mimeType: 'image/webp',
          sizeBytes: 2048,
          width: 640,
          height: 480,
        },
      ],
    ],
    [
      'a type above an extension',
      { url: at('a.png'), mime_type: 'text/csv' },
      [file({ kind: 'file', key: '', name: 'a.png', url: at('a.png'), mimeType: 'text/csv' })],
    ],
    [
      'a type that says nothing',
      { url: at('a.png'), mimeType: 'application/octet-stream' },
      [
        file({
          kind: 'image',
          key: '',
          name: 'a.png',
          url: at('a.png'),
          mimeType: 'application/octet-stream',
        }),
      ],
    ],
    [
      'an extension in the name alone',
      { uri: at('f/1'), filename: 'take.wav' },
      [file({ kind: 'audio', key: '', name: 'take.wav', url: at('f/1') })],
    ],
    [
      'a file whose address runs',
      { uri: 'javascript:alert(1)', filename: 'a.png' },
      [blocked('', 'a.png', 'javascript:alert(1)')],
    ],
    ['a file without a host', { video: { url: '/a.mp4' } }, [blocked('video', 'video', '/a.mp4')]],
    [
      'sizes that cannot be',
      { uri: at('a.png'), size: -1, width: Infinity, height: '480' },
      [file({ kind: 'image', key: '', name: 'a.png', url: at('a.png') })],
    ],
    [
      'a name that lies',
      { uri: at('a'), filename: 'a\u202egpj.exe\n' },
      [file({ kind: 'file', key: '', name: 'agpj.exe', url: at('a') })],
    ],
    ['a text', { text: 'hi' }, [text('text', 'text', 'hi')]],
    [
      'an answer of a model',
      { reasoning: 'hm', response: 'hi', tool_calls: null, usage: { total_tokens: 3 } },
      [
        text('reasoning', 'reasoning', 'hm'),
        text('response', 'response', 'hi'),
        json({ usage: { total_tokens: 3 } }),
      ],
    ],
    ['texts', ['a', 'b'], [text('[0]', '1', 'a'), text('[1]', '2', 'b')]],
    [
      'files among other things, in order',
      ['a', { score: 1 }, at('a.png'), 3],
      [
        text('[0]', '1', 'a'),
        json({ score: 1 }, '[1]{…}', '2'),
        file({ kind: 'image', key: '[2]', name: 'a.png', url: at('a.png') }),
        json(3, '[3]{…}', '4'),
      ],
    ],
    ['numbers', [1, 2, 3], [json([1, 2, 3])]],
    ['records', [{ a: 1 }, { a: 2 }], [json([{ a: 1 }, { a: 2 }])]],
    ['a record', { a: 1, b: 'x', c: null }, [json({ a: 1, b: 'x', c: null })]],
    [
      'a record with images',
      { seed: 7, images: [at('a.png'), { uri: at('b.jpg') }], caption: 'fox' },
      [
        file({ kind: 'image', key: 'images[0]', name: 'a.png', url: at('a.png') }),
        file({ kind: 'image', key: 'images[1]', name: 'b.jpg', url: at('b.jpg') }),
        json({ seed: 7, caption: 'fox' }),
      ],
    ],
    [
      'what a file says of itself',
      { url: at('a'), title: 'A fox', thumbnail: { url: at('t.png') } },
      [
        file({ kind: 'file', key: '', name: 'a', url: at('a') }),
        file({ kind: 'image', key: 'thumbnail', name: 't.png', url: at('t.png') }),
        json({ title: 'A fox' }),
      ],
    ],
    [
      'odd names of fields',
      { 'my file': at('a.png'), '0': at('b.png') },
      [
        file({ kind: 'image', key: '["0"]', name: 'b.png', url: at('b.png') }),
        file({ kind: 'image', key: '["my file"]', name: 'a.png', url: at('a.png') }),
      ],
    ],
    [
      'a dangerous text in a record',
      { note: 'javascript:alert(1)' },
      [json({ note: 'javascript:alert(1)' })],
    ],
  ]
  test.each(cases)('%s', (_, output, pieces) => {
    expect(describeOutput(output)).toEqual(pieces)
  })
})

test('fields named like those of the prototype are fields', () => {
  const output: unknown = JSON.parse(
    `{"__proto__":{"uri":"${at('a.png')}"},"constructor":"${at('b.png')}","toString":1}`,
  )
  expect(describeOutput(output).map(({ key }) => key)).toEqual(['__proto__', 'constructor', '{…}'])
  expect(describeOutput(JSON.parse('{"__proto__":{"polluted":1}}')).map(({ kind }) => kind)).toEqual(['json'])
  expect('polluted' in {}).toBe(false)
})

test('an inherited address is not an address', () => {
  expect(describeOutput(Object.create({ uri: at('a.png') }))).toMatchObject([{ kind: 'json' }])
})

describe('an output has an end', () => {
  test('more pieces than 200 are JSON, and none is lost', () => {
    const list = Array.from({ length: 1000 }, (_, index) => at(`${index}.png`))
    for (const output of [list, { list }, list.map((uri) => ({ uri, score: 1 }))]) {
      const pieces = describeOutput(output)
      expect(pieces.length).toBeLessThanOrEqual(200)
      const all = JSON.stringify(pieces)
      expect(list.filter((url) => !all.includes(`"${url}"`))).toEqual([])
    }
  })
  test('what lies too deep is JSON', () => {
    let output: unknown = at('a.png')
    for (let level = 0; level < 5000; level++) output = { in: output }
    expect(describeOutput(output)).toEqual([json(output)])
  })
  test('a million numbers are not walked', () => {
    const output = { values: Array.from({ length: 1_000_000 }, () => 0.5), image: at('a.png') }
    expect(describeOutput(output)).toEqual([json(output)])
  })
  test('a circle ends', () => {
    const output: Record<string, unknown> = { image: at('a.png') }
    output['self'] = output
    expect(describeOutput(output).length).toBeLessThan(200)
  })
})

const value = fc.letrec((tie) => ({
  word: fc.oneof(
    fc.string(),
    fc.constantFrom(at('a.png'), at('b'), 'javascript:x', 'data:text/html,x', 'data:image/png,x', '', ' '),
  ),
  value: fc.oneof(
    { maxDepth: 5 },
    tie('word'),
    fc.constantFrom(null, true, 1),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('uri', 'url', 'text', 'size', '__proto__', 'images'), fc.string()),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value

test('whatever the output is, keys are unique and stable, addresses are allowed, and what was given is unchanged', () => {
  fc.assert(
    fc.property(value, (output) => {
      const before = JSON.stringify(output)
      const pieces = describeOutput(output)
      expect(new Set(pieces.map(({ key }) => key)).size).toBe(pieces.length)
      expect(describeOutput(output)).toEqual(pieces)
      expect(JSON.stringify(output)).toBe(before)
      for (const piece of pieces) {
        if ('url' in piece)
          expect(safeUrl(piece.url, piece.kind === 'file' ? 'link' : 'media')).toBe(piece.url)
      }
    }),
    { numRuns: 400 },
  )
})
