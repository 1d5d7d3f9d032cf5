import { StreamError } from '@taskstream/core'
import { act, fireEvent, render, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import { Connection } from './connection.tsx'
import { Root } from './root.tsx'
import { TaskProgress } from './task-progress.tsx'

const startMs = 10_000_000
beforeEach(() => void vi.useFakeTimers({ now: startMs }))
afterEach(() => void vi.useRealTimers())

const fault = new StreamError('network', 'The line broke.', { retryable: true })
const refusal = new StreamError('unauthorized', 'You are not signed in.')
const reconnect = vi.fn()

function show(facts: TaskFacts): HTMLElement | null {
  reconnect.mockClear()
  render(
    <Root task={showTask(facts, { reconnect })} locale="en">
      <Connection />
    </Root>,
  )
  return screen.queryByRole('group', { name: 'Connection' })
}

function wordsOf(element: HTMLElement | null): string | undefined {
  return element?.querySelector('[data-slot="task-progress-connection-text"]')?.textContent
}

type Line = NonNullable<TaskFacts['connection']>

const lines: readonly (readonly [name: string, line: Line, words: string, button: string | null])[] = [
  ['left', {}, 'Not connected', 'Reconnect'],
  ['connecting', { state: 'connecting' }, 'Connecting', null],
  ['live', { state: 'live', lastEventAt: startMs - 59_999 }, 'Live', null],
  ['live and has never said a word', { state: 'live' }, 'Live', null],
  ['live without news', { state: 'live', lastEventAt: startMs - 200_000 }, 'Live no news for 3m', null],
  ['asked', { state: 'polling', lastEventAt: startMs }, 'Checking', null],
  ['asked in vain', { state: 'polling', lastEventAt: startMs - 60_000 }, 'Checking no news for 1m', null],
  ['stalled', { state: 'stalled', lastEventAt: startMs - 200_000 }, 'No signal', null],
  ['ahead of our clock', { state: 'live', lastEventAt: startMs + 200_000 }, 'Live', null],
  [
    'waiting',
    { state: 'reconnecting', attempt: 3, nextRetryAt: startMs + 4000, error: fault },
    'Reconnecting in 4s attempt 3',
    'Retry now',
  ],
  [
    'waiting for nothing any more',
    { state: 'reconnecting', attempt: 3, nextRetryAt: startMs - 1, error: fault },
    'Reconnecting attempt 3',
    'Retry now',
  ],
  ['trying', { state: 'reconnecting', attempt: 12, error: fault }, 'Reconnecting attempt 12', null],
  ['trying for the first time', { state: 'reconnecting', error: fault }, 'Reconnecting', null],
  ['offline', { state: 'offline', attempt: 2, error: fault }, 'Offline waiting for the network', 'Retry now'],
  ['given up', { state: 'closed', error: fault }, 'Connection lost', 'Retry now'],
  ['refused', { state: 'closed', error: refusal }, 'Disconnected', 'Reconnect'],
  ['over', { state: 'closed' }, 'Disconnected', null],
]

test.each(lines)(
  'a line that is %s is told in words, with a button where one helps',
  (_, connection, words, name) => {
    const element = show({ status: 'running', connection })
    expect(wordsOf(element)).toBe(words)
    expect(element).toHaveAttribute('data-connection', connection.state ?? 'idle')
    expect(screen.queryAllByRole('button').map(({ textContent }) => textContent)).toEqual(
      name === null ? [] : [name],
    )
  },
)

test.each(lines)('a line that is %s changes nothing of the task, and speaks to nobody', (_, connection) => {
  const card = (line: Line) => (
    <TaskProgress
      task={showTask({ status: 'running', progress: { value: 0.4, stage: 'Denoising' }, connection: line })}
    />
  )
  const shown = (): unknown => {
    const bar = screen.getByRole('progressbar')
    return {
      status: document.querySelector('[data-slot="task-progress-status"]')?.textContent,
      bar: ['aria-valuenow', 'aria-valuetext', 'data-state'].map((name) => bar.getAttribute(name)),
      style: document.querySelector('[data-slot="task-progress-indicator"]')?.getAttribute('style'),
    }
  }
  const { rerender } = render(card({ state: 'live' }))
  const before = shown()
  rerender(card(connection))
  expect(shown()).toEqual(before)
  // One place speaks: whatever else changes each second is not a live region.
  expect(document.querySelectorAll('[aria-live], [role="status"], [role="alert"]')).toHaveLength(1)
})

test('the wait is counted down each second, and no timer stays behind', () => {
  const { unmount } = render(
    <Root
      task={showTask({
        status: 'running',
        connection: { state: 'reconnecting', nextRetryAt: startMs + 3500, error: fault },
      })}
      locale="en"
    >
      <Connection />
    </Root>,
  )
  const words = (): string | undefined => wordsOf(screen.getByRole('group', { name: 'Connection' }))
  const shown = [words()]
  for (let second = 1; second <= 4; second++) {
    act(() => void vi.advanceTimersByTime(1000))
    shown.push(words())
  }
  expect(shown).toEqual([
    'Reconnecting in 4s',
    'Reconnecting in 3s',
    'Reconnecting in 2s',
    'Reconnecting in 1s',
    'Reconnecting',
  ])
  unmount()
  expect(vi.getTimerCount()).toBe(0)
})

test('what is not news grows by the minute, and is silent', () => {
  const element = show({ status: 'running', connection: { state: 'live', lastEventAt: startMs } })
  const shown = [wordsOf(element)]
  for (const seconds of [59, 1, 60, 3600]) {
    act(() => void vi.advanceTimersByTime(seconds * 1000))
    shown.push(wordsOf(element))
  }
  expect(shown).toEqual([
    'Live',
    'Live',
    'Live no news for 1m',
    'Live no news for 2m',
    'Live no news for 1h 02m',
  ])
  expect(element).toHaveAttribute('data-quiet')
  expect(screen.getByRole('status')).toHaveTextContent('')
})

test.each(['queued', 'scheduled', 'preparing', 'serving', 'setting_up', 'unknown'] as const)(
  'no news is expected of a task that is %s',
  (status) => {
    const element = show({ status, connection: { state: 'live', lastEventAt: startMs - 3_600_000 } })
    expect(wordsOf(element)).toBe('Live')
    expect(element).not.toHaveAttribute('data-quiet')
  },
)

test.each<readonly [string, Line]>([
  ['given up', { state: 'closed', error: fault }],
  ['offline', { state: 'offline', error: fault }],
  ['waiting', { state: 'reconnecting', nextRetryAt: startMs + 9000, error: fault }],
])('the button of a line that is %s asks for an attempt now', (_, connection) => {
  const element = show({ status: 'running', connection })
  if (element === null) throw new Error('There is no connection.')
  fireEvent.click(within(element).getByRole('button', { name: 'Retry now' }))
  expect(reconnect).toHaveBeenCalledTimes(1)
})

test('the keyboard stays in the card while the attempt that it asked for is made', () => {
  const card = (connection: Line) => (
    <TaskProgress task={showTask({ status: 'running', connection })} label="A task" />
  )
  const { rerender } = render(card({ state: 'offline', error: fault }))
  screen.getByRole('button', { name: 'Retry now' }).focus()
  rerender(card({ state: 'reconnecting', nextRetryAt: startMs + 9000, error: fault }))
  expect(screen.getByRole('button', { name: 'Retry now' })).toHaveFocus()
  rerender(card({ state: 'reconnecting', error: fault }))
  expect(screen.getByRole('group', { name: 'A task' })).toHaveFocus()
})

test.each<readonly [string, TaskFacts]>([
  ['that nobody started', {}],
  ['that the server does not have yet', { submission: { status: 'sending' } }],
  ['that completed', { status: 'completed', connection: { state: 'closed' } }],
  ['that failed', { status: 'failed', connection: { state: 'closed' } }],
  ['that was cancelled', { status: 'cancelled', connection: { state: 'closed' } }],
])('a task %s needs no line', (_, facts) => {
  expect(show(facts)).toBeNull()
})
