import type { AgentRequest } from './agent-script.ts'
import type { Chat } from './chat-record.ts'
import type { StoredPart } from './chat-state.ts'

/** What the next turn of a chat answers. */
export function requestOf(chat: Chat, content: readonly StoredPart[]): AgentRequest {
  return {
    agent: chat.head.agent,
    config: chat.config,
    text: textOf(content, '\n'),
    files: content.flatMap((part) => (part.type === 'image' || part.type === 'file' ? part.uri : [])),
    context: chat.context,
    chatId: chat.id,
    turnIndex: chat.runs.size,
  }
}

/** What the last message of the assistant says. */
export function lastTextOf(chat: Chat): string {
  const last = [...chat.messages.values()].findLast(({ role }) => role === 'assistant')
  return textOf(last?.content ?? [], '')
}

function textOf(content: readonly StoredPart[], between: string): string {
  return content.flatMap((part) => (part.type === 'text' ? part.text : [])).join(between)
}
