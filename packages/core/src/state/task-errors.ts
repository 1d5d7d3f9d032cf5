import { StreamError } from '../errors.ts'
import type { Task } from './task.ts'

/** The task ran and failed. `task` is all that is known of it, logs included. */
export class TaskFailedError extends StreamError {
  readonly task: Task

  constructor(task: Task) {
    const reason =
      task.error === null || task.error === ''
        ? 'The server gave no reason'
        : `The server said: ${task.error}`
    super('task-failed', `The task failed; its logs are in error.task.logs. ${reason}`, {
      taskId: task.id || null,
    })
    this.name = 'TaskFailedError'
    this.task = task
  }
}

/** The task was cancelled, here or elsewhere. `task` is all that is known of it. */
export class TaskCancelledError extends StreamError {
  readonly task: Task

  constructor(task: Task) {
    super(
      'task-cancelled',
      'The task was cancelled before it completed. Run it again if that was a mistake.',
      {
        taskId: task.id || null,
      },
    )
    this.name = 'TaskCancelledError'
    this.task = task
  }
}

/** The time that `timeout` allows is over. The task goes on on the server unless `cancelOnTimeout` was set. */
export class TaskTimeoutError extends StreamError {
  /** The task as it was then. */
  readonly task: Task

  constructor(task: Task, timeoutMs: number, cancelled: boolean) {
    const goesOn = 'it goes on on the server; follow it again with its id'
    const fate = cancelled
      ? 'it was asked to stop'
      : task.id === ''
        ? 'the server had not accepted it yet'
        : goesOn
    super('timeout', `The task was not done after ${timeoutMs / 1000} s; ${fate}.`, {
      taskId: task.id || null,
    })
    this.name = 'TaskTimeoutError'
    this.task = task
  }
}
