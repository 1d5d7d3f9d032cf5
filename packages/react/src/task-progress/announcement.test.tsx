import { StreamError } from '@taskstream/core'
import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import type { SomeTaskProgressLabels } from './merge-labels.ts'
import { Root } from './root.tsx'

/** What is spoken while a task goes through `facts`: every change of the announcer's text. */
function listen(facts: readonly TaskFacts[], labels: SomeTaskProgressLabels = {}): string[] {
  const spoken: string[] = []
  const show = (one: TaskFacts) => <Root task={showTask(one)} labels={labels} locale="en" />
  const [first, ...rest] = facts
  const { rerender } = render(show(first ?? {}))
  const hear = (): void => {
    const text = screen.getByRole('status').textContent
    if (text !== '' && text !== spoken.at(-1)) spoken.push(text)
  }
  hear()
  for (const one of rest) {
    rerender(show(one))
    hear()
  }
  return spoken
}

const fault = new StreamError('network', 'The line broke.', { retryable: true })
const up = { state: 'live' } as const
const lost = { state: 'reconnecting', attempt: 1, nextRetryAt: 5000, error: fault } as const
const trying = { state: 'reconnecting', attempt: 1, error: fault } as const
const offline = { state: 'offline', error: fault } as const
const given = { state: 'closed', error: fault } as const
const running = (connection: TaskFacts['connection'], value = 0): TaskFacts => ({
  status: 'running',
  connection: connection ?? {},
  progress: { value },
})

test.each<readonly [string, readonly TaskFacts[], readonly string[]]>([
  ['nothing of what was so before', [running(up), running(up, 0.5)], []],
  [
    'a start, once, however many steps it has',
    [{}, { submission: { status: 'sending' } }, { status: 'queued' }, { status: 'preparing' }, running(up)],
    ['Task started'],
  ],
  ['an end', [running(up), { status: 'uploading' }, { status: 'completed' }], ['Task completed']],
  [
    'a failure with its reason',
    [running(up), { status: 'failed', error: 'no space' }],
    ['Task failed: no space'],
  ],
  [
    'a failure without a reason',
    [running(up), { status: 'failed' }],
    ['Task failed: The server gave no reason.'],
  ],
  [
    'at most 200 characters of a reason',
    [running(up), { status: 'failed', error: 'x'.repeat(900) }],
    [`Task failed: ${'x'.repeat(200)}…`],
  ],
  [
    'a refusal before the start',
    [
      { submission: { status: 'sending' } },
      { submission: { status: 'rejected', error: new StreamError('forbidden', 'Ask an owner.') } },
    ],
    ['Task failed: Ask an owner.'],
  ],
  ['a cancelled task', [running(up), { status: 'cancelling' }, { status: 'cancelled' }], ['Task cancelled']],
  [
    'a lost line and its return, once each, however many attempts it takes',
    [running(up), running(lost), running(trying), running(lost), running(up), running(up, 0.9)],
    ['Connection lost, reconnecting', 'Connected again'],
  ],
  [
    'the network that went and came back, and not the attempt between',
    [running(up), running(offline), running(trying), running(up)],
    ['Offline, waiting for the network', 'Connected again'],
  ],
  [
    'the network that went while the line was tried again',
    [running(up), running(lost), running(trying), running(offline), running(up)],
    ['Connection lost, reconnecting', 'Offline, waiting for the network', 'Connected again'],
  ],
  [
    'a line that stays lost when the network is back',
    [running(up), running(offline), running(trying), running(lost), running(trying), running(up)],
    ['Offline, waiting for the network', 'Connection lost, reconnecting', 'Connected again'],
  ],
  [
    'nothing of a wait that goes on and on',
    [running(up), running(lost), running({ ...lost, attempt: 2, nextRetryAt: 9000 }), running(up)],
    ['Connection lost, reconnecting', 'Connected again'],
  ],
  ['a line that was given up', [running(up), running(given)], ['Connection lost']],
  ['no return of a line that was only slow', [running(up), running({ state: 'stalled' }), running(up)], []],
  [
    'the end and not the line that ends with it',
    [running(up), running(lost), { status: 'completed', connection: { state: 'closed' } }],
    ['Connection lost, reconnecting', 'Task completed'],
  ],
  ['no end of a task that was opened after it', [{}, { status: 'failed', error: 'no space' }], []],
  [
    'no news of another task in its place',
    [running(up), { ...running(up), id: 'task_2', status: 'completed' }],
    [],
  ],
  [
    'a second start after a failure',
    [running(up), { status: 'failed', error: 'no' }, { submission: { status: 'sending' } }],
    ['Task failed: no', 'Task started'],
  ],
])('the announcer speaks %s', (_, facts, spoken) => {
  expect(listen(facts)).toEqual(spoken)
})

test('what is spoken comes from the labels', () => {
  const labels = { announce: { failed: (reason: string) => `Kaputt: ${reason}` } }
  expect(listen([running(up), { status: 'failed', error: 'voll' }], labels)).toEqual(['Kaputt: voll'])
})
