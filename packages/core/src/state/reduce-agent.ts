import type { AgentEvent } from '../protocol/agent-event.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import type { Stamp } from '../protocol/protocol.ts'
import { isMessageOver, isRunOver } from './agent-ends.ts'
import type { AgentState, MessageState } from './agent.ts'
import { foldChat, foldInterrupt, foldRun } from './fold-chat.ts'
import { doubtForecasts, foldDelta, foldMessage } from './fold-message.ts'
import { foldAccepted, foldOutgoing, foldRefused, foldWithdrawn } from './fold-outgoing.ts'
import { foldPage } from './fold-page.ts'
import { foldTool } from './fold-tool.ts'
import { placeOfId } from './message-list.ts'
import { patch } from './patch.ts'
import { admit, advance, lostPosition } from './position.ts'
import { isChatBusy, isUnderWay } from './select-agent.ts'

/** What the fold needs to know that no event says. */
export interface AgentFoldContext {
  /** Epoch milliseconds, on our clock. */
  readonly nowMs: number
}

/**
 * Applies one stamped event to a chat; event and position in one step (L3). The same reference when nothing changed: an
 * event that is known (L4), stale, or about something else. A hole is never applied over: ask `admit` first (L5).
 */
export function reduceAgent(
  state: AgentState,
  event: AgentEvent | LocalAgentEvent,
  stamp: Stamp,
  context: AgentFoldContext,
): AgentState {
  if (admit(state.position, stamp) !== 'apply') return state
  const applied = apply(state, event, context.nowMs)
  const next = applied === state ? state : withTurnSeen(applied)
  const position = advance(state.position, stamp)
  return position === state.position ? next : { ...next, position }
}

function apply(state: AgentState, event: AgentEvent | LocalAgentEvent, nowMs: number): AgentState {
  switch (event.type) {
    case 'chat-fields':
      return foldChat(state, event.fields, event.full)
    case 'message-fields':
      return foldMessage(state, event.id, event.fields, { full: event.full, mayBeOutgoing: true, nowMs })
    case 'message-delta':
      return foldDelta(state, event.id, event.seq, event.delta, nowMs)
    case 'run-fields':
      return foldRun(state, event.id, event.fields, event.full)
    case 'interrupt-fields':
      return foldInterrupt(state, event.interrupt)
    case 'messages-page':
      return foldPage(state, event, nowMs)
    case 'line-opened':
      return event.isContinued ? state : doubtForecasts(state)
    case 'position-lost':
      return patch(state, { position: lostPosition })
    case 'message-outgoing':
      return foldOutgoing(state, event, nowMs)
    case 'message-accepted':
      return foldAccepted(state, event.key, event.id)
    case 'message-refused':
      return foldRefused(state, event.key, event.error)
    case 'message-withdrawn':
      return foldWithdrawn(state, event.key, nowMs)
    case 'stop-requested':
      // Where nothing is under way no end will come that takes it back.
      return mayStop(state) ? patch(state, { isStopRequested: true }) : state
    case 'stop-rejected':
      return patch(state, { isStopRequested: false })
    case 'tool-begun':
    case 'tool-progressed':
    case 'tool-answered':
    case 'tool-settled':
      return foldTool(state, event)
    case 'older-asked':
      return patch(state, { isLoadingOlder: true, olderError: null })
    case 'older-failed':
      return state.isLoadingOlder ? { ...state, isLoadingOlder: false, olderError: event.error } : state
    case 'stream-end':
    case 'frame-skipped':
    case 'position-moved':
      return state
    default:
      return event satisfies never
  }
}

function mayStop(state: AgentState): boolean {
  return isChatBusy(state) || state.awaitedMessageId !== null || state.messages.some(isUnderWay)
}

/** Ends the wait for the turn of a message that was taken, once something of it, or of a later one, is seen. */
function withTurnSeen(state: AgentState): AgentState {
  const id = state.awaitedMessageId
  if (id === null) return state
  const message = state.messages[placeOfId(state.messages, id)]
  const fact = message?.fact ?? null
  const isSeen =
    message === undefined ||
    isChatBusy(state) ||
    fact?.status === 'failed' ||
    fact?.status === 'cancelled' ||
    isAnswered(state, message) ||
    state.runs.some((run) => isRunOver(run.status) && (run.userMessageId === id || run.id === fact?.runId))
  return isSeen ? { ...state, awaitedMessageId: null } : state
}

/** Whether a reply is there, and whole. One that has only begun is told of before the chat is known to be busy. */
function isAnswered({ messages }: AgentState, asked: MessageState): boolean {
  const reply = messages.slice(messages.indexOf(asked) + 1).flatMap(({ fact }) => fact ?? [])
  return reply.length > 0 && reply.every(({ status }) => isMessageOver(status))
}
