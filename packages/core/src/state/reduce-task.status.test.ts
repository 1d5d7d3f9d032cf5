import { describe, expect, it } from 'vitest'
import { saidStatuses, type AnyTaskEvent } from '../../test/arbitrary-task.ts'
import { unnumbered } from '../protocol/protocol.ts'
import type { TaskFields } from '../protocol/task-event.ts'
import type { TaskStatus } from '../protocol/task-status.ts'
import { reduceTask } from './reduce-task.ts'
import { initialTask, shownStatus, toTask, type TaskState } from './task.ts'

const context = { nowMs: 7, maxLogLines: 50 }
const patch = (fields: TaskFields): AnyTaskEvent => ({ type: 'task-fields', full: false, fields })
const whole = (fields: TaskFields): AnyTaskEvent => ({ type: 'task-fields', full: true, fields })
const fold = (events: readonly AnyTaskEvent[], from: TaskState = initialTask): TaskState =>
  events.reduce((state, event) => reduceTask(state, event, unnumbered, context), from)
const inStatus = (status: TaskStatus): TaskState => ({ ...initialTask, status })

/** Where each status may go without a newer stamp (protocol §3.1). */
const ends = ['completed', 'failed', 'cancelled'] as const
const goesTo: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  idle: saidStatuses,
  unknown: saidStatuses.filter((status) => status !== 'unknown'),
  received: [
    'unknown',
    'queued',
    'scheduled',
    'preparing',
    'serving',
    'setting_up',
    'running',
    'cancelling',
    'uploading',
    ...ends,
  ],
  queued: [
    'unknown',
    'scheduled',
    'preparing',
    'serving',
    'setting_up',
    'running',
    'cancelling',
    'uploading',
    ...ends,
  ],
  scheduled: [
    'unknown',
    'received',
    'queued',
    'preparing',
    'serving',
    'setting_up',
    'running',
    'cancelling',
    'uploading',
    ...ends,
  ],
  preparing: ['unknown', 'serving', 'setting_up', 'running', 'cancelling', 'uploading', ...ends],
  serving: ['unknown', 'setting_up', 'running', 'cancelling', 'uploading', ...ends],
  setting_up: ['unknown', 'running', 'cancelling', 'uploading', ...ends],
  running: ['unknown', 'cancelling', 'uploading', ...ends],
  cancelling: ['unknown', 'uploading', ...ends],
  uploading: ['unknown', ...ends],
  completed: [],
  failed: [],
  cancelled: [],
}

describe('status', () => {
  it.each(Object.entries(goesTo))('from %s, without a stamp, goes on but not back', (from, allowed) => {
    const state = inStatus(from as TaskStatus)
    const reached = saidStatuses.filter((status) => fold([patch({ status })], state).status !== from)
    expect(new Set(reached)).toEqual(new Set(allowed))
  })

  it.each(saidStatuses)('goes back to %s where the stamp is newer, unless the task has ended', (status) => {
    const running = fold([patch({ status: 'running', updatedAtUs: 5 })])
    expect(fold([patch({ status, updatedAtUs: 6 })], running).status).toBe(status)
    const done = fold([patch({ status: 'completed', updatedAtUs: 5 })])
    expect(fold([patch({ status, updatedAtUs: 6 })], done).status).toBe('completed')
  })

  it('L7: a word that contradicts the end is dropped whole', () => {
    const done = fold([whole({ status: 'completed', output: 1 })])
    for (const status of saidStatuses.filter((one) => one !== 'completed')) {
      expect(fold([whole({ status, output: 2, error: 'boom' })], done)).toBe(done)
    }
  })

  it('takes an unknown word for a task that goes on', () => {
    const state = fold([
      patch({ status: 'running', rawStatus: 7 }),
      patch({ status: 'unknown', rawStatus: 42 }),
    ])
    expect(toTask(state)).toMatchObject({ status: 'unknown', phase: 'pending', rawStatus: 42 })
    expect(fold([patch({ status: 'running' })], state).status).toBe('running')
  })

  it('remembers what was seen, each change once', () => {
    const state = fold(
      (['received', 'queued', 'queued', 'scheduled', 'queued', 'running'] as const).map((status) =>
        patch({ status }),
      ),
    )
    expect(state.seen.map(({ status }) => status)).toEqual([
      'received',
      'queued',
      'scheduled',
      'queued',
      'running',
    ])
  })

  it('takes no word about another task', () => {
    const state = fold([patch({ id: 't1', status: 'running' })])
    expect(fold([patch({ id: 't2', status: 'failed' }), whole({ id: 't2' })], state)).toBe(state)
  })
})

