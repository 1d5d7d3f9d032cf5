import { checkTurn, type AgentStep, type AgentTurn } from './agent-script.ts'
import { addMessage, changeMessage, nextOrder, putHead, putRun, type Chat, type Turn } from './chat-record.ts'
import { isOver, type StoredPart, type StoredRun } from './chat-state.ts'
import { openDraft, sayPiece, storeDraft } from './draft.ts'
import { askApart, beginTools, changeTool, type ToolWorld } from './tool-calls.ts'

/** How a turn ended. */
export type TurnEnd = 'completed' | 'failed' | 'canceled'

/** What turns need of their simulator. */
export interface TurnWorld extends ToolWorld {
  /** Milliseconds of a script that pass in one of the clock. */
  readonly speed: number
  /** A turn is over; the chat is idle. */
  readonly onTurnEnd: (chat: Chat, atMs: number, end: TurnEnd) => void
}

/** What begins a turn: a message that waited, or a new one. */
export type TurnCause = { readonly queuedId: string } | { readonly content: readonly StoredPart[] }

/** Begins a turn; answers the message of the user. The reply has begun too. */
export function beginTurn(
  chat: Chat,
  atMs: number,
  cause: TurnCause,
  turnFor: () => AgentTurn,
  world: TurnWorld,
): string {
  const steps = turnFor()
  const userId = 'queuedId' in cause ? cause.queuedId : chat.newId()
  const run: StoredRun = {
    id: chat.newId(),
    state: 'submitted',
    userMessageId: userId,
    error: null,
    output: null,
    interruptReason: null,
    interruptToolId: null,
    invocationId: chat.parent?.invocationId ?? null,
    createdAtMs: atMs,
    updatedAtMs: atMs,
  }
  chat.runs.set(run.id, run)
  putHead(chat, atMs, { status: 'busy', activeRun: run, interrupts: [] })
  if ('content' in cause) {
    addMessage(chat, atMs, { id: userId, role: 'user', status: 'ready', content: cause.content })
  } else {
    // Why: the turn before may have said more since the message was sent; it stands below all that.
    const order = nextOrder(chat)
    changeMessage(chat, atMs, userId, { status: 'ready', order }, ['order', 'status'])
  }
  putRun(chat, atMs, run.id, { state: 'working' })
  const turn: Turn = {
    runId: run.id,
    originMs: atMs,
    steps,
    next: 0,
    isWaiting: false,
    asked: new Set(),
    answers: [],
    draft: null,
    output: undefined,
    callSuffix: chat.runs.size > 1 ? `.${chat.runs.size}` : '',
  }
  chat.turn = turn
  while (isAtStart(chat, turn)) performNext(chat, world)
  const hasReply = [...chat.messages.values()].some(
    ({ role, runId }) => role === 'assistant' && runId === run.id,
  )
  if (!hasReply && chat.turn === turn) openDraft(chat, turn, atMs)
  if (steps.length === 0) endTurn(chat, atMs, 'completed', world)
  return userId
}

function isAtStart({ turn: now }: Chat, turn: Turn): boolean {
  const step = turn.steps[turn.next]
  return now === turn && !turn.isWaiting && step !== undefined && step.atMs <= 0
}

/** When the next step comes, in epoch milliseconds; `Infinity` when none does by itself. */
export function nextStepMs({ turn }: Chat, { speed }: Pick<TurnWorld, 'speed'>): number {
  const step = turn === null || turn.isWaiting ? undefined : turn.steps[turn.next]
  return turn === null || step === undefined ? Infinity : turn.originMs + step.atMs / speed
}

