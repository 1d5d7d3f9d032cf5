import type { AgentEvent } from '../agent-event.ts'
import type { AgentInfo, AlwaysAllowOptions, SentMessage } from '../agent-protocol.ts'
import { hasKey, readList, readRecord, readRecords, readText, readValue, type JsonRecord } from '../json.ts'
import { readBodyRecord, unexpectedBody } from './envelope.ts'
import { readMessageEvents, readMessageFields } from './read-message.ts'

/** A page of messages. */
export type MessagesPage = Extract<AgentEvent, { type: 'messages-page' }>

/** Reads the body of `GET /chats/{id}` (P§5.3). @throws {StreamError} `malformed` when it is no chat: a chat has an id */
export function readChatAnswer(body: string): JsonRecord {
  const data = readBodyRecord(body, 'a chat')
  if (readText(data, 'id') === null) throw unexpectedBody('a chat')
  return data
}

/**
 * Reads what was answered to a message: of `POST /agents/run` both messages, of `POST /chats/{id}/messages` the message
 * alone (P§5.1). Without a reply it is queued.
 *
 * @throws {StreamError} `malformed` when it names no message or no chat
 */
export function readSentAnswer(body: string): SentMessage {
  const data = readBodyRecord(body, 'a message')
  const sent = readRecord(data, 'user_message') ?? data
  const reply = readRecord(data, 'assistant_message')
  const messageId = readText(sent, 'id')
  const chatId = readText(sent, 'chat_id') ?? (reply === null ? null : readText(reply, 'chat_id'))
  if (messageId === null || chatId === null) throw unexpectedBody('a message of a chat')
  const events = [sent, ...(reply === null ? [] : [reply])].flatMap((message) =>
    readMessageEvents(message, null).map((event) => ({ ...event, full: true })),
  )
  return { chatId, messageId, events }
}

/** Reads a page of `GET /chats/{id}/messages` (P§1.5, P§5.2). @throws {StreamError} `malformed` when it is none */
export function readMessagesAnswer(body: string, newest: boolean): MessagesPage {
  const data = readBodyRecord(body, 'a page of messages')
  if (!hasKey(data, 'items') && !hasKey(data, 'has_next')) throw unexpectedBody('a page of messages')
  const items = readRecords(data, 'items')
  // Why not after an empty page: a cursor that leads to nothing would be followed for ever.
  const hasOlder = items.length > 0 && readValue(data, 'has_next') === true
  return pageOf(items, newest, hasOlder ? readText(data, 'next_cursor') : null)
}

/** A page of these messages; those without an id are left out. */
export function pageOf(
  items: readonly JsonRecord[],
  newest: boolean,
  olderCursor: string | null,
): MessagesPage {
  const messages = items.flatMap((item) => {
    const id = readText(item, 'id')
    return id === null ? [] : [{ id, fields: readMessageFields(item, null) }]
  })
  return { type: 'messages-page', newest, messages, olderCursor }
}

/** Reads what can be allowed for good (P§5.2, appendix A7). @throws {StreamError} `malformed` */
export function readAlwaysAllowAnswer(body: string): AlwaysAllowOptions {
  const what = 'a list of what can be allowed'
  const data = readBodyRecord(body, what)
  if (!hasKey(data, 'options') && !hasKey(data, 'unavailable')) throw unexpectedBody(what)
  const options = readRecords(data, 'options').flatMap((row) => {
    const key = readText(row, 'key')
    if (key === null) return []
    const scope = readText(row, 'scope') ?? 'unknown'
    return [{ key, scope, label: readText(row, 'label') ?? key, rules: readTexts(row, 'rules') }]
  })
  return { options, defaultKey: readText(data, 'default'), unavailable: readText(data, 'unavailable') }
}

/** Reads what is told of an agent (P§5.2). @throws {StreamError} `malformed` when it has no name */
export function readAgentInfoAnswer(body: string): AgentInfo {
  const data = readBodyRecord(body, 'an agent')
  const version = readRecord(data, 'version') ?? {}
  const name = readText(data, 'name') ?? readText(version, 'name')
  if (name === null) throw unexpectedBody('an agent')
  return {
    name,
    description: readText(version, 'description') ?? readText(data, 'description'),
    examplePrompts: readTexts(version, 'example_prompts'),
  }
}

function readTexts(record: JsonRecord, key: string): readonly string[] {
  return (readList(record, key) ?? []).filter(
    (text) => typeof text === 'string' && text.trim() !== '',
  ) as string[]
}
