import type { RunFollower } from '@taskstream/core'
import { useCallback, useMemo } from 'react'
import type { TaskActions } from './task-info.ts'
import { useNewest } from './use-newest.ts'

/** Actions on whatever follower the component has now; one identity for its life, but for `look`. */
export function useActions(
  follower: Omit<RunFollower, 'retry'> & Partial<Pick<RunFollower, 'retry'>>,
): TaskActions & { readonly retry: () => void } {
  const newest = useNewest(follower)
  const actions = useMemo(
    (): Omit<TaskActions, 'look'> & { readonly retry: () => void } => ({
      cancel: (options) => newest.current.cancel(options),
      retry: () => newest.current.retry?.(),
      disconnect: () => newest.current.disconnect(),
      reconnect: () => newest.current.reconnect(),
    }),
    [newest],
  )
  // Why not the newest: whoever looks goes on looking, and has to begin anew with another follower.
  const look = useCallback(() => follower.look(), [follower])
  return useMemo(() => ({ ...actions, look }), [actions, look])
}
