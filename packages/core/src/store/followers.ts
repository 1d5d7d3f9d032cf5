import type { RunConfig } from '../protocol/protocol.ts'
import type { TaskState } from '../state/task.ts'
import type { Calls } from './calls.ts'
import type { SharedLines } from './chats.ts'
import type { ClientSettings } from './client-options.ts'
import type { LiveStore } from './live-store.ts'
import { createRegistry } from './registry.ts'
import { createRunMemory, type ResumeStorage, type RunMemory } from './resume-storage.ts'
import { runApart } from './run-apart.ts'
import { createRunFollower, type RunFollower, type RunFollowerEnv } from './run-follower.ts'
import { runKey } from './run-key.ts'
import { createTaskFollower, type TaskFollower } from './task-follower.ts'
import { createTaskList, type TaskListItem } from './task-list.ts'
import type { UploadProgress } from './task-view.ts'

/** How a run is followed. */
export interface RunFollowOptions extends Pick<ClientSettings, 'policy' | 'chunkSizeBytes'> {
  readonly timeoutMs: number | null
  readonly cancelOnTimeout: boolean
  readonly onUpload: ((upload: UploadProgress) => void) | null
}

/** What tells one shared run from another, and how it is kept. */
export interface SharedRunOptions extends Partial<RunFollowOptions> {
  /** Tells two runs of one config apart. */
  readonly key?: string
  /** Whether a reload finds the run again; a storage of your own; default `true`. */
  readonly resume?: boolean | ResumeStorage
}

/** What {@link Followers.single} gives. */
export interface SingleRun {
  readonly run: RunFollower
  /** Ends its line when nobody else watches. A run that is given up is not sent any more, if it was not sent yet. */
  readonly release: (how: 'give-up' | 'leave') => void
}

/** Everything that a client follows: one follower per task, one per shared run. */
export interface Followers {
  /** Every task that is or was followed lately, newest first, and those that this tab followed before a reload. Connects nothing. */
  readonly list: LiveStore<readonly TaskListItem[]>
  /** The follower of a task, made when it is first asked for. Connects to nothing until it is watched. */
  readonly task: (id: string) => TaskFollower
  /** The follower of a config: the same for the same config and key. Starts nothing until it is watched. */
  readonly run: (config: RunConfig, options?: SharedRunOptions) => RunFollower
  /**
   * A run of its own, or one task: on the terms of `options`, unless the task is known already, whose line stays as it is.
   */
  single(id: string | null, config: RunConfig | null, options: RunFollowOptions): SingleRun
  /** The follower of a task, if there is one. */
  findTask(id: string): TaskFollower | null
  /** Ends every line, and what is about to be sent, and forgets everything. */
  clear(): void
}

/** No followers yet. `onSettled` is told of each task that ended while it was followed. */
export function createFollowers(
  settings: ClientSettings,
  calls: Calls,
  { frames, sources }: SharedLines,
  onSettled: (task: TaskState) => void,
): Followers {
  const { clock, lifetimes, protocol } = settings
  const memoryIn = (storage: ResumeStorage): RunMemory => createRunMemory(storage, settings.scope, clock)
  const list = createTaskList(clock, frames, () =>
    settings.storage === null ? [] : memoryIn(settings.storage).list(),
  )
  const tasks = createRegistry<TaskFollower>(clock, lifetimes, (id) => list.remove(id))
  const runs = createRegistry<RunFollower>(clock, lifetimes)
  const watched = new Set<TaskFollower | RunFollower>()
  const submissions = new Set<AbortController>()

  function task(
    id: string,
    line: Pick<ClientSettings, 'policy' | 'chunkSizeBytes'> = settings,
  ): TaskFollower {
    return tasks.get(id, (lifecycle) => {
      const { source, setLookers } = sources.of({ kind: 'task', id }, line.chunkSizeBytes)
      const follower = createTaskFollower({
        frames,
        line: {
          ...settings,
          policy: line.policy,
          source,
          decode: () => protocol.decodeTask(),
          ask: (signal) => calls.task(id, signal),
        },
        onLookers: setLookers,
        sendCancel: (how) => calls.cancel(id, how),
        onWatched() {
          watched.add(follower)
          lifecycle.onWatched()
          list.add(id, follower)
          list.watch(id, true)
        },
        onUnwatched(disconnect) {
          watched.delete(follower)
          lifecycle.onUnwatched(disconnect)
          list.watch(id, false)
        },
        onSettled,
      })
      list.add(id, follower)
      return follower
    })
  }

  function envOf(
    config: RunConfig | null,
    options: RunFollowOptions,
  ): Omit<RunFollowerEnv, 'memory' | 'onWatched' | 'onUnwatched'> {
    const { onUpload } = options
    return {
      clock,
      frames,
      timeoutMs: options.timeoutMs,
      cancelOnTimeout: options.cancelOnTimeout,
      submissions,
      follow: (id) => task(id, options),
      submit:
        config === null
          ? null
          : (show, signal) =>
              calls.submit(
                config,
                options.policy,
                (upload) => {
                  show(upload)
                  if (onUpload !== null) runApart(() => onUpload(upload))
                },
                signal,
              ),
    }
  }

  return {
    list: list.store,
    task: (id) => task(id),
    findTask: (id) => tasks.find(id),
    run(config, { key = '', resume = true, ...options } = {}) {
      const identity = runKey(config, key)
      const storage = typeof resume === 'object' ? resume : settings.storage
      const kept = resume !== false && identity.stable && storage !== null
      const memory = kept ? memoryIn(storage) : null
      const filled = { ...defaultRunOptions(settings), ...options }
      return runs.get(identity.key, (lifecycle) => {
        const follower = createRunFollower({
          ...envOf(config, filled),
          memory: {
            load: () => memory?.load(identity.key) ?? null,
            save: (id) => memory?.save(identity.key, id),
            forget: () => memory?.forget(identity.key),
          },
          onWatched() {
            watched.add(follower)
            lifecycle.onWatched()
          },
          onUnwatched() {
            watched.delete(follower)
            lifecycle.onUnwatched()
          },
        })
        return follower
      })
    },
    single(id, config, options) {
      let followed: string | null = id
      const givenUp = new AbortController()
      const env = envOf(config, options)
      const { submit } = env
      const run = createRunFollower({
        ...env,
        submit: submit && ((show, signal) => submit(show, AbortSignal.any([signal, givenUp.signal]))),
        memory: { load: () => id, save: (taskId) => void (followed = taskId), forget: () => {} },
        onWatched: () => {},
        onUnwatched: () => {},
      })
      return {
        run,
        release(how) {
          if (how === 'give-up') givenUp.abort()
          if (followed !== null) tasks.release(followed)
        },
      }
    },
    clear() {
      for (const submission of submissions) submission.abort()
      submissions.clear()
      // Those that are watched have no grace that a registry could end.
      for (const follower of watched) follower.disconnect()
      runs.clear()
      tasks.clear()
      list.clear()
    },
  }
}

function defaultRunOptions(settings: ClientSettings): RunFollowOptions {
  const { policy, chunkSizeBytes } = settings
  return { policy, chunkSizeBytes, timeoutMs: null, cancelOnTimeout: false, onUpload: null }
}
