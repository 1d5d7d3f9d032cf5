import { StreamError } from '@taskstream/core'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import { Connection } from './connection.tsx'
import { Root } from './root.tsx'

beforeEach(() => void vi.useFakeTimers({ now: 100_000 }))
afterEach(() => void vi.useRealTimers())

const fault = new StreamError('network', 'The line broke.', { retryable: true })
const reconnect = vi.fn()

function show(facts: TaskFacts): HTMLElement | null {
  reconnect.mockClear()
  render(
    <Root task={showTask(facts, { reconnect })} locale="en">
      <Connection />
    </Root>,
  )
  return document.querySelector('[data-slot="task-progress-connection"]')
}

test.each<readonly [string, TaskFacts['connection'], string, boolean]>([
  ['idle', {}, 'Not connected', true],
  ['connecting', { state: 'connecting' }, 'Connecting', false],
  ['live', { state: 'live' }, 'Live', false],
  ['stalled', { state: 'stalled' }, 'No signal', false],
  [
    'waiting',
    { state: 'reconnecting', nextRetryAt: 104_000, error: fault },
    'Reconnectingnext try in 4s',
    true,
  ],
  ['trying again', { state: 'reconnecting', error: fault }, 'Reconnecting', false],
  ['given up', { state: 'closed', error: fault }, 'Disconnected', true],
])('a line that is %s is told in words, with a button where one helps', (_, connection, words, hasButton) => {
  const element = show({ status: 'running', connection: connection ?? {} })
  expect(element?.querySelector('[data-slot="task-progress-connection-text"]')).toHaveTextContent(words)
  expect(screen.queryAllByRole('button', { name: 'Reconnect' })).toHaveLength(hasButton ? 1 : 0)
})

test('the wait is counted down each second, and no timer stays behind', () => {
  const { unmount } = render(
    <Root
      task={showTask({
        status: 'running',
        connection: { state: 'reconnecting', nextRetryAt: 103_500, error: fault },
      })}
      locale="en"
    >
      <Connection />
    </Root>,
  )
  const shown = [screen.getByText(/next try/).textContent]
  for (let second = 1; second <= 3; second++) {
    act(() => void vi.advanceTimersByTime(1000))
    shown.push(screen.getByText(/next try/).textContent)
  }
  expect(shown).toEqual(['next try in 4s', 'next try in 3s', 'next try in 2s', 'next try in 1s'])
  act(() => void vi.advanceTimersByTime(1000))
  expect(screen.queryByText(/next try/)).toBeNull()
  unmount()
  expect(vi.getTimerCount()).toBe(0)
})

test('the button asks for an attempt now', () => {
  show({ status: 'running', connection: { state: 'closed', error: fault } })
  fireEvent.click(screen.getByRole('button', { name: 'Reconnect' }))
  expect(reconnect).toHaveBeenCalledTimes(1)
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
