import { isToolOver } from '../state/agent-ends.ts'
import type { AgentState } from '../state/agent.ts'

/** Whether anything was said that was not known; how far the stream was read is a note of our own. */
export function isNews(next: AgentState, before: AgentState): boolean {
  return Object.entries(next).some(([key, value]) => value !== Reflect.get(before, key) && key !== 'position')
}

/** Whether something goes on, as far as was told; where the turn has ended, a word about that was lost. */
export function isUnfinished({ messages }: AgentState): boolean {
  return messages.some(
    ({ fact }) =>
      fact !== null &&
      (fact.status === 'pending' || fact.invocations.some(({ status }) => !isToolOver(status))),
  )
}
