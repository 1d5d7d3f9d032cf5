import {
  hydrateTask,
  isTerminalStatus,
  selectError,
  selectPhase,
  selectStatus,
  shownOutput,
} from '@taskstream/core'
import type {
  CancelOptions,
  ConnectionInfo,
  Progress,
  StreamError,
  Task,
  TaskPhase,
  TaskState,
  TaskStatus,
  TaskView,
  UploadProgress,
} from '@taskstream/core'

/** What a component knows of a task at one moment. */
export interface TaskInfo {
  /** `null` until the server has given one. */
  readonly id: string | null
  readonly status: TaskStatus
  /** The status in seven words; `error` also for a task that was not accepted, or that the server does not know any more. */
  readonly phase: TaskPhase
  /** It was started and has not ended. */
  readonly isActive: boolean
  /** It has ended, in whatever way. */
  readonly isTerminal: boolean
  readonly isSuccess: boolean
  readonly isError: boolean
  /** Always there; `value: null` is indeterminate. */
  readonly progress: Progress
  /** Every line so far, oldest first; the same array until a line is added. */
  readonly logs: readonly string[]
  /** What is known of the output before the end; `null` when there is nothing. */
  readonly partialOutput: unknown
  /** The result, once it has completed. */
  readonly output: unknown
  /** Why it failed or was not accepted; never a broken line, which is `connection.error`. */
  readonly error: StreamError | null
  readonly connection: ConnectionInfo
  /** Files on their way to the server; `null` when there are none. */
  readonly upload: UploadProgress | null
  /** Everything, for selectors of `@taskstream/core`. */
  readonly view: TaskView
}

/** What a component can do with a task. Each but `look` has one identity for the life of the component. */
export interface TaskActions {
  /** Asks the server to stop the work. Rejects with a `StreamError` when the server refuses. */
  readonly cancel: (options?: CancelOptions) => Promise<void>
  /** Stops watching, for everybody who shares this task; the work goes on. */
  readonly disconnect: () => void
  /** Watches again: now, and with a new budget of attempts. */
  readonly reconnect: () => void
  /**
   * Says that somebody looks at it, until the answer is called: it comes first while places for streams are few.
   * `<TaskProgress>` does so while it is on the screen. Another one for another task.
   */
  readonly look: () => () => void
}

/** Progress of which nothing was said. */
export const noProgress: Progress = {
  value: null,
  current: null,
  total: null,
  rate: null,
  etaMs: null,
  stage: null,
  reportedAt: 0,
}

const infos = new WeakMap<TaskView, TaskInfo>()

/** The info of a view; the same object each time. */
export function describeView(view: TaskView): TaskInfo {
  const known = infos.get(view)
  if (known !== undefined) return known
  const { task, connection, submission } = view
  const phase = selectPhase(view)
  const info: TaskInfo = {
    id: task.id,
    status: selectStatus(view),
    phase,
    isActive: phase === 'pending' || phase === 'running' || phase === 'finishing',
    isTerminal: isTerminalStatus(selectStatus(view)),
    isSuccess: phase === 'success',
    isError: phase === 'error',
    progress: task.track?.progress ?? noProgress,
    // Why a getter: a component that does not read the log does not pay for copying it.
    get logs() {
      return task.logs.lines.toArray()
    },
    partialOutput: task.partial.shown,
    output: shownOutput(task),
    error: selectError(view),
    connection,
    upload: submission.upload,
    view,
  }
  infos.set(view, info)
  return info
}

const states = new WeakMap<Task, TaskState>()

/** `view` with a task that came from a cache in place of its own. */
export function showSnapshot(view: TaskView, task: Task): TaskView {
  const state = states.get(task) ?? hydrateTask(task)
  states.set(task, state)
  return { ...view, task: state }
}

/** `info` with `more` beside it, without reading its log. */
export function extendInfo<T extends object>(info: TaskInfo, more: T): TaskInfo & T {
  const descriptors = { ...Object.getOwnPropertyDescriptors(info), ...Object.getOwnPropertyDescriptors(more) }
  return Object.defineProperties({} as TaskInfo & T, descriptors)
}
