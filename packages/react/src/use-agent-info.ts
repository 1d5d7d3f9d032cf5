import type { AgentConfig, AgentInfo, Client } from '@taskstream/core'
import { useEffect, useState } from 'react'
import { useClient } from './provider.tsx'
import { isSameList, useSame } from './use-same.ts'

/** What was told of agents, per client: it does not change while an app runs. */
const known = new WeakMap<Client, Map<string, AgentInfo>>()

/**
 * What is told of an agent before the first message: its name, its description, and examples of what to say. `null` until it
 * is known, and where the server does not tell. Of an agent that is described in place, its own words.
 *
 * @param agent - `namespace/name`, with `@version` where wanted, or a config; `null` asks nothing
 */
export function useAgentInfo(agent: string | AgentConfig | null): AgentInfo | null {
  const client = useClient()
  const ref = typeof agent === 'string' ? agent : null
  const [told, setTold] = useState<{ readonly ref: string; readonly info: AgentInfo } | null>(null)
  useEffect(() => {
    if (ref === null || known.get(client)?.has(ref) === true) return undefined
    const controller = new AbortController()
    client.follow.agentInfo(ref, controller.signal).then(
      (info) => {
        known.set(client, (known.get(client) ?? new Map<string, AgentInfo>()).set(ref, info))
        if (!controller.signal.aborted) setTold({ ref, info })
      },
      // It only adorns: a chat works without it.
      () => {},
    )
    return () => controller.abort()
  }, [client, ref])
  const described = useSame(describe(agent), isSameInfo)
  if (described !== null || typeof agent !== 'string') return described
  return known.get(client)?.get(agent) ?? (told !== null && told.ref === agent ? told.info : null)
}

/** What an agent that is described in place says of itself; `null` of any other. */
function describe(agent: string | AgentConfig | null): AgentInfo | null {
  if (agent === null || typeof agent === 'string') return null
  const { name = '', description = null, examplePrompts = [] } = agent
  return { name, description, examplePrompts }
}

function isSameInfo(a: AgentInfo | null, b: AgentInfo | null): boolean {
  if (a === null || b === null) return a === b
  return (
    a.name === b.name && a.description === b.description && isSameList(a.examplePrompts, b.examplePrompts)
  )
}
