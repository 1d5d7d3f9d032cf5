import { existsSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safeUrl } from './safe-url.ts'

const png = 'data:image/png;base64,iVBORw0KGgo='

describe('a URL that may be used', () => {
  const allowed: readonly (readonly [given: string, link: string | null, media: string | null])[] = [
    ['https://files.example/a.png', 'https://files.example/a.png', 'https://files.example/a.png'],
    ['HTTPS://Files.Example/A.png', 'https://files.example/A.png', 'https://files.example/A.png'],
    [
      'http://localhost:8787/a.png?sig=1#x',
      'http://localhost:8787/a.png?sig=1#x',
      'http://localhost:8787/a.png?sig=1#x',
    ],
    ['http://127.0.0.1/a', 'http://127.0.0.1/a', 'http://127.0.0.1/a'],
    ['https://files.example', 'https://files.example/', 'https://files.example/'],
    [
      'https://files.example/my file.png',
      'https://files.example/my%20file.png',
      'https://files.example/my%20file.png',
    ],
    [
      'https://files.example/ünï.png',
      'https://files.example/%C3%BCn%C3%AF.png',
      'https://files.example/%C3%BCn%C3%AF.png',
    ],
    [
      'https://files.example/a"onload="x',
      'https://files.example/a%22onload=%22x',
      'https://files.example/a%22onload=%22x',
    ],
    ['https://files.example/a@b', 'https://files.example/a@b', 'https://files.example/a@b'],
    [
      'https://x.example/?u=javascript:alert(1)',
      'https://x.example/?u=javascript:alert(1)',
      'https://x.example/?u=javascript:alert(1)',
    ],
    [
      'blob:https://app.example/5c1b-11',
      'blob:https://app.example/5c1b-11',
      'blob:https://app.example/5c1b-11',
    ],
    ['blob:null/5c1b-11', 'blob:null/5c1b-11', 'blob:null/5c1b-11'],
    [png, png, png],
    ['data:audio/wav;base64,UklGRg==', 'data:audio/wav;base64,UklGRg==', 'data:audio/wav;base64,UklGRg=='],
    [
      'data:video/mp4;codecs=avc1;base64,AAAA',
      'data:video/mp4;codecs=avc1;base64,AAAA',
      'data:video/mp4;codecs=avc1;base64,AAAA',
    ],
    ['data:image/svg+xml,%3Csvg%2F%3E', null, 'data:image/svg+xml,%3Csvg%2F%3E'],
    [
      'data:image/svg+xml;charset=utf-8;base64,PHN2Zz4=',
      null,
      'data:image/svg+xml;charset=utf-8;base64,PHN2Zz4=',
    ],
    ['DATA:IMAGE/SVG+XML,%3Csvg%2F%3E', null, 'data:IMAGE/SVG+XML,%3Csvg%2F%3E'],
    ['data:image/xml,%3Cx%2F%3E', null, 'data:image/xml,%3Cx%2F%3E'],
    ['data:image/svg,%3Csvg%2F%3E', null, 'data:image/svg,%3Csvg%2F%3E'],
  ]
  test.each(allowed)('%s', (given, link, media) => {
    expect(safeUrl(given, 'link')).toBe(link)
    expect(safeUrl(given, 'media')).toBe(media)
    expect(safeUrl(given)).toBe(link)
  })
})

