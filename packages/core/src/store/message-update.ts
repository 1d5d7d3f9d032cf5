import { isMessageOver } from '../state/agent-ends.ts'
import type { AgentState, MessageState } from '../state/agent.ts'
import type { ChatMessage, MessagePart, ToolCall } from '../state/chat-message.ts'
import { selectMessage } from '../state/select-message.ts'

/**
 * What one event added to a message of the agent, as the streaming reference tells it ("Agent Streaming"): text as it
 * arrives, and thoughts of the type `thinking`.
 */
export interface MessageUpdate {
  /** `message`: something else than text has changed, such as a tool call or the status. */
  readonly type: 'text' | 'thinking' | 'message'
  /** What was added; `''` for the type `message`. Where the server took back what it had said, all that it says now. */
  readonly content: string
  /** The message as it is now. */
  readonly message: ChatMessage
}

/**
 * What changed in messages that are not the user's, in their order. What is only read of the past is no news: older pages,
 * and what a chat held before anything was known of it.
 */
export function messageUpdates(next: AgentState, before: AgentState): readonly MessageUpdate[] {
  const changed = changedMessages(next, before)
  if (changed.length === 0) return []
  const isPast = pastOf(next, before)
  return changed.flatMap(({ message, held }) => {
    if (message.fact?.role === 'user' || message.outgoing !== null) return []
    if (held === null && isPast(message)) return []
    const shown = selectMessage(message, next.interrupts)
    return updatesOf(shown, held === null ? null : selectMessage(held, before.interrupts))
  })
}

/** Tells what lies before everything that was known; of a chat that is read for the first time, also what has ended. */
function pastOf(next: AgentState, before: AgentState): (message: MessageState) => boolean {
  if (next.messages.length === before.messages.length) return () => false
  const known = new Set(before.messages.map(({ key }) => key))
  const first = next.messages.findIndex(({ key }) => known.has(key))
  if (first >= 0) {
    const older = new Set(next.messages.slice(0, first))
    return (message) => older.has(message)
  }
  return before.isLoaded ? () => false : ({ fact }) => fact !== null && isMessageOver(fact.status)
}

interface Changed {
  readonly message: MessageState
  /** What it was before; `null` where it is new. */
  readonly held: MessageState | null
}

function changedMessages({ messages }: AgentState, { messages: before }: AgentState): readonly Changed[] {
  if (messages === before) return []
  // Nearly always one message in its place has changed: nothing is built for the others then.
  if (messages.length === before.length && messages.every(({ key }, index) => key === before[index]?.key)) {
    return messages.flatMap((message, index) => {
      const held = before[index] ?? null
      return held === message ? [] : [{ message, held }]
    })
  }
  const known = new Map(before.map((message) => [message.key, message]))
  return messages.flatMap((message) => {
    const held = known.get(message.key) ?? null
    return held === message ? [] : [{ message, held }]
  })
}

function updatesOf(message: ChatMessage, before: ChatMessage | null): readonly MessageUpdate[] {
  if (message === before) return []
  const updates: MessageUpdate[] = []
  // The answers of tools and the notes beside the conversation are no words of the agent.
  for (const [type, kind] of message.role === 'assistant' ? kinds : []) {
    const content = added(textOf(message.parts, kind), textOf(before?.parts ?? [], kind))
    if (content !== '') updates.push({ type, content, message })
  }
  return updates.length > 0 ? updates : [{ type: 'message', content: '', message }]
}

const kinds: readonly (readonly ['text' | 'thinking', 'text' | 'reasoning'])[] = [
  ['thinking', 'reasoning'],
  ['text', 'text'],
]

function textOf(parts: readonly MessagePart[], kind: 'text' | 'reasoning'): string {
  return parts.flatMap((part) => (part.type === kind ? [part.text] : [])).join('\n\n')
}

function added(next: string, before: string): string {
  return next.startsWith(before) ? next.slice(before.length) : next
}

/** Calls that wait for this client to answer them, and did not before. */
export function callsToAnswer(next: AgentState, before: AgentState): readonly ToolCall[] {
  return changedMessages(next, before).flatMap(({ message, held }) => {
    const open = openCalls(message, next)
    if (open.length === 0 || held === null) return open
    const known = new Set(openCalls(held, before).map(({ id }) => id))
    return open.filter(({ id }) => !known.has(id))
  })
}

function openCalls(message: MessageState, { interrupts }: AgentState): readonly ToolCall[] {
  const mayWait = message.fact?.invocations.some(isWaiting)
  if (mayWait !== true) return []
  return selectMessage(message, interrupts).parts.flatMap((part) =>
    part.type === 'tool-call' && isWaiting(part.call) && part.call.local === null ? [part.call] : [],
  )
}

function isWaiting({ kind, status }: Pick<ToolCall, 'kind' | 'status'>): boolean {
  return kind === 'client' && (status === 'in_progress' || status === 'awaiting_input')
}
