import type { AgentAct } from './agent-script.ts'
import { addMessage, changeMessage, type Chat, type Draft, type Turn } from './chat-record.ts'
import type { StoredMessage, StoredPart } from './chat-state.ts'

/** A step that says a piece of a message. */
export type PieceAct = Extract<AgentAct, { readonly type: 'text' | 'reasoning' | 'call' | 'usage' }>

/** The message that the assistant writes; begins one where there is none. */
export function openDraft(chat: Chat, turn: Turn, atMs: number): Draft {
  if (turn.draft !== null) return turn.draft
  // [wire] P§6.1: the model that writes it is a task, too; nobody can ask for this one.
  const taskId = chat.newId()
  const { id } = addMessage(chat, atMs, { role: 'assistant', status: 'pending', runId: turn.runId, taskId })
  turn.draft = { messageId: id, content: [], seq: 0 }
  return turn.draft
}

/** Says a piece of the message; nothing of it is stored yet. */
export function sayPiece(chat: Chat, turn: Turn, atMs: number, act: PieceAct): void {
  const draft = openDraft(chat, turn, atMs)
  draft.seq++
  const delta = deltaOf(draft, act)
  if (act.type === 'text' || act.type === 'reasoning')
    draft.content = append(draft.content, act.type, act.text)
  else if (act.type === 'call') draft.content = appendCall(draft.content, act)
  chat.updates.push({ type: 'delta', messageId: draft.messageId, seq: draft.seq, delta })
}

/** Stores the message as far as it was said, and tells the whole of it. */
export function storeDraft(chat: Chat, turn: Turn, atMs: number, status: StoredMessage['status']): void {
  const draft = openDraft(chat, turn, atMs)
  changeMessage(chat, atMs, draft.messageId, { status, content: draft.content }, null)
  if (status !== 'pending') turn.draft = null
}

// [wire] P§4.6: `response` is there in every delta of a language model.
function deltaOf(draft: Draft, act: PieceAct): Readonly<Record<string, unknown>> {
  switch (act.type) {
    case 'text':
      return { response: act.text }
    case 'reasoning':
      return { response: '', reasoning: act.text }
    case 'usage':
      return { response: '', usage: act.usage }
    case 'call': {
      const calls = callsOf(draft.content)
      const known = calls.findIndex(({ id }) => id === act.call)
      const piece =
        known >= 0
          ? { index: known, function: { arguments: act.args } }
          : {
              index: calls.length,
              id: act.call,
              type: 'function',
              function: { name: act.name, arguments: act.args },
            }
      return { response: '', tool_calls: [piece] }
    }
  }
}

/** The calls of a message. */
export function callsOf(
  content: readonly StoredPart[],
): readonly { id: string; name: string; args: string }[] {
  return content.flatMap((part) => (part.type === 'tool' ? part.calls : []))
}

// Why: a delta adds to all text, or all reasoning, of its message; two parts of one kind would lose where they part.
function append(
  content: readonly StoredPart[],
  type: 'text' | 'reasoning',
  text: string,
): readonly StoredPart[] {
  const isKnown = content.some((part) => part.type === type)
  if (!isKnown) return [...content, { type, text }]
  return content.map((part) => (part.type === type ? { type, text: part.text + text } : part))
}

function appendCall(
  content: readonly StoredPart[],
  { call: id, name, args }: Extract<PieceAct, { readonly type: 'call' }>,
): readonly StoredPart[] {
  const calls = callsOf(content)
  const grown = calls.some((one) => one.id === id)
    ? calls.map((one) => (one.id === id ? { ...one, args: one.args + args } : one))
    : [...calls, { id, name, args }]
  if (calls.length === 0) return [...content, { type: 'tool', calls: grown }]
  return content.map((part) => (part.type === 'tool' ? { type: 'tool', calls: grown } : part))
}

/** The arguments of a call: what its JSON text says, or the text where it is none. */
export function argsOf({ args }: { readonly args: string }): unknown {
  try {
    return JSON.parse(args)
  } catch {
    return args
  }
}
