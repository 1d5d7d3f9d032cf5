import { StreamError } from '@taskstream/core'
import axe from 'axe-core'
import { afterEach, expect, test } from 'vitest'
import { render } from 'vitest-browser-react'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import '../styles.css'
import { TaskProgress } from './task-progress.tsx'

const history = [
  { status: 'queued' as const, at: 1000 },
  { status: 'running' as const, at: 3000 },
]
const running: TaskFacts = { status: 'running', history, seen: history, connection: { state: 'live' } }
const reported: TaskFacts = {
  ...running,
  progress: { value: 0.25, etaMs: 90_000, reportedAt: Date.now() },
}
const broken: TaskFacts = {
  ...reported,
  connection: { state: 'reconnecting', nextRetryAt: Date.now() + 3_600_000 },
}

const fault = new StreamError('network', 'The line broke.', { retryable: true })

/** Lines of which there is much to say. */
const wordy: readonly NonNullable<TaskFacts['connection']>[] = [
  { state: 'reconnecting', attempt: 12, nextRetryAt: Date.now() + 3_600_000, error: fault },
  { state: 'offline', attempt: 1, error: fault },
  { state: 'closed', error: fault },
  { state: 'live', lastEventAt: Date.now() - 8_000_000 },
]

const page = document.documentElement
afterEach(() => {
  delete page.dataset['theme']
  page.dir = ''
})

const find = (slot: string): HTMLElement => {
  const element = document.querySelector<HTMLElement>(`[data-slot="task-progress${slot}"]`)
  if (element === null) throw new Error(`There is no ${slot}.`)
  return element
}

const states: readonly (readonly [string, TaskFacts])[] = [
  ['queued', { status: 'queued', connection: { state: 'live' } }],
  ['running', { ...reported, partialOutput: 'Once upon a time' }],
  ['reconnecting', broken],
  ['offline', { ...reported, connection: { state: 'offline', error: fault } }],
  ['without news', { ...reported, connection: { state: 'live', lastEventAt: 0 } }],
  ['disconnected', { ...reported, connection: { state: 'closed', error: fault } }],
  ['completed', { status: 'completed', output: 'a fox', history }],
  ['failed', { status: 'failed', error: 'out of memory', progress: { value: 0.4 } }],
  ['cancelled', { status: 'cancelled', history }],
]

test.each(states.flatMap(([name, facts]) => ['light', 'dark'].map((theme) => ({ name, facts, theme }))))(
  'axe finds nothing wrong with a $name task in the $theme theme',
  async ({ facts, theme }) => {
    page.dataset['theme'] = theme
    const { container } = await render(<TaskProgress task={showTask(facts)} />)
    const { violations } = await axe.run(container, { rules: { region: { enabled: false } } })
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([])
  },
)

test.each([720, 520, 360])('nothing moves when percent and time left appear, at %d px', async (width) => {
  const show = (facts: TaskFacts) => (
    <div style={{ inlineSize: width }}>
      <TaskProgress task={showTask(facts)} />
    </div>
  )
  const { rerender } = await render(show(running))
  const before = find('').getBoundingClientRect()
  const bar = find('-bar').getBoundingClientRect()
  await rerender(show(reported))
  expect(find('-eta')).toBeVisible()
  expect(find('').getBoundingClientRect().height).toBe(before.height)
  expect(find('-bar').getBoundingClientRect()).toEqual(bar)
})

test.each(['ltr', 'rtl'])('the bar is full from the start of the line, written %s', async (dir) => {
  page.dir = dir
  await render(<TaskProgress task={showTask(reported)} />)
  const indicator = find('-indicator')
  await Promise.all(indicator.getAnimations().map(({ finished }) => finished))
  const track = find('-track').getBoundingClientRect()
  const full = indicator.getBoundingClientRect()
  expect(full.width).toBeCloseTo(track.width / 4, 0)
  expect(dir === 'ltr' ? full.left : full.right).toBeCloseTo(dir === 'ltr' ? track.left : track.right, 0)
})

test.each([320, 400, 480, 520, 560, 600, 640])(
  'a card of %d px shows no part outside of itself, and cuts no word of a line',
  async (width) => {
    await render(
      <div style={{ inlineSize: width }}>
        {wordy.map((connection) => (
          <div key={connection.state}>
            <TaskProgress task={showTask({ ...reported, connection })} label="A task" />
            <TaskProgress task={showTask({ ...reported, connection })} label="A task" size="compact" />
          </div>
        ))}
      </div>,
    )
    for (const card of document.querySelectorAll('[data-slot="task-progress"]')) {
      const { left, right } = card.getBoundingClientRect()
      for (const element of card.querySelectorAll('[data-slot]:not([data-slot="task-progress-indicator"])')) {
        const box = element.getBoundingClientRect()
        // What is not shown has no place.
        if (box.width === 0) continue
        expect(box.left).toBeGreaterThanOrEqual(left)
        expect(box.right).toBeLessThanOrEqual(right)
      }
    }
    for (const text of document.querySelectorAll('[data-slot="task-progress-connection-text"]')) {
      expect(text.scrollWidth).toBeLessThanOrEqual(text.clientWidth)
    }
  },
)

test.each(wordy.map((connection) => connection.state))(
  'a line that comes and goes moves neither status nor bar in a wide card: %s',
  async (state) => {
    const connection = wordy.find((one) => one.state === state) ?? {}
    const show = (facts: TaskFacts) => (
      <div style={{ inlineSize: 720 }}>
        <TaskProgress task={showTask(facts)} label="A task" />
      </div>
    )
    const { rerender } = await render(show(reported))
    const before = ['-status', '-bar', '-indicator'].map((slot) => find(slot).getBoundingClientRect())
    await rerender(show({ ...reported, connection }))
    const after = ['-status', '-bar', '-indicator'].map((slot) => find(slot).getBoundingClientRect())
    expect(after).toEqual(before)
    await Promise.all(
      find('-indicator')
        .getAnimations()
        .map(({ finished }) => finished),
    )
    expect(getComputedStyle(find('-indicator')).opacity).toBe(state === 'closed' ? '0.55' : '1')
  },
)

test('a rule of the app wins over the stylesheet without a fight', async () => {
  const style = document.createElement('style')
  style.textContent = 'div { border-radius: 3px }'
  document.head.append(style)
  await render(<TaskProgress task={showTask(running)} />)
  expect(getComputedStyle(find('')).borderRadius).toBe('3px')
  style.remove()
})
