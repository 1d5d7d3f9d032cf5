import type { ContentPart, ToolInvocation } from '../protocol/agent-event.ts'
import type { ForecastCall, MessageState } from './agent.ts'
import type { MessagePart, ToolCall } from './chat-message.ts'
import { storedText, textAhead } from './message-text.ts'
import { storedCall, unstoredCall, type WrittenCall } from './select-tool-call.ts'

/**
 * The parts of a message: what is stored, in its order and with what pieces add to it; then calls that the content does not
 * name, then those that the model is writing. `interruptOf` gives the interrupt that is about a call; `held` are the parts
 * that were selected before.
 */
export function selectParts(
  message: MessageState,
  interruptOf: (invocationId: string) => string | null,
  held: readonly MessagePart[],
): readonly MessagePart[] {
  const { fact, outgoing } = message
  if (fact === null) return outgoing === null || outgoing.text === '' ? [] : [textPart(outgoing.text)]
  const parts = [...contentParts(message, callParts(message, interruptOf, held))]
  const last = parts.at(-1)
  const grows = isGrowing(message) && (last?.type === 'text' || last?.type === 'reasoning')
  if (grows) parts[parts.length - 1] = { ...last, isStreaming: true }
  return parts
}

/** Whether more of the message is coming. */
export function isGrowing({ fact }: MessageState): boolean {
  return fact !== null && fact.status === 'pending' && fact.role !== 'user'
}

/** Calls by the part of the content that names them, and the others in their order. */
interface CallParts {
  readonly named: ReadonlyMap<ContentPart, MessagePart>
  readonly others: readonly MessagePart[]
}

function contentParts(message: MessageState, calls: CallParts): readonly MessagePart[] {
  const { fact, forecast, thinkingSince, thinkingUntil } = message
  const content = fact?.content ?? []
  const aheadOf = (kind: 'text' | 'reasoning'): string =>
    forecast === null ? '' : textAhead(storedText(content, kind), forecast[kind], forecast[`${kind}Lead`])
  const [text, thought] = [aheadOf('text'), aheadOf('reasoning')]
  const lastText = content.findLastIndex(({ type }) => type === 'text')
  const lastThought = content.findLastIndex(({ type }) => type === 'reasoning')
  const firstCall = content.findIndex(({ type }) => type === 'tool-call')
  const newTextAt = firstCall === -1 ? content.length : firstCall
  const parts: MessagePart[] = []
  const addText = (said: string): void => {
    if (said !== '') parts.push(textPart(said))
  }
  const addThought = (said: string): void => {
    if (said === '') return
    // What was seen of thinking is about the first thoughts.
    const isTimed = thinkingSince !== null && !parts.some(({ type }) => type === 'reasoning')
    parts.push({
      type: 'reasoning',
      text: said,
      isStreaming: false,
      durationMs: isTimed && thinkingUntil !== null ? thinkingUntil - thinkingSince : null,
      startedAt: isTimed ? thinkingSince : null,
    })
  }
  if (lastThought === -1) addThought(thought)
  for (const [place, part] of content.entries()) {
    if (lastText === -1 && place === newTextAt) addText(text)
    switch (part.type) {
      case 'text':
        addText(place === lastText ? part.text + text : part.text)
        break
      case 'reasoning':
        addThought(place === lastThought ? part.text + thought : part.text)
        break
      case 'tool-call': {
        const call = calls.named.get(part)
        if (call !== undefined) parts.push(call)
        break
      }
      case 'file':
        parts.push({ ...part, name: null })
        break
      case 'image':
      case 'event':
      case 'error':
      case 'unknown':
        parts.push(part)
        break
      default:
        part satisfies never
    }
  }
  if (lastText === -1 && newTextAt === content.length) addText(text)
  return [...parts, ...calls.others]
}

function textPart(text: string): MessagePart {
  return { type: 'text', text, isStreaming: false }
}

/** A call of the content, an invocation and pieces with one `callId` are one call. */
function callParts(
  message: MessageState,
  interruptOf: (invocationId: string) => string | null,
  held: readonly MessagePart[],
): CallParts {
  const invocations = message.fact?.invocations ?? []
  const written = (message.fact?.content ?? []).filter((part) => part.type === 'tool-call')
  const heldCalls = new Map(
    held.flatMap((part) => (part.type === 'tool-call' ? [[part.call.id, part.call]] : [])),
  )
  const stored = (invocation: ToolInvocation, part: WrittenCall | null): ToolCall =>
    storedCall(invocation, part, message, interruptOf(invocation.id))
  const named = new Map<ContentPart, MessagePart>()
  const used = new Set<ToolInvocation>()
  for (const [place, part] of written.entries()) {
    const invocation = invocations.find((one) => !used.has(one) && isSame(one.callId, part.callId))
    if (invocation !== undefined) used.add(invocation)
    const call =
      invocation === undefined
        ? unstoredCall(part, pieceOf(message, part, place), place, message, heldCalls)
        : stored(invocation, part)
    named.set(part, { type: 'tool-call', call })
  }
  const rest = invocations.filter((one) => !used.has(one)).map((one) => stored(one, null))
  const told = [...written, ...invocations].map(({ callId }) => callId)
  const ahead = (message.forecast?.calls ?? [])
    .filter((piece, place) =>
      piece.callId === null ? place >= written.length + rest.length : !told.includes(piece.callId),
    )
    .map((piece) => unstoredCall(null, piece, piece.index, message, heldCalls))
  return { named, others: [...rest, ...ahead].map((call) => ({ type: 'tool-call', call })) }
}

function pieceOf({ forecast }: MessageState, part: WrittenCall, place: number): ForecastCall | null {
  const calls = forecast?.calls ?? []
  const byId = calls.find(({ callId }) => isSame(callId, part.callId))
  const atPlace = calls[place]
  return byId ?? (part.callId === null && atPlace?.callId === null ? atPlace : null)
}

function isSame(a: string | null, b: string | null): boolean {
  return a !== null && a === b
}
