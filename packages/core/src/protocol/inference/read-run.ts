import type { AgentEvent, AgentRunFields, AgentRunStatus } from '../agent-event.ts'
import { readText, readValue, type JsonRecord } from '../json.ts'
import type { AgentRunWire } from './agent-wire-types.ts'
import { errorText } from './error-text.ts'
import { namedKeys } from './named-keys.ts'
import { readTimeUs } from './read-time.ts'
import { readWord } from './read-word.ts'

type Draft = { -readonly [Key in keyof AgentRunFields]: AgentRunFields[Key] }

const states: readonly AgentRunStatus[] = [
  'submitted',
  'working',
  'input_required',
  'auth_required',
  'completed',
  'failed',
  'cancelled',
  'rejected',
]

/**
 * Reads a run of an agent, or the named keys of it, as an event (P§5.5); none without an id, or where nothing was said
 * that can be read. Its state is never cleared.
 */
export function readRunEvents(
  data: JsonRecord,
  named: ReadonlySet<string> | null,
): readonly Extract<AgentEvent, { type: 'run-fields' }>[] {
  const id = readText(data, 'id')
  if (id === null) return []
  const { says } = namedKeys<keyof AgentRunWire>(data, named)
  const fields: Draft = {}
  const status = says('state') ? readWord(readValue(data, 'state'), states) : null

  if (status !== null) fields.status = status
  if (says('error')) fields.error = errorText(readValue(data, 'error'))
  if (says('output')) fields.output = readValue(data, 'output')
  if (says('interrupt_reason')) fields.interruptReason = readText(data, 'interrupt_reason')
  if (says('interrupt_tool_id')) fields.interruptToolId = readText(data, 'interrupt_tool_id')
  if (says('user_message_id')) fields.userMessageId = readText(data, 'user_message_id')
  if (says('tool_invocation_id')) fields.invocationId = readText(data, 'tool_invocation_id')
  if (says('updated_at')) fields.updatedAtUs = readTimeUs(readValue(data, 'updated_at'))
  const full = named === null
  return full || Object.keys(fields).length > 0 ? [{ type: 'run-fields', id, full, fields }] : []
}
