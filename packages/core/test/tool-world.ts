import type { ToolInvocation } from '../src/protocol/agent-event.ts'
import type { TabLocks } from '../src/source/tab-lock.ts'
import {
  type AgentRun,
  type AgentState,
  initialAgent,
  type MessageFact,
  newMessage,
} from '../src/state/agent.ts'
import type { ResumeStorage } from '../src/store/resume-storage.ts'

/** A call of the client tool `look` that waits to be run. */
export const dueCall: ToolInvocation = {
  id: '1',
  callId: null,
  kind: 'client',
  name: 'look',
  displayName: null,
  status: 'in_progress',
  args: { a: 1 },
  result: null,
  data: null,
  widget: null,
  executionId: null,
}

const fact: MessageFact = {
  order: 1,
  role: 'assistant',
  status: 'ready',
  content: [],
  invocations: [],
  toolCallId: null,
  runId: 'run',
  taskId: null,
  createdAt: null,
  updatedAtUs: null,
}

/** A turn that waits for a tool. */
export const waitingRun: AgentRun = {
  id: 'run',
  status: 'input_required',
  error: null,
  output: null,
  interruptReason: null,
  interruptToolId: null,
  userMessageId: null,
  invocationId: null,
  updatedAtUs: null,
}

/** A chat of messages with these facts; what is not said of one is as in a finished message of the run `run`. */
export function stateOfFacts(
  facts: readonly (Partial<MessageFact> | null)[],
  runs: readonly AgentRun[] = [],
): AgentState {
  const messages = facts.map((given, i) => ({
    ...newMessage(String(i), String(i)),
    fact: given === null ? null : { ...fact, ...given },
  }))
  return { ...initialAgent, isLoaded: true, messages, runs }
}

/** A chat of one message with these calls; what is not said of one is as in {@link dueCall}. */
export function stateOfCalls(calls: readonly Partial<ToolInvocation>[]): AgentState {
  return stateOfFacts([{ invocations: calls.map((call) => ({ ...dueCall, ...call })) }])
}

/** Locks that the tabs of a test share. */
export function createQueuedLocks(): TabLocks {
  const last = new Map<string, Promise<void>>()
  return {
    request(name, { signal }, granted) {
      const turn = (last.get(name) ?? Promise.resolve()).then(() => {
        if (signal?.aborted === true) throw new DOMException('No.', 'AbortError')
        return granted({})
      })
      const settled = turn.catch(() => {})
      last.set(name, settled)
      return turn
    },
  }
}

/** A storage that the tabs of a test share, and what lies in it. */
export function createSharedStorage(): ResumeStorage & { readonly items: Map<string, string> } {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}