describe('a URL that is refused', () => {
  const refused: readonly unknown[] = [
    // Not text.
    undefined,
    null,
    0,
    1,
    true,
    {},
    [],
    ['https://a.example'],
    { href: 'https://a.example' },
    new URL('https://a.example'),
    // Schemes that run, read or tunnel.
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'jAvAsCrIpT:alert(1)',
    'javascript://https://a.example/%0aalert(1)',
    'vbscript:msgbox(1)',
    'livescript:x',
    'mocha:x',
    'file:///etc/passwd',
    'ftp://a.example/a.png',
    'about:blank',
    'view-source:https://a.example',
    'filesystem:https://a.example/x',
    'ws://a.example',
    'wss://a.example',
    'mailto:a@a.example',
    'tel:1',
    'sms:1',
    'intent://a.example#Intent;end',
    'chrome://settings',
    'ms-word:ofe|u|x',
    'jar:https://a.example!/',
    'feed:javascript:alert(1)',
    'x-javascript:alert(1)',
    'resource://x',
    'steam://run/1',
    // Hidden schemes.
    ' javascript:alert(1)',
    '\tjavascript:alert(1)',
    '\u0000javascript:alert(1)',
    '\u0001javascript:alert(1)',
    '\u001bjavascript:alert(1)',
    'java\tscript:alert(1)',
    'java\nscript:alert(1)',
    'java\rscript:alert(1)',
    'java\u0000script:alert(1)',
    'javascript\t:alert(1)',
    'javascript&colon;alert(1)',
    'javascript&#58;alert(1)',
    '&#106;avascript:alert(1)',
    'java%0ascript:alert(1)',
    '%6aavascript:alert(1)',
    'javascript%3aalert(1)',
    '\u00a0javascript:alert(1)',
    '\ufeffjavascript:alert(1)',
    '\u2028javascript:alert(1)',
    '\u202ejavascript:alert(1)',
    'ｊavascript:alert(1)',
    'javascript：alert(1)',
    'url(javascript:alert(1))',
    '"javascript:alert(1)"',
    'ht\ntps://a.example',
    'https:\n//a.example',
    'https://a.example/\u007f',
    'https://a.example/\u0085',
    'https://a.exa\tmple',
    // Other documents in data:.
    'data:',
    'data:,x',
    'data:text/html,<script>alert(1)</script>',
    'data:text/html;base64,PHNjcmlwdD4=',
    'data:text/plain,x',
    'data:application/xhtml+xml,x',
    'data:application/javascript,x',
    'data:application/pdf,x',
    'data:text/xml,x',
    'data:image,x',
    'data:image/,x',
    'data:image/ png,x',
    'data: image/png,x',
    'data:text/html;image/png,x',
    'data:image/png',
    'data:image/png<script>,x',
    'data:imagex/png,x',
    'data://image/png,x',
    'data:;image/png,x',
    'data\t:image/png,x',
    'data:image/png,\n',
    'data:font/woff2,x',
    'data:message/rfc822,x',
    'data:multipart/x-mixed-replace,x',
    // Blobs of nowhere.
    'blob:',
    'blob:x',
    'blob:javascript:alert(1)',
    'blob:data:text/html,x',
    'blob:file:///x',
    'blob:/x',
    // Nothing to be relative to.
    '',
    ' ',
    '.',
    '/',
    '/a.png',
    './a.png',
    '../a.png',
    'a.png',
    '?a',
    '#a',
    '//a.example/a.png',
    '///a.example',
    '////a.example',
    '\\\\a.example\\a.png',
    '/\\a.example',
    'https:a.example',
    'https:/a.example',
    'https:///a.example',
    'https:\\\\a.example',
    'https://a.example\\@b.example',
    'https:',
    'https://',
    'http://',
    'a.example',
    'www.a.example',
    '://a.example',
    // Someone else's name, and broken hosts.
    'https://user@a.example',
    'https://user:pass@a.example',
    'https://:pass@a.example',
    'https://a.example@b.example/a.png',
    'https://a.example%40b@c.example',
    'https://a b.example',
    'https://a.example:99999',
    'https://[::1',
    'https://%00',
    ' https://a.example',
    'https://a.example ',
    '\nhttps://a.example',
    'https://a.example\n',
    '\ufeffhttps://a.example',
    // Too long.
    `https://a.example/${'a'.repeat(8 * 1024)}`,
    `${png}${'A'.repeat(16 * 1024 * 1024)}`,
  ]
  test.each(
    refused.map((value) => [
      typeof value === 'string' ? JSON.stringify(value).slice(0, 60) : String(value),
      value,
    ]),
  )('%s', (_, value) => {
    expect(safeUrl(value, 'link')).toBeNull()
    expect(safeUrl(value, 'media')).toBeNull()
  })
})

test('a data: URL may be longer than another one', () => {
  const long = `${png}${'A'.repeat(64 * 1024)}`
  expect(safeUrl(long, 'media')).toBe(long)
})

/** What a browser makes of it: the scheme after its parser, and the MIME type of `data:`. */
function isHarmless(url: string, use: 'link' | 'media'): boolean {
  const { protocol, pathname, username, password } = new URL(url)
  if (username !== '' || password !== '') return false
  if (protocol === 'data:') {
    const isMedia = /^(image|audio|video)\/[^;,]+[;,]/i.test(pathname)
    return isMedia && (use === 'media' || !/^[^;,]*(svg|xml)/i.test(pathname))
  }
  return protocol === 'https:' || protocol === 'http:' || protocol === 'blob:'
}

/** Schemes, and what hides them, in any order. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'javascript:',
        'data:',
        'https://',
        'http:',
        'blob:',
        'vbscript:',
        'text/html',
        'image/png',
        'image/svg+xml',
      ),
      fc.constantFrom(
        '\t',
        '\n',
        '\u0000',
        ' ',
        '\\',
        '/',
        '//',
        '@',
        ':',
        ';',
        ',',
        '#',
        '?',
        '%',
        '\ufeff',
        'a.example',
      ),
      fc
        .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 4 })
        .map((codes) => String.fromCharCode(...codes)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))

test('whatever is put together, what passes is harmless and passes again unchanged', () => {
  fc.assert(
    fc.property(hostile, fc.constantFrom('link', 'media'), (value, use) => {
      const url = safeUrl(value, use)
      if (url === null) return
      expect(isHarmless(url, use)).toBe(true)
      expect(safeUrl(url, use)).toBe(url)
    }),
    { numRuns: 3000 },
  )
})

const corpus = new URL('../../../../../shared/fixtures/xss-corpus.json', import.meta.url)

describe.skipIf(!existsSync(corpus))('the corpus of hostile texts', () => {
  test('no text in it, and no address inside one, passes as a dangerous URL', () => {
    const { payloads } = JSON.parse(readFileSync(corpus, 'utf8')) as {
      payloads: readonly { payload: string }[]
    }
    const texts = payloads.flatMap(({ payload }) => [
      payload,
      ...[...payload.matchAll(/\]\(([^)]*)\)|(?:href|src)\s*=\s*["']?([^"'>\s]+)|<([^>]+)>/gi)].map(
        ([, markdown, attribute, auto]) => markdown ?? attribute ?? auto ?? '',
      ),
    ])
    expect(payloads.length).toBeGreaterThan(300)
    for (const text of texts) {
      for (const use of ['link', 'media'] as const) {
        const url = safeUrl(text, use)
        expect(url === null || isHarmless(url, use), text).toBe(true)
      }
    }
  })
})
