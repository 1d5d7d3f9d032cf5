import type { StoredToolStatus, ToolInvocation, ToolKind } from '../agent-event.ts'
import { readRecord, readText, readValue, type JsonRecord } from '../json.ts'
import { readJson, readJsonRecord, readJsonText } from './json-text.ts'
import { readWord } from './read-word.ts'

const kinds: readonly ToolKind[] = ['client', 'app', 'agent', 'hook', 'http', 'call', 'mcp', 'internal']

const statuses: readonly StoredToolStatus[] = [
  'pending',
  'in_progress',
  'awaiting_input',
  'awaiting_approval',
  'completed',
  'failed',
  'cancelled',
]

/** Reads a tool call as the server keeps it (P§6.2); `null` without an id, to which every command is addressed. */
export function readInvocation(data: JsonRecord): ToolInvocation | null {
  const id = readText(data, 'id')
  if (id === null) return null
  const call = readRecord(data, 'function') ?? {}
  return {
    id,
    callId: readText(data, 'tool_invocation_id'),
    kind: readWord(readValue(data, 'type'), kinds) ?? 'unknown',
    name: readText(call, 'name') ?? '',
    displayName: readText(data, 'display_name'),
    status: readWord(readValue(data, 'status'), statuses) ?? 'unknown',
    args: readJson(call, 'arguments'),
    result: readJsonText(data, 'result'),
    data: readJsonRecord(data, 'data'),
    widget: readJsonRecord(data, 'widget'),
    executionId: readText(data, 'execution_id'),
  }
}