/** Performs the next step, at the time at which it comes. */
export function performNext(chat: Chat, world: TurnWorld): void {
  const { turn } = chat
  const written = turn?.steps[turn.next]
  if (turn === null || written === undefined) return
  const step = suffixed(written, turn.callSuffix)
  const atMs = turn.originMs + step.atMs / world.speed
  turn.next++
  switch (step.type) {
    case 'begin':
      openDraft(chat, turn, atMs)
      break
    case 'text':
    case 'reasoning':
    case 'call':
    case 'usage':
      sayPiece(chat, turn, atMs, step)
      break
    case 'media': {
      const draft = openDraft(chat, turn, atMs)
      draft.content = [...draft.content, { type: step.media, uri: step.uri }]
      break
    }
    case 'store':
      storeDraft(chat, turn, atMs, 'pending')
      break
    case 'tools':
      beginTools(chat, turn, atMs, step.tools, world)
      break
    case 'tool': {
      const { atMs: _atMs, ...change } = step
      changeTool(chat, turn, atMs, change)
      break
    }
    case 'interrupt':
      askApart(chat, turn, atMs, step)
      break
    case 'await':
      turn.isWaiting = true
      break
    case 'row': {
      const { role, text, call = null, event } = step.row
      const content: StoredPart[] =
        event === undefined ? [{ type: 'text', text }] : [{ type: 'event', event }]
      addMessage(chat, atMs, { role, status: 'ready', content, toolCallId: call, runId: turn.runId })
      break
    }
    case 'plan':
      putHead(chat, atMs, { plan: step.plan })
      break
    case 'name':
      putHead(chat, atMs, { name: step.name })
      break
    case 'output':
      turn.output = step.output
      break
    case 'fail':
      return endTurn(chat, atMs, 'failed', world, step.error)
  }
  goOn(chat, atMs, world)
}

/** A step whose calls are unlike those of other turns. */
function suffixed(step: AgentStep, suffix: string): AgentStep {
  if (step.type === 'call' || step.type === 'tool') return { ...step, call: step.call + suffix }
  if (step.type === 'tools') {
    return { ...step, tools: step.tools.map((tool) => ({ ...tool, call: tool.call + suffix })) }
  }
  if (step.type !== 'row' || step.row.call === undefined) return step
  return { ...step, row: { ...step.row, call: step.row.call + suffix } }
}

/** Goes on with a turn that has nothing to wait for any more, or ends it. */
export function goOn(chat: Chat, atMs: number, world: TurnWorld): void {
  const { turn } = chat
  if (turn === null) return
  if (turn.next >= turn.steps.length) turn.isWaiting = true
  if (!turn.isWaiting || turn.asked.size > 0) return
  turn.isWaiting = false
  const wait = turn.steps[turn.next - 1]
  if (wait?.type !== 'await') return endTurn(chat, atMs, 'completed', world)
  const last = turn.answers.at(-1)
  const made = last === undefined ? [] : checkTurn(wait.next?.(last, [...turn.answers]) ?? [])
  const shiftMs = made.at(-1)?.atMs ?? 0
  const rest = turn.steps.slice(turn.next).map((step) => ({ ...step, atMs: step.atMs + shiftMs }))
  turn.steps = [...made, ...rest]
  turn.next = 0
  turn.originMs = atMs
  turn.answers.length = 0
  if (turn.steps.length === 0) endTurn(chat, atMs, 'completed', world)
}

/** Ends a turn: as its script does, or because it failed or was stopped (P§7.7). */
export function endTurn(chat: Chat, atMs: number, end: TurnEnd, world: TurnWorld, error?: string): void {
  const { turn } = chat
  if (turn === null) return
  chat.turn = null
  const messageEnd = end === 'canceled' ? 'cancelled' : end === 'failed' ? 'failed' : 'ready'
  if (turn.draft !== null) storeDraft(chat, turn, atMs, messageEnd)
  for (const { id, runId, invocations } of chat.messages.values()) {
    if (runId !== turn.runId || invocations.every(isOver)) continue
    const left = invocations.map((one) => (isOver(one) ? one : ({ ...one, status: 'cancelled' } as const)))
    changeMessage(chat, atMs, id, { invocations: left }, ['invocations'])
  }
  for (const one of chat.interrupts.values()) {
    if (one.status === 'pending')
      chat.interrupts.set(one.id, { ...one, status: 'cancelled', updatedAtMs: atMs })
  }
  const output = turn.output ?? null
  putRun(chat, atMs, turn.runId, {
    state: end,
    error: error ?? null,
    output,
    interruptReason: null,
    interruptToolId: null,
  })
  putHead(chat, atMs, {
    status: 'idle',
    activeRun: null,
    interrupts: [],
    ...(turn.output === undefined ? {} : { output }),
  })
  world.onTurnEnd(chat, atMs, end)
}
