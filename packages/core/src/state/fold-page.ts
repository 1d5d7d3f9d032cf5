import type { AgentEvent } from '../protocol/agent-event.ts'
import type { AgentState, MessageState } from './agent.ts'
import { foldMessage } from './fold-message.ts'
import { patch } from './patch.ts'

type MessagesPage = Extract<AgentEvent, { type: 'messages-page' }>

/**
 * The chat after a page of messages. The newest page says what lies within its reach: what is held there and is not on it
 * is gone. Where it has lost touch with what is held, the older ones go, because nobody knows what lies between. Older
 * pages are taken while one is asked for; an answer that comes after that would leave such a hole as well.
 */
export function foldPage(state: AgentState, page: MessagesPage, nowMs: number): AgentState {
  if (!page.newest && !state.isLoadingOlder) return state
  const telling = { full: true, mayBeOutgoing: page.newest && state.isLoaded, nowMs }
  const inOrder = [...page.messages].sort((a, b) => (a.fields.order ?? 0) - (b.fields.order ?? 0))
  const base = page.newest ? withinReach(state, page) : patch(state, olderPage(page))
  return inOrder.reduce((next, { id, fields }) => foldMessage(next, id, fields, telling), base)
}

function olderPage({ olderCursor }: MessagesPage): Partial<AgentState> {
  return { olderCursor, isLoadingOlder: false, olderError: null }
}

function withinReach(state: AgentState, page: MessagesPage): AgentState {
  const ids = new Set(page.messages.map(({ id }) => id))
  const orders = page.messages.flatMap(({ fields }) => fields.order ?? [])
  const [first, last] = [Math.min(...orders), Math.max(...orders)]
  const isOnPage = ({ id }: MessageState): boolean => id !== null && ids.has(id)
  const isOlder = (message: MessageState): boolean =>
    orders.length > 0 && (message.fact?.order ?? first) < first && !isOnPage(message)
  const isGone = (message: MessageState): boolean => {
    const order = message.fact?.order ?? null
    return order !== null && first < order && order < last && !isOnPage(message)
  }
  const isLoaded = true
  if (!state.messages.some(isOlder)) {
    const isUnheld = ids.size > 0 || !state.messages.some(({ fact }) => fact !== null)
    const olderCursor = isUnheld ? page.olderCursor : state.olderCursor
    return patch(state, { isLoaded, olderCursor, messages: without(state.messages, isGone) })
  }
  const isApart = page.olderCursor !== null && !state.messages.some(isOnPage)
  if (!isApart) return patch(state, { isLoaded, messages: without(state.messages, isGone) })
  return patch(state, {
    ...olderPage(page),
    isLoaded,
    messages: without(state.messages, (message) => isOlder(message) || isGone(message)),
  })
}

function without(
  messages: readonly MessageState[],
  isOut: (message: MessageState) => boolean,
): readonly MessageState[] {
  return messages.some(isOut) ? messages.filter((message) => !isOut(message)) : messages
}
