import type { ContentPart } from '../agent-event.ts'
import {
  isRecord,
  readRecord,
  readRecords,
  readString,
  readText,
  readValue,
  type JsonRecord,
} from '../json.ts'
import { errorText } from './error-text.ts'
import { readJsonText } from './json-text.ts'

/**
 * Reads the content of a message: a list of parts (P§6.1), or a text, which is reasoning where the `type` beside it is
 * `thinking` (streaming reference, P§0a.1). A part that could not be made is followed by its error. What is empty is left
 * out.
 */
export function readContent(message: JsonRecord): readonly ContentPart[] {
  const content = readValue(message, 'content')
  if (typeof content === 'string') {
    const isThinking = readString(message, 'type')?.trim().toLowerCase() === 'thinking'
    return textPart(isThinking ? 'reasoning' : 'text', content)
  }
  return Array.isArray(content) ? content.flatMap(readPart) : []
}

function readPart(part: unknown): readonly ContentPart[] {
  if (typeof part === 'string') return textPart('text', part)
  if (!isRecord(part)) return []
  return [...readHeld(part), ...readFailure(readValue(part, 'error'))]
}

function readHeld(part: JsonRecord): readonly ContentPart[] {
  const type = readText(part, 'type') ?? 'text'
  switch (type) {
    case 'text':
    case 'reasoning':
      return textPart(type, readString(part, 'text') ?? '')
    case 'image':
    case 'file': {
      const url = readText(part, type)
      return url === null ? [] : [{ type, url }]
    }
    case 'tool':
      return readRecords(part, 'tool_calls').map(readToolCall)
    case 'event': {
      const event = readRecord(part, 'event')
      return event === null ? [] : [{ type, event }]
    }
    default:
      return [{ type: 'unknown', name: type, value: part }]
  }
}

function readToolCall(call: JsonRecord): ContentPart {
  const written = readRecord(call, 'function') ?? {}
  return {
    type: 'tool-call',
    callId: readText(call, 'id'),
    name: readText(written, 'name') ?? '',
    argsText: readJsonText(written, 'arguments') ?? '',
  }
}

function readFailure(error: unknown): readonly ContentPart[] {
  if (error === null || error === '') return []
  // Why not left out where it has no words: that the part failed is news in itself.
  return [{ type: 'error', text: errorText(error) ?? '' }]
}

function textPart(type: 'text' | 'reasoning', text: string): readonly ContentPart[] {
  return text === '' ? [] : [{ type, text }]
}
