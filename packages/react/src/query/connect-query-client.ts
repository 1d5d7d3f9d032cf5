import type { Client } from '@taskstream/core'
import type { QueryClient } from '@tanstack/react-query'
import { taskKeys } from './task-keys.ts'

interface Bridge {
  userCount: number
  disconnect(): void
}

const bridges = new WeakMap<Client, Map<QueryClient, Bridge>>()

/**
 * Hands each task that ends while it is followed over to the query cache, once and whole. Lists of tasks are asked for
 * anew. Connecting twice connects once.
 *
 * @returns disconnects again
 */
export function connectQueryClient(client: Client, queryClient: QueryClient): () => void {
  const ofClient = bridges.get(client) ?? new Map<QueryClient, Bridge>()
  bridges.set(client, ofClient)
  const bridge = ofClient.get(queryClient) ?? { userCount: 0, disconnect: handOver(client, queryClient) }
  ofClient.set(queryClient, bridge)
  bridge.userCount++
  let connected = true
  return () => {
    if (!connected) return
    connected = false
    bridge.userCount--
    if (bridge.userCount > 0) return
    bridge.disconnect()
    ofClient.delete(queryClient)
  }
}

function handOver(client: Client, queryClient: QueryClient): () => void {
  return client.onSettled((task) => {
    queryClient.setQueryData(taskKeys.task(task.id), task)
    void queryClient.invalidateQueries({ queryKey: taskKeys.lists })
  })
}