describe('stamps', () => {
  /** The last whole resource is of 100, the last named change of 200. */
  const state = fold([whole({ updatedAtUs: 100, app: 'old' }), patch({ updatedAtUs: 200 })])
  const absent = null

  it.each<readonly ['whole' | 'patch', number | null, 'taken' | 'stale']>([
    ['whole', 50, 'stale'],
    ['whole', 100, 'stale'],
    ['whole', 150, 'stale'],
    ['whole', 200, 'taken'],
    ['whole', 300, 'taken'],
    ['whole', absent, 'taken'],
    ['patch', 50, 'stale'],
    ['patch', 100, 'taken'],
    ['patch', 150, 'taken'],
    ['patch', 200, 'taken'],
    ['patch', 300, 'taken'],
    ['patch', absent, 'taken'],
  ])('a %s of %s is %s', (kind, updatedAtUs, verdict) => {
    const event = (kind === 'whole' ? whole : patch)({ updatedAtUs, app: 'new' })
    const next = fold([event], state)
    if (verdict === 'stale') expect(next).toBe(state)
    else expect([next.app, next.updatedAtUs]).toEqual(['new', Math.max(200, updatedAtUs ?? 0)])
  })

  it.each([whole, patch])('the last word is taken however old its stamp', (message) => {
    expect(fold([message({ updatedAtUs: 50, status: 'failed', error: 'boom' })], state)).toMatchObject({
      status: 'failed',
      error: 'boom',
      updatedAtUs: 200,
    })
  })
})

describe('cancelling', () => {
  const asked = { type: 'cancel-requested' } as const
  const refused = { type: 'cancel-rejected' } as const
  const shown: Readonly<Record<TaskStatus, TaskStatus>> = {
    idle: 'idle',
    unknown: 'cancelling',
    received: 'cancelling',
    queued: 'cancelling',
    scheduled: 'cancelling',
    preparing: 'cancelling',
    serving: 'cancelling',
    setting_up: 'cancelling',
    running: 'cancelling',
    cancelling: 'cancelling',
    uploading: 'cancelling',
    completed: 'completed',
    failed: 'failed',
    cancelled: 'cancelled',
  }

  it.each(Object.entries(shown))('asked for in %s shows %s', (status, expected) => {
    expect(shownStatus(fold([asked], inStatus(status as TaskStatus)))).toBe(expected)
  })

  it('goes on showing while the server still says that it runs, and shows the truth when refused', () => {
    const state = fold([patch({ status: 'queued' }), asked, patch({ status: 'running' })])
    expect(shownStatus(state)).toBe('cancelling')
    expect(shownStatus(fold([refused], state))).toBe('running')
  })

  it('ends with the end, however it ended', () => {
    for (const status of ends) {
      expect(fold([patch({ status: 'running' }), asked, patch({ status })])).toMatchObject({
        status,
        cancelRequested: false,
      })
    }
  })

  it('L4: asked twice, or refused without being asked, is nothing', () => {
    const state = fold([asked], inStatus('running'))
    expect(fold([asked], state)).toBe(state)
    expect(fold([refused], inStatus('running'))).toEqual(inStatus('running'))
  })
})
