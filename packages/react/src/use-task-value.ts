import { useCallback, useMemo } from 'react'
import { shallow } from 'zustand/vanilla/shallow'
import { idleFollower } from './idle-follower.ts'
import { useClient } from './provider.tsx'
import { describeView, type TaskInfo } from './task-info.ts'
import { useHydrated } from './use-hydrated.ts'
import { useLive, type IsEqual } from './use-live.ts'

/**
 * One value of a task; renders again only when that value changes. Watches the task, as `useTask` does, but asks no cache.
 *
 * @param selector - may be a new function at each render, and may build a new object or list
 * @param isEqual - default shallow: objects, lists, maps and sets are equal when their members are the same
 * @example const percent = useTaskValue(id, (task) => Math.round((task.progress.value ?? 0) * 100))
 */
export function useTaskValue<S>(
  taskId: string | null | undefined,
  selector: (task: TaskInfo) => S,
  isEqual: IsEqual<S> = shallow,
): S {
  const client = useClient()
  const hydrated = useHydrated()
  const follower = useMemo(
    () =>
      !hydrated || taskId === null || taskId === undefined || taskId === ''
        ? idleFollower
        : client.follow.task(taskId),
    [client, hydrated, taskId],
  )
  const select = useCallback(
    (view: Parameters<typeof describeView>[0]) => selector(describeView(view)),
    [selector],
  )
  return useLive(follower.store, select, isEqual)
}
