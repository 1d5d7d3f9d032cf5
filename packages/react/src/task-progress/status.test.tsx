import { StreamError, taskStatuses } from '@taskstream/core'
import { render } from '@testing-library/react'
import { expect, test } from 'vitest'
import { showTask } from '../../test/shown-task.ts'
import { englishLabels } from './labels.ts'
import { Root } from './root.tsx'
import { Status } from './status.tsx'

function show(...[facts, labels]: [Parameters<typeof showTask>[0], object?]): HTMLElement | null {
  render(
    <Root task={showTask(facts)} labels={labels ?? {}}>
      <Status />
    </Root>,
  )
  return document.querySelector('[data-slot="task-progress-status"]')
}

test.each(taskStatuses)('the status %s is told in a word, with a picture that says no more', (status) => {
  const element = show({ status })
  expect(element).toHaveTextContent(englishLabels.status[status])
  expect(element?.querySelector('svg')).toHaveAttribute('aria-hidden', 'true')
})

test('a running task tells what it is at', () => {
  expect(show({ status: 'running', progress: { stage: 'Denoising' } })).toHaveTextContent('RunningDenoising')
})

test('a word of the app stands in place of ours, and the others stay', () => {
  const labels = { status: { running: 'Läuft' } }
  expect(show({ status: 'running' }, labels)).toHaveTextContent('Läuft')
  document.body.replaceChildren()
  expect(show({ status: 'queued' }, labels)).toHaveTextContent('In the queue')
})

test.each(['idle', 'running'] as const)(
  'a %s task that the server does not know any more is an error, not on its way for ever',
  (status) => {
    const element = show({
      status,
      submission: { status: 'accepted' },
      connection: { state: 'closed', error: new StreamError('not-found', 'There is none.') },
    })
    expect(element).toHaveTextContent(englishLabels.unavailable)
    expect(element).toHaveAttribute('data-phase', 'error')
  },
)

test('a task that the server will not show for now is not on its way, and not over', () => {
  const element = show({
    submission: { status: 'accepted' },
    connection: { state: 'closed', error: new StreamError('unauthorized', 'Sign in.') },
  })
  expect(element).toHaveTextContent(englishLabels.unavailable)
  expect(element).toHaveAttribute('data-phase', 'pending')
})
