import {
  selectError,
  selectPhase,
  selectStatus,
  type Client,
  type ConnectionInfo,
  type Progress,
  type StreamError,
  type TaskListItem,
  type TaskPhase,
  type TaskStatus,
} from '@taskstream/core'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useClient } from './provider.tsx'
import { noProgress } from './task-info.ts'
import { useLive } from './use-live.ts'
import { isSameList } from './use-same.ts'

/** One task in the list of {@link useTasks}. The same object until something of it changes. */
export interface ListedTask {
  readonly id: string
  readonly status: TaskStatus
  readonly phase: TaskPhase
  readonly progress: Progress
  readonly connection: ConnectionInfo
  readonly app: string | null
  /** Epoch milliseconds, on the server's clock. */
  readonly createdAt: number | null
  /** Epoch milliseconds at which it was first known here, in an earlier page of this tab maybe. */
  readonly firstSeenAt: number
  /** Why it failed, or why the server does not show it. */
  readonly error: StreamError | null
  /** Whether its id is all that is known, from before the page was loaded: follow it to know more. */
  readonly remembered: boolean
}

/** Options of {@link useTasks}. */
export interface UseTasksOptions {
  /** Whether to watch each task of the list until it has ended, so that it is connected; default `false`, which only lists. */
  readonly follow?: boolean
  /** Which tasks to list, and to follow; default all. Of one that is `remembered` nothing but the id is known. */
  readonly filter?: (task: ListedTask) => boolean
}

/**
 * Every task that this client knows, newest first: those that are watched by anything in the page, those that were until a
 * few minutes ago, and runs that this tab remembers from before a reload. Renders again only when something of it changes,
 * once a frame at most.
 *
 * @example const running = useTasks({ filter: (task) => task.phase === 'running' }).length
 */
export function useTasks({ follow = false, filter }: UseTasksOptions = {}): readonly ListedTask[] {
  const client = useClient()
  const { list } = client.follow
  const [describe] = useState(createDescriber)
  const select = useCallback(
    (items: readonly TaskListItem[]) => {
      const tasks = describe(items)
      return filter === undefined ? tasks : tasks.filter(filter)
    },
    [describe, filter],
  )
  const tasks = useLive(list, select, isSameList)
  useFollowed(client, tasks, follow)
  return tasks
}

/** Watches each of `tasks` that has not ended, from the commit on until it has, or until it is not wanted any more. */
function useFollowed(client: Client, tasks: readonly ListedTask[], follow: boolean): void {
  const watchOnly = useMemo(() => createWatcher(client), [client])
  useEffect(() => {
    watchOnly(follow ? tasks.filter(isOpen) : [])
  }, [watchOnly, tasks, follow])
  // Apart: a change of the list does not leave those that stay in it.
  useEffect(() => () => watchOnly([]), [watchOnly])
}

/** Watches the tasks that it was last given, and no others. */
function createWatcher({ follow }: Client): (tasks: readonly ListedTask[]) => void {
  const stops = new Map<string, () => void>()
  return (tasks) => {
    const wanted = new Set(tasks.map(({ id }) => id))
    for (const [id, stop] of stops) {
      if (wanted.has(id)) continue
      stops.delete(id)
      stop()
    }
    for (const id of wanted) {
      if (!stops.has(id))
        stops.set(
          id,
          follow.task(id).store.subscribe(() => {}),
        )
    }
  }
}

/** One that the server does not know any more is an error, and no line of it will say otherwise. */
function isOpen({ phase }: ListedTask): boolean {
  return phase !== 'success' && phase !== 'error' && phase !== 'cancelled'
}

interface Described {
  readonly item: TaskListItem
  readonly task: ListedTask
}

/** Describes lists, each task with the object of the list before while it says the same. */
function createDescriber(): (items: readonly TaskListItem[]) => readonly ListedTask[] {
  let known: ReadonlyMap<string, Described> = new Map()
  return (items) => {
    const described = items.map((item): Described => {
      const before = known.get(item.id)
      if (before === undefined) return { item, task: describeItem(item) }
      if (before.item === item) return before
      const task = describeItem(item)
      return { item, task: isSameTask(before.task, task) ? before.task : task }
    })
    known = new Map(described.map((one) => [one.item.id, one]))
    return described.map(({ task }) => task)
  }
}

function describeItem({ id, view, firstSeenAt, remembered }: TaskListItem): ListedTask {
  const { task, connection } = view
  return {
    id,
    status: selectStatus(view),
    phase: selectPhase(view),
    progress: task.track?.progress ?? noProgress,
    connection,
    app: task.app,
    createdAt: task.createdAt,
    firstSeenAt,
    error: selectError(view),
    remembered,
  }
}

const fields = [
  'status',
  'phase',
  'progress',
  'connection',
  'app',
  'createdAt',
  'firstSeenAt',
  'error',
  'remembered',
] as const satisfies readonly (keyof ListedTask)[]

function isSameTask(a: ListedTask, b: ListedTask): boolean {
  return fields.every((field) => a[field] === b[field])
}
