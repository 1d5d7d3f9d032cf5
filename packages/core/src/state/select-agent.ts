import { StreamError } from '../errors.ts'
import { hasKey, isRecord } from '../protocol/json.ts'
import { isMessageOver, isRunOver, isToolOver } from './agent-ends.ts'
import type { AgentRun, AgentState, MessageState } from './agent.ts'
import type { ChatMessage, ToolCall } from './chat-message.ts'
import { selectMessage } from './select-message.ts'

/** What a chat does, in the words of chat apps. */
export type AgentStatus = 'ready' | 'submitted' | 'streaming' | 'awaiting_input' | 'error'

interface SelectedMessages {
  readonly interrupts: AgentState['interrupts']
  readonly shown: readonly ChatMessage[]
}

const messagesOf = new WeakMap<AgentState['messages'], SelectedMessages>()
const keysOf = new WeakMap<object, readonly string[]>()
const noKeys: readonly string[] = []

/** The messages as they are shown, in their order. The same list as long as none of them has changed. */
export function selectMessages({ messages, interrupts }: AgentState): readonly ChatMessage[] {
  const held = messagesOf.get(messages)
  if (held?.interrupts === interrupts) return held.shown
  const next = messages.map((message) => selectMessage(message, interrupts))
  const isSame = held !== undefined && next.every((message, place) => message === held.shown[place])
  const shown = isSame ? held.shown : next
  messagesOf.set(messages, { interrupts, shown })
  return shown
}

/** The keys of the messages in their order. The same list as long as no message comes, goes or moves. */
export function selectMessageKeys({ messages }: AgentState): readonly string[] {
  const first = messages[0]
  if (first === undefined) return noKeys
  const held = keysOf.get(first.identity)
  if (held?.length === messages.length && held.every((key, place) => key === messages[place]?.key))
    return held
  const keys = messages.map(({ key }) => key)
  keysOf.set(first.identity, keys)
  return keys
}

/** Whether a turn is under way, be it that it waits for somebody (P§5.3). */
export function isChatBusy({ activity, activeRunId, runs }: AgentState): boolean {
  const run = activeRunId === null ? undefined : runs.findLast(({ id }) => id === activeRunId)
  if (run !== undefined && run.status !== 'unknown') return !isRunOver(run.status)
  return activity === 'busy' || activity === 'awaiting_input'
}

/** Whether a message is on its way to the server. */
export function isUnderWay({ id, outgoing }: MessageState): boolean {
  return id === null && outgoing !== null && outgoing.error === null
}

function isAwaited({ awaitedMessageId, messages }: AgentState): boolean {
  return awaitedMessageId !== null || messages.some(isUnderWay)
}

/**
 * What the chat does. `submitted`: a message is on its way or its turn has begun, and nothing of the reply is there;
 * `streaming`: a turn is under way with something to see, which tools that run in this browser belong to; `awaiting_input`:
 * it waits for a person; `error`: the last turn failed, or the last message could not be sent.
 */
export function selectAgentStatus(state: AgentState): AgentStatus {
  const waits = state.interrupts.some(
    ({ reason, status }) => status === 'pending' && reason !== 'client_tool',
  )
  if (waits) return 'awaiting_input'
  if (isChatBusy(state)) {
    const reply = currentReply(state)
    if (reply.some(waitsForPerson)) return 'awaiting_input'
    // The chat may be known to be busy before the answer to the message is there: what is there is the reply before.
    const isOfBefore =
      isAwaited(state) && reply.every(({ fact }) => fact !== null && isMessageOver(fact.status))
    return !isOfBefore && reply.some(hasSomething) ? 'streaming' : 'submitted'
  }
  if (isAwaited(state)) return 'submitted'
  return selectAgentError(state) === null ? 'ready' : 'error'
}

const errorsOf = new WeakMap<object, StreamError>()

