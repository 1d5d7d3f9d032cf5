import type { StreamError } from '../errors.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import { isMessageOver } from './agent-ends.ts'
import { newMessage, type AgentState, type MessageState } from './agent.ts'
import { keepItems } from './keep-items.ts'
import { mergeFact } from './merge-fact.ts'
import { placeOfId, placeOfKey, putMessage } from './message-list.ts'
import { patch } from './patch.ts'

type Outgoing = Extract<LocalAgentEvent, { type: 'message-outgoing' }>

/** Shows a message that is being sent; one with this key that could not be sent is tried once more. */
export function foldOutgoing(
  state: AgentState,
  { key, text, attachments }: Outgoing,
  nowMs: number,
): AgentState {
  const place = placeOfKey(state.messages, key)
  const held = state.messages[place]
  if (held !== undefined && held.fact !== null) return state
  const before = held?.outgoing ?? null
  const first = { text, attachments, error: null, sentAt: nowMs }
  const outgoing =
    before === null
      ? first
      : patch(before, {
          text,
          attachments: keepItems(before.attachments, attachments, ({ uri }) => uri),
          error: null,
          sentAt: before.error === null ? before.sentAt : nowMs,
        })
  return withMessage(state, place, patch(held ?? newMessage(key, null), { outgoing }))
}

/** The server has given its id to a message of ours. What the stream told under that id is the same message. */
export function foldAccepted(state: AgentState, key: string, id: string): AgentState {
  const mine = state.messages[placeOfKey(state.messages, key)]
  if (mine === undefined) return state
  if (mine.id === id) return confirmed(state, mine, id)
  // What was taken for it by its text alone is somebody else's.
  const { state: freed, own } = released(state, mine)
  const place = placeOfId(freed.messages, id)
  const told = freed.messages[place]
  if (told === undefined) return awaiting(replace(freed, own, { ...own, id }), id)
  const joined = { ...told, key: own.key, identity: own.identity, outgoing: null }
  const messages = putMessage(freed.messages, place, joined).filter((message) => message !== own)
  const next = awaiting({ ...freed, messages }, id)
  // Another one of ours had been taken for it: that is on its way still.
  return told.outgoing === null
    ? next
    : withMessage(next, -1, { ...newMessage(told.key, null), outgoing: told.outgoing })
}

/** The message could not be sent. Where the stream has shown that it was, only the answer was lost. */
export function foldRefused(state: AgentState, key: string, error: StreamError): AgentState {
  const mine = state.messages[placeOfKey(state.messages, key)]
  if (mine === undefined || mine.outgoing === null) return state
  if (mine.id !== null && error.retryable) return mine.fact === null ? state : confirmed(state, mine, mine.id)
  const { state: freed, own } = released(state, mine)
  return replace(freed, own, patch(own, { outgoing: own.outgoing && patch(own.outgoing, { error }) }))
}

/** Takes back what the server does not have, and ends what it has not begun. `key`: that of the message, or its id. */
export function foldWithdrawn(state: AgentState, key: string, nowMs: number): AgentState {
  const byKey = placeOfKey(state.messages, key)
  const place = byKey === -1 ? placeOfId(state.messages, key) : byKey
  const held = state.messages[place]
  if (held === undefined) return state
  if (held.fact === null) return { ...state, messages: state.messages.filter((other) => other !== held) }
  if (isMessageOver(held.fact.status)) return state
  return withMessage(state, place, mergeFact(held, { status: 'cancelled' }, false, nowMs))
}

function confirmed(state: AgentState, mine: MessageState, id: string): AgentState {
  if (mine.fact === null || mine.outgoing === null) return state
  return awaiting(replace(state, mine, { ...mine, outgoing: null }), id)
}

function awaiting(state: AgentState, id: string): AgentState {
  return patch(state, { awaitedMessageId: id })
}

/** Parts a message of ours from what the stream told of another one. */
function released(
  state: AgentState,
  mine: MessageState,
): { readonly state: AgentState; readonly own: MessageState } {
  if (mine.id === null || mine.fact === null) return { state, own: mine }
  const own = { ...newMessage(mine.key, null), outgoing: mine.outgoing, identity: mine.identity }
  const other = { ...mine, key: mine.id, identity: {}, outgoing: null }
  const freed = replace(state, mine, other)
  return { state: withMessage(freed, -1, own), own }
}

function replace(state: AgentState, held: MessageState, next: MessageState): AgentState {
  return withMessage(state, state.messages.indexOf(held), next)
}

function withMessage(state: AgentState, place: number, message: MessageState): AgentState {
  return patch(state, { messages: putMessage(state.messages, place, message) })
}
