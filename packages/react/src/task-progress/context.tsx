import { StreamError } from '@taskstream/core'
import { createContext, useContext, type Context } from 'react'
import { selectBar } from './select-bar.ts'
import type { ShownTask } from './shown-task.ts'
import type { TaskInfo } from '../task-info.ts'
import type { TaskProgressLabels } from './labels.ts'

/** What the root of a tree of parts derives once for all of them. */
export interface TaskProgressContextValue {
  readonly task: ShownTask
  readonly labels: TaskProgressLabels
  /** BCP 47 tag for numbers and durations; `undefined` is the browser's. */
  readonly locale: string | undefined
  /** Id of the element that names the task, for `aria-labelledby`. */
  readonly labelId: string
}

/** Made by `Root`. */
export const TaskProgressContext: Context<TaskProgressContextValue | null> =
  createContext<TaskProgressContextValue | null>(null)
TaskProgressContext.displayName = 'TaskProgressContext'

/**
 * What `Root` derived.
 *
 * @throws {StreamError} `misuse` outside of `Root`
 */
export function useTaskProgress(part: string): TaskProgressContextValue {
  const value = useContext(TaskProgressContext)
  if (value === null) {
    throw new StreamError(
      'misuse',
      `TaskProgress.${part} was rendered outside of TaskProgress.Root, so it has no task to show. Put it inside <TaskProgress.Root config={…}>.`,
    )
  }
  return value
}

/** What parts give to `className`, `style` and `render` functions, and show in `data-` attributes. */
export interface TaskProgressState {
  readonly status: TaskInfo['status']
  readonly phase: TaskInfo['phase']
  readonly connection: TaskInfo['connection']['state']
  /** Whether the share that is done is known. */
  readonly determinate: boolean
}

/** The state of the parts of one task. */
export function stateOf({ task }: TaskProgressContextValue): TaskProgressState {
  return {
    status: task.status,
    phase: task.phase,
    connection: task.connection.state,
    determinate: selectBar(task).fraction !== null,
  }
}

/** Names an element after the task: by the `Label` part where there is one, else by a word of ours. */
export function namedByTask({ task, labels, labelId }: TaskProgressContextValue): {
  readonly 'aria-labelledby': string
  readonly 'aria-label': string
} {
  return { 'aria-labelledby': labelId, 'aria-label': task.view.task.app ?? labels.task }
}

/** The attributes that show a {@link TaskProgressState}; the same on every part. */
export function attributesOf(state: TaskProgressState): Readonly<Record<string, string>> {
  return { 'data-status': state.status, 'data-phase': state.phase, 'data-connection': state.connection }
}
