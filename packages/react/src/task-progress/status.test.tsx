import { taskStatuses } from '@taskstream/core'
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
