import { fireEvent, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { ReactElement } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, test, vi } from 'vitest'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import { Output } from './output.tsx'
import { PartialOutput } from './partial-output.tsx'
import { Root } from './root.tsx'

const app = (facts: TaskFacts): ReactElement => (
  <Root task={showTask(facts)} locale="en">
    <PartialOutput />
    <Output />
  </Root>
)
const completed = (output: unknown): ReactElement => app({ status: 'completed', output })
const running = (partialOutput: unknown): ReactElement => app({ status: 'running', partialOutput })
const slots = (name: string): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>(`[data-slot="task-progress-${name}"]`),
]
const slot = (name: string): HTMLElement => {
  const [found] = slots(name)
  if (found === undefined) throw new Error(`There is no ${name}.`)
  return found
}
const at = (path: string): string => `https://f.example/${path}`

describe('the output', () => {
  test('is not there before the task completed, and neither after it failed', () => {
    const { rerender } = render(app({ status: 'running', output: 'done' }))
    expect(slots('output')).toEqual([])
    rerender(app({ status: 'failed', output: 'done', error: 'no' }))
    expect(slots('output')).toEqual([])
    rerender(completed('done'))
    expect(screen.getByRole('group', { name: 'Result' })).toHaveTextContent('done')
  })

  test.each([[null], [{}], [[]]])('that is %j says that there is none', (output) => {
    render(completed(output))
    expect(slot('output-empty')).toHaveTextContent('The task completed without a result')
  })

  test('is what the app makes of its pieces', () => {
    const renderPiece = vi.fn((piece: { readonly kind: string }, element: ReactElement) =>
      piece.kind === 'text' ? <b>mine</b> : element,
    )
    render(
      <Root task={showTask({ status: 'completed', output: ['words', at('a.zip')] })} locale="en">
        <Output renderPiece={renderPiece} />
      </Root>,
    )
    expect(slot('output').querySelector('b')).toHaveTextContent('mine')
    expect(slots('text')).toEqual([])
    expect(slots('file')).toHaveLength(1)
  })

  test('is rendered on a server, without a clipboard', () => {
    const html = renderToString(
      completed(['words', at('a.png'), at('a.mp4'), at('a.wav'), at('a.zip'), { score: 1 }]),
    )
    for (const kind of ['text', 'image', 'video', 'audio', 'file', 'json']) {
      expect(html).toContain(`data-slot="task-progress-${kind}"`)
    }
    expect(html).not.toContain('task-progress-copy')
  })
})

describe('an image', () => {
  const file = { uri: at('a.png'), width: 640, height: 480, size: 1_234_567 }

  test('has its room before it is there', () => {
    render(completed(file))
    expect(slot('media-frame').style.aspectRatio).toBe('640 / 480')
    expect(slot('image')).toHaveAttribute('loading', 'lazy')
    expect(screen.getByRole('img', { name: 'a.png' })).toHaveAttribute('src', at('a.png'))
    expect(slot('caption')).toHaveTextContent('a.pngPNG · 640 × 480 · 1.23 MBOpen')
  })

  test('is linked to, in a page that learns nothing of this one', () => {
    render(completed(file))
    const link = screen.getByRole('link', { name: 'Open' })
    expect(link).toHaveAttribute('href', at('a.png'))
    expect(link).toHaveAttribute('rel', 'noopener noreferrer')
    expect(link).toHaveAttribute('target', '_blank')
  })

  test('that holds scripts when it is navigated to is no link', () => {
    render(completed('data:image/svg+xml,%3Csvg/%3E'))
    expect(slots('image')).toHaveLength(1)
    expect(screen.queryByRole('link')).toBeNull()
  })

  test('that cannot be loaded says so, and is linked to', () => {
    render(completed(file))
    fireEvent.error(slot('image'))
    expect(slots('image')).toEqual([])
    expect(slot('media-failed')).toHaveTextContent('This file could not be shown')
    expect(screen.getByRole('link', { name: 'Open' })).toHaveAttribute('href', at('a.png'))
  })

  test('that comes in place of another is seen when it has loaded, and not before', () => {
    const { rerender } = render(running({ image: at('1.png') }))
    fireEvent.load(slot('image'))
    const first = slot('image')
    rerender(running({ image: at('2.png') }))
    expect(
      slots('image').map((image) => [image.getAttribute('src'), image.hasAttribute('data-coming')]),
    ).toEqual([
      [at('1.png'), false],
      [at('2.png'), true],
    ])
    expect(slot('image')).toBe(first)
    expect(slot('figure')).toHaveAttribute('aria-busy', 'true')
    const second = slots('image')[1]
    if (second !== undefined) fireEvent.load(second)
    // The element that has loaded is the one that is shown: nothing is decoded twice.
    expect(slots('image')).toEqual([second])
    expect(screen.getByRole('img')).toBe(second)
  })

  test('that comes too fast waits for the one before it, and the last one is shown', () => {
    const { rerender } = render(running({ image: at('1.png') }))
    fireEvent.load(slot('image'))
    for (const name of ['2.png', '3.png', '4.png']) rerender(running({ image: at(name) }))
    const sources = (): (string | null)[] => slots('image').map((image) => image.getAttribute('src'))
    expect(sources()).toEqual([at('1.png'), at('2.png')])
    fireEvent.load(slots('image')[1] ?? document.body)
    expect(sources()).toEqual([at('2.png'), at('4.png')])
    fireEvent.load(slots('image')[1] ?? document.body)
    expect(sources()).toEqual([at('4.png')])
  })

  test('that fails to come leaves the one before it', () => {
    const { rerender } = render(running({ image: at('1.png') }))
    fireEvent.load(slot('image'))
    rerender(running({ image: at('2.png') }))
    fireEvent.error(slots('image')[1] ?? document.body)
    expect(slots('image').map((image) => image.getAttribute('src'))).toEqual([at('1.png')])
    expect(slots('media-failed')).toEqual([])
  })
})

