import { StreamError } from '../errors.ts'
import type { CancelOptions } from '../protocol/protocol.ts'
import type { LocalTaskEvent, TaskEvent } from '../protocol/task-event.ts'
import { isTerminalStatus } from '../protocol/task-status.ts'
import { describeConnection, isSameConnection } from '../state/connection-info.ts'
import type { TaskState } from '../state/task.ts'
import type { FrameLoop } from './frame-loop.ts'
import { createLiveStore, type LiveStore } from './live-store.ts'
import { runApart } from './run-apart.ts'
import { createTaskLine, type TaskLineEnv } from './task-line.ts'
import { initialView, noSubmission, type TaskView } from './task-view.ts'

/** Told of every change of a task, in order, once per event that changed it. */
export type TaskObserver = (next: TaskState, before: TaskState) => void

/** One task, followed by one line, however many watch it. */
export interface TaskFollower {
  /** What is shown, published once a frame; a change of status or connection at once. Watching it connects. */
  readonly store: LiveStore<TaskView>
  /** The same without waiting for the frame. Watching it connects too. */
  readonly live: LiveStore<TaskView>
  /** Sees each event that changes the task. Observing connects nothing. */
  observe(observer: TaskObserver): () => void
  /** Asks the server to stop the work. A task that has ended stays as it is, and that is no error. */
  cancel(options?: CancelOptions): Promise<void>
  /** Stops watching for everybody, until `reconnect`. The task goes on. */
  disconnect(): void
  /** Watches again: at once, with a new budget of attempts. */
  reconnect(): void
  /** Somebody looks at it: it comes first where places for streams are few. The answer takes that back. */
  look(): () => void
  /** Told after each change of {@link TaskFollower.current}, without watching. */
  onChange(listener: () => void): () => void
  /** Folds what came by another way than the line. */
  fold(events: readonly (TaskEvent | LocalTaskEvent)[]): void
  /** The newest view, published or not. */
  current(): TaskView
}

/** What a follower needs from its client. */
export interface TaskFollowerEnv {
  readonly frames: FrameLoop
  readonly line: Omit<TaskLineEnv, 'onTask' | 'onConnection' | 'onSettled'>
  /** Told how many look at it. */
  readonly onLookers: (count: number) => void
  readonly sendCancel: (options: CancelOptions) => Promise<void>
  readonly onWatched: () => void
  /** The last watcher left; `disconnect` ends the line, when it is time for that. */
  readonly onUnwatched: (disconnect: () => void) => void
  readonly onSettled: (task: TaskState) => void
}

/** A follower of the task behind `env.target`. */
export function createTaskFollower(env: TaskFollowerEnv): TaskFollower {
  const observers = new Set<TaskObserver>()
  let watcherCount = 0
  let paused = false
  let view = initialView

  let lookerCount = 0
  const changeListeners = new Set<() => void>()

  const line = createTaskLine({
    ...env.line,
    onTask(next, before) {
      // First, so that an observer that looks at the follower sees what it is told of.
      refresh()
      for (const observer of observers) runApart(() => observer(next, before))
      if (next.status !== before.status || next.cancelRequested !== before.cancelRequested) env.frames.flush()
    },
    onConnection() {
      refresh()
      env.frames.flush()
    },
    onSettled: () => env.onSettled(line.task),
  })

  const lifecycle = {
    onWatched() {
      watcherCount++
      if (watcherCount > 1) return
      env.onWatched()
      if (paused) return
      line.want()
      // A line that was given up is tried anew for whoever comes later.
      if (line.connection.status === 'closed') line.retryNow()
    },
    onUnwatched() {
      watcherCount--
      if (watcherCount === 0) env.onUnwatched(() => line.unwant())
    },
  }
  const published = createLiveStore(initialView, lifecycle)
  const live = createLiveStore(initialView, lifecycle)
  const publish = (): void => published.write(view)

  function refresh(): void {
    const described = describeConnection(line.connection, line.facts)
    const connection = isSameConnection(view.connection, described) ? view.connection : described
    if (line.task === view.task && connection === view.connection) return
    view = { task: line.task, connection, submission: noSubmission }
    live.write(view)
    env.frames.offer(publish)
    for (const listener of changeListeners) runApart(listener)
  }

  return {
    store: published.store,
    live: live.store,
    observe(observer) {
      observers.add(observer)
      return () => void observers.delete(observer)
    },
    async cancel(options = {}) {
      if (isTerminalStatus(line.task.status)) return
      line.fold([{ type: 'cancel-requested' }])
      try {
        await env.sendCancel(options)
      } catch (thrown) {
        line.fold([{ type: 'cancel-rejected' }])
        throw StreamError.from(thrown)
      }
    },
    disconnect() {
      paused = true
      line.unwant()
    },
    reconnect() {
      paused = false
      if (watcherCount === 0) return
      line.want()
      line.retryNow()
    },
    look() {
      let isLooking = true
      env.onLookers(++lookerCount)
      return () => {
        if (!isLooking) return
        isLooking = false
        env.onLookers(--lookerCount)
      }
    },
    onChange(listener) {
      changeListeners.add(listener)
      return () => void changeListeners.delete(listener)
    },
    fold: (events) => line.fold(events),
    current: () => view,
  }
}
