import { parseJson } from '../../wire/json.ts'
import type { AgentEvent } from '../agent-event.ts'
import {
  hasKey,
  isRecord,
  readNumber,
  readRecords,
  readString,
  readText,
  readValue,
  type JsonRecord,
} from '../json.ts'
import type { Decode } from '../protocol.ts'
import type { ResumeMode } from '../stamp-frames.ts'
import { createFrameDecoder } from './decode-frames.ts'
import { unexpectedBody } from './envelope.ts'
import { pageOf, readChatAnswer, readMessagesAnswer } from './read-agent-answers.ts'
import { readChatEvents } from './read-chat.ts'
import { readInterrupt } from './read-interrupt.ts'
import { readMessageDelta } from './read-message-delta.ts'
import { readMessageEvents } from './read-message.ts'
import { readRunEvents } from './read-run.ts'

type Named = ReadonlySet<string> | null
type Kind = 'chat' | 'message' | 'run' | 'interrupt'

/** What a stream sends under each of its names (P§4.2, P§4.3). */
const kinds: ReadonlyMap<string, Kind> = new Map([
  ['chats', 'chat'],
  ['chat', 'chat'],
  ['chat_messages', 'message'],
  ['chat_message', 'message'],
  ['agent_runs', 'run'],
  ['agent_run', 'run'],
  ['interrupts', 'interrupt'],
  ['interrupt', 'interrupt'],
])

const KNOWN: ReadonlySet<string> = new Set([...kinds.keys(), 'delta'])

/**
 * Makes a decoder for one connection to the stream of one chat, see {@link createFrameDecoder}. The resource is the JSON
 * of a `ChatPresentWire`.
 *
 * What is about another chat, as that of a sub-agent, is not taken for this one's. Chats are told apart by their full
 * ids, which is what frames carry; the answer to a short one says which that is (P§1.1).
 */
export function createChatDecoder(chatId: string, resume: ResumeMode = 'auto'): Decode<AgentEvent> {
  let ownId = chatId

  const isForeign = (data: JsonRecord, key: string): boolean => {
    const id = readText(data, key)
    return id !== null && id !== ownId
  }

  const resource = (text: string): readonly AgentEvent[] => {
    const present = parseJson(text)
    const { chat, messages } = present.ok && isRecord(present.value) ? textsOf(present.value) : nothing
    if (chat === null) throw unexpectedBody('a chat and its messages')
    const data = readChatAnswer(chat)
    ownId = readText(data, 'id') ?? chatId
    const events = readChatEvents(data, { named: null, isResource: true })
    const page = messages === null ? heldPage(data, null) : [readMessagesAnswer(messages, true)]
    return [...events, ...page]
  }

  /** The messages that an older server sends inside the chat (P§5.3). An empty list may not have been loaded. */
  const heldPage = (data: JsonRecord, named: Named): readonly AgentEvent[] => {
    if (named?.has('chat_messages') === false) return []
    const held = readRecords(data, 'chat_messages').filter((message) => !isForeign(message, 'chat_id'))
    return held.length === 0 ? [] : [pageOf(held, true, null)]
  }

  const update = (event: string, data: JsonRecord, named: Named): readonly AgentEvent[] => {
    const kind = kinds.get(event) ?? kindOf(data, named, ownId)
    if (kind === null || isForeign(data, kind === 'chat' ? 'id' : 'chat_id')) return []
    switch (kind) {
      case 'chat':
        return [...readChatEvents(data, { named, isResource: false }), ...heldPage(data, named)]
      case 'message':
        return readMessageEvents(data, named)
      case 'run':
        return readRunEvents(data, named)
      case 'interrupt':
        return readInterruptEvents(data, named)
    }
  }

  const delta = (data: JsonRecord): readonly AgentEvent[] => {
    const id = readText(data, 'resource_id')
    const piece = readMessageDelta(readValue(data, 'delta'))
    if (id === null || piece === null) return []
    return [{ type: 'message-delta', id, seq: readNumber(data, 'seq'), delta: piece }]
  }

  return createFrameDecoder<AgentEvent>(resume, { known: KNOWN, resource, update, delta })
}

const nothing = { chat: null, messages: null }

function textsOf(present: JsonRecord): { readonly chat: string | null; readonly messages: string | null } {
  return { chat: readString(present, 'chat'), messages: readString(present, 'messages') }
}

/** An interrupt is only told as a whole; of named keys, its status says all that matters: whether it is still open. */
function readInterruptEvents(data: JsonRecord, named: Named): readonly AgentEvent[] {
  const interrupt = readInterrupt(data)
  if (interrupt === null || named?.has('status') === false) return []
  return [{ type: 'interrupt-fields', interrupt }]
}

/** What a message without a name is about, by its shape; `null` where that cannot be told. */
function kindOf(data: JsonRecord, named: Named, chatId: string): Kind | null {
  const has = (key: string): boolean => named?.has(key) ?? hasKey(data, key)
  const id = readText(data, 'id')
  if (id === chatId) return 'chat'
  // The streamed resource itself, of which keys are named (P§4.2 c).
  if (id === null) return named === null ? null : 'chat'
  if (has('state') && (named !== null || hasKey(data, 'chat_id'))) return 'run'
  if (has('reason') && hasKey(data, 'status')) return 'interrupt'
  if (has('role') && (has('content') || has('order'))) return 'message'
  if (typeof readValue(data, 'content') === 'string') return 'message'
  return named !== null && isOfMessage(named) ? 'message' : null
}

function isOfMessage(named: ReadonlySet<string>): boolean {
  return ['content', 'tool_invocations', 'status', 'order', 'role'].some((key) => named.has(key))
}
