import type { Clock } from './clock.ts'
import type { FrameLoop } from './frame-loop.ts'
import type { LiveStore } from './live-store.ts'
import type { RememberedRun } from './resume-storage.ts'
import { runApart } from './run-apart.ts'
import type { TaskFollower } from './task-follower.ts'
import { initialView, type TaskView } from './task-view.ts'

/** One task of a client, as its list shows it. */
export interface TaskListItem {
  readonly id: string
  readonly view: TaskView
  /** Whether somebody watches it, so that it is connected, or about to be. */
  readonly isWatched: boolean
  /** Whether it is known from an earlier page alone: nobody has asked for it in this one, and its view is empty. */
  readonly remembered: boolean
  /** Epoch milliseconds at which this client, or that of the earlier page, first had its id. */
  readonly firstSeenAt: number
}

/** What a list needs of a follower. */
export type ListedFollower = Pick<TaskFollower, 'current' | 'onChange'>

/** Every task that a client knows, newest first. */
export interface TaskList {
  /** Changes once a frame at most; the same list, and the same items in it, until they change. Connects nothing. */
  readonly store: LiveStore<readonly TaskListItem[]>
  /** There is a follower of this task. One that is listed with it already stays as it is. */
  add(id: string, follower: ListedFollower): void
  /** Somebody watches this task now, or nobody does any more. */
  watch(id: string, isWatched: boolean): void
  /** This task is forgotten. */
  remove(id: string): void
  /** Forgets every task, those of an earlier page too. */
  clear(): void
}

interface Entry {
  item: TaskListItem
  /** Higher is newer. Why no time: that of the wall may be set back. */
  readonly order: number
  readonly follower: ListedFollower | null
  isWatched: boolean
  readonly stop: () => void
}

const nothing: readonly TaskListItem[] = []

/**
 * An empty list.
 *
 * @param remembered - runs of an earlier page; asked for once, when the list is first looked at
 */
export function createTaskList(
  clock: Clock,
  loop: FrameLoop,
  remembered: () => readonly RememberedRun[] = () => [],
): TaskList {
  const entries = new Map<string, Entry>()
  const listeners = new Set<(next: readonly TaskListItem[], before: readonly TaskListItem[]) => void>()
  /** Entries whose item may be old. */
  const stale = new Set<Entry>()
  let isReordered = false
  let newest = 0
  let items = nothing
  let recall = (): void => {
    recall = () => {}
    for (const [index, { taskId, savedAt }] of remembered().entries()) {
      if (entries.has(taskId)) continue
      const item = { id: taskId, view: initialView, isWatched: false, remembered: true, firstSeenAt: savedAt }
      entries.set(taskId, { item, order: -index, follower: null, isWatched: false, stop: () => {} })
      isReordered = true
    }
  }

  function refresh(): void {
    recall()
    let isChanged = isReordered
    for (const entry of stale) {
      const { item, follower, isWatched } = entry
      const view = follower?.current() ?? item.view
      if (view === item.view && isWatched === item.isWatched) continue
      entry.item = { ...item, view, isWatched }
      isChanged = true
    }
    stale.clear()
    if (!isChanged) return
    isReordered = false
    const ordered = [...entries.values()].sort((a, b) => b.order - a.order)
    items = ordered.map(({ item }) => item)
  }

  const publish = (): void => {
    const before = items
    refresh()
    if (items === before) return
    const after = items
    for (const listener of listeners) runApart(() => listener(after, before))
  }
  /** Unwatched, the list is made when it is asked for. */
  const changed = (): void => {
    if (listeners.size > 0) loop.offer(publish)
  }

  return {
    store: {
      getInitialState: () => nothing,
      getState() {
        if (listeners.size === 0) refresh()
        return items
      },
      subscribe(listener) {
        // What changed unwatched is no news to whoever comes now.
        if (listeners.size === 0) refresh()
        const told: typeof listener = (next, before) => listener(next, before)
        listeners.add(told)
        return () => void listeners.delete(told)
      },
    },
    add(id, follower) {
      const known = entries.get(id)
      if (known?.follower === follower) return
      known?.stop()
      const touch = (): void => {
        stale.add(entry)
        changed()
      }
      const firstSeenAt = known?.item.firstSeenAt ?? clock.now()
      const view = follower.current()
      const item = { id, view, isWatched: false, remembered: false, firstSeenAt }
      const order = known?.order ?? ++newest
      const entry: Entry = { item, order, follower, isWatched: false, stop: follower.onChange(touch) }
      entries.set(id, entry)
      isReordered = true
      // Why later: a follower may be made by a render, in which nobody else can be told to render.
      queueMicrotask(changed)
    },
    watch(id, isWatched) {
      const entry = entries.get(id)
      if (entry === undefined) return
      entry.isWatched = isWatched
      stale.add(entry)
      changed()
    },
    remove(id) {
      const entry = entries.get(id)
      if (entry === undefined) return
      entry.stop()
      entries.delete(id)
      stale.delete(entry)
      isReordered = true
      changed()
    },
    clear() {
      recall = () => {}
      for (const { stop } of entries.values()) stop()
      entries.clear()
      stale.clear()
      isReordered = items.length > 0
      changed()
    },
  }
}
