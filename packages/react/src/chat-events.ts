import { isChatBusy, selectAgentError, selectMessages } from '@taskstream/core'
import type { AgentState, ChatMessage, StreamError } from '@taskstream/core'

/** A turn that is over. */
export interface EndedTurn {
  /** The last message of the agent in it; `null` where it said nothing. */
  readonly message: ChatMessage | null
}

/** The turn that ended between two states of a chat; `null` where none did, and for one that is only read of the past. */
export function endedTurn(next: AgentState, before: AgentState): EndedTurn | null {
  const runId = before.activeRunId
  if (isChatBusy(before)) {
    if (!before.isLoaded && !hasOwn(before)) return null
    return isChatBusy(next) && !isFollowed(next, runId) ? null : { message: lastReply(next, runId) }
  }
  // All of it may be told at once, where it was over before it was seen.
  const wasAwaited = before.awaitedMessageId !== null && next.awaitedMessageId === null
  if (!wasAwaited || isChatBusy(next)) return null
  const asked = selectMessages(next).find(({ id }) => id === before.awaitedMessageId)
  const run = next.runs.findLast(
    ({ userMessageId, id }) => userMessageId === asked?.id || id === asked?.runId,
  )
  const message = lastReply(next, run?.id ?? null)
  const hasFailed = asked?.status === 'failed' || (run !== undefined && isOver(run.status))
  return hasFailed || (message !== null && isWhole(message)) ? { message } : null
}

/** Whether another turn goes on, and the run of the one before is over. */
function isFollowed({ activeRunId, runs }: AgentState, runId: string | null): boolean {
  if (runId === null || activeRunId === null || activeRunId === runId) return false
  return runs.some(({ id, status }) => id === runId && isOver(status))
}

function isOver(status: AgentState['runs'][number]['status']): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled' || status === 'rejected'
}

/** Whether a message was sent from here: what is not loaded is not all of the past then. */
function hasOwn({ messages }: AgentState): boolean {
  return messages.some(({ key, id }) => key !== id)
}

/** Of the run where its messages say so, else what stands behind the last message whose turn has come. */
function lastReply(state: AgentState, runId: string | null): ChatMessage | null {
  const messages = selectMessages(state)
  const own = messages.findLast((one) => one.role === 'assistant' && runId !== null && one.runId === runId)
  if (own !== undefined) return own
  const asked = messages.findLastIndex(
    ({ role, status }) =>
      role === 'user' && status !== 'queued' && status !== 'cancelled' && status !== 'sending',
  )
  const isOwn = ({ role, runId: said }: ChatMessage): boolean =>
    role === 'assistant' && (said === null || runId === null)
  return messages.slice(asked + 1).findLast(isOwn) ?? null
}

function isWhole({ isStreaming, parts, status }: ChatMessage): boolean {
  const isSaid = status === 'ready' || status === 'failed' || status === 'cancelled'
  return isSaid && !isStreaming && parts.every(({ type }) => type !== 'tool-call')
}

/** Reads one state after the other, and finds each failure once. */
export type ErrorReader = (next: AgentState, before: AgentState) => readonly StreamError[]

/** A reader of errors that knows those of `initial`: turns that failed, and messages that were not taken. */
export function createErrorReader(initial: AgentState): ErrorReader {
  // A turn by each of its names: not all of them are known at once, and its error may be made anew.
  const told = new Set<string>(namesOfFailure(initial))
  return (next, before) => {
    const errors = refusals(next, before)
    const error = turnError(next)
    if (error === null) return errors
    const names = namesOfFailure(next)
    const isKnown = names.some((name) => told.has(name))
    for (const name of names) told.add(name)
    const isPast = !before.isLoaded && next.isLoaded && !hasOwn(next)
    return isKnown || isPast ? errors : [...errors, error]
  }
}

/** Why messages were not taken that were on their way before. */
function refusals(next: AgentState, before: AgentState): readonly StreamError[] {
  if (next.messages === before.messages) return []
  return next.messages.flatMap(({ key, outgoing }) => {
    const error = outgoing?.error ?? null
    if (error === null) return []
    return before.messages.find((one) => one.key === key)?.outgoing?.error === error ? [] : [error]
  })
}

function turnError(state: AgentState): StreamError | null {
  const last = state.messages.at(-1)
  return last === undefined || last.fact === null ? null : selectAgentError(state)
}

function namesOfFailure(state: AgentState): readonly string[] {
  if (turnError(state) === null) return []
  const run = state.runs.findLast(({ invocationId }) => invocationId === null)
  const last = state.messages.at(-1)
  const names = [run?.id, last?.fact?.runId, last?.id]
  return names.filter((name) => typeof name === 'string')
}
