import type { AgentEvent, MessageFields, MessageRole, StoredMessageStatus } from '../agent-event.ts'
import { hasKey, readNumber, readRecords, readString, readText, readValue, type JsonRecord } from '../json.ts'
import type { ChatMessageWire } from './agent-wire-types.ts'
import { namedKeys } from './named-keys.ts'
import { readContent } from './read-content.ts'
import { readInvocation } from './read-invocation.ts'
import { readTimeMs, readTimeUs } from './read-time.ts'
import { readWord } from './read-word.ts'

type Draft = { -readonly [Key in keyof MessageFields]: MessageFields[Key] }

const roles: readonly MessageRole[] = [
  'system',
  'user',
  'assistant',
  'tool',
  'injection',
  'compaction',
  'event',
]

const statuses: readonly StoredMessageStatus[] = ['pending', 'queued', 'ready', 'failed', 'cancelled']

/**
 * Reads a message of a chat, or the named keys of it, as an event; none without an id, or where nothing was said that can
 * be read.
 */
export function readMessageEvents(
  data: JsonRecord,
  named: ReadonlySet<string> | null,
): readonly Extract<AgentEvent, { type: 'message-fields' }>[] {
  const id = readText(data, 'id')
  if (id === null) return []
  const fields = readMessageFields(data, named)
  const full = named === null && isWhole(data)
  return full || Object.keys(fields).length > 0 ? [{ type: 'message-fields', id, full, fields }] : []
}

/**
 * Reads a message of a chat, or the named keys of it, in our words (P§6.1). A named key that it does not hold is cleared,
 * but for the role and the status (P§4.5).
 */
export function readMessageFields(data: JsonRecord, named: ReadonlySet<string> | null): MessageFields {
  const { says, saysList } = namedKeys<keyof ChatMessageWire>(data, named)
  const fields: Draft = {}
  const role = says('role') ? readWord(readValue(data, 'role'), roles) : null
  const status = says('status') ? readWord(readValue(data, 'status'), statuses) : null

  if (says('chat_id')) fields.chatId = readText(data, 'chat_id')
  if (says('order')) fields.order = readNumber(data, 'order')
  if (role !== null) fields.role = role
  if (status !== null) fields.status = status
  if (saysList('content') || (says('content') && readString(data, 'content') !== null)) {
    fields.content = readContent(data)
  }
  if (saysList('tool_invocations')) {
    fields.invocations = readRecords(data, 'tool_invocations').flatMap((row) => readInvocation(row) ?? [])
  }
  if (says('tool_call_id')) fields.toolCallId = readText(data, 'tool_call_id')
  if (says('agent_run_id')) fields.runId = readText(data, 'agent_run_id')
  if (says('task_id')) fields.taskId = readText(data, 'task_id')
  if (says('created_at')) fields.createdAt = readTimeMs(readValue(data, 'created_at'))
  if (says('updated_at')) fields.updatedAtUs = readTimeUs(readValue(data, 'updated_at'))
  return fields
}

/** Whether it is the whole message rather than a few keys of it: a resource has its times, or its place and its content. */
function isWhole(data: JsonRecord): boolean {
  if (hasKey(data, 'created_at') || hasKey(data, 'updated_at')) return true
  return hasKey(data, 'content') && (hasKey(data, 'order') || hasKey(data, 'role') || hasKey(data, 'status'))
}
