import axe from 'axe-core'
import type { ReactElement } from 'react'
import { describe, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import '../styles.css'
import { Output } from './output.tsx'
import { PartialOutput } from './partial-output.tsx'
import { Root } from './root.tsx'

const app = (facts: TaskFacts): ReactElement => (
  <main style={{ inlineSize: 600 }}>
    <Root task={showTask(facts)} locale="en">
      <PartialOutput />
      <Output />
    </Root>
  </main>
)
const running = (partialOutput: unknown): ReactElement => app({ status: 'running', partialOutput })
const completed = (output: unknown): ReactElement => app({ status: 'completed', output })

const picture = (color: string, width = 400, height = 300): string =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${color}"/></svg>`,
  )}`

async function painted(): Promise<void> {
  for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
}

/** After the animation of a wheel: three times three frames without movement. */
async function scrollEnd(element: HTMLElement): Promise<void> {
  let top = Number.NaN
  for (let still = 0; still < 3;) {
    await painted()
    still = element.scrollTop === top ? still + 1 : 0
    top = element.scrollTop
  }
}

function find(container: HTMLElement, slot: string): HTMLElement {
  const found = container.querySelector<HTMLElement>(`[data-slot="task-progress-${slot}"]`)
  if (found === null) throw new Error(`There is no ${slot}.`)
  return found
}

/** Until an image of the document has loaded and is painted. */
async function loaded(container: HTMLElement, src: string): Promise<void> {
  const image = [...container.querySelectorAll('img')].find((one) => one.src === src)
  if (image === undefined) throw new Error(`There is no image ${src}.`)
  await image.decode()
  await painted()
}

describe('a text that grows', () => {
  const words = (count: number): string => 'word after word\n'.repeat(count)

  test('is followed at its end until the reader scrolls away, and its result is shown from its beginning', async () => {
    const { container, rerender } = await render(running(words(2)))
    for (const count of [20, 60, 200, 1000]) {
      await rerender(running(words(count)))
      await painted()
    }
    const box = find(container, 'text-box')
    expect(box.scrollHeight).toBeGreaterThan(box.clientHeight * 10)
    expect(box.scrollHeight - box.clientHeight - box.scrollTop).toBeLessThanOrEqual(1)
    await userEvent.wheel(box, { delta: { y: -300 } })
    await scrollEnd(box)
    const top = box.scrollTop
    await rerender(running(words(1200)))
    await painted()
    expect(box.scrollTop).toBe(top)
    await rerender(completed(words(1200)))
    await painted()
    expect(find(container, 'text-box').scrollTop).toBe(0)
  })
})

describe('an image', () => {
  test('moves nothing when it comes, where its size is said', async () => {
    const src = picture('teal')
    const { container } = await render(completed({ uri: src, width: 400, height: 300 }))
    const frame = find(container, 'media-frame')
    const before = frame.getBoundingClientRect().toJSON() as unknown
    await loaded(container, src)
    expect(frame.getBoundingClientRect().toJSON()).toEqual(before)
    expect(before).toMatchObject({ width: 400, height: 300 })
  })

  test('is as large as it is where nobody said its size, and no larger than what is around it', async () => {
    const small = picture('teal', 64, 32)
    const { container, rerender } = await render(completed(small))
    await loaded(container, small)
    expect(find(container, 'media-frame').getBoundingClientRect()).toMatchObject({ width: 64, height: 32 })
    const large = picture('teal', 4000, 2000)
    await rerender(completed([large]))
    await loaded(container, large)
    expect(find(container, 'media-frame').getBoundingClientRect()).toMatchObject({ width: 600, height: 300 })
  })

  test('that gets better is never gone in between', async () => {
    const [first, second] = [picture('red'), picture('teal')]
    const { container, rerender } = await render(running({ image: first }))
    await loaded(container, first)
    await rerender(running({ image: second }))
    const seen = [...container.querySelectorAll('img')].filter(
      (image) => getComputedStyle(image).opacity !== '0',
    )
    expect(seen.map((image) => image.complete && image.naturalWidth > 0)).toEqual([true])
    await loaded(container, second)
    expect([...container.querySelectorAll('img')].map((image) => image.src)).toEqual([second])
  })
})

test('the tree of values is opened and closed with the keyboard', async () => {
  const { container } = await render(completed({ image: picture('teal'), seed: 7, list: [1, 2] }))
  const summary = find(container, 'json-summary')
  summary.focus()
  await userEvent.keyboard('{Enter}')
  await painted()
  expect(find(container, 'json-items')).toHaveTextContent('seed: 7list: [2]')
  await userEvent.keyboard(' ')
  await painted()
  expect(find(container, 'json-items').textContent).toBe('')
})

test.each(['light', 'dark'])('the outputs have no fault that axe finds, in %s', async (theme) => {
  document.documentElement.dataset['theme'] = theme
  document.body.style.background = 'var(--ts-ground)'
  try {
    const everything = [
      picture('teal'),
      { uri: 'https://f.example/a.pdf', size: 5000 },
      'a line\n'.repeat(100),
      'javascript:alert(1)',
      { score: 0.5, ok: true, none: null, name: 'fox', list: [1] },
    ]
    for (const shown of [
      completed(everything),
      completed({ score: 0.5, ok: true, name: 'fox' }),
      running('so far'),
    ]) {
      const { container, unmount } = await render(shown)
      await painted()
      const { violations } = await axe.run(container)
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
      await unmount()
    }
  } finally {
    delete document.documentElement.dataset['theme']
    document.body.style.background = ''
  }
})
