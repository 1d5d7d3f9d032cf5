import { act, render } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import { Elapsed } from './elapsed.tsx'
import { Eta } from './eta.tsx'
import { Percent } from './percent.tsx'
import { Root } from './root.tsx'

beforeEach(() => void vi.useFakeTimers({ now: 100_000 }))
afterEach(() => void vi.useRealTimers())

const slotText = (name: string): string | null =>
  document.querySelector(`[data-slot="task-progress-${name}"]`)?.textContent ?? null

const element = (facts: TaskFacts) => (
  <Root task={showTask(facts)} locale="en">
    <Percent />
    <Elapsed />
    <Eta />
  </Root>
)

const running: TaskFacts = {
  status: 'running',
  seen: [
    { status: 'queued', at: 40_000 },
    { status: 'running', at: 60_000 },
  ],
  progress: { value: 0.5, etaMs: 12_000, reportedAt: 98_000 },
}

test('an active task counts each second, and an ended one stands still without a timer', () => {
  const { rerender } = render(element(running))
  expect(slotText('elapsed')).toBe('1:00')
  expect(slotText('eta')).toBe('about 10s left')
  act(() => void vi.advanceTimersByTime(2000))
  expect(slotText('elapsed')).toBe('1:02')
  expect(slotText('eta')).toBe('about 8s left')
  rerender(
    element({ status: 'completed', createdAt: 40_000, history: [{ status: 'completed', at: 101_000 }] }),
  )
  expect(slotText('elapsed')).toBe('1:01')
  expect(slotText('eta')).toBeNull()
  expect(slotText('percent')).toBe('100%')
  expect(vi.getTimerCount()).toBe(0)
})

test('an estimate that has run out is not shown', () => {
  render(element(running))
  act(() => void vi.advanceTimersByTime(11_000))
  expect(slotText('eta')).toBeNull()
})

test.each<readonly [string, TaskFacts]>([
  ['that has not begun', {}],
  ['of which only the status is known', { status: 'running' }],
])('a task %s has no times and no percent', (_, facts) => {
  render(element(facts))
  expect([slotText('percent'), slotText('elapsed'), slotText('eta')]).toEqual([null, null, null])
})

test('the duration is there for machines too', () => {
  render(element(running))
  expect(document.querySelector('time')).toHaveAttribute('datetime', 'PT60S')
})

test('a server renders no time that would differ in the browser', () => {
  const html = renderToString(element(running))
  expect(html).toContain('50%')
  expect(html).not.toContain('<time')
  expect(html).not.toContain('left')
})

test('files on their way are not the percent of the task', () => {
  const upload = { fileCount: 1, sentBytes: 1, totalBytes: 2 }
  render(element({ submission: { status: 'uploading', upload } }))
  expect(slotText('percent')).toBeNull()
})
