import type { AgentTurn, ScriptAnswer } from './agent-script.ts'
import type {
  ChatHead,
  ChatUpdate,
  MessageField,
  StoredInterrupt,
  StoredInvocation,
  StoredMessage,
  StoredPart,
  StoredRun,
} from './chat-state.ts'
import { isOver } from './chat-state.ts'
import { createRandom, randomId } from './random.ts'

/** A message that the assistant writes, as far as it was said; what is stored of it may be less. */
export interface Draft {
  readonly messageId: string
  content: readonly StoredPart[]
  /** Number of the last piece, 0 before. */
  seq: number
}

/** A turn that is under way. */
export interface Turn {
  readonly runId: string
  /** Epoch milliseconds from which `atMs` counts. */
  originMs: number
  steps: AgentTurn
  /** Index of the step that comes next. */
  next: number
  /** Whether it waits until nothing is asked any more. */
  isWaiting: boolean
  /** What is asked: calls by the id of the invocation, anything else by the id of the interrupt. */
  readonly asked: Set<string>
  readonly answers: ScriptAnswer[]
  draft: Draft | null
  output: unknown
  /** What stands behind the calls of this turn, so that no other turn of the chat has the same. */
  readonly callSuffix: string
}

/** A chat and everything that has happened in it. */
export interface Chat {
  readonly id: string
  readonly createdAtMs: number
  /** Where the server was when it began. */
  readonly origin: string
  readonly config: Readonly<Record<string, unknown>> | null
  readonly context: Readonly<Record<string, string>>
  /** The call of which this is the sub-agent. */
  readonly parent: { readonly chatId: string; readonly invocationId: string; readonly turn: AgentTurn } | null
  head: ChatHead
  readonly messages: Map<string, StoredMessage>
  readonly runs: Map<string, StoredRun>
  readonly interrupts: Map<string, StoredInterrupt>
  /** Names of tools that are allowed for good. */
  readonly allowed: Set<string>
  /** Ids of messages that wait for their turn. */
  readonly queue: string[]
  turn: Turn | null
  /** Everything that was told, oldest first; {@link Chat.epoch} counts how often it was forgotten. */
  updates: ChatUpdate[]
  epoch: number
  isDeleted: boolean
  /** Told when there are new updates. */
  readonly listeners: Set<() => void>
  /** Ids of what is in this chat, the same whatever else the server does. */
  readonly newId: () => string
}

/** Makes an idle chat. */
export function createChat(
  given: Pick<Chat, 'id' | 'createdAtMs' | 'origin' | 'config' | 'context' | 'parent' | 'epoch'> & {
    readonly agent: string
  },
): Chat {
  const { agent, ...rest } = given
  const random = createRandom(hashOf(given.id))
  return {
    ...rest,
    head: {
      status: 'idle',
      name: '',
      output: null,
      plan: [],
      activeRun: null,
      interrupts: [],
      childIds: [],
      agent,
      updatedAtMs: given.createdAtMs,
    },
    messages: new Map(),
    runs: new Map(),
    interrupts: new Map(),
    allowed: new Set(),
    queue: [],
    turn: null,
    updates: [],
    isDeleted: false,
    listeners: new Set(),
    newId: () => randomId(random),
  }
}

/** Changes the head of a chat and tells of it. */
export function putHead(chat: Chat, atMs: number, change: Partial<ChatHead>): void {
  chat.head = { ...chat.head, ...change, updatedAtMs: atMs }
  chat.updates.push({ type: 'chat', head: chat.head })
}

/** Adds a message at the end of a chat. */
export function addMessage(
  chat: Chat,
  atMs: number,
  given: Pick<StoredMessage, 'role' | 'status'> & Partial<StoredMessage>,
): StoredMessage {
  const message: StoredMessage = {
    id: chat.newId(),
    order: nextOrder(chat),
    content: [],
    invocations: [],
    toolCallId: null,
    runId: null,
    taskId: null,
    createdAtMs: atMs,
    updatedAtMs: atMs,
    ...given,
  }
  chat.messages.set(message.id, message)
  chat.updates.push({ type: 'message', message, fields: null })
  return message
}

/** Changes a message and tells of what has changed, or of the whole of it. */
export function changeMessage(
  chat: Chat,
  atMs: number,
  id: string,
  change: Partial<StoredMessage>,
  fields: readonly MessageField[] | null,
): void {
  const held = chat.messages.get(id)
  if (held === undefined) return
  const message: StoredMessage = { ...held, ...change, updatedAtMs: atMs }
  chat.messages.set(id, message)
  chat.updates.push({ type: 'message', message, fields })
}

/** Changes a run and tells of it; the chat's own row of it follows in silence. */
export function putRun(chat: Chat, atMs: number, id: string, change: Partial<StoredRun>): StoredRun | null {
  const held = chat.runs.get(id)
  if (held === undefined) return null
  const run: StoredRun = { ...held, ...change, updatedAtMs: atMs }
  chat.runs.set(id, run)
  if (chat.head.activeRun?.id === id) chat.head = { ...chat.head, activeRun: run }
  chat.updates.push({ type: 'run', run })
  return run
}

/** A call of a chat, by the id of the invocation. */
export function findInvocation(chat: Chat, id: string): StoredInvocation | null {
  for (const { invocations } of chat.messages.values()) {
    const found = invocations.find((one) => one.id === id)
    if (found !== undefined) return found
  }
  return null
}

/** Changes a call and tells of it. */
export function changeInvocation(
  chat: Chat,
  atMs: number,
  { id, messageId }: StoredInvocation,
  change: Partial<StoredInvocation>,
): void {
  const invocations = (chat.messages.get(messageId)?.invocations ?? []).map((one) =>
    one.id === id ? { ...one, ...change } : one,
  )
  changeMessage(chat, atMs, messageId, { invocations }, ['invocations'])
}

/** The place of the next message. */
export function nextOrder(chat: Chat): number {
  return Math.max(-1, ...[...chat.messages.values()].map(({ order }) => order)) + 1
}

/** All messages in their order. */
export function messagesOf(chat: Chat): readonly StoredMessage[] {
  return [...chat.messages.values()].sort((a, b) => a.order - b.order)
}

/** What a stream that begins with the present says first: the chat, and the messages of which more will be told. */
export function presentOf(chat: Chat, which: 'open' | 'all'): readonly ChatUpdate[] {
  const told = messagesOf(chat).filter(
    ({ status, invocations }) =>
      which === 'all' || status === 'pending' || status === 'queued' || !invocations.every(isOver),
  )
  return [
    { type: 'chat', head: chat.head },
    ...told.map((message): ChatUpdate => ({ type: 'message', message, fields: null })),
  ]
}

/** A number that depends on every character of a text. */
export function hashOf(text: string): number {
  let hash = 0x811c_9dc5
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x0100_0193)
  return hash >>> 0
}

/** What the script calls a call that the model has given this name. */
export function plainCall({ callSuffix }: Turn, callId: string): string {
  return callId.slice(0, callId.length - callSuffix.length)
}
