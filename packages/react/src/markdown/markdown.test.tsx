import { act, fireEvent, render, screen } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { describe, expect, test, vi } from 'vitest'
import { hostileTexts } from '../../test/hostile-markdown.ts'
import { Markdown, type Highlight, type MarkdownComponents, type MarkdownProps } from './index.ts'

const html = (text: string, props: Partial<MarkdownProps> = {}): string => {
  const { container, unmount } = render(<Markdown text={text} {...props} />)
  const made = container.firstElementChild?.innerHTML ?? ''
  unmount()
  return made
}

const link = (href: string, words: string): string =>
  `<a href="${href}" rel="noopener noreferrer nofollow" target="_blank">${words}</a>`

describe('structure', () => {
  test.each([
    ['words', '<p dir="auto">words</p>'],
    ['# One', '<h3 dir="auto">One</h3>'],
    ['##### Five', '<h6 dir="auto">Five</h6>'],
    ['*a* **b** ~~c~~ `d`', '<p dir="auto"><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>'],
    ['a  \nb', '<p dir="auto">a<br>b</p>'],
    ['> a', '<blockquote dir="auto"><p dir="auto">a</p></blockquote>'],
    ['- a\n- b', '<ul dir="auto"><li>a</li><li>b</li></ul>'],
    ['- a\n\n- b', '<ul dir="auto"><li><p dir="auto">a</p></li><li><p dir="auto">b</p></li></ul>'],
    ['3. a\n   - b', '<ol dir="auto" start="3"><li>a<ul dir="auto"><li>b</li></ul></li></ol>'],
    ['---', '<hr>'],
    ['<b>a</b> &amp; c', '<p dir="auto">&lt;b&gt;a&lt;/b&gt; &amp; c</p>'],
    ['[a](https://a.example)', `<p dir="auto">${link('https://a.example/', 'a')}</p>`],
    ['www.a.example/x.', `<p dir="auto">${link('https://www.a.example/x', 'www.a.example/x')}.</p>`],
    ['me@a.example', `<p dir="auto">${link('mailto:me@a.example', 'me@a.example')}</p>`],
    [
      '[a <https://b.example> c](https://a.example)',
      `<p dir="auto">${link('https://a.example/', 'a https://b.example c')}</p>`,
    ],
    ['main.ts, lib.rs and a.py', '<p dir="auto">main.ts, lib.rs and a.py</p>'],
    ['ftp://a.example //a.example', '<p dir="auto">ftp://a.example //a.example</p>'],
  ])('%j', (text, expected) => {
    expect(html(text)).toBe(expected)
  })

  test('a table has a head with scopes, its alignment, and a box that scrolls', () => {
    render(<Markdown text={'| a | b |\n|:-:|--:|\n| 1 | 2 |'} />)
    const box = screen.getByRole('group', { name: 'Table' })
    expect(box).toHaveAttribute('tabindex', '0')
    expect(screen.getByRole('columnheader', { name: 'a' })).toHaveAttribute('data-align', 'center')
    expect(screen.getByRole('columnheader', { name: 'a' })).toHaveAttribute('scope', 'col')
    expect(screen.getByRole('cell', { name: '2' })).toHaveAttribute('data-align', 'right')
  })

  test('the boxes of a list of tasks cannot be changed and are named by their words', () => {
    render(<Markdown text={'- [x] **done**\n- [ ] to do\n  - part'} />)
    expect(screen.getByRole('checkbox', { name: 'done' })).toBeChecked()
    expect(screen.getByRole('checkbox', { name: 'to do' })).not.toBeChecked()
    for (const box of screen.getAllByRole('checkbox')) expect(box).toBeDisabled()
    expect(screen.getByText('part').tagName).toBe('LI')
  })

  test('code has its language, a name and a box that the keyboard reaches', () => {
    render(
      <Markdown
        text={'```ts title\nconst a = 1\n```'}
        labels={{ codeName: (language) => `Quelltext ${language}` }}
      />,
    )
    const box = screen.getByRole('group', { name: 'Quelltext ts' })
    expect(box).toHaveTextContent('const a = 1')
    expect(box).toHaveAttribute('tabindex', '0')
    expect(screen.getByText('ts')).toBeInTheDocument()
  })

  test('nothing is nested deeper than a page can bear, and no words get lost', () => {
    const depth = 2000
    for (const text of [
      `${'> '.repeat(depth)}deep`,
      `${'*a **b '.repeat(depth)}deep${'** *'.repeat(depth)}`,
    ]) {
      const { container, unmount } = render(<Markdown text={text} />)
      expect(container).toHaveTextContent(/deep/)
      let deepest = 0
      for (let one = container.querySelector(':scope *'); one !== null; one = one.querySelector(':scope *'))
        deepest++
      expect(deepest).toBeLessThan(70)
      unmount()
    }
  })

  test('the server renders what the browser does', () => {
    const text = '# a\n\n- [x] b\n\n```js\nc\n```'
    const { container } = render(<Markdown text={text} />)
    const onServer = document.createElement('div')
    onServer.innerHTML = renderToString(<Markdown text={text} />)
    expect(onServer.querySelector('pre')?.textContent).toBe(container.querySelector('pre')?.textContent)
  })
})

