import { runKey, type RunConfig, type RunFollower, type TaskPhase, type TaskView } from '@taskstream/core'
import { useMemo } from 'react'
import { idleFollower } from './idle-follower.ts'
import { useClient } from './provider.tsx'
import { isSameConfig } from './same-config.ts'
import { describeView, extendInfo, type TaskActions, type TaskInfo } from './task-info.ts'
import { useHydrated } from './use-hydrated.ts'
import { useLive, type Readable } from './use-live.ts'
import { useNewest } from './use-newest.ts'
import { isSameList, useSame } from './use-same.ts'
import type { TaskStreamOptions } from './use-task-stream.ts'

/** Options of {@link useTaskStreams}, for all of its runs. */
export type TaskStreamsOptions = Pick<
  TaskStreamOptions,
  'enabled' | 'key' | 'timeout' | 'cancelOnTimeout' | 'resume'
>

/** One task of several, with actions of its own. */
export interface GroupedTask extends TaskInfo, TaskActions {
  /** Runs its config again, as a new task, when the last one has ended, was not accepted or is not there any more. */
  readonly retry: () => void
}

/** Several tasks as one. */
export interface TaskStreamsResult {
  /** Each task, in the order of its config; what `<TaskProgress task={…}>` takes. */
  readonly tasks: readonly GroupedTask[]
  /** How far they are together. `value` counts an ended task as 1 and an indeterminate one as 0: never too much. */
  readonly progress: {
    /** 0 to 1; `null` while nothing was reported and nothing has ended. */
    readonly value: number | null
    /** Tasks that have ended. */
    readonly current: number
    /** Tasks in all. */
    readonly total: number
  }
  /** `success` when all completed; `error` when all ended and one failed; `cancelled` when all ended and one was cancelled. */
  readonly phase: TaskPhase
  /** Asks the server to stop each that still runs. Rejects with the first refusal, when all have been asked. */
  readonly cancelAll: () => Promise<void>
  /** Runs each that failed, was cancelled, was not accepted or is not there any more again. */
  readonly retryFailed: () => void
}

/** Starts several tasks and watches them together. Configs that are the same are runs of their own. */
export function useTaskStreams(
  configs: readonly RunConfig[],
  options: TaskStreamsOptions = {},
): TaskStreamsResult {
  const { enabled = true, key = '', timeout, cancelOnTimeout, resume } = options
  const client = useClient()
  const hydrated = useHydrated()
  const stable = useSame(configs, areSameConfigs)
  const found = useMemo(
    (): readonly RunFollower[] =>
      withOccurrence(stable).map(({ config, occurrence }) =>
        enabled && hydrated
          ? client.follow.run(config, {
              key: occurrence === 0 ? key : `${key}#${occurrence}`,
              ...(timeout === undefined ? {} : { timeoutMs: timeout }),
              ...(cancelOnTimeout === undefined ? {} : { cancelOnTimeout }),
              ...(resume === undefined ? {} : { resume }),
            })
          : idleFollower,
      ),
    [client, enabled, hydrated, stable, key, timeout, cancelOnTimeout, resume],
  )
  const followers = useSame(found, isSameList)
  const store = useMemo(() => joinStores(followers.map((follower) => follower.store)), [followers])
  const views = useLive(store, allOf, isSameList)
  const group = useMemo(
    () => describeGroup(views.map((view, index) => groupedTask(followers[index] ?? idleFollower, view))),
    [followers, views],
  )
  const newest = useNewest(followers)
  const commands = useMemo(
    () => ({
      async cancelAll() {
        const answers = await Promise.allSettled(newest.current.map((follower) => follower.cancel()))
        for (const answer of answers) if (answer.status === 'rejected') throw answer.reason
      },
      retryFailed() {
        for (const follower of newest.current) {
          const { phase } = describeView(follower.live.getState())
          if (phase === 'error' || phase === 'cancelled') follower.retry()
        }
      },
    }),
    [newest],
  )
  return useMemo(() => ({ ...group, ...commands }), [group, commands])
}

function areSameConfigs(a: readonly RunConfig[], b: readonly RunConfig[]): boolean {
  return a.length === b.length && a.every((config, index) => isSameConfig(config, b[index] ?? null))
}

function withOccurrence(configs: readonly RunConfig[]): { config: RunConfig; occurrence: number }[] {
  const seen = new Map<string, number>()
  return configs.map((config) => {
    const identity = runKey(config).key
    const occurrence = seen.get(identity) ?? 0
    seen.set(identity, occurrence + 1)
    return { config, occurrence }
  })
}

/** Several stores as one, whose state is the list of theirs. */
function joinStores(stores: readonly Readable<TaskView>[]): Readable<readonly TaskView[]> {
  return {
    getState: () => stores.map((store) => store.getState()),
    getInitialState: () => stores.map((store) => store.getInitialState()),
    subscribe(listener) {
      const stops = stores.map((store) => store.subscribe(listener))
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}

function allOf(views: readonly TaskView[]): readonly TaskView[] {
  return views
}

interface Grouped {
  readonly actions: Pick<GroupedTask, 'cancel' | 'retry' | 'disconnect' | 'reconnect' | 'look'>
  readonly view: TaskView
  readonly task: GroupedTask
}

const groupedTasks = new WeakMap<RunFollower, Grouped>()

/** The task of a follower at one moment; the same object for the same view, the same actions for the same follower. */
function groupedTask(follower: RunFollower, view: TaskView): GroupedTask {
  const known = groupedTasks.get(follower)
  if (known?.view === view) return known.task
  const actions = known?.actions ?? {
    cancel: (options) => follower.cancel(options),
    retry: () => follower.retry(),
    disconnect: () => follower.disconnect(),
    reconnect: () => follower.reconnect(),
    look: () => follower.look(),
  }
  const task = extendInfo(describeView(view), actions)
  groupedTasks.set(follower, { actions, view, task })
  return task
}

function describeGroup(
  tasks: readonly GroupedTask[],
): Pick<TaskStreamsResult, 'tasks' | 'progress' | 'phase'> {
  const ended = tasks.filter((task) => hasEnded(task.phase))
  const shares = tasks.map((task) => (hasEnded(task.phase) ? 1 : task.progress.value))
  const known = shares.filter((share) => share !== null)
  const value = known.length === 0 ? null : known.reduce((sum, share) => sum + share, 0) / tasks.length
  return {
    tasks,
    progress: { value, current: ended.length, total: tasks.length },
    phase: phaseOfGroup(tasks),
  }
}

function hasEnded(phase: TaskPhase): boolean {
  return phase === 'success' || phase === 'error' || phase === 'cancelled'
}

function phaseOfGroup(tasks: readonly TaskInfo[]): TaskPhase {
  const phases = tasks.map((task) => task.phase)
  const order: readonly TaskPhase[] = ['running', 'finishing', 'pending', 'idle', 'error', 'cancelled']
  return order.find((phase) => phases.includes(phase)) ?? (phases.length === 0 ? 'idle' : 'success')
}
