import { isStreamError, isTerminalStatus, type TaskFollower } from '@taskstream/core'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import { idleFollower } from './idle-follower.ts'
import { useClient } from './provider.tsx'
import { connectQueryClient } from './query/connect-query-client.ts'
import { taskQueryOptions } from './query/task-query-options.ts'
import { useTaskQueryClient } from './query/use-query-client.ts'
import { useTaskCallbacks, type TaskCallbacks } from './task-callbacks.ts'
import { describeView, extendInfo, showSnapshot, type TaskActions, type TaskInfo } from './task-info.ts'
import { throttleStore, type Throttle } from './throttle-store.ts'
import { useActions } from './use-actions.ts'
import { useHydrated } from './use-hydrated.ts'
import { useLive } from './use-live.ts'
import { useNewest } from './use-newest.ts'

/** Options of {@link useTask}. Callbacks are told what happens while it is watched, not what its first snapshot says. */
export interface UseTaskOptions extends TaskCallbacks {
  /** Whether to ask and watch; default `true`. */
  readonly enabled?: boolean
  /** How often this component is told; default `'frame'`. */
  readonly throttle?: Throttle
}

/** What {@link useTask} gives. */
export interface TaskResult extends TaskInfo, TaskActions {
  /** Whether its first snapshot is still on its way. */
  readonly isLoading: boolean
}

/**
 * A task that exists, by its id: a snapshot through TanStack Query, live while it runs. A task that has ended is shown from
 * the query cache without any line; one that ends here is handed to the cache once.
 *
 * @param taskId - `null` or `undefined` shows nothing
 */
export function useTask(taskId: string | null | undefined, options: UseTaskOptions = {}): TaskResult {
  const { enabled = true, throttle = 'frame' } = options
  const client = useClient()
  const queryClient = useTaskQueryClient()
  const hydrated = useHydrated()
  const id = enabled && taskId !== undefined && taskId !== '' ? taskId : null
  const follower = useMemo(
    () => (id !== null && hydrated ? client.follow.task(id) : idleFollower),
    [client, id, hydrated],
  )
  const isKnown = useIsKnown(follower)
  const query = useQuery(
    {
      ...taskQueryOptions(client, id ?? ''),
      enabled: id !== null && !isKnown,
      // What can still change is followed, and what may be asked again is asked by the line, which knows how to wait.
      staleTime: Infinity,
      retry: false,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    },
    queryClient,
  )
  const { error, refetch } = query
  const snapshot = id === null || query.isPlaceholderData ? null : (query.data ?? null)
  const isOver = snapshot !== null && isTerminalStatus(snapshot.status)
  const isFollowed = isKnown || (!isOver && (snapshot !== null || (isStreamError(error) && error.retryable)))
  const watched = isFollowed ? follower : idleFollower
  const store = useMemo(() => throttleStore(watched, throttle), [watched, throttle])
  const live = useLive(store, describeView)
  useEffect(() => connectQueryClient(client, queryClient), [client, queryClient])

  const shown = useMemo(
    () =>
      live.status === 'idle' && snapshot !== null ? describeView(showSnapshot(live.view, snapshot)) : live,
    [live, snapshot],
  )
  const isBlank = id !== null && shown.status === 'idle' && shown.error === null
  const refusal = isBlank && isStreamError(error) && !error.retryable ? error : null
  const isLoading = isBlank && refusal === null && shown.connection.state !== 'closed'
  useTaskCallbacks(watched === idleFollower ? null : watched, options, refusal)

  const { cancel, disconnect, reconnect: reconnectLine, look } = useActions(follower)
  const askAgain = useNewest(refusal === null ? null : refetch)
  const reconnect = useCallback(() => {
    reconnectLine()
    void askAgain.current?.()
  }, [reconnectLine, askAgain])
  return useMemo(() => {
    const failed = refusal === null ? {} : { error: refusal, phase: 'error' as const, isError: true }
    return extendInfo(shown, { cancel, disconnect, reconnect, look, isLoading, ...failed })
  }, [shown, cancel, disconnect, reconnect, look, isLoading, refusal])
}

/** Whether anything is known of the task without asking: from a line, or from the answer to a request. */
function useIsKnown(follower: Pick<TaskFollower, 'live' | 'observe'>): boolean {
  const subscribe = useCallback((listener: () => void) => follower.observe(() => listener()), [follower])
  const isKnown = (): boolean => follower.live.getState().task.status !== 'idle'
  return useSyncExternalStore(subscribe, isKnown, isKnown)
}