describe('addresses', { timeout: 30_000 }, () => {
  test.each(hostileTexts)('%j makes no element and no attribute of it', (text) => {
    for (let end = 1; end <= text.length; end++) {
      const { container, unmount } = render(
        <Markdown text={text.slice(0, end)} isStreaming={end < text.length} />,
      )
      expect(
        container.querySelector('script, iframe, img, svg, math, style, form, base, meta, object'),
      ).toBeNull()
      for (const one of container.querySelectorAll('*')) {
        const names = one.getAttributeNames()
        expect(names.filter((name) => /^on|^(?:src|srcdoc|id|name|style|action)$/.test(name))).toEqual([])
        const href = one.getAttribute('href')
        if (href !== null) expect(href).toMatch(/^(?:https?:\/\/(?!.*@)|mailto:[^?%]+$)/)
        if (href !== null) expect(one).toHaveAttribute('rel', 'noopener noreferrer nofollow')
      }
      unmount()
    }
  })

  test('a link that is not allowed is its words', () => {
    expect(html('[**a**](javascript:alert(1))')).toBe('<p dir="auto"><strong>a</strong></p>')
  })
})

describe('images', () => {
  const image = '![a cat](https://a.example/cat.png "Tom")'

  test('are words with the host unless they are allowed', () => {
    expect(html(image)).toContain('<span data-slot="markdown-image-off">Image: a cat (a.example)</span>')
    expect(html('![](javascript:x)')).toContain('>Image<')
    expect(html('![p](data:image/png;base64,AA==)')).toContain('>Image: p<')
  })

  test('are loaded late and without a referrer where they are allowed', () => {
    render(<Markdown text={image} allowImages />)
    const shown = screen.getByRole('img', { name: 'a cat' })
    expect(shown).toHaveAttribute('src', 'https://a.example/cat.png')
    expect(shown).toHaveAttribute('loading', 'lazy')
    expect(shown).toHaveAttribute('referrerpolicy', 'no-referrer')
    expect(shown).toHaveAttribute('title', 'Tom')
  })

  test('are asked for by their address as the browser reads it', () => {
    const allowImages = vi.fn((url: string) => new URL(url).host === 'a.example')
    expect(html(image, { allowImages })).toContain('<img')
    expect(html('![x](https://b.example/x.png)', { allowImages })).not.toContain('<img')
    expect(html('![x](HTTPS://A.example:443/x.png)', { allowImages })).toContain(
      'src="https://a.example/x.png"',
    )
  })

  test('of an address that is never allowed stay words', () => {
    expect(html('![x](javascript:alert(1)) ![y](/y.png)', { allowImages: true })).not.toContain('<img')
  })
})

