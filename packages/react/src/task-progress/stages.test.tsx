import { render, screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import { Root } from './root.tsx'
import { Stages } from './stages.tsx'

const history = [
  { status: 'queued' as const, at: 1000 },
  { status: 'preparing' as const, at: 3300 },
  { status: 'running' as const, at: 8000 },
]

function show(facts: TaskFacts): HTMLElement[] {
  render(
    <Root task={showTask(facts)} locale="en">
      <Stages />
    </Root>,
  )
  return screen.getAllByRole('listitem')
}

test('a running task has passed stages, one that is active, and some to come', () => {
  const items = show({ status: 'running', history })
  expect(items.map((item) => item.dataset['state'])).toEqual(['passed', 'passed', 'active', 'todo', 'todo'])
  expect(items.map((item) => item.getAttribute('aria-current'))).toEqual([null, null, 'step', null, null])
  expect(items.map((item) => item.textContent)).toEqual(['Queue2.3s', 'Prepare4.7s', 'Run', 'Save', 'Done'])
})

test('a stage that was never seen is skipped, and the one where it failed is stopped', () => {
  const seen = [history[0], history[2]].filter((change) => change !== undefined)
  const items = show({ status: 'failed', history: [...seen, { status: 'failed', at: 9000 }] })
  expect(items.map((item) => item.dataset['state'])).toEqual(['passed', 'skipped', 'stopped', 'todo', 'todo'])
  expect(items.every((item) => item.getAttribute('aria-current') === null)).toBe(true)
})

test('what only a mark shows has a name for screen readers', () => {
  const seen = [history[0], history[2]].filter((change) => change !== undefined)
  const items = show({ status: 'failed', history: [...seen, { status: 'failed', at: 9000 }] })
  const marks = items.map((item) => within(item).queryByRole('img')?.getAttribute('aria-label') ?? null)
  expect(marks).toEqual(['done', 'skipped', 'stopped here', null, null])
})

test('it is a list for screen readers without bullets too', () => {
  show({ status: 'running', history })
  expect(screen.getByRole('list')).toHaveAttribute('role', 'list')
})

test('a function shows each stage in its own way', () => {
  render(
    <Root task={showTask({ status: 'running', history })}>
      <Stages>{({ name, state }) => <li>{`${name}: ${state}`}</li>}</Stages>
    </Root>,
  )
  expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toContain('preparing: passed')
})
