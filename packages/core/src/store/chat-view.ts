import { initialAgent, type AgentState } from '../state/agent.ts'
import { describeConnection, type ConnectionInfo } from '../state/connection-info.ts'
import { idleConnection } from '../state/connection.ts'

/** Everything that can be shown of a chat: what is true of it, and the line it is followed by. */
export interface ChatView {
  readonly agent: AgentState
  readonly connection: ConnectionInfo
}

/** The view before anything is known. */
export const initialChatView: ChatView = {
  agent: initialAgent,
  connection: describeConnection(idleConnection),
}
