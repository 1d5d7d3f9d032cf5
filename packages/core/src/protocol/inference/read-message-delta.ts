import type { MessageDelta, ToolCallDelta } from '../agent-event.ts'
import {
  isRecord,
  readNumber,
  readRecord,
  readRecords,
  readString,
  readText,
  readValue,
  type JsonRecord,
} from '../json.ts'
import { readJsonText } from './json-text.ts'

/** Reads a piece of a message that is being generated (P§4.6), and `null` where it is no object. */
export function readMessageDelta(delta: unknown): MessageDelta | null {
  if (!isRecord(delta)) return null
  return {
    text: readString(delta, 'response') ?? '',
    reasoning: readString(delta, 'reasoning') ?? '',
    toolCalls: readRecords(delta, 'tool_calls').flatMap((call) => readToolCallDelta(call) ?? []),
    usage: readRecord(delta, 'usage'),
  }
}

/** `null` for an index that cannot be one; without any it is the first call. */
function readToolCallDelta(call: JsonRecord): ToolCallDelta | null {
  const index = readValue(call, 'index') === null ? 0 : readNumber(call, 'index')
  if (index === null || !Number.isSafeInteger(index) || index < 0) return null
  const written = readRecord(call, 'function') ?? {}
  return {
    index,
    callId: readText(call, 'id'),
    name: readText(written, 'name'),
    argsText: readJsonText(written, 'arguments') ?? '',
  }
}