describe('highlighting', () => {
  const code = '```ts\nconst a = 1\n```\n'
  const bold: Highlight = (text) => <b>{text}</b>

  test('comes after the plain code', async () => {
    const { container } = render(<Markdown text={code} highlight={bold} />)
    expect(container.querySelector('b')).toBeNull()
    await act(async () => {})
    expect(container.querySelector('pre b')).toHaveTextContent('const a = 1')
  })

  test('waits for the end of the block', async () => {
    const highlight = vi.fn(bold)
    const { rerender } = render(<Markdown text={'```ts\nconst'} isStreaming highlight={highlight} />)
    await act(async () => {})
    expect(highlight).not.toHaveBeenCalled()
    rerender(<Markdown text={code} isStreaming highlight={highlight} />)
    await act(async () => {})
    expect(highlight).toHaveBeenCalledWith('const a = 1', 'ts')
  })

  test('that fails leaves the code plain', async () => {
    const failing: Highlight = () => Promise.reject(new Error('No such language'))
    const { container } = render(<Markdown text={code} highlight={failing} />)
    await act(async () => {})
    expect(container.querySelector('pre')).toHaveTextContent('const a = 1')
  })

  test('is not asked for code without a language', async () => {
    const highlight = vi.fn(bold)
    render(<Markdown text={'```\na\n```'} highlight={highlight} />)
    await act(async () => {})
    expect(highlight).not.toHaveBeenCalled()
  })
})

describe('copying', () => {
  test('gives the code, with words of its own', async () => {
    const writeText = vi.fn(() => Promise.resolve())
    vi.stubGlobal('navigator', { clipboard: { writeText } })
    render(<Markdown text={'```\na\n  b\n```'} labels={{ copy: 'Kopieren', copied: 'Kopiert' }} />)
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Kopieren' })))
    expect(writeText).toHaveBeenCalledWith('a\n  b')
    expect(screen.getByRole('button', { name: 'Kopiert' })).toBeInTheDocument()
    vi.unstubAllGlobals()
  })
})

describe('rendering', () => {
  const counting = (): { readonly components: MarkdownComponents; readonly rendered: string[] } => {
    const rendered: string[] = []
    return {
      rendered,
      components: {
        p: ({ children }) => {
          rendered.push(JSON.stringify(children))
          return <p>{children}</p>
        },
        li: ({ children }) => {
          rendered.push(JSON.stringify(children))
          return <li>{children}</li>
        },
      },
    }
  }

  test('a token renders the last block only', () => {
    const { components, rendered } = counting()
    const text = 'One.\n\nTwo.\n\nThree'
    const { rerender } = render(<Markdown text={text} isStreaming components={components} />)
    rendered.length = 0
    for (const end of [' is', ' is here', ' is here.']) {
      rerender(<Markdown text={text + end} isStreaming components={components} />)
    }
    expect(new Set(rendered)).toEqual(new Set(['"Three is"', '"Three is here"', '"Three is here."']))
  })

  test('an item that is added to a long list renders the last ones only', () => {
    const { components, rendered } = counting()
    const text = Array.from({ length: 1000 }, (_, at) => `- item ${at}\n`).join('')
    const { rerender } = render(<Markdown text={text} isStreaming components={components} />)
    rendered.length = 0
    rerender(<Markdown text={`${text}- one more`} isStreaming components={components} />)
    expect(rendered.length).toBeGreaterThan(0)
    expect(new Set(rendered).size).toBeLessThan(300)
  })

  test('a component stands in for a tag and gets what its tag gets', () => {
    const components: MarkdownComponents = {
      a: ({ href, children }) => <em data-to={href}>{children}</em>,
      codeBlock: ({ code, language }) => <samp>{`${language}: ${code}`}</samp>,
    }
    expect(html('[a](https://a.example)\n\n```js\nb\n```', { components })).toBe(
      '<p dir="auto"><em data-to="https://a.example/">a</em></p><samp>js: b</samp>',
    )
  })
})
