import type { Client } from '@taskstream/core'
import { QueryClient, QueryClientContext } from '@tanstack/react-query'
import { useContext, useEffect } from 'react'
import { useTaskstreamContext } from '../provider.tsx'

const own = new WeakMap<Client, QueryClient>()

/** The query client of the provider, else of the app, else one of our own for each client. */
export function useTaskQueryClient(): QueryClient {
  const { client, queryClient } = useTaskstreamContext()
  const ofApp = useContext(QueryClientContext)
  const chosen = queryClient ?? ofApp ?? ownOf(client)
  // One that no QueryClientProvider holds would not hear that the browser is online again. Mounts are counted.
  useEffect(() => {
    chosen.mount()
    return () => chosen.unmount()
  }, [chosen])
  return chosen
}

function ownOf(client: Client): QueryClient {
  const made = own.get(client) ?? new QueryClient()
  own.set(client, made)
  return made
}
