import { initialView, isTerminalStatus, newLines, selectError, shownStatus, toTask } from '@taskstream/core'
import type {
  Progress,
  StreamError,
  Task,
  TaskFollower,
  TaskState,
  TaskStatus,
  TaskView,
} from '@taskstream/core'
import { useEffect } from 'react'
import { callSoon, createCallbackHubs } from './callback-hub.ts'
import { useNewest } from './use-newest.ts'

/**
 * What a component wants to be told of a task. Always the newest function is called. Each event is told once per task, to
 * the first mounted component that has the callback, however many show the task.
 *
 * What one event says is told in the order in which the callbacks stand here. Each is called on its own, when the event
 * has been applied: one that throws keeps none from its turn, and one that retries or cancels finds the task as it is.
 */
export interface TaskCallbacks {
  /** Called once per line. */
  readonly onLog?: (line: string) => void
  readonly onProgress?: (progress: Progress) => void
  readonly onPartial?: (partialOutput: unknown) => void
  readonly onStatusChange?: (status: TaskStatus, previous: TaskStatus) => void
  /** Called once, when the task has completed, failed or was cancelled. Never for a broken line. */
  readonly onFinish?: (task: Task) => void
  /** The task failed, was not accepted, or the server will not show it. */
  readonly onError?: (error: StreamError) => void
}

type Followed = Pick<TaskFollower, 'live' | 'observe'>
const toldRefusals = new WeakSet<StreamError>()

/**
 * Calls back for `follower` while the component is mounted.
 *
 * @param refusal - why the server will not show the task, where it was asked by another way than the follower's line
 */
export function useTaskCallbacks(
  follower: Followed | null,
  callbacks: TaskCallbacks,
  refusal: StreamError | null = null,
): void {
  const newest = useNewest(callbacks)
  const wanted = hasCallbacks(callbacks)
  useEffect(
    () => (follower === null || !wanted ? undefined : hubs.join(follower, () => newest.current)),
    [follower, wanted, newest],
  )
  useEffect(() => {
    const { onError } = newest.current
    if (refusal === null || onError === undefined || toldRefusals.has(refusal)) return
    toldRefusals.add(refusal)
    callSoon(onError, refusal)
  }, [refusal, newest])
}

function hasCallbacks(callbacks: TaskCallbacks): boolean {
  const { onStatusChange, onProgress, onLog, onPartial, onFinish, onError } = callbacks
  return [onStatusChange, onProgress, onLog, onPartial, onFinish, onError].some(
    (callback) => callback !== undefined,
  )
}

const hubs = createCallbackHubs<Followed, TaskCallbacks>((follower, find) => {
  const tell = (next: TaskState, before: TaskState): void => {
    const status = shownStatus(next)
    const previous = shownStatus(before)
    if (next.logs !== before.logs) {
      const onLog = find('onLog')
      if (onLog !== undefined)
        for (const line of newLines(next.logs.lines, before.logs.lines)) callSoon(onLog, line)
    }
    if (next.track !== before.track && next.track !== null) callSoon(find('onProgress'), next.track.progress)
    if (next.partial.shown !== before.partial.shown) callSoon(find('onPartial'), next.partial.shown)
    if (status !== previous) callSoon(find('onStatusChange'), status, previous)
    if (!isTerminalStatus(next.status) || isTerminalStatus(before.status)) return
    callSoon(find('onFinish'), toTask(next))
    const failure = selectError({ ...initialView, task: next })
    if (failure !== null) callSoon(find('onError'), failure)
  }
  const tellError = (next: TaskView, before: TaskView): void => {
    const error = selectError(next)
    // A task that failed has said so as its last event.
    if (error !== null && error.code !== 'task-failed' && error.code !== selectError(before)?.code)
      callSoon(find('onError'), error)
  }
  const stops = [follower.observe(tell), follower.live.subscribe(tellError)]
  return {
    stop() {
      for (const stop of stops) stop()
    },
  }
})