/** Why the last message could not be sent, or why the last turn failed; `null` where neither is so. */
export function selectAgentError(state: AgentState): StreamError | null {
  const last = state.messages.at(-1)
  if (last === undefined) return null
  if (last.fact === null) return last.outgoing?.error ?? null
  if (isChatBusy(state) || state.awaitedMessageId !== null) return null
  const run = lastRun(state)
  if (run !== null)
    return run.status === 'failed' || run.status === 'rejected' ? failure(run, run.error) : null
  if (last.fact.status !== 'failed') return null
  return failure(last.fact, last.fact.content.find((part) => part.type === 'error')?.text ?? null)
}

/**
 * The structured output: of the last turn that had any, or what can be read so far of the one that is being made; that only
 * grows. `null` where there is none.
 */
export function selectPartialOutput(state: AgentState): unknown {
  const status = selectAgentStatus(state)
  if (status === 'ready' || status === 'error') {
    const run = lastRun(state)
    return run?.status === 'completed' && run.output !== null ? run.output : state.output
  }
  if (!isChatBusy(state)) return null
  const calls = currentReply(state).flatMap((message) => selectMessage(message, state.interrupts).parts)
  const last = calls.findLast((part) => part.type === 'tool-call' && isFinish(part.call))
  return last?.type === 'tool-call' ? outputOfFinish(last.call.args) : null
}

/** The tool by which an agent hands in its output (P§5.4). Of one that is being written, the kind is not known yet. */
function isFinish({ name, kind, status }: ToolCall): boolean {
  const isOne = name === 'finish' && (kind === 'internal' || kind === 'unknown')
  return isOne && status !== 'failed' && status !== 'cancelled'
}

/** Its arguments are the output, or say how it went and hold the output as their `result` (P§6.2). */
function outputOfFinish(args: unknown): unknown {
  if (!isRecord(args)) return args ?? null
  if (hasKey(args, 'result')) return args['result']
  return Object.keys(args).every((key) => key === 'status') ? null : args
}

/** Messages of the reply that is under way or was the last: those after the last message whose turn has come. */
export function currentReply({ messages }: AgentState): readonly MessageState[] {
  const asked = messages.findLastIndex(
    ({ fact }) => fact?.role === 'user' && fact.status !== 'queued' && fact.status !== 'cancelled',
  )
  return messages.slice(asked + 1).filter(({ fact }) => fact !== null && fact.role !== 'user')
}

/** The run of the last turn; `null` where it is not known. Runs of sub-agents are none of the chat's. */
export function lastRun({ runs, messages }: AgentState): AgentRun | null {
  const run = runs.findLast(({ invocationId }) => invocationId === null) ?? null
  const told = messages.findLast(({ fact }) => fact !== null && fact.runId !== null)?.fact?.runId
  const isKnown = told === undefined || runs.some(({ id }) => id === told)
  return isKnown ? run : null
}

function failure(of: object, said: string | null): StreamError {
  const held = errorsOf.get(of)
  if (held !== undefined) return held
  const reason = said === null || said === '' ? 'The server gave no reason' : `The server said: ${said}`
  const error = new StreamError(
    'agent-failed',
    `The agent could not finish its reply; send the message again or another one. ${reason}`,
    { detail: said },
  )
  errorsOf.set(of, error)
  return error
}

function hasSomething({ fact, forecast }: MessageState): boolean {
  const isForeseen =
    forecast !== null && (forecast.text !== '' || forecast.reasoning !== '' || forecast.calls.length > 0)
  const isStored = fact !== null && (fact.content.length > 0 || fact.invocations.length > 0)
  return isForeseen || isStored
}

function waitsForPerson({ fact, toolRuns }: MessageState): boolean {
  return (fact?.invocations ?? []).some(({ id, kind, status }) => {
    if (isToolOver(status)) return false
    if (status === 'awaiting_approval') return true
    if (status !== 'awaiting_input' && !(kind === 'client' && status === 'in_progress')) return false
    const run = Object.hasOwn(toolRuns, id) ? toolRuns[id] : undefined
    return run === undefined || run.status === 'failed'
  })
}
