import { describe, expect, it } from 'vitest'
import type { StatusChange } from '../protocol/task-event.ts'
import type { TaskStatus } from '../protocol/task-status.ts'
import { initialTask, shownStatus, toTask, type TaskState } from './task.ts'

const changes = (at: number, ...statuses: TaskStatus[]): StatusChange[] =>
  statuses.map((status, index) => ({ status, at: at + index }))

function task(status: TaskStatus, rest: Partial<TaskState> = {}): TaskState {
  return { ...initialTask, id: 't1', status, ...rest }
}

describe('the history of a task', () => {
  const seen = changes(50, 'queued', 'running', 'completed')
  it.each([
    [
      'what the server told, where it told all',
      changes(1, 'queued', 'running', 'completed'),
      seen,
      [1, 2, 3],
    ],
    ['what was seen here, where it told nothing', [], seen, [50, 51, 52]],
    ['what it told, then what was seen since', changes(1, 'queued'), seen, [1, 51, 52]],
    ['what it told, where nothing was seen', changes(1, 'completed'), [], [1]],
  ])('is %s', (_name, history, observed, moments) => {
    const { history: shown } = toTask(task('completed', { history, seen: observed }))
    expect(shown.map(({ at }) => at)).toEqual(moments)
  })

  it('keeps its identity where nothing is joined', () => {
    const history = changes(1, 'completed')
    expect(toTask(task('completed', { history })).history).toBe(history)
  })
})

describe('the status to show', () => {
  it.each<readonly [TaskStatus, TaskStatus]>([
    ['idle', 'idle'],
    ['queued', 'cancelling'],
    ['running', 'cancelling'],
    ['uploading', 'cancelling'],
    ['completed', 'completed'],
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
  ])('of a %s task that somebody wishes to cancel is %s', (status, shown) => {
    expect(shownStatus(task(status, { cancelRequested: true }))).toBe(shown)
  })
})

it('a task has a result only when it has completed', () => {
  expect(toTask(task('completed', { output: { a: 1 } })).output).toEqual({ a: 1 })
  for (const status of ['running', 'failed', 'cancelled'] as const) {
    expect(toTask(task(status, { output: { a: 1 } })).output).toBeNull()
  }
})
