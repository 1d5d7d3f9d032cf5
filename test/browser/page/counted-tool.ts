import { clientTool, type AnyClientTool } from '@taskstream/core'

/**
 * A tool that takes as long as the agent says, and leaves a mark in the storage of the browser at each begin and each end of
 * `run`: `<kind> <server> <call> <anything>`.
 *
 * @param server - keeps the marks of one server apart from those of another
 */
export function createCountedTool(server: string): AnyClientTool {
  const mark = (kind: 'begin' | 'end', call: string): void =>
    localStorage.setItem(`${kind} ${server} ${call} ${crypto.randomUUID()}`, String(Date.now()))
  return clientTool<{ readonly ms: number }>({
    name: 'count',
    input: { type: 'object', properties: { ms: { type: 'number' } }, required: ['ms'] },
    async run({ ms }, { id }) {
      mark('begin', id)
      await new Promise((resolve) => setTimeout(resolve, ms))
      mark('end', id)
      return 'counted'
    },
  })
}
