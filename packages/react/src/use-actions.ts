import type { RunFollower } from '@taskstream/core'
import { useMemo } from 'react'
import type { TaskActions } from './task-info.ts'
import { useNewest } from './use-newest.ts'

/** Actions on whatever follower the component has now; one identity for its life. */
export function useActions(
  follower: Omit<RunFollower, 'retry'> & Partial<Pick<RunFollower, 'retry'>>,
): TaskActions & { readonly retry: () => void } {
  const newest = useNewest(follower)
  return useMemo(
    () => ({
      cancel: (options) => newest.current.cancel(options),
      retry: () => newest.current.retry?.(),
      disconnect: () => newest.current.disconnect(),
      reconnect: () => newest.current.reconnect(),
    }),
    [newest],
  )
}
