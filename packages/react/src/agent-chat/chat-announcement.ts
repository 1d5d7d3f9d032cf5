import { selectAgentError, selectAgentStatus, type AgentStatus, type ChatView } from '@taskstream/core'
import { errorWords } from './error-words.ts'
import type { AgentChatLabels } from './labels.ts'
import { isBusy } from './use-chat-state.ts'

/** What can be worth saying of a chat. */
export interface ChatFacts {
  readonly id: string | null
  readonly isLoaded: boolean
  readonly status: AgentStatus
  readonly isStopping: boolean
  /** Whether the newest turn was ended by somebody. */
  readonly isCancelled: boolean
  /** Id of the first approval that is asked for; `null` where none is. */
  readonly approvalId: string | null
  readonly approvalTool: string | null
  readonly reason: string | null
  /** Messages that could not be sent. */
  readonly unsentCount: number
  readonly line: 'up' | 'lost' | 'offline' | 'closed' | 'trying'
}

/** What was last spoken of a chat, and what was known then. */
export interface ChatAnnouncement {
  readonly facts: ChatFacts
  readonly text: string
}

/** Longest reason that is spoken, in UTF-16 units; all of it stands on the screen. */
const maxReasonChars = 200

/** The facts of a chat. */
export function selectFacts({ agent, connection }: ChatView): ChatFacts {
  const error = selectAgentError(agent)
  const approval = agent.interrupts.find(
    ({ reason, status }) => reason === 'tool_approval' && status === 'pending',
  )
  const toolName = approval?.meta?.['tool_name']
  return {
    id: agent.id,
    isLoaded: agent.isLoaded,
    status: selectAgentStatus(agent),
    isStopping: agent.isStopRequested,
    isCancelled: agent.runs.at(-1)?.status === 'cancelled',
    approvalId: approval?.id ?? null,
    approvalTool: typeof toolName === 'string' ? toolName : null,
    reason: error === null ? null : errorWords(error),
    unsentCount: agent.messages.filter(({ outgoing }) => outgoing !== null && outgoing.error !== null).length,
    line: lineOf(connection),
  }
}

/** Whether nothing is new. */
export function isSameFacts(a: ChatFacts, b: ChatFacts): boolean {
  return (Object.keys(a) as (keyof ChatFacts)[]).every((key) => a[key] === b[key])
}

/** What to say now. What is already so when a chat appears, or is loaded, is not news. */
export function nextChatAnnouncement(
  before: ChatAnnouncement,
  facts: ChatFacts,
  labels: AgentChatLabels,
): ChatAnnouncement {
  const known = before.facts
  // An attempt is neither a loss nor a return.
  const line = facts.line === 'trying' ? known.line : facts.line
  const isOther = known.id !== null && facts.id !== null && known.id !== facts.id
  const isNews = !isOther && (known.isLoaded || known.status !== 'ready' || !facts.isLoaded)
  const text = isNews ? (turnText(known, facts, labels) ?? lineText(known.line, line, labels)) : null
  return { facts: { ...facts, line }, text: text === null ? before.text : spokenAnew(text, before.text) }
}

/** A text that differs from the one before, as only what changes is spoken: the same one gets a blank that nobody hears. */
export function spokenAnew(text: string, before: string): string {
  return text === before ? `${text}\u00A0` : text
}

function turnText(known: ChatFacts, facts: ChatFacts, { announce, chat }: AgentChatLabels): string | null {
  const { status } = facts
  if (facts.unsentCount > known.unsentCount) return announce.notSent
  if (status === 'error' && (known.status !== 'error' || known.reason !== facts.reason)) {
    return announce.failed(clip(facts.reason ?? ''))
  }
  if (facts.approvalId !== null && facts.approvalId !== known.approvalId) {
    return announce.needsApproval(clip(facts.approvalTool ?? chat))
  }
  if (known.status === status) return null
  if (status === 'awaiting_input') return facts.approvalId === null ? announce.waitsForYou : null
  if (status === 'streaming') return known.status === 'awaiting_input' ? null : announce.began
  if (status === 'ready' && isBusy(known.status)) {
    return known.isStopping || facts.isCancelled ? announce.stopped : announce.done
  }
  return null
}

function lineText(
  known: ChatFacts['line'],
  line: ChatFacts['line'],
  { announce }: AgentChatLabels,
): string | null {
  if (known === line || line === 'trying' || known === 'trying') return null
  return {
    up: announce.lineBack,
    lost: announce.lineLost,
    offline: announce.lineOffline,
    closed: announce.lineClosed,
  }[line]
}

function lineOf({ state, nextRetryAt, error }: ChatView['connection']): ChatFacts['line'] {
  if (state === 'offline') return 'offline'
  if (state === 'closed') return error === null ? 'up' : 'closed'
  if (state === 'reconnecting') return nextRetryAt === null ? 'trying' : 'lost'
  return state === 'connecting' ? 'trying' : 'up'
}

function clip(reason: string): string {
  return reason.length > maxReasonChars ? `${reason.slice(0, maxReasonChars).trimEnd()}…` : reason
}
