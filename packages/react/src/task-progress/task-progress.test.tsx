import { taskScript } from '@taskstream/core/testing'
import { act, fireEvent, render, screen } from '@testing-library/react'
import axe from 'axe-core'
import { createRef } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import { config, createHookWorld } from '../../test/hook-world.tsx'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import { TaskProgress } from './task-progress.tsx'

const slots = (): string[] =>
  [...document.querySelectorAll<HTMLElement>('[data-slot="task-progress"] > [data-slot]')].map(
    (element) => element.dataset['slot'] ?? '',
  )

const history = [
  { status: 'queued' as const, at: 1000 },
  { status: 'running' as const, at: 3000 },
]
const running: TaskFacts = {
  status: 'running',
  history,
  connection: { state: 'live' },
  progress: { value: 0.4, stage: 'Denoising' },
  logs: ['one', 'two'],
  partialOutput: 'Once upon',
}

test('one line of code starts a task, shows it, and cancels it', async () => {
  const world = createHookWorld({ script: taskScript.endless({ forMs: 60_000 }) })
  const ref = createRef<HTMLDivElement>()
  render(<TaskProgress ref={ref} config={config} label="Portrait" className="mine" />, {
    wrapper: world.Page,
  })
  await world.advance(2000)
  expect(screen.getByRole('group', { name: 'Portrait' })).toBe(ref.current)
  expect(ref.current).toHaveClass('mine')
  expect(ref.current).toHaveAttribute('data-phase', 'running')
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  await world.advance(5000)
  expect(ref.current).toHaveAttribute('data-phase', 'cancelled')
  expect(screen.getByRole('status')).toHaveTextContent('Task cancelled')
  expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible()
})

test('a running task shows what is known of it, in order, with the log folded and not rendered', () => {
  render(<TaskProgress task={showTask(running)} />)
  expect(slots()).toEqual([
    'task-progress-header',
    'task-progress-summary',
    'task-progress-bar',
    'task-progress-meta',
    'task-progress-partial-output',
    'task-progress-log-section',
    'task-progress-announcer',
  ])
  expect(screen.queryByRole('log')).toBeNull()
})

test('the log can be unfolded from the start', () => {
  render(<TaskProgress task={showTask(running)} defaultLogsOpen />)
  expect(screen.getByRole('log')).toBeVisible()
})

test('each of the sections can be left out, and comes last what the app adds', () => {
  render(
    <TaskProgress task={showTask(running)} stages={false} output={false} logs={false}>
      <p data-slot="mine">mine</p>
    </TaskProgress>,
  )
  expect(slots()).toEqual([
    'task-progress-header',
    'task-progress-summary',
    'task-progress-bar',
    'mine',
    'task-progress-announcer',
  ])
})

test('compact is one line and a bar, and the error where there is one', () => {
  const { rerender } = render(<TaskProgress task={showTask(running)} size="compact" />)
  expect(slots()).toEqual([
    'task-progress-header',
    'task-progress-summary',
    'task-progress-bar',
    'task-progress-announcer',
  ])
  rerender(<TaskProgress task={showTask({ status: 'failed', error: 'no' })} size="compact" />)
  expect(slots()).toContain('task-progress-error')
})

test.each<readonly [string, TaskFacts]>([
  ['idle', {}],
  ['pending', { status: 'queued', connection: { state: 'live' } }],
  ['running', running],
  ['completed', { status: 'completed', output: 'a fox', history }],
  ['failed', { status: 'failed', error: 'x\n'.repeat(40), history }],
  ['cancelled', { status: 'cancelled', history }],
])('axe finds nothing wrong with a task that is %s', async (_, facts) => {
  const { container } = render(<TaskProgress task={showTask(facts)} defaultLogsOpen />)
  // What needs a layout is looked at in a browser.
  const rules = { 'color-contrast': { enabled: false }, region: { enabled: false } }
  const { violations } = await act(() => axe.run(container, { rules }))
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([])
})

test('a server renders it', () => {
  const html = renderToString(<TaskProgress task={showTask(running)} locale="en" />)
  expect(html).toContain('role="progressbar"')
  expect(html).not.toContain('<style')
})
