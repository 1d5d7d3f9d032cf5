import type { MessageDelta, MessageFields } from '../protocol/agent-event.ts'
import { newMessage, type AgentState, type MessageState } from './agent.ts'
import { appendDelta, doubtForecast } from './append-delta.ts'
import { mergeFact } from './merge-fact.ts'
import { placeOfId, putMessage } from './message-list.ts'
import { storedText } from './message-text.ts'
import { patch } from './patch.ts'

/** Most unknown messages whose pieces wait; the oldest goes. */
const maxEarly = 32

/** Most characters of an unknown message that wait. Its forecast grows no more then. */
const maxEarlyChars = 1_048_576

/** How a message was told. */
export interface MessageTelling {
  /** Only a whole message makes one that is not known yet. */
  readonly full: boolean
  /** Whether a new one can be what was just sent from here. What is read of the past cannot. */
  readonly mayBeOutgoing: boolean
  readonly nowMs: number
}

/** The chat after the server has told of a message. */
export function foldMessage(
  state: AgentState,
  id: string,
  said: MessageFields,
  { full, mayBeOutgoing, nowMs }: MessageTelling,
): AgentState {
  if (said.chatId !== undefined && said.chatId !== null && !isSameChat(state.id, said.chatId)) return state
  const place = placeOfId(state.messages, id)
  const held = state.messages[place]
  if (held !== undefined) {
    const messages = putMessage(state.messages, place, mergeFact(held, said, full, nowMs))
    return messages === state.messages ? state : { ...state, messages }
  }
  if (!full) return state
  const early = state.early.find((message) => message.id === id) ?? newMessage(id, id)
  const message = mergeFact(early, said, true, nowMs)
  const adopter = mayBeOutgoing ? placeOfAdopter(state.messages, message) : -1
  const optimistic = state.messages[adopter]
  const joined =
    optimistic === undefined
      ? message
      : {
          ...message,
          key: optimistic.key,
          identity: optimistic.identity,
          outgoing: optimistic.outgoing && patch(optimistic.outgoing, { error: null }),
        }
  return {
    ...state,
    messages: putMessage(state.messages, adopter, joined),
    early: withoutEarly(state.early, id),
  }
}

/** The chat after a piece of a message. Those of a message that is not known wait for it. */
export function foldDelta(
  state: AgentState,
  id: string,
  seq: number | null,
  delta: MessageDelta,
  nowMs: number,
): AgentState {
  const place = placeOfId(state.messages, id)
  const held = state.messages[place]
  if (held !== undefined) {
    const messages = putMessage(state.messages, place, appendDelta(held, seq, delta, nowMs))
    return messages === state.messages ? state : { ...state, messages }
  }
  const waiting = state.early.find((message) => message.id === id)
  const early = waiting ?? newMessage(id, id)
  const next = bounded(early, appendDelta(early, seq, delta, nowMs))
  if (next === waiting) return state
  if (waiting !== undefined) {
    return { ...state, early: state.early.map((message) => (message === waiting ? next : message)) }
  }
  return { ...state, early: [...state.early, next].slice(-maxEarly) }
}

/** A new connection, see {@link doubtForecast}. */
export function doubtForecasts(state: AgentState): AgentState {
  return patch(state, { messages: doubted(state.messages), early: doubted(state.early) })
}

/** Whether a chat that is told of is the one that is held. An id of 8 characters is a short one (P§1.1). */
export function isSameChat(held: string | null, said: string): boolean {
  return held === null || held === said || (held.length === 8 && said.startsWith(held))
}

function doubted(messages: readonly MessageState[]): readonly MessageState[] {
  const next = messages.map(doubtForecast)
  return next.every((message, place) => message === messages[place]) ? messages : next
}

function withoutEarly(early: readonly MessageState[], id: string): readonly MessageState[] {
  return early.some((message) => message.id === id) ? early.filter((message) => message.id !== id) : early
}

function bounded(held: MessageState, next: MessageState): MessageState {
  const { forecast } = next
  if (forecast === null || next === held) return next
  const argsChars = forecast.calls.reduce((sum, { argsText }) => sum + argsText.length, 0)
  const chars = forecast.text.length + forecast.reasoning.length + argsChars
  if (chars <= maxEarlyChars) return next
  const kept = held.forecast ?? { ...forecast, text: '', reasoning: '', calls: [] }
  return { ...held, forecast: { ...kept, lastSeq: forecast.lastSeq, whole: false } }
}

/** Where the message is that was sent from here and is this one, as far as its text tells; -1 where there is none. */
function placeOfAdopter(messages: readonly MessageState[], { fact }: MessageState): number {
  if (fact === null || fact.role !== 'user' || isPast(messages, fact.order)) return -1
  const text = storedText(fact.content, 'text').trim()
  const hasFiles = fact.content.some(({ type }) => type === 'image' || type === 'file')
  const isIt = ({ id, outgoing }: MessageState): boolean =>
    id === null &&
    outgoing !== null &&
    outgoing.text.trim() === text &&
    (text !== '' || (hasFiles && outgoing.attachments.length > 0))
  const underWay = messages.findIndex((one) => isIt(one) && one.outgoing?.error === null)
  // Whether the server has one whose request broke is not known.
  return underWay === -1
    ? messages.findIndex((one) => isIt(one) && one.outgoing?.error?.retryable === true)
    : underWay
}

/** Whether the chat has gone on behind this place: then it was not just sent. */
function isPast(messages: readonly MessageState[], order: number | null): boolean {
  return order !== null && messages.some(({ fact }) => fact !== null && (fact.order ?? -1) > order)
}
