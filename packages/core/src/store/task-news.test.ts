import { describe, expect, it } from 'vitest'
import { addLogList, reopenLogs } from '../state/logs.ts'
import { initialTask, type TaskState } from '../state/task.ts'
import { isNews } from './task-news.ts'

describe('isNews', () => {
  const held: TaskState = { ...initialTask, logs: addLogList(initialTask.logs, 'increment', ['a'], 100) }

  it.each<[string, TaskState, boolean]>([
    ['the same', held, false],
    ['a copy', { ...held }, false],
    ['a place in the log that is ours alone', { ...held, logs: reopenLogs(held.logs) }, false],
    ['a line', { ...held, logs: addLogList(held.logs, 'increment', ['b'], 100) }, true],
    ['a status', { ...held, status: 'running' }, true],
    ['an output', { ...held, output: 1 }, true],
    ['a wish to stop', { ...held, cancelRequested: true }, true],
  ])('%s', (_name, next, wanted) => {
    expect(isNews(next, held)).toBe(wanted)
  })
})
