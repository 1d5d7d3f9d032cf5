import type { RunConfig } from '../protocol/protocol.ts'
import { createLineBudget, withinBudget } from '../source/line-budget.ts'
import type { SourceEnv } from '../source/source.ts'
import type { TaskState } from '../state/task.ts'
import type { Calls } from './calls.ts'
import type { ClientSettings } from './client-options.ts'
import { createFrameLoop } from './frame-loop.ts'
import { createRegistry } from './registry.ts'
import { createRunMemory, type ResumeStorage } from './resume-storage.ts'
import { runApart } from './run-apart.ts'
import { createRunFollower, type RunFollower, type RunFollowerEnv } from './run-follower.ts'
import { runKey } from './run-key.ts'
import { createTaskFollower, type TaskFollower } from './task-follower.ts'
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
  onSettled: (task: TaskState) => void,
): Followers {
  const { clock, lifetimes, protocol } = settings
  const frames = createFrameLoop(settings.schedule)
  const budget = createLineBudget(settings.maxStreams)
  const tasks = createRegistry<TaskFollower>(clock, lifetimes)
  const runs = createRegistry<RunFollower>(clock, lifetimes)
  const watched = new Set<TaskFollower | RunFollower>()
  const submissions = new Set<AbortController>()

  function task(
    id: string,
    line: Pick<ClientSettings, 'policy' | 'chunkSizeBytes'> = settings,
  ): TaskFollower {
    const env: SourceEnv = { ...settings, chunkSizeBytes: line.chunkSizeBytes, send: calls.send }
    return tasks.get(id, (lifecycle) => {
      const follower = createTaskFollower({
        clock,
        frames,
        target: {
          source: withinBudget(budget, protocol.connectTask(id, env), protocol.pollTask(id, env)),
          decode: () => protocol.decodeTask(),
          ask: (signal) => calls.task(id, signal),
        },
        options: { policy: line.policy, idleMs: settings.idleMs, maxLogLines: settings.maxLogLines },
        sendCancel: (how) => calls.cancel(id, how),
        onWatched() {
          watched.add(follower)
          lifecycle.onWatched()
        },
        onUnwatched(disconnect) {
          watched.delete(follower)
          lifecycle.onUnwatched(disconnect)
        },
        onSettled,
      })
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
    task: (id) => task(id),
    findTask: (id) => tasks.find(id),
    run(config, { key = '', resume = true, ...options } = {}) {
      const identity = runKey(config, key)
      const storage = typeof resume === 'object' ? resume : settings.storage
      const kept = resume !== false && identity.stable && storage !== null
      const memory = kept ? createRunMemory(storage, settings.scope, clock) : null
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
    },
  }
}

function defaultRunOptions(settings: ClientSettings): RunFollowOptions {
  const { policy, chunkSizeBytes } = settings
  return { policy, chunkSizeBytes, timeoutMs: null, cancelOnTimeout: false, onUpload: null }
}
