import { describe, expect, it } from 'vitest'
import { isStreamError, StreamError } from '../errors.ts'
import { TaskCancelledError, TaskFailedError, TaskTimeoutError } from './task-errors.ts'
import { initialTask, toTask } from './task.ts'

const task = toTask({ ...initialTask, id: 't1', error: 'CUDA out of memory' })
const nameless = toTask(initialTask)

describe('errors of a task', () => {
  it.each([
    ['TaskFailedError', 'task-failed', new TaskFailedError(task)],
    ['TaskCancelledError', 'task-cancelled', new TaskCancelledError(task)],
    ['TaskTimeoutError', 'timeout', new TaskTimeoutError(task, 1500, false)],
  ])('%s is a StreamError with its code, its task and its message', (name, code, error) => {
    expect(error).toBeInstanceOf(StreamError)
    expect(isStreamError(error)).toBe(true)
    expect([error.name, error.code, error.task, error.taskId, error.retryable]).toEqual([
      name,
      code,
      task,
      't1',
      false,
    ])
    expect(error.message.startsWith(`[${code}] `)).toBe(true)
  })

  it.each([
    new TaskFailedError(nameless),
    new TaskCancelledError(nameless),
    new TaskTimeoutError(nameless, 1, true),
  ])('$name of a task that never had an id names none', (error) => {
    expect(error.taskId).toBeNull()
  })

  it.each([
    ['was asked to stop', new TaskTimeoutError(task, 1, true)],
    ['goes on on the server', new TaskTimeoutError(task, 1, false)],
    ['had not accepted it yet', new TaskTimeoutError(nameless, 1, false)],
  ])('a timeout says what becomes of the task: it %s', (fate, error) => {
    expect(error.message).toContain(fate)
  })

  it('a failure says the server’s words, or that there are none', () => {
    expect(new TaskFailedError(task).message).toContain('CUDA out of memory')
    for (const error of [null, '']) {
      expect(new TaskFailedError(toTask({ ...initialTask, error })).message).toContain('gave no reason')
    }
  })

  it('a timeout says how long it was and what becomes of the task', () => {
    expect(new TaskTimeoutError(task, 1500, false).message).toMatch(/1\.5 s.*goes on on the server/)
    expect(new TaskTimeoutError(task, 1500, true).message).toMatch(/1\.5 s.*asked to stop/)
  })
})
