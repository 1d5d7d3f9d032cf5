import { StreamError } from '../errors.ts'
import type { CancelOptions } from '../protocol/protocol.ts'
import type { TaskEvent } from '../protocol/task-event.ts'
import { isTerminalStatus } from '../protocol/task-status.ts'
import { TaskTimeoutError } from '../state/task-errors.ts'
import { initialTask, toTask } from '../state/task.ts'
import type { Submitted } from './calls.ts'
import type { Clock } from './clock.ts'
import type { FrameLoop } from './frame-loop.ts'
import { createLiveStore, type LiveStore } from './live-store.ts'
import { createLookers } from './lookers.ts'
import { runApart } from './run-apart.ts'
import type { TaskFollower, TaskObserver } from './task-follower.ts'
import { closedView, initialView, isLost, noSubmission } from './task-view.ts'
import type { Submission, TaskView, UploadProgress } from './task-view.ts'

/** A run: a config on its way to the server, then the task that it became. */
export interface RunFollower {
  /** What is shown, published once a frame. Watching it starts the run, once, and follows it. */
  readonly store: LiveStore<TaskView>
  /** The same without waiting for the frame. */
  readonly live: LiveStore<TaskView>
  observe(observer: TaskObserver): () => void
  cancel(options?: CancelOptions): Promise<void>
  /** Runs the config again, as a new task, when the last one has ended, was not accepted, or is not there any more. */
  retry(): void
  /** Stops watching, until `reconnect`. The task goes on. */
  disconnect(): void
  reconnect(): void
  /** Somebody looks at it, see {@link TaskFollower.look}. */
  look(): () => void
}

/** What a run needs from its client. */
export interface RunFollowerEnv {
  readonly clock: Clock
  readonly frames: FrameLoop
  /** Uploads and sends; `null` for a task that exists already, whose id `memory` gives. */
  readonly submit:
    | ((onUpload: (upload: UploadProgress) => void, signal: AbortSignal) => Promise<Submitted>)
    | null
  readonly follow: (taskId: string) => TaskFollower
  readonly memory: {
    load(): string | null
    save(taskId: string): void
    forget(): void
  }
  /** How long to watch, in milliseconds from the start; `null` for as long as it takes. Nothing is timed unwatched. */
  readonly timeoutMs: number | null
  readonly cancelOnTimeout: boolean
  readonly onWatched: () => void
  readonly onUnwatched: () => void
  /** Those of a client that are on their way. One that is taken out is given up: no task is followed then. */
  readonly submissions: Set<AbortController>
}

