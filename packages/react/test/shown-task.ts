import {
  hydrateTask,
  initialView,
  toTask,
  type ConnectionInfo,
  type Progress,
  type StatusChange,
  type Submission,
  type Task,
} from '@taskstream/core'
import { describeView, extendInfo, noProgress } from '../src/task-info.ts'
import type { ShownTask } from '../src/task-progress/shown-task.ts'

/** What a test says of a task; the rest is a task of which nothing is known. */
export interface TaskFacts extends Partial<Omit<Task, 'progress' | 'phase'>> {
  readonly progress?: Partial<Progress>
  readonly connection?: Partial<ConnectionInfo>
  readonly submission?: Partial<Submission>
  /** Statuses as they were seen here. */
  readonly seen?: readonly StatusChange[]
}

/** A task as a hook gives it, made by the functions that make it there. Its actions do nothing unless given. */
export function showTask(facts: TaskFacts = {}, actions: Partial<ShownTask> = {}): ShownTask {
  const { progress, connection, submission, seen = [], ...given } = facts
  const task: Task = {
    ...toTask(initialView.task),
    id: given.status === undefined ? '' : 'task_1',
    ...given,
    progress: progress === undefined ? null : { ...noProgress, ...progress },
  }
  const state = hydrateTask(task)
  const view = {
    task: { ...state, id: task.id === '' ? null : task.id, seen },
    connection: { ...initialView.connection, ...connection },
    submission: { ...initialView.submission, ...submission },
  }
  const idleActions = {
    cancel: () => Promise.resolve(),
    disconnect: () => {},
    reconnect: () => {},
    look: () => () => {},
  }
  return extendInfo(describeView(view), { ...idleActions, ...actions })
}
