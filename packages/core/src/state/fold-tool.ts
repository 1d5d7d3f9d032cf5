import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import type { AgentState, MessageState } from './agent.ts'
import type { LocalToolRun } from './chat-message.ts'
import { keepIfSame } from './keep-if-same.ts'
import { putMessage } from './message-list.ts'
import { patch } from './patch.ts'

type ToolEvent = Extract<
  LocalAgentEvent,
  { type: 'tool-begun' | 'tool-progressed' | 'tool-answered' | 'tool-settled' }
>

/** What this browser does with a client tool, noted at the message that holds the call; a call that nobody knows is ignored. */
export function foldTool(state: AgentState, event: ToolEvent): AgentState {
  const place = state.messages.findLastIndex(
    ({ fact }) => fact?.invocations.some(({ id }) => id === event.id) ?? false,
  )
  const message = state.messages[place]
  if (message === undefined) return state
  const messages = putMessage(state.messages, place, patch<MessageState>(message, toolsAfter(message, event)))
  return messages === state.messages ? state : { ...state, messages }
}

function toolsAfter(
  message: MessageState,
  event: ToolEvent,
): Partial<Pick<MessageState, 'toolRuns' | 'toolAnswers'>> {
  const { toolRuns, toolAnswers } = message
  const held = Object.hasOwn(toolRuns, event.id) ? toolRuns[event.id] : undefined
  const run = runAfter(held, event)
  const runs = run === undefined || run === held ? {} : { toolRuns: { ...toolRuns, [event.id]: run } }
  if (event.type === 'tool-answered' && run !== held)
    return { ...runs, toolAnswers: { ...toolAnswers, [event.id]: event.result } }
  if (event.type === 'tool-settled' && event.error !== null && Object.hasOwn(toolAnswers, event.id)) {
    const { [event.id]: _, ...rest } = toolAnswers
    return { ...runs, toolAnswers: rest }
  }
  return runs
}

/** A call begins once, and once it is settled nothing more happens to it here (L13). */
function runAfter(held: LocalToolRun | undefined, event: ToolEvent): LocalToolRun | undefined {
  const idle: LocalToolRun = { status: 'running', progress: null, error: null }
  switch (event.type) {
    case 'tool-begun':
      return held === undefined || held.status === 'failed' ? idle : held
    case 'tool-progressed':
      return held?.status === 'running'
        ? patch(held, { progress: keepIfSame(held.progress, event.progress) })
        : held
    case 'tool-answered':
      return held?.status === 'settled' || held?.status === 'submitting'
        ? held
        : { ...(held ?? idle), status: 'submitting', error: null }
    case 'tool-settled':
      return patch(held ?? idle, { status: event.error === null ? 'settled' : 'failed', error: event.error })
    default:
      return event satisfies never
  }
}