describe('a video and a sound', () => {
  test('have the controls of the browser, a name, and load little', () => {
    render(completed([at('a.mp4'), { uri: at('take'), content_type: 'audio/wav', filename: 'take.wav' }]))
    const [video, audio] = [slot('video'), slot('audio')]
    for (const element of [video, audio]) {
      expect(element).toHaveAttribute('controls')
      expect(element).toHaveAttribute('preload', 'metadata')
    }
    expect(video).toHaveAttribute('playsinline')
    expect(video).toHaveAttribute('aria-label', 'a.mp4')
    expect(audio).toHaveAttribute('aria-label', 'take.wav')
  })

  test('that cannot be played say so, and are linked to', () => {
    render(completed(at('a.mp4')))
    fireEvent.error(slot('video'))
    expect(slot('media-failed')).toHaveTextContent('This file could not be shown')
    expect(screen.getByRole('link')).toHaveAttribute('href', at('a.mp4'))
  })
})

describe('a file', () => {
  test('is one link that says what it is', () => {
    render(completed({ uri: at('r?sig=1'), filename: 'report.pdf', size: 45_678 }))
    const link = screen.getByRole('link', { name: 'report.pdf PDF · 45.7 kB Download' })
    expect(link).toHaveAttribute('href', at('r?sig=1'))
    expect(link).toHaveAttribute('download', 'report.pdf')
    expect(link).toHaveAttribute('rel', 'noopener noreferrer')
  })
  test('that is a page is opened', () => {
    render(completed(at('gallery')))
    expect(screen.getByRole('link', { name: 'gallery Open' })).not.toHaveAttribute('download')
  })
})

describe('an address that is not allowed', () => {
  test.each([
    ['a text', 'javascript:alert(1)'],
    ['a file', { uri: 'javascript:alert(1)', filename: 'a.png', content_type: 'image/png' }],
    ['a document', 'data:text/html,<script>alert(1)</script>'],
    ['a long one', `data:text/html,${'a'.repeat(1_000_000)}`],
  ])('as %s is text that says so', (_, output) => {
    render(completed(output))
    expect(slot('blocked')).toHaveTextContent('This address is not allowed, so it is not a link')
    expect(slot('blocked-url').textContent.length).toBeLessThanOrEqual(301)
    expect(slot('output').querySelectorAll('a, img, video, audio, iframe, script')).toHaveLength(0)
  })
})

describe('a text', () => {
  test('is itself: markup is text, and so are line ends and spaces', () => {
    const words = '<img src=x onerror=alert(1)>\n\n  **two**  spaces'
    render(completed(words))
    expect(slot('text-box').textContent).toBe(words)
    expect(slot('text').querySelector('img')).toBeNull()
  })
  test('is copied as it is', async () => {
    const user = userEvent.setup()
    const words = `${'a line\n'.repeat(2000)}the end`
    render(completed(words))
    await user.click(screen.getByRole('button', { name: 'Copy' }))
    expect(await navigator.clipboard.readText()).toBe(words)
    expect(screen.getByRole('button', { name: 'Copied' })).toBeInTheDocument()
  })
  test('that is long has a box that the keyboard reaches', () => {
    const { rerender } = render(completed('short'))
    expect(screen.queryByRole('region')).toBeNull()
    rerender(completed('a line\n'.repeat(30)))
    expect(screen.getByRole('region', { name: 'Result' })).toHaveAttribute('tabindex', '0')
  })
})