/** A run that begins when somebody watches it. */
export function createRunFollower(env: RunFollowerEnv): RunFollower {
  const observers = new Set<TaskObserver>()
  const lookers = createLookers()
  let follower: TaskFollower | null = null
  let submission: Submission = noSubmission
  /** Why this run is not watched although somebody watches it: paused, or out of time. */
  let stopped: StreamError | 'paused' | null = null
  /** Ends what can be ended of a submission: files on their way, and a wait between two requests. */
  let sending: AbortController | null = null
  let cancelAsked: CancelOptions | null = null
  let deadlineMs: number | null = null
  let watcherCount = 0
  let detach = (): void => {}
  let stopTimer = (): void => {}
  let stopObserving = (): void => {}

  const lifecycle = {
    onWatched() {
      watcherCount++
      if (watcherCount > 1) return
      env.onWatched()
      begin()
    },
    onUnwatched() {
      watcherCount--
      if (watcherCount > 0) return
      stopTimer()
      detach()
      env.onUnwatched()
    },
  }
  const published = createLiveStore(initialView, lifecycle)
  const live = createLiveStore(initialView, lifecycle)

  const viewOf = (view: TaskView): TaskView => {
    if (stopped === null) return submission === view.submission ? view : { ...view, submission }
    const { connection } = stopped === 'paused' ? initialView : closedView(stopped)
    return { ...view, submission, connection }
  }
  const publish = (): void => published.write(viewOf(follower?.store.getState() ?? initialView))
  const refresh = (): void => {
    live.write(viewOf(follower?.current() ?? initialView))
    env.frames.offer(publish)
    env.frames.flush()
  }

  const show = (next: Partial<Submission>): void => {
    submission = { ...submission, ...next }
    refresh()
  }

  function begin(): void {
    if (follower === null && submission.status === 'none') {
      const known = env.memory.load()
      if (known !== null) adopt(env.follow(known), [])
      else if (env.submit !== null) void start(env.submit)
    }
    startTimer()
    attach()
  }

  function attach(): void {
    detach()
    if (follower === null || watcherCount === 0 || stopped !== null) return
    const followed = follower
    const leave = [
      followed.live.subscribe((view) => live.write(viewOf(view))),
      followed.store.subscribe((view) => published.write(viewOf(view))),
    ]
    detach = () => {
      detach = () => {}
      for (const stop of leave) stop()
    }
    live.write(viewOf(followed.current()))
    published.write(viewOf(followed.store.getState()))
  }

  function adopt(next: TaskFollower, events: readonly TaskEvent[]): void {
    const tell: TaskObserver = (state, before) => {
      if (isTerminalStatus(state.status)) stopTimer()
      for (const observer of observers) runApart(() => observer(state, before))
    }
    stopObserving()
    follower = next
    lookers.pointAt(next)
    stopObserving = next.observe(tell)
    // Somebody else may follow it already: what is known of it then is this run's first word.
    const known = next.current().task
    if (known !== initialTask) tell(known, initialTask)
    next.fold(events)
    submission = { ...noSubmission, status: 'accepted' }
    attach()
    refresh()
    const options = cancelAsked
    cancelAsked = null
    // Whoever asked was answered when the wish was noted; a refusal shows as a task that goes on.
    if (options !== null) next.cancel(options).catch(() => {})
  }

  async function start(submit: NonNullable<RunFollowerEnv['submit']>): Promise<void> {
    const attempt = (sending = new AbortController())
    env.submissions.add(attempt)
    show({ status: 'sending' })
    try {
      const onUpload = (progress: UploadProgress): void => {
        const sent = progress.sentBytes >= progress.totalBytes
        show({ status: sent ? 'sending' : 'uploading', upload: progress })
      }
      const { taskId, events } = await submit(onUpload, attempt.signal)
      env.memory.save(taskId)
      if (env.submissions.has(attempt)) adopt(env.follow(taskId), events)
    } catch (thrown) {
      stopTimer()
      const error = StreamError.from(thrown)
      const status = cancelAsked !== null && error.code === 'aborted' ? 'cancelled' : 'rejected'
      show({ status, upload: null, error })
    } finally {
      env.submissions.delete(attempt)
    }
  }

  function hasEnded(): boolean {
    return follower !== null && isTerminalStatus(follower.current().task.status)
  }

  /** Whether the run ended before the server had it. */
  function isOver(): boolean {
    return submission.status === 'rejected' || submission.status === 'cancelled'
  }

  function startTimer(): void {
    const { timeoutMs, clock } = env
    stopTimer()
    if (timeoutMs === null || hasEnded() || isOver()) return
    deadlineMs ??= clock.monotonic() + timeoutMs
    stopTimer = clock.after(Math.max(0, deadlineMs - clock.monotonic()), () => {
      const view = follower?.current() ?? initialView
      stopped = new TaskTimeoutError(toTask(view.task), timeoutMs, env.cancelOnTimeout)
      if (env.cancelOnTimeout) cancel({}).catch(() => {})
      detach()
      refresh()
    })
  }

  async function cancel(options: CancelOptions): Promise<void> {
    if (follower !== null) return follower.cancel(options)
    if (isOver() || submission.status === 'none') return
    // A run that was sent may have been started: then there is something to cancel once the answer is there.
    cancelAsked = options
    show({ cancelRequested: true })
    sending?.abort()
  }

  return {
    store: published.store,
    live: live.store,
    observe(observer) {
      observers.add(observer)
      return () => void observers.delete(observer)
    },
    cancel: (options = {}) => cancel(options),
    look: () => lookers.look(),
    retry() {
      if (
        env.submit === null ||
        !(hasEnded() || (follower !== null && isLost(follower.current())) || isOver())
      )
        return
      detach()
      stopObserving()
      env.memory.forget()
      follower = null
      lookers.pointAt(null)
      stopped = null
      cancelAsked = null
      deadlineMs = null
      submission = noSubmission
      begin()
    },
    disconnect() {
      if (stopped !== null) return
      stopped = 'paused'
      detach()
      refresh()
    },
    reconnect() {
      stopped = null
      attach()
      refresh()
      follower?.reconnect()
    },
  }
}
