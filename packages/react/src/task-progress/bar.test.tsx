import { StreamError, taskStatuses, type TaskStatus } from '@taskstream/core'
import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import { Bar } from './bar.tsx'
import type { ShownTask } from './shown-task.ts'
import { Label } from './label.tsx'
import { Root } from './root.tsx'

function showBar(task: ShownTask): { bar: HTMLElement; indicator: HTMLElement } {
  render(
    <Root task={task} locale="en">
      <Label>Portrait of a fox</Label>
      <Bar />
    </Root>,
  )
  const bar = screen.getByRole('progressbar', { name: 'Portrait of a fox' })
  const indicator = bar.querySelector<HTMLElement>('[data-slot="task-progress-indicator"]')
  if (indicator === null) throw new Error('The bar has no indicator.')
  return { bar, indicator }
}

type Row = readonly [state: string, now: string | null, text: string]

/** The bar of every status, without and with a share of 0.45. */
const rows: Readonly<Record<TaskStatus, { readonly unknown: Row; readonly share: Row }>> = {
  idle: { unknown: ['idle', null, 'Not started'], share: ['idle', null, 'Not started'] },
  unknown: { unknown: ['waiting', null, 'Waiting'], share: ['determinate', '45', 'Waiting, 45%'] },
  received: { unknown: ['waiting', null, 'Received'], share: ['determinate', '45', 'Received, 45%'] },
  queued: { unknown: ['waiting', null, 'In the queue'], share: ['determinate', '45', 'In the queue, 45%'] },
  scheduled: {
    unknown: ['waiting', null, 'Worker found'],
    share: ['determinate', '45', 'Worker found, 45%'],
  },
  preparing: { unknown: ['waiting', null, 'Preparing'], share: ['determinate', '45', 'Preparing, 45%'] },
  serving: {
    unknown: ['waiting', null, 'Starting the app'],
    share: ['determinate', '45', 'Starting the app, 45%'],
  },
  setting_up: { unknown: ['waiting', null, 'Setting up'], share: ['determinate', '45', 'Setting up, 45%'] },
  running: { unknown: ['indeterminate', null, 'Running'], share: ['determinate', '45', 'Running, 45%'] },
  cancelling: {
    unknown: ['indeterminate', null, 'Cancelling'],
    share: ['determinate', '45', 'Cancelling, 45%'],
  },
  uploading: {
    unknown: ['indeterminate', null, 'Saving the result'],
    share: ['determinate', '45', 'Saving the result, 45%'],
  },
  completed: { unknown: ['complete', '100', 'Completed'], share: ['complete', '100', 'Completed'] },
  failed: { unknown: ['stopped', null, 'Failed'], share: ['stopped', '45', 'Failed, 45%'] },
  cancelled: { unknown: ['stopped', null, 'Cancelled'], share: ['stopped', '45', 'Cancelled, 45%'] },
}

test.each(
  taskStatuses.flatMap((status) => [
    { status, given: 'no share', facts: { status }, row: rows[status].unknown },
    { status, given: 'a share', facts: { status, progress: { value: 0.45 } }, row: rows[status].share },
  ]),
)('the bar of a $status task with $given says what is known and no more', ({ facts, row }) => {
  const [state, now, text] = row
  const { bar, indicator } = showBar(showTask(facts))
  expect(bar).toHaveAttribute('aria-valuemin', '0')
  expect(bar).toHaveAttribute('aria-valuemax', '100')
  expect(bar.getAttribute('aria-valuenow')).toBe(now)
  expect(bar).toHaveAttribute('aria-valuetext', text)
  expect(bar).toHaveAttribute('data-state', state)
  expect(indicator).toHaveAttribute('data-state', state)
  const share = now === null ? '' : String(Number(now) / 100)
  expect(indicator.style.getPropertyValue('--ts-progress')).toBe(share)
})

const rejected = new StreamError('unauthorized', 'No key.')
const before: readonly [string, TaskFacts, Partial<ShownTask>, Row][] = [
  ['on its way', { submission: { status: 'sending' } }, {}, ['waiting', null, 'Starting']],
  [
    'whose files are on their way',
    {
      submission: { status: 'uploading', upload: { fileCount: 1, sentBytes: 1, totalBytes: 4 } },
    },
    {},
    ['determinate', '25', 'Uploading files, 25%'],
  ],
  [
    'whose files are empty',
    { submission: { status: 'uploading', upload: { fileCount: 1, sentBytes: 0, totalBytes: 0 } } },
    {},
    ['waiting', null, 'Starting'],
  ],
  [
    'that was not accepted',
    { submission: { status: 'rejected', error: rejected } },
    {},
    ['stopped', null, 'Could not start'],
  ],
  ['that is being loaded', {}, { isLoading: true }, ['waiting', null, 'Loading']],
  [
    'that the server will not show',
    {},
    { error: rejected, phase: 'error', isError: true },
    ['stopped', null, 'Not available'],
  ],
]

test.each(before)('the bar of a task %s says so', (_, facts, overrides, [state, now, text]) => {
  const { bar } = showBar(showTask(facts, overrides))
  expect(bar).toHaveAttribute('data-state', state)
  expect(bar.getAttribute('aria-valuenow')).toBe(now)
  expect(bar).toHaveAttribute('aria-valuetext', text)
})

test('a running task tells what it is at', () => {
  const { bar } = showBar(showTask({ status: 'running', progress: { value: 0.999, stage: 'Denoising' } }))
  expect(bar).toHaveAttribute('aria-valuetext', 'Denoising, 99%')
})

test('an aria-label of the app names the bar, and then nothing else does', () => {
  render(
    <Root task={showTask()} aria-label="Group">
      <Bar aria-label="Steps" />
    </Root>,
  )
  expect(screen.getByRole('progressbar', { name: 'Steps' })).not.toHaveAttribute('aria-labelledby')
  expect(screen.getByRole('group', { name: 'Group' })).not.toHaveAttribute('aria-labelledby')
})
