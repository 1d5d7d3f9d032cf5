import axe from 'axe-core'
import type { ReactElement } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { hostileTexts } from '../../test/hostile-markdown.ts'
import { makeInput, slowInputs } from '../../test/slow-markdown.ts'
import '../styles.css'
import { Markdown } from './index.ts'

interface Corpus {
  readonly oracle: { readonly elements_never: readonly string[] }
  readonly payloads: readonly { readonly id: string; readonly kind: string; readonly payload: string }[]
}

const files = import.meta.glob<Corpus>('../../../../../shared/fixtures/xss-corpus.json', {
  import: 'default',
})
const corpusFile = Object.values(files)[0]

const elementsNever = [
  'script, iframe, object, embed, base, meta, link, style, form, frame, frameset, applet, template, math, foreignObject',
  'animate, set, marquee, dialog, textarea, title, noscript, xmp, plaintext, portal, svg, video, audio, source',
  'input:not([type=checkbox][disabled])',
].join(', ')

/** What a hostile text made of the document, one sentence each. */
function violations(root: Element, elements: string): readonly string[] {
  const found = [...root.querySelectorAll(elements)].map((one) => `There is a ${one.tagName}.`)
  for (const one of root.querySelectorAll('*')) {
    for (const { name, value } of one.attributes) {
      if (/^on|^(?:srcdoc|formaction|action|ping|background|style|id|name)$/i.test(name)) {
        found.push(`${one.tagName} has ${name}.`)
      }
      // The C0 controls and spaces are what a URL parser drops.
      // oxlint-disable-next-line no-control-regex -- controls are what is looked for
      const url = value.replace(/[\t\r\n]|^[\u0000-\u0020]+/g, '')
      const isUrl = /^(?:href|src|xlink:href|poster|srcset|data|cite)$/i.test(name)
      if (isUrl && !/^(?:https?|mailto|tel):/i.test(url)) found.push(`${one.tagName} leads to ${value}.`)
    }
    if (one.tagName === 'A' && one.getAttribute('rel') !== 'noopener noreferrer nofollow') {
      found.push('A link has no rel.')
    }
    if (one.tagName === 'IMG') found.push(`An image loads ${one.getAttribute('src')}.`)
  }
  return found
}

/** Every prefix of a short text, about 40 of a long one. */
function cutsOf(text: string): readonly number[] {
  const step = text.length <= 60 ? 1 : text.length / 40
  return Array.from({ length: Math.floor(text.length / step) }, (_, at) => Math.round((at + 1) * step))
}

/** Shows a text as a stream and whole; what is wrong with what it made. */
function show(text: string, elements = elementsNever): readonly string[] {
  const place = document.createElement('div')
  document.body.append(place)
  const root = createRoot(place)
  const found = new Set<string>()
  const look = (shown: ReactElement): void => {
    flushSync(() => root.render(shown))
    for (const one of violations(place, elements)) found.add(one)
  }
  for (const end of cutsOf(text)) look(<Markdown text={text.slice(0, end)} isStreaming />)
  look(<Markdown text={text} />)
  flushSync(() => root.render(<Markdown key="whole" text={text} />))
  for (const one of violations(place, elements)) found.add(one)
  root.unmount()
  place.remove()
  return [...found]
}

const calls: string[] = []
const doors = ['alert', 'confirm', 'prompt', 'open'] as const
const originals = doors.map((name) => [name, window[name]] as const)

beforeAll(() => {
  performance.clearResourceTimings()
  for (const name of doors) Object.assign(window, { [name]: () => calls.push(name) })
})

afterAll(() => {
  for (const [name, original] of originals) Object.assign(window, { [name]: original })
})

/** Whatever was called, polluted or loaded from elsewhere until now. */
async function harm(): Promise<readonly string[]> {
  for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
  const loads = performance
    .getEntriesByType('resource')
    .map(({ name }) => name)
    .filter((name) => /^https?:/.test(name) && new URL(name).host !== window.location.host)
  const polluted = Object.keys(Object.prototype)
  return [...calls, ...loads, ...polluted]
}

describe('a hostile text runs, loads and changes nothing, whole and at every prefix', () => {
  test.each(hostileTexts)('%j', async (text) => {
    expect(show(text)).toEqual([])
    expect(await harm()).toEqual([])
  })
})

describe.skipIf(corpusFile === undefined)(
  'the corpus of hostile texts, which lies beside the repository',
  () => {
    const wraps = (url: string): readonly string[] => [
      `[x](${url})`,
      `![x](${url})`,
      `<${url}>`,
      `[x][x]\n\n[x]: ${url}`,
    ]

    test.each(['markdown', 'html', 'url', 'text'])('of the kind %s', { timeout: 90_000 }, async (kind) => {
      const corpus = await corpusFile?.()
      const elements = `${corpus?.oracle.elements_never.join(', ')}, ${elementsNever}`
      const cases = corpus?.payloads.filter((one) => one.kind === kind) ?? []
      expect(cases.length).toBeGreaterThan(10)
      const wrong = cases.flatMap(({ id, payload }) =>
        (kind === 'url' ? wraps(payload) : [payload]).flatMap((text) =>
          show(text, elements).map((one) => `${id}: ${one}`),
        ),
      )
      expect(wrong).toEqual([])
      expect(await harm()).toEqual([])
    })
  },
)

test.each(slowInputs)('$name is shown', { timeout: 20_000 }, ({ parts }) => {
  const place = document.createElement('div')
  document.body.append(place)
  const root = createRoot(place)
  flushSync(() => root.render(<Markdown text={makeInput(parts)} />))
  expect(place.getBoundingClientRect().height).toBeGreaterThanOrEqual(0)
  root.unmount()
  place.remove()
})

const sample = `# Head

Words with **strong**, *em*, ~~gone~~, \`code\`, [a link](https://a.example) and ![a cat](https://a.example/cat.png).

> A quote
> in two lines

- one
  1. inner
- [x] done
- [ ] to do

| Name | Count | A longer heading |
|:-----|:-----:|-----------------:|
| a | 1 | ${'word '.repeat(20)} |

\`\`\`ts
const answer = 42 // ${'long '.repeat(40)}
\`\`\`

${'averyveryverylongword'.repeat(12)} https://a.example/${'path'.repeat(60)}
`

describe.each(['light', 'dark'])('in the %s theme', (theme) => {
  test.each([280, 720])(
    'at %d pixels nothing is wider than its place, and axe finds nothing',
    async (width) => {
      const { container } = await render(
        <main
          data-theme={theme}
          style={{ inlineSize: width, background: 'var(--ts-ground)', color: 'var(--ts-text)' }}
        >
          <Markdown text={sample} />
        </main>,
      )
      const page = container.querySelector('main')
      expect(page?.scrollWidth).toBe(width)
      const { violations: found } = await axe.run(container, { rules: { region: { enabled: false } } })
      expect(found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
    },
  )
})

test('right-to-left words begin at the right, code does not', async () => {
  const { container } = await render(<Markdown text={'שלום עולם\n\n- אחת\n\n```js\nlet x\n```'} />)
  const direction = (selector: string): string | undefined => {
    const one = container.querySelector(selector)
    return one === null ? undefined : getComputedStyle(one).direction
  }
  expect([direction('p'), direction('ul'), direction('pre')]).toEqual(['rtl', 'rtl', 'ltr'])
})
