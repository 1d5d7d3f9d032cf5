import { StreamError, type Client } from '@taskstream/core'
import type { QueryClient } from '@tanstack/react-query'
import { createContext, useContext, useMemo, type ReactNode } from 'react'

/** What every hook below a {@link TaskstreamProvider} finds. */
export interface TaskstreamContextValue {
  readonly client: Client
  readonly queryClient: QueryClient | null
}

const TaskstreamContext = createContext<TaskstreamContextValue | null>(null)

/** Props of {@link TaskstreamProvider}. */
export interface TaskstreamProviderProps {
  /** Made once, outside of components or in a `useState` initialiser; on a server, one per request. */
  readonly client: Client
  /** The app's own TanStack Query client; default: the one of the nearest `QueryClientProvider`, else one of our own. */
  readonly queryClient?: QueryClient
  readonly children?: ReactNode
}

/** Gives a client to all hooks and components below. */
export function TaskstreamProvider({ client, queryClient, children }: TaskstreamProviderProps): ReactNode {
  const value = useMemo(() => ({ client, queryClient: queryClient ?? null }), [client, queryClient])
  return <TaskstreamContext.Provider value={value}>{children}</TaskstreamContext.Provider>
}

/**
 * What the nearest provider gives.
 *
 * @throws {StreamError} `misuse` outside of a provider
 */
export function useTaskstreamContext(): TaskstreamContextValue {
  const value = useContext(TaskstreamContext)
  if (value === null) {
    throw new StreamError(
      'misuse',
      'A taskstream hook or component was rendered outside of <TaskstreamProvider>, so it has no server to talk to. Wrap your app in <TaskstreamProvider client={createClient({ proxyUrl })}>.',
    )
  }
  return value
}

/** The client of the nearest provider, for what hooks do not cover. */
export function useClient(): Client {
  return useTaskstreamContext().client
}
