import {
  isChatBusy,
  selectAgentError,
  selectAgentStatus,
  selectMessages,
  selectPartialOutput,
} from '@taskstream/core'
import type {
  AgentStatus,
  ChatMessage,
  ChatView,
  ConnectionInfo,
  Interrupt,
  PlanStep,
  StreamError,
} from '@taskstream/core'

/** What a component knows of a chat at one moment. */
export interface ChatInfo {
  /** `null` before the first message of a new chat was taken. */
  readonly chatId: string | null
  /** What the agent called the chat; `null` where it has no name. */
  readonly name: string | null
  /** In the order in which they are shown; the same reference for one that did not change. */
  readonly messages: readonly ChatMessage[]
  readonly status: AgentStatus
  /** Whether a turn is under way, on the server or on its way there. */
  readonly isBusy: boolean
  /** Whether the chat exists and has not been read yet. */
  readonly isLoading: boolean
  /** Why the last turn failed, or the last message was not taken; never a broken line, which is `connection.error`. */
  readonly error: StreamError | null
  readonly connection: ConnectionInfo
  /** Whether there are messages before the first one. */
  readonly hasOlder: boolean
  readonly isLoadingOlder: boolean
  readonly olderError: StreamError | null
  /** Structured output of the last turn that had any. */
  readonly output: unknown
  /** As much of the structured output as can be read before the end of the turn. */
  readonly partialOutput: unknown
  /** What the agent plans to do; empty where it has no plan. */
  readonly plan: readonly PlanStep[]
  /** What waits for a person, or for this client. */
  readonly interrupts: readonly Interrupt[]
  /** Everything, for selectors of `@taskstream/core`. */
  readonly view: ChatView
}

const infos = new WeakMap<ChatView, ChatInfo>()

/** The info of a view; the same object each time. What costs something is made when it is read. */
export function describeChat(view: ChatView): ChatInfo {
  const known = infos.get(view)
  if (known !== undefined) return known
  const { agent, connection } = view
  const info: ChatInfo = {
    chatId: agent.id,
    name: agent.name,
    get messages() {
      return selectMessages(agent)
    },
    get status() {
      return selectAgentStatus(agent)
    },
    get isBusy() {
      const status = selectAgentStatus(agent)
      return isChatBusy(agent) || status === 'submitted' || status === 'streaming'
    },
    isLoading: agent.id !== null && !agent.isLoaded && connection.state !== 'closed',
    get error() {
      return selectAgentError(agent) ?? refusalOf(connection)
    },
    connection,
    hasOlder: agent.olderCursor !== null,
    isLoadingOlder: agent.isLoadingOlder,
    olderError: agent.olderError,
    output: agent.output,
    get partialOutput() {
      return selectPartialOutput(agent)
    },
    plan: agent.plan,
    interrupts: agent.interrupts,
    view,
  }
  infos.set(view, info)
  return info
}

/** The server will not show the chat. */
function refusalOf({ state, error }: ConnectionInfo): StreamError | null {
  return state === 'closed' && error !== null && !error.retryable ? error : null
}