describe('what is known before the end', () => {
  test('is shown while the task runs, as what it is', () => {
    const { rerender } = render(running({ response: 'Once upon' }))
    const preview = screen.getByRole('group', { name: 'Preview' })
    expect(preview).toHaveAttribute('aria-busy', 'true')
    expect(slot('text-box')).toHaveTextContent('Once upon')
    const element = slot('text-box')
    rerender(running({ response: 'Once upon a time' }))
    expect(slot('text-box')).toBe(element)
    expect(element).toHaveTextContent('Once upon a time')
    expect(within(preview).queryByRole('button')).toBeNull()
  })
  test.each(['completed', 'failed', 'cancelled'] as const)('is gone when the task has %s', (status) => {
    render(app({ status, partialOutput: 'Once upon', output: null, error: null }))
    expect(slots('partial-output')).toEqual([])
  })
  test.each([[null], [{}], [''], [{ response: '' }]])('is nothing where it is %j', (partialOutput) => {
    render(running(partialOutput))
    expect(slots('partial-output')).toEqual([])
  })
})

describe('anything else', () => {
  test('is a tree that folds, and what is folded is not in the document', async () => {
    const user = userEvent.setup()
    render(
      completed({
        score: 0.5,
        ok: true,
        none: null,
        name: '<b>',
        boxes: Array.from({ length: 30 }, () => ({ x: 1 })),
      }),
    )
    expect(slots('json-leaf').map((leaf) => leaf.textContent)).toEqual([
      'score: 0.5',
      'ok: true',
      'none: null',
      'name: "<b>"',
    ])
    await user.click(screen.getByText('[30]'))
    expect(screen.getAllByText('{ x }')).toHaveLength(30)
    expect(slots('json-leaf')).toHaveLength(4)
  })
  test('beside other pieces begins folded, with its names', () => {
    render(
      completed({ image: at('a.png'), seed: 7, prompt: 'a fox', steps: 30, scale: 7.5, sampler: 'ddim' }),
    )
    expect(slot('json-summary')).toHaveTextContent('{ seed, prompt, steps, scale, sampler }')
    expect(slots('json-leaf')).toEqual([])
  })

  test('of a few plain values is shown open, also beside other pieces', () => {
    render(completed({ image: at('a.png'), seed: 7, prompt: 'a fox' }))
    expect(slots('json-leaf').map((leaf) => leaf.textContent)).toEqual(['seed: 7', 'prompt: "a fox"'])
  })
  test('that is long shows its beginning, and more when it is asked for', async () => {
    const user = userEvent.setup()
    render(completed(Array.from({ length: 5230 }, (_, index) => index)))
    expect(slots('json-leaf')).toHaveLength(100)
    await user.click(screen.getByRole('button', { name: '… 5,130 more' }))
    expect(slots('json-leaf')).toHaveLength(200)
    expect(slots('json-leaf').at(-1)).toHaveTextContent('199: 199')
  })
  test('that is deep, wide or unlike JSON is shown too', () => {
    let deep: unknown = 'bottom'
    for (let level = 0; level < 3000; level++) deep = [deep]
    const circle: Record<string, unknown> = { text_of: 'a'.repeat(100_000) }
    circle['self'] = circle
    const { rerender } = render(completed({ deep }))
    expect(slots('json-branch').length).toBeGreaterThan(1)
    rerender(completed(circle))
    expect(slot('json-value').textContent.length).toBeLessThan(1100)
    rerender(completed({ ['__proto__x']: 1, ['a'.repeat(5000)]: 2 }))
    expect(slots('json-name').every((name) => name.textContent.length <= 1001)).toBe(true)
  })
  test('is copied as JSON', async () => {
    const user = userEvent.setup()
    render(completed({ score: 0.5 }))
    await user.click(screen.getByRole('button', { name: 'Copy' }))
    expect(await navigator.clipboard.readText()).toBe('{\n  "score": 0.5\n}')
  })
})
