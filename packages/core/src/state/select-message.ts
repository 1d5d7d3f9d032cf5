import type { Attachment, Interrupt } from '../protocol/agent-event.ts'
import type { MessageState } from './agent.ts'
import type { ChatMessage, MessagePart, MessageStatus } from './chat-message.ts'
import { keepIfSame } from './keep-if-same.ts'
import { patch } from './patch.ts'
import { isGrowing, selectParts } from './select-parts.ts'

interface Selected {
  readonly interrupts: readonly Interrupt[]
  /** What the interrupts say of this message. */
  readonly about: string
  readonly shown: ChatMessage
}

const selectedOf = new WeakMap<MessageState, Selected>()
/** What was last selected of a message in any of its states, by its identity. */
const lastOf = new WeakMap<object, ChatMessage>()

const noFiles: readonly Attachment[] = []

/**
 * A message as it is shown. The same reference as long as neither it nor an interrupt about one of its calls has changed;
 * parts and calls that have not changed keep theirs while others do (L9).
 */
export function selectMessage(message: MessageState, interrupts: readonly Interrupt[]): ChatMessage {
  const held = selectedOf.get(message)
  if (held?.interrupts === interrupts) return held.shown
  const interruptOf = (invocationId: string): string | null =>
    interrupts.find(({ resourceId, status }) => resourceId === invocationId && status === 'pending')?.id ??
    null
  const about = (message.fact?.invocations ?? []).map(({ id }) => interruptOf(id) ?? '').join('\n')
  const shown = held?.about === about ? held.shown : show(message, interruptOf)
  selectedOf.set(message, { interrupts, about, shown })
  return shown
}

function show(message: MessageState, interruptOf: (invocationId: string) => string | null): ChatMessage {
  const { key, id, fact, outgoing, identity } = message
  const held = lastOf.get(identity)
  const parts = keepParts(held?.parts ?? [], selectParts(message, interruptOf, held?.parts ?? []))
  const next: ChatMessage = {
    key,
    id: id ?? key,
    role: fact?.role ?? 'user',
    status: statusOf(message),
    parts,
    text: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n'),
    isStreaming: isGrowing(message),
    attachments: fact === null && outgoing !== null ? outgoing.attachments : noFiles,
    createdAt: fact?.createdAt ?? null,
    runId: fact?.runId ?? null,
    toolCallId: fact?.toolCallId ?? null,
    error: fact === null ? (outgoing?.error ?? null) : null,
  }
  const shown = held === undefined ? next : patch(held, next)
  lastOf.set(identity, shown)
  return shown
}

function statusOf({ fact, outgoing }: MessageState): MessageStatus {
  if (fact !== null) return fact.status
  return outgoing !== null && outgoing.error !== null ? 'failed' : 'sending'
}

/** Calls are known by their id, other parts by being the n-th of their kind. */
function keepParts(held: readonly MessagePart[], next: readonly MessagePart[]): readonly MessagePart[] {
  const byName = new Map(named(held))
  const kept = named(next).map(([name, part]) => {
    const before = byName.get(name)
    return before === undefined ? part : keepIfSame(before, part)
  })
  return kept.length === held.length && kept.every((part, place) => part === held[place]) ? held : kept
}

function named(parts: readonly MessagePart[]): readonly (readonly [string, MessagePart])[] {
  const counts = new Map<string, number>()
  return parts.map((part) => {
    if (part.type === 'tool-call') return [`call ${part.call.id}`, part]
    const count = (counts.get(part.type) ?? 0) + 1
    counts.set(part.type, count)
    return [`${part.type} ${count}`, part]
  })
}
