import type { AnyClientTool, ClientTools } from '@taskstream/core'
import { useMemo } from 'react'
import { useNewest } from './use-newest.ts'
import { isSameList, useSame } from './use-same.ts'

/**
 * Tools with one identity as long as their names are the same, so that they may be written into a component. The newest of
 * a name is the one that runs.
 */
export function useStableTools(tools: ClientTools): ClientTools {
  const newest = useNewest(tools)
  const names = useSame(namesOf(tools), isSameList)
  return useMemo(() => names.map((name) => newestOf(name, newest)), [names, newest])
}

function namesOf(tools: ClientTools): readonly string[] {
  return [...new Set(tools.map(({ name }) => name))]
}

type ToolField = keyof AnyClientTool

/** What is read of a tool beside its name and what it runs. */
const fields: readonly ToolField[] = ['displayName', 'description', 'input', 'inputSchema', 'timeoutMs']

function newestOf(name: string, newest: { readonly current: ClientTools }): AnyClientTool {
  // Where the next render has left it out, a call that comes before it is taken back still has the one before.
  let known: AnyClientTool | undefined
  const tool = (): AnyClientTool | undefined => {
    known = newest.current.find((one) => one.name === name) ?? known
    return known
  }
  const lent: AnyClientTool = { name, run: (args, context) => tool()?.run(args, context) }
  const read = fields.map((field): [string, PropertyDescriptor] => [
    field,
    { enumerable: true, get: () => tool()?.[field] },
  ])
  return Object.defineProperties(lent, Object.fromEntries(read))
}
