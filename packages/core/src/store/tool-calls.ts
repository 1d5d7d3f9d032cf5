import type { AgentRunStatus, ToolInvocation } from '../protocol/agent-event.ts'
import type { AgentState, MessageFact } from '../state/agent.ts'

/** A call of a client tool, as one state has it. */
export interface ClientCall {
  readonly invocation: ToolInvocation
  /** Whether the server waits for a browser to run it (P§7.1). */
  readonly isDue: boolean
  /** Whether nobody waits for its answer any more. */
  readonly isEnded: boolean
}

const endedRuns: readonly AgentRunStatus[] = ['completed', 'failed', 'cancelled', 'rejected']

/** The calls of client tools in a chat, by their ids. A turn that has ended has ended its calls, whatever they say. */
export function clientCalls({ messages, runs }: AgentState): ReadonlyMap<string, ClientCall> {
  const over = new Set(runs.filter(({ status }) => endedRuns.includes(status)).map(({ id }) => id))
  const calls = new Map<string, ClientCall>()
  for (const { fact } of messages) {
    if (fact === null) continue
    const isOver = isGivenUp(fact) || (fact.runId !== null && over.has(fact.runId))
    for (const invocation of fact.invocations) {
      if (invocation.kind !== 'client') continue
      const isEnded = isOver || isTerminal(invocation)
      calls.set(invocation.id, { invocation, isEnded, isDue: !isEnded && isAsked(invocation) })
    }
  }
  return calls
}

function isGivenUp({ status }: MessageFact): boolean {
  return status === 'failed' || status === 'cancelled'
}

function isTerminal({ status }: ToolInvocation): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

/** Older servers say `awaiting_input`; with a widget, that waits for a person. */
function isAsked({ status, widget }: ToolInvocation): boolean {
  return status === 'in_progress' || (status === 'awaiting_input' && widget === null)
}
