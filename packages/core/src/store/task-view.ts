import type { StreamError } from '../errors.ts'
import { isTerminalStatus, phaseOf, type TaskPhase, type TaskStatus } from '../protocol/task-status.ts'
import { describeConnection, type ConnectionInfo } from '../state/connection-info.ts'
import { idleConnection } from '../state/connection.ts'
import { TaskFailedError } from '../state/task-errors.ts'
import { initialTask, shownStatus, toTask, type TaskState } from '../state/task.ts'

/** Bytes that were put where the server asked for them. */
export interface UploadProgress {
  readonly fileCount: number
  readonly sentBytes: number
  readonly totalBytes: number
}

/** The way of a task to the server, before it has an id. */
export interface Submission {
  readonly status: 'none' | 'uploading' | 'sending' | 'accepted' | 'rejected' | 'cancelled'
  /** Whether somebody asked for it to stop before the server had it. */
  readonly cancelRequested: boolean
  /** Files on their way; `null` when there are none. */
  readonly upload: UploadProgress | null
  /** Why it was not accepted, or that it was cancelled before. */
  readonly error: StreamError | null
}

/** Everything that can be shown of a task: what is true of it, the line it is followed by, and how it got there. */
export interface TaskView {
  readonly task: TaskState
  readonly connection: ConnectionInfo
  readonly submission: Submission
}

/** Nothing was sent, and nothing is about to be. */
export const noSubmission: Submission = { status: 'none', cancelRequested: false, upload: null, error: null }

/** The view before anything is known. */
export const initialView: TaskView = {
  task: initialTask,
  connection: describeConnection(idleConnection),
  submission: noSubmission,
}

/** A view whose line was given up for `error`. */
export function closedView(error: StreamError): TaskView {
  return { ...initialView, connection: { ...initialView.connection, state: 'closed', error } }
}

/** The status to show: that of the task, or what became of a wish to cancel it before the server had it. */
export function selectStatus({ task, submission }: TaskView): TaskStatus {
  if (task.status !== 'idle') return shownStatus(task)
  if (submission.status === 'cancelled') return 'cancelled'
  return submission.cancelRequested && submission.status !== 'rejected' ? 'cancelling' : 'idle'
}

/** Whether the server says that there is no such task, so that no end of it will ever be heard. */
export function isLost({ task, connection }: TaskView): boolean {
  const code = connection.state === 'closed' ? connection.error?.code : null
  return !isTerminalStatus(task.status) && (code === 'not-found' || code === 'gone')
}

/**
 * The phase to show: a task on its way to the server is pending; one that was not accepted, or that the server does not
 * know any more, is an error.
 */
export function selectPhase(view: TaskView): TaskPhase {
  if (isLost(view)) return 'error'
  const status = selectStatus(view)
  if (status !== 'idle') return phaseOf(status)
  if (view.submission.status === 'rejected') return 'error'
  return view.submission.status === 'none' ? 'idle' : 'pending'
}

/**
 * What went wrong for the user: the task failed, it was not accepted, or the server will not show it. A task that was
 * cancelled went as somebody wished. A line that broke is `connection.error`, because the task goes on without it.
 */
export function selectError({ task, submission, connection }: TaskView): StreamError | null {
  if (task.status === 'failed') return failureOf(task)
  if (submission.status === 'rejected') return submission.error
  const refused = connection.state === 'closed' && connection.error !== null && !connection.error.retryable
  return refused ? connection.error : null
}

const failures = new WeakMap<TaskState, TaskFailedError>()

/** One error per failed state, so that reading it twice is not a change. */
function failureOf(task: TaskState): TaskFailedError {
  const error = failures.get(task) ?? new TaskFailedError(toTask(task))
  failures.set(task, error)
  return error
}
