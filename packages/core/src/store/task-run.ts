import { StreamError } from '../errors.ts'
import type { CancelOptions } from '../protocol/protocol.ts'
import { isTerminalStatus } from '../protocol/task-status.ts'
import { TaskCancelledError, TaskFailedError } from '../state/task-errors.ts'
import { toTask, type Task } from '../state/task.ts'
import type { SingleRun } from './followers.ts'
import { onAbort } from './on-abort.ts'
import { describeUpdate, type TaskUpdate } from './task-update.ts'
import type { TaskView } from './task-view.ts'
import { createUpdateQueue } from './update-queue.ts'

/**
 * A task that is being followed: an async iterable of its updates, and its result.
 *
 * Leaving the loop stops watching and leaves the task alone. A task that fails or is cancelled ends the loop like one that
 * completes; only `result` rejects then. Both reject when the task could not be started, or can no longer be followed.
 */
export interface TaskRun extends AsyncIterable<TaskUpdate> {
  /** The task's id, as soon as the server has given one; rejects when it never does. */
  readonly id: Promise<string>
  /**
   * The completed task. Rejects with `task-failed` ({@link TaskFailedError}), `task-cancelled`, `timeout`, `aborted`,
   * `disconnected`, with what the server answered to the run, or with the fault for which the line was given up.
   * Nobody needs to handle it.
   */
  readonly result: Promise<Task>
  /** Asks the server to stop the work; a task that has ended stays as it is. */
  cancel(options?: CancelOptions): Promise<void>
  /** Stops watching; the task goes on. Ends the loop. */
  disconnect(): void
}

/** How a run is followed beside what its line does. */
export interface WatchOptions {
  /** Stops watching when it is aborted. What was not sent by then is not sent any more. */
  readonly signal?: AbortSignal
  /** Whether aborting also cancels the task; default `false`. */
  readonly cancelOnAbort?: boolean
  /** Whether leaving the loop early also cancels the task; default `false`. */
  readonly cancelOnBreak?: boolean
}

/** Follows a run from now on, and releases it at its end. For `result` alone no updates are kept. */
export function createTaskRun(
  { run: follower, release }: SingleRun,
  options: WatchOptions,
  wanted: 'updates' | 'result',
): TaskRun {
  const queue = createUpdateQueue()
  const id = settleable<string>()
  const result = settleable<Task>()
  let leave = (): void => {}

  function end(error: Error | null, task: Task | null): void {
    leave()
    queue.end(error)
    if (task !== null) result.resolve(task)
    const reason = error ?? disconnected()
    result.reject(reason)
    id.reject(reason)
    release(error === null ? 'leave' : 'give-up')
  }

  function see(view: TaskView): void {
    const { task, connection, submission } = view
    if (task.id !== null) id.resolve(task.id)
    if (submission.error !== null) return end(submission.error, null)
    if (connection.state !== 'closed') return
    if (!isTerminalStatus(task.status)) return end(connection.error ?? disconnected(), null)
    const whole = toTask(task)
    if (whole.status === 'completed') return end(null, whole)
    // The loop has said how it ended; only whoever waits for a result has none.
    result.reject(whole.status === 'failed' ? new TaskFailedError(whole) : new TaskCancelledError(whole))
    end(null, null)
  }

  function abort(): void {
    if (options.cancelOnAbort) follower.cancel().catch(() => {})
    end(
      new StreamError(
        'aborted',
        'Following the task was stopped by its signal. A task that was started goes on unless it was cancelled; what was not sent yet is not sent any more.',
      ),
      null,
    )
  }

  const stopObserving = follower.observe((next, before) => {
    // Nobody would ever take them: they would hold the whole log.
    if (wanted === 'result') return
    const update = describeUpdate(next, before)
    // Of an idle task nothing is known yet but its id.
    if (update !== null && update.status !== 'idle') queue.push(update)
  })
  const { signal } = options
  if (signal?.aborted) {
    stopObserving()
    end(
      new StreamError(
        'aborted',
        'The signal was aborted already, so nothing was asked of the server. Nothing was run.',
      ),
      null,
    )
  } else {
    const unwatch = follower.live.subscribe(see)
    const stopListening = signal === undefined ? () => {} : onAbort(signal, abort)
    leave = () => {
      leave = () => {}
      unwatch()
      stopObserving()
      stopListening()
    }
    see(follower.live.getState())
  }

  return {
    id: id.promise,
    result: result.promise,
    cancel: (cancelOptions) => follower.cancel(cancelOptions),
    disconnect: () => end(null, null),
    [Symbol.asyncIterator]: () => ({
      next: () => queue.next(),
      return() {
        if (options.cancelOnBreak) follower.cancel().catch(() => {})
        end(null, null)
        return Promise.resolve({ done: true, value: undefined })
      },
    }),
  }
}

function disconnected(): StreamError {
  return new StreamError(
    'disconnected',
    'Nobody follows the task any more, so its result is not known here. It goes on; client.tasks.stream(id) follows it again.',
  )
}

/** A promise with its handles, whose rejection nobody has to handle. */
function settleable<T>(): { promise: Promise<T>; resolve(value: T): void; reject(error: Error): void } {
  let resolve: (value: T) => void = () => {}
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  promise.catch(() => {})
  return { promise, resolve, reject }
}
