import type { AgentRunStatus, StoredMessageStatus, StoredToolStatus } from '../protocol/agent-event.ts'

/** Whether nothing follows this status of a message (P§6.1). */
export function isMessageOver(status: StoredMessageStatus): boolean {
  return status === 'ready' || status === 'failed' || status === 'cancelled'
}

/** Whether nothing follows this status of a tool call (P§6.2). */
export function isToolOver(status: StoredToolStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

/** Whether nothing follows this status of a run (P§5.5). */
export function isRunOver(status: AgentRunStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled' || status === 'rejected'
}
