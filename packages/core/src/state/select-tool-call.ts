import type { ContentPart, StoredMessageStatus, ToolInvocation } from '../protocol/agent-event.ts'
import type { ForecastCall, MessageState } from './agent.ts'
import type { ToolCall, ToolCallStatus } from './chat-message.ts'
import { readPartialJson } from './partial-json.ts'

/** A call as the model has written it into the content of a message. */
export type WrittenCall = Extract<ContentPart, { type: 'tool-call' }>

/** A call that the server has stored. */
export function storedCall(
  invocation: ToolInvocation,
  written: WrittenCall | null,
  message: MessageState,
  interruptId: string | null,
): ToolCall {
  const { id, args } = invocation
  const { toolRuns, toolAnswers } = message
  return {
    id,
    callId: invocation.callId,
    kind: invocation.kind,
    name: invocation.name,
    displayName: invocation.displayName,
    status: invocation.status,
    args,
    argsText: toJson(args) || (written?.argsText ?? ''),
    result: invocation.result ?? (Object.hasOwn(toolAnswers, id) ? (toolAnswers[id] ?? null) : null),
    data: invocation.data,
    widget: invocation.widget,
    executionId: invocation.executionId,
    interruptId,
    local: Object.hasOwn(toolRuns, id) ? (toolRuns[id] ?? null) : null,
  }
}

/**
 * A call that the server has not stored yet: what the content says of it, and what pieces add to that. `held`: the calls
 * that were selected before, so that arguments that have not grown are not read again.
 */
export function unstoredCall(
  written: WrittenCall | null,
  piece: ForecastCall | null,
  place: number,
  message: MessageState,
  held: ReadonlyMap<string, ToolCall>,
): ToolCall {
  const callId = written?.callId ?? piece?.callId ?? null
  const id = callId ?? `${message.key}:${place}`
  const argsText = longer(written?.argsText ?? '', piece?.argsText ?? '')
  const before = held.get(id)
  return {
    id,
    callId,
    kind: 'unknown',
    name: written?.name || (piece?.name ?? ''),
    displayName: null,
    status: unstoredStatus(message.fact?.status ?? 'pending'),
    args: before?.argsText === argsText ? before.args : readPartialJson(argsText).value,
    argsText,
    result: null,
    data: null,
    widget: null,
    executionId: null,
    interruptId: null,
    local: null,
  }
}

/** After the end of its message a call is written; whether it was ever begun, nobody has told. */
function unstoredStatus(status: StoredMessageStatus): ToolCallStatus {
  if (status === 'ready') return 'pending'
  return status === 'failed' || status === 'cancelled' ? 'cancelled' : 'streaming'
}

function longer(stored: string, ahead: string): string {
  return ahead.length > stored.length && ahead.startsWith(stored) ? ahead : stored
}

const jsonOf = new WeakMap<object, string>()

function toJson(args: unknown): string {
  if (args === null || args === undefined) return ''
  if (typeof args !== 'object') return JSON.stringify(args)
  const held = jsonOf.get(args)
  if (held !== undefined) return held
  const json = JSON.stringify(args)
  jsonOf.set(args, json)
  return json
}
