import { isMessageOver, isRunOver, isToolOver } from './agent-ends.ts'
import type { AgentRun, AgentState, MessageState } from './agent.ts'
import type { ChatMessage } from './chat-message.ts'
import { placeOfId } from './message-list.ts'
import { patch } from './patch.ts'
import { isChatBusy } from './select-agent.ts'
import { selectMessage } from './select-message.ts'

/** A turn that somebody waits for: from a message of the user to the end of the reply. */
export interface Turn {
  /** Id of the message; `null` for the turn that is under way, whoever began it. */
  readonly messageId: string | null
  /** Its run, once that is known. */
  readonly runId: string | null
  /** Whether the chat was seen busy with it. */
  readonly wasBusy: boolean
  readonly outcome: 'waiting' | 'completed' | 'cancelled' | 'failed'
  /** Why it failed, in the server's words. */
  readonly error: string | null
  /** Structured output of its run; `null` where there is none. */
  readonly output: unknown
}

/** A turn of which nothing has been seen yet. */
export function beginTurn(messageId: string | null): Turn {
  return { messageId, runId: null, wasBusy: false, outcome: 'waiting', error: null, output: null }
}

/**
 * The turn after a look at the chat; the same reference when it tells nothing new. A turn ends once, and never because the
 * chat is idle from the turn before (P§5.6): its own run has to be over, or the chat has to have been busy with it, or all
 * of the reply has to be there.
 */
export function advanceTurn(turn: Turn, state: AgentState): Turn {
  if (turn.outcome !== 'waiting') return turn
  const asked = askedOf(turn, state)
  const status = asked?.fact?.status
  if (status === 'cancelled') return end(turn, 'cancelled', null)
  if (status === 'queued') return turn
  if (status === 'failed') return end(turn, 'failed', errorOf(asked))
  const runId = turn.runId ?? runIdOf(turn, asked, state)
  const known = patch(turn, { runId })
  const run = state.runs.findLast(({ id }) => id === runId)
  if (run !== undefined && isRunOver(run.status)) return endByRun(known, run)
  if (turn.messageId !== null && asked?.fact === undefined) return known
  if (isChatBusy(state)) return isOwnBusiness(known, asked, state) ? patch(known, { wasBusy: true }) : known
  // Of a run that goes on as far as is known, a word was lost; between two steps it is not over, though.
  const isThere = isAnswered(known, state) && (run === undefined || isLastStep(known, state))
  return known.wasBusy || isThere ? endByReply(known, state) : known
}

/** The messages of the turn, from the user's on, as they are shown. */
export function turnMessages(turn: Turn, state: AgentState): readonly ChatMessage[] {
  const asked = askedOf(turn, state)
  const reply = replyOf(turn, state)
  return (asked === null ? reply : [asked, ...reply]).map((message) =>
    selectMessage(message, state.interrupts),
  )
}

function askedOf({ messageId }: Turn, { messages }: AgentState): MessageState | null {
  if (messageId !== null) return messages[placeOfId(messages, messageId)] ?? null
  return messages.findLast(({ fact }) => fact?.role === 'user' && fact.status !== 'queued') ?? null
}

/** What came after the message of the user, up to the next one whose turn has come, or what belongs to the same run. */
function replyOf(turn: Turn, state: AgentState): readonly MessageState[] {
  const asked = askedOf(turn, state)
  if (asked === null && turn.messageId !== null) return []
  let isNextTurn = false
  return state.messages.slice(asked === null ? 0 : state.messages.indexOf(asked) + 1).filter(({ fact }) => {
    if (fact === null) return false
    if (fact.role === 'user') {
      isNextTurn ||= fact.status === 'ready' || fact.status === 'pending'
      return false
    }
    return fact.runId !== null && turn.runId !== null ? fact.runId === turn.runId : !isNextTurn
  })
}

function runIdOf(turn: Turn, asked: MessageState | null, state: AgentState): string | null {
  if (turn.messageId === null) return state.activeRunId
  const said = asked?.fact?.runId ?? null
  if (said !== null) return said
  const own = state.runs.findLast(({ userMessageId }) => userMessageId === turn.messageId)
  if (own !== undefined) return own.id
  if (asked === null) return null
  const later = state.messages.slice(state.messages.indexOf(asked) + 1)
  const first = later.find(({ fact }) => fact?.role === 'assistant')?.fact?.runId ?? null
  return first === null || isForeign(first, turn, asked, state) ? null : first
}

/** Whether a run is known to be that of another message: of an earlier turn that goes on behind a queued message. */
function isForeign(runId: string, turn: Turn, asked: MessageState, { runs, messages }: AgentState): boolean {
  const run = runs.findLast(({ id }) => id === runId)
  if (run !== undefined && run.userMessageId !== null) return run.userMessageId !== turn.messageId
  return messages.slice(0, messages.indexOf(asked)).some(({ fact }) => fact?.runId === runId)
}

/** Whether the chat is busy with this turn, as far as that can be told, and not with the one before. */
function isOwnBusiness(turn: Turn, asked: MessageState | null, state: AgentState): boolean {
  const { activeRunId } = state
  if (activeRunId === null || asked === null) return true
  return turn.runId === null ? !isForeign(activeRunId, turn, asked, state) : turn.runId === activeRunId
}

/** Whether all of a reply is there. */
function isAnswered(turn: Turn, state: AgentState): boolean {
  const reply = replyOf(turn, state)
  return (
    reply.some(({ fact }) => fact?.role === 'assistant') &&
    reply.every(
      ({ fact }) =>
        fact !== null &&
        isMessageOver(fact.status) &&
        fact.invocations.every(({ status }) => isToolOver(status)),
    )
  )
}

/** Whether the agent has the last word, so that no step has to follow. */
function isLastStep(turn: Turn, state: AgentState): boolean {
  const last = replyOf(turn, state).findLast(
    ({ fact }) => fact?.role === 'assistant' || fact?.role === 'tool',
  )
  return last?.fact?.role === 'assistant' && last.fact.invocations.length === 0
}

function endByRun(turn: Turn, run: AgentRun): Turn {
  const { status, error, output } = run
  if (status === 'completed') return { ...turn, outcome: 'completed', output }
  return end(turn, status === 'cancelled' ? 'cancelled' : 'failed', error)
}

/** Without a run the last message of the agent says how it went. */
function endByReply(turn: Turn, state: AgentState): Turn {
  const last = replyOf(turn, state).findLast(({ fact }) => fact?.role === 'assistant') ?? null
  const status = last?.fact?.status
  if (status === 'failed') return end(turn, 'failed', errorOf(last))
  return end(turn, status === 'cancelled' ? 'cancelled' : 'completed', null)
}

function end(turn: Turn, outcome: Turn['outcome'], error: string | null): Turn {
  return { ...turn, outcome, error }
}

function errorOf(message: MessageState | null): string | null {
  return message?.fact?.content.find((part) => part.type === 'error')?.text ?? null
}
