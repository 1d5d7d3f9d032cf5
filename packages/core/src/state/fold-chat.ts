import type { AgentRunFields, ChatFields, Interrupt } from '../protocol/agent-event.ts'
import { isRunOver } from './agent-ends.ts'
import type { AgentRun, AgentState } from './agent.ts'
import { isSameChat } from './fold-message.ts'
import { keepIfSame } from './keep-if-same.ts'
import { byId, byPlace, keepItems } from './keep-items.ts'
import { patch } from './patch.ts'

/** Most runs that are kept; the oldest goes. */
const maxRuns = 50

/** The chat after the server has told named fields of it, or all of it (`full`), which is dropped where it is stale. */
export function foldChat(state: AgentState, said: ChatFields, full: boolean): AgentState {
  if (said.id !== undefined && !isSameChat(state.id, said.id)) return state
  const at = said.updatedAtUs ?? null
  if (full && at !== null && state.updatedAtUs !== null && at < state.updatedAtUs) return state
  const isIdle = said.activity === 'idle' || said.activity === 'completed'
  return patch(state, {
    id: said.id ?? state.id,
    activity: said.activity ?? state.activity,
    name: said.name === undefined ? state.name : said.name,
    description: said.description === undefined ? state.description : said.description,
    output: said.output === undefined ? state.output : keepIfSame(state.output, said.output),
    activeRunId: activeRunAfter(state, said, isIdle),
    interrupts:
      said.interrupts === undefined
        ? state.interrupts
        : keepItems(state.interrupts, said.interrupts.filter(isWaiting), byId),
    plan: said.plan === undefined ? state.plan : keepItems(state.plan, said.plan, byPlace),
    agentId: said.agentId === undefined ? state.agentId : said.agentId,
    parentId: said.parentId === undefined ? state.parentId : said.parentId,
    childIds:
      said.childIds === undefined ? state.childIds : keepItems(state.childIds, said.childIds, byPlace),
    updatedAtUs: at === null ? state.updatedAtUs : Math.max(at, state.updatedAtUs ?? at),
    isStopRequested: state.isStopRequested && !isIdle,
  })
}

/** A word about what the chat does is newer than a run that it does not fit to. */
function activeRunAfter(state: AgentState, said: ChatFields, isIdle: boolean): string | null {
  if (said.activeRunId !== undefined) return said.activeRunId
  if (isIdle) return null
  const active = state.runs.findLast(({ id }) => id === state.activeRunId)
  const isNext = said.activity !== undefined && active !== undefined && isRunOver(active.status)
  return isNext ? null : state.activeRunId
}

/** The chat after the server has told of a run. Only a whole one makes one that is not known yet. */
export function foldRun(state: AgentState, id: string, said: AgentRunFields, full: boolean): AgentState {
  const held = state.runs.findLast((run) => run.id === id)
  if (held === undefined && !full) return state
  const run = runAfter(held ?? { ...emptyRun, id }, said, full)
  if (run === held) return state
  const runs =
    held === undefined
      ? [...state.runs, run].slice(-maxRuns)
      : state.runs.map((other) => (other === held ? run : other))
  const isOwn = state.activeRunId === null ? run.invocationId === null : state.activeRunId === id
  return { ...state, runs, isStopRequested: state.isStopRequested && !(isOwn && isRunOver(run.status)) }
}

/** The chat after the server has told of one interrupt. Only those that wait are kept. */
export function foldInterrupt(state: AgentState, interrupt: Interrupt): AgentState {
  const isKnown = state.interrupts.some(({ id }) => id === interrupt.id)
  const listed = state.interrupts.map((held) => (held.id === interrupt.id ? interrupt : held))
  const said = (isKnown ? listed : [...listed, interrupt]).filter(isWaiting)
  return patch(state, { interrupts: keepItems(state.interrupts, said, byId) })
}

function isWaiting({ status }: Interrupt): boolean {
  return status === 'pending' || status === 'unknown'
}

const emptyRun: AgentRun = {
  id: '',
  status: 'unknown',
  error: null,
  output: null,
  interruptReason: null,
  interruptToolId: null,
  userMessageId: null,
  invocationId: null,
  updatedAtUs: null,
}

function runAfter(held: AgentRun, said: AgentRunFields, full: boolean): AgentRun {
  const wasOver = isRunOver(held.status)
  // How it ended stays, and what says otherwise is late (L7).
  if (wasOver && said.status !== undefined && said.status !== held.status) return held
  const at = said.updatedAtUs ?? null
  const isLastWord = !wasOver && said.status !== undefined && isRunOver(said.status)
  const isStale = full && at !== null && held.updatedAtUs !== null && at < held.updatedAtUs
  if (isStale && !isLastWord) return held
  return patch(held, {
    status: said.status ?? held.status,
    error: said.error === undefined ? held.error : said.error,
    output: said.output === undefined ? held.output : keepIfSame(held.output, said.output),
    interruptReason: said.interruptReason === undefined ? held.interruptReason : said.interruptReason,
    interruptToolId: said.interruptToolId === undefined ? held.interruptToolId : said.interruptToolId,
    userMessageId: said.userMessageId === undefined ? held.userMessageId : said.userMessageId,
    invocationId: said.invocationId === undefined ? held.invocationId : said.invocationId,
    updatedAtUs: at === null ? held.updatedAtUs : Math.max(at, held.updatedAtUs ?? at),
  })
}
