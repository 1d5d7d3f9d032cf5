import type { DeltaWire } from '../protocol/inference/wire-types.ts'
import type { BodyMessage, StreamWriter } from './body-message.ts'
import type { Chat } from './chat-record.ts'
import type { ChatUpdate, MessageField, StoredMessage } from './chat-state.ts'
import type { ChatEncoder } from './encode-chat.ts'
import type { WireObject } from './encode-task.ts'
import type { Framing } from './frame-text.ts'
import type { SimulatorSettings } from './simulator-options.ts'

/** Writes the messages of one stream of a chat. A fresh one for each, since the first message may be padded. */
export interface ChatUpdateEncoder extends StreamWriter {
  /** What a change says. `stepCount`: how many changes have happened then. */
  update(update: ChatUpdate, stepCount: number): BodyMessage
}

const wireKeys: Readonly<Record<MessageField, string>> = {
  order: 'order',
  status: 'status',
  content: 'content',
  invocations: 'tool_invocations',
}

const ends: ReadonlySet<StoredMessage['status']> = new Set(['ready', 'failed', 'cancelled'])

/** Makes the writer of one stream's messages. */
export function createChatUpdateEncoder(
  chat: Chat,
  encoder: ChatEncoder,
  framing: Framing,
  settings: Pick<SimulatorSettings, 'partials' | 'giantLineBytes'>,
): ChatUpdateEncoder {
  let count = 0

  // [wire] P§4.2 d, P§4.3: NDJSON names the event inside the line, SSE outside.
  const typed = (event: string, data: object, fields: readonly string[] | null = null): BodyMessage => {
    const isPadded = count++ === 0 && settings.giantLineBytes > 0
    const whole = isPadded ? { ...data, padding: 'x'.repeat(settings.giantLineBytes) } : data
    const listed = fields === null ? {} : { fields }
    if (framing === 'ndjson') return { event, value: { event, data: whole, ...listed } }
    return { event, value: fields === null ? whole : { data: whole, ...listed } }
  }
  const message = (one: StoredMessage, fields: readonly MessageField[] | null): BodyMessage => {
    const whole: WireObject = { ...encoder.message(chat, one) }
    if (fields === null || settings.partials === 'whole') return typed('chat_messages', whole)
    const keys = fields.flatMap((field) => [
      wireKeys[field],
      ...(field === 'content' && whole['type'] !== undefined ? ['type'] : []),
    ])
    const changed = Object.fromEntries(keys.map((key) => [key, whole[key]]))
    const unchanged = settings.partials === 'full-with-fields' ? zeroOf(whole) : {}
    return typed('chat_messages', { ...unchanged, id: one.id, chat_id: chat.id, ...changed }, keys)
  }
  const delta = (messageId: string, seq: number, piece: unknown): BodyMessage => {
    const data: DeltaWire = { delta: piece, seq, resource_id: messageId }
    return typed('delta', data)
  }
  /** The message that was told of last among the first changes, as it was then, and at first. */
  const toldOf = (stepCount: number): readonly [StoredMessage, StoredMessage] | null => {
    const told = chat.updates
      .slice(0, stepCount)
      .flatMap((one) => (one.type === 'message' ? one.message : []))
    const last = told.at(-1)
    const first = told.find(({ id }) => id === last?.id)
    return last === undefined || first === undefined ? null : [last, first]
  }

  return {
    update(update, stepCount) {
      switch (update.type) {
        case 'chat':
          return { ...typed('chats', encoder.chat(chat, update.head)), stepCount }
        case 'run':
          return { ...typed('agent_runs', encoder.run(chat, update.run)), stepCount }
        case 'delta':
          return { ...delta(update.messageId, update.seq, update.delta), stepCount }
        case 'message': {
          const { role, status } = update.message
          const endsTask = role === 'assistant' && ends.has(status)
          return { ...message(update.message, update.fields), stepCount, endsTask }
        }
      }
    },
    stale: (stepCount) => (toldOf(stepCount) ?? []).map((one) => message(one, null)),
    late(stepCount) {
      const told = toldOf(stepCount)
      if (told === null) return []
      const [{ id }, first] = told
      const seqs = chat.updates.flatMap((one) =>
        one.type === 'delta' && one.messageId === id ? one.seq : [],
      )
      return [
        delta(id, Math.max(0, ...seqs) + 1, { response: ' too late' }),
        message({ ...first, status: 'pending' }, ['status']),
      ]
    },
    named: (event, data) => ({ event, value: framing === 'ndjson' ? { event, data } : data }),
  }
}

/** A message in which nothing is true (P§4.5). */
function zeroOf(whole: WireObject): WireObject {
  return {
    ...Object.fromEntries(Object.keys(whole).map((key) => [key, null])),
    order: 0,
    status: '',
    role: '',
    created_at: '0001-01-01T00:00:00Z',
    updated_at: '0001-01-01T00:00:00Z',
  }
}
