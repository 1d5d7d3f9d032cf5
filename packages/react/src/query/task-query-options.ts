import { isStreamError, isTerminalStatus, taskStatuses, type Client, type Task } from '@taskstream/core'
import { replaceEqualDeep } from '@tanstack/react-query'
import { taskKeys, type TaskKeys } from './task-keys.ts'

type TaskKey = ReturnType<TaskKeys['task']>

/** Options that `useQuery`, `useSuspenseQuery`, `prefetchQuery` and `ensureQueryData` take for one task. */
export interface TaskQueryOptions {
  readonly queryKey: TaskKey
  readonly queryFn: () => Promise<Task>
  readonly staleTime: (query: { readonly state: { readonly data: Task | undefined } }) => number
  readonly retry: (failureCount: number, error: Error) => boolean
  /** Keeps what has not changed, and a task that has ended as it ended: an answer that says otherwise is older. */
  readonly structuralSharing: (held: unknown, answer: unknown) => unknown
}

/** How often a question that may be repeated is repeated. */
const maxRetries = 3

/**
 * The snapshot of a task as a query. A task that has ended never changes, so it is never asked for again; a refusal that
 * would be repeated is not.
 *
 * @example await queryClient.prefetchQuery(taskQueryOptions(client, id))
 */
export function taskQueryOptions(client: Client, id: string): TaskQueryOptions {
  return {
    queryKey: taskKeys.task(id),
    // Why without its signal: a query that takes it is given up by an unmount, and asked again by the mount after that.
    queryFn: () => client.tasks.get(id),
    staleTime: ({ state }) => (hasEnded(state.data) ? Infinity : 0),
    retry: (failureCount, error) => isStreamError(error) && error.retryable && failureCount < maxRetries,
    structuralSharing: (held, answer) =>
      hasEnded(held) && !hasEnded(answer) ? held : replaceEqualDeep(held, answer),
  }
}

/** Whether a value of the cache, which an app may have filled, is a task that has ended. */
function hasEnded(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'status' in value &&
    taskStatuses.some((status) => status === value.status && isTerminalStatus(status))
  )
}
