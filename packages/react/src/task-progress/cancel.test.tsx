import { StreamError } from '@taskstream/core'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import { Cancel } from './cancel.tsx'
import { Root } from './root.tsx'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const running: TaskFacts = { status: 'running' }

function show(facts: TaskFacts, cancel: () => Promise<void> = () => Promise.resolve()): void {
  render(
    <Root task={showTask(facts, { cancel })}>
      <Cancel />
    </Root>,
  )
}

test('a click cancels at once', () => {
  const cancel = vi.fn(() => Promise.resolve())
  show(running, cancel)
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(cancel).toHaveBeenCalledTimes(1)
})

test('while it is cancelled the button says so and cannot be pressed', () => {
  const cancel = vi.fn(() => Promise.resolve())
  show({ status: 'cancelling' }, cancel)
  const button = screen.getByRole('button', { name: 'Cancelling' })
  expect(button).toHaveAttribute('aria-disabled', 'true')
  fireEvent.click(button)
  expect(cancel).not.toHaveBeenCalled()
})

test.each<readonly [string, TaskFacts]>([
  ['has not begun', {}],
  ['completed', { status: 'completed' }],
  ['failed', { status: 'failed' }],
  ['was cancelled', { status: 'cancelled' }],
])('a task that %s has no button', (_, facts) => {
  show(facts)
  expect(screen.queryByRole('button')).toBeNull()
})

test('a refusal stands beside the button for eight seconds, and is spoken', async () => {
  show(running, () => Promise.reject(new StreamError('forbidden', 'Only its owner may cancel it.')))
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  await act(async () => {})
  expect(screen.getByRole('alert')).toHaveTextContent('Not cancelled: Only its owner may cancel it.')
  act(() => void vi.advanceTimersByTime(7999))
  expect(screen.getByRole('alert')).toBeVisible()
  act(() => void vi.advanceTimersByTime(1))
  expect(screen.queryByRole('alert')).toBeNull()
})

test('another attempt takes the last refusal away, and leaving leaves no timer', async () => {
  const cancel = vi
    .fn<() => Promise<void>>()
    .mockRejectedValueOnce(new StreamError('conflict', 'Not now.'))
    .mockReturnValue(new Promise(() => {}))
  const { unmount } = render(
    <Root task={showTask(running, { cancel })}>
      <Cancel />
    </Root>,
  )
  fireEvent.click(screen.getByRole('button'))
  await act(async () => {})
  expect(screen.getByRole('alert')).toBeVisible()
  fireEvent.click(screen.getByRole('button'))
  expect(screen.queryByRole('alert')).toBeNull()
  unmount()
  expect(vi.getTimerCount()).toBe(0)
})

test('a handler of the app that prevents the click keeps the task', () => {
  const cancel = vi.fn(() => Promise.resolve())
  render(
    <Root task={showTask(running, { cancel })}>
      <Cancel onClick={(event) => event.preventDefault()} />
    </Root>,
  )
  fireEvent.click(screen.getByRole('button'))
  expect(cancel).not.toHaveBeenCalled()
})
