import type { AgentAct, ScriptAnswer, ScriptedTool, ScriptToolStatus } from './agent-script.ts'
import {
  addMessage,
  changeInvocation,
  changeMessage,
  plainCall,
  putHead,
  putRun,
  type Chat,
  type Turn,
} from './chat-record.ts'
import {
  isOver,
  type InterruptReason,
  type StoredInterrupt,
  type StoredInvocation,
  type StoredMessage,
} from './chat-state.ts'
import { argsOf, callsOf, openDraft } from './draft.ts'

/** How tools begin in a simulator. */
export interface ToolWorld {
  /** Status of a client tool that is to run (P§7.1). */
  readonly clientTools: 'in_progress' | 'awaiting_input'
  /** Opens the chat of a sub-agent, which does nothing before it is told to begin. */
  readonly openChild: (
    parent: Chat,
    invocation: StoredInvocation,
    tool: ScriptedTool,
    atMs: number,
  ) => { readonly id: string; readonly begin: () => void }
}

/** Ends the message of the assistant with calls that begin. */
export function beginTools(
  chat: Chat,
  turn: Turn,
  atMs: number,
  tools: readonly ScriptedTool[],
  world: ToolWorld,
): void {
  const { messageId, content } = openDraft(chat, turn, atMs)
  turn.draft = null
  const begun = tools.map((tool): StoredInvocation => {
    const written = callsOf(content).find(({ id }) => id === tool.call)
    const isAllowed = tool.needsApproval !== true || chat.allowed.has(tool.name)
    if (tool.needsApproval === true && isAllowed) {
      turn.answers.push({ call: plainCall(turn, tool.call), how: 'approved', text: null })
    }
    return {
      id: chat.newId(),
      messageId,
      callId: tool.call,
      kind: tool.kind,
      name: tool.name,
      displayName: tool.displayName ?? null,
      args: tool.args ?? (written === undefined ? {} : argsOf(written)),
      status: tool.status ?? (isAllowed ? startOf(tool, world) : 'awaiting_approval'),
      result: tool.result ?? null,
      data: tool.data ?? null,
      widget: tool.widget ?? null,
      executionId: tool.executionId ?? null,
    }
  })
  const children: (() => void)[] = []
  const invocations = begun.map((invocation, index) => {
    const tool = tools[index]
    if (tool?.child === undefined) return invocation
    turn.asked.add(invocation.id)
    const child = world.openChild(chat, invocation, tool, atMs)
    children.push(child.begin)
    return { ...invocation, executionId: child.id }
  })
  const isNew = content.length > 0
  const fields = ['status', ...(isNew ? (['content'] as const) : []), 'invocations'] as const
  changeMessage(chat, atMs, messageId, { status: 'ready', content, invocations }, fields)
  for (const one of invocations) if (isOver(one)) addResult(chat, turn, atMs, one)
  ask(
    chat,
    turn,
    atMs,
    invocations.filter((one) => reasonOf(one) !== null),
  )
  for (const begin of children) begin()
}

/** Changes a call as a step says. */
export function changeTool(
  chat: Chat,
  turn: Turn,
  atMs: number,
  { call, type: _type, ...change }: Extract<AgentAct, { readonly type: 'tool' }>,
): void {
  const held = [...chat.messages.values()]
    .flatMap(({ invocations }) => invocations)
    .findLast(({ callId }) => callId === call)
  if (held === undefined || isOver(held)) return
  const changed = { ...held, ...change }
  changeInvocation(chat, atMs, held, change)
  if (isOver(changed)) addResult(chat, turn, atMs, changed)
  else if (change.status !== undefined && reasonOf(changed) !== null) ask(chat, turn, atMs, [changed])
}

/** Asks something that is about no call. */
export function askApart(
  chat: Chat,
  turn: Turn,
  atMs: number,
  { reason, meta = {} }: Extract<AgentAct, { readonly type: 'interrupt' }>,
): void {
  const interrupt = addInterrupt(chat, turn, atMs, reason, null, meta)
  turn.asked.add(interrupt.id)
  tellAsked(chat, turn, atMs, interrupt)
}

/** Takes an answer to something that was asked: of the call, or of the interrupt, with this id. */
export function settle(
  chat: Chat,
  turn: Turn,
  atMs: number,
  asked: { readonly id: string; readonly invocation: StoredInvocation | null },
  answer: Omit<ScriptAnswer, 'call'>,
): void {
  const { id, invocation } = asked
  const interrupt = [...chat.interrupts.values()].find(
    (one) => one.status === 'pending' && (one.id === id || one.resourceId === id),
  )
  const change = invocation === null ? null : changeBy(invocation, answer)
  if (invocation !== null && change !== null) changeInvocation(chat, atMs, invocation, change)
  if (interrupt !== undefined) {
    const resolution = answer.how === 'rejected' ? 'deny' : 'allow'
    chat.interrupts.set(interrupt.id, { ...interrupt, status: 'resolved', resolution, updatedAtMs: atMs })
  }
  turn.asked.delete(id)
  const call = invocation === null ? (interrupt?.reason ?? id) : plainCall(turn, invocation.callId)
  turn.answers.push({ ...answer, call })
  const changed = invocation === null ? null : { ...invocation, ...change }
  // Why: a client tool that was allowed is now for the client to run.
  if (changed?.kind === 'client' && answer.how === 'approved') return ask(chat, turn, atMs, [changed])
  tellSettled(chat, turn, atMs)
  if (changed !== null && isOver(changed)) addResult(chat, turn, atMs, changed)
}

/** Why a call waits for somebody; `null` when it does not. */
export function reasonOf({ kind, status, data }: StoredInvocation): InterruptReason | null {
  if (status === 'awaiting_approval') return 'tool_approval'
  if (kind === 'client') return status === 'in_progress' || status === 'awaiting_input' ? 'client_tool' : null
  if (status !== 'awaiting_input') return null
  if (data?.['requirement_errors'] !== undefined) return 'auth'
  return data?.['input_requests'] === undefined ? 'widget' : 'confirmation'
}

function startOf({ kind, widget, data }: ScriptedTool, { clientTools }: ToolWorld): ScriptToolStatus {
  if (kind === 'client') return clientTools
  const needsInput = widget !== undefined || data?.['input_requests'] !== undefined
  return needsInput || data?.['requirement_errors'] !== undefined ? 'awaiting_input' : 'in_progress'
}

function changeBy(
  { kind, data }: StoredInvocation,
  { how, text }: Omit<ScriptAnswer, 'call'>,
): Partial<StoredInvocation> {
  switch (how) {
    case 'approved':
      return { status: 'in_progress' }
    case 'rejected':
      return { status: 'cancelled', result: text }
    case 'failed':
      return { status: 'failed', result: text }
    case 'result':
      // [wire] P§7.5: the server goes on with what was put in.
      return kind === 'mcp' && data !== null
        ? { status: 'in_progress', data: null }
        : { status: 'completed', result: text }
  }
}

function ask(chat: Chat, turn: Turn, atMs: number, waiting: readonly StoredInvocation[]): void {
  const asked = waiting.map((one) => {
    turn.asked.add(one.id)
    return addInterrupt(chat, turn, atMs, reasonOf(one) ?? 'client_tool', one.id, {
      tool_invocation_id: one.id,
      tool_name: one.name,
      arguments: one.args,
    })
  })
  const first = asked.find(({ reason }) => reason !== 'client_tool') ?? asked[0]
  if (first !== undefined) tellAsked(chat, turn, atMs, first)
}

function addInterrupt(
  chat: Chat,
  turn: Turn,
  atMs: number,
  reason: InterruptReason,
  resourceId: string | null,
  meta: StoredInterrupt['meta'],
): StoredInterrupt {
  const interrupt: StoredInterrupt = {
    id: chat.newId(),
    runId: turn.runId,
    reason,
    resourceId,
    status: 'pending',
    resolution: null,
    meta,
    createdAtMs: atMs,
    updatedAtMs: atMs,
  }
  chat.interrupts.set(interrupt.id, interrupt)
  return interrupt
}

function tellAsked(chat: Chat, turn: Turn, atMs: number, { reason, resourceId }: StoredInterrupt): void {
  putRun(chat, atMs, turn.runId, {
    state: reason === 'auth' ? 'auth_required' : 'input_required',
    interruptReason: reason,
    interruptToolId: resourceId,
  })
  tellInterrupts(chat, atMs)
}

function tellSettled(chat: Chat, turn: Turn, atMs: number): void {
  const isOpen = [...chat.interrupts.values()].some(({ status }) => status === 'pending')
  if (!isOpen && chat.runs.get(turn.runId)?.state !== 'working') {
    putRun(chat, atMs, turn.runId, { state: 'working', interruptReason: null, interruptToolId: null })
  }
  tellInterrupts(chat, atMs)
}

// [wire] appendix A6: a client tool changes nothing about the chat itself, it is told by its run and its message.
function tellInterrupts(chat: Chat, atMs: number): void {
  const interrupts = [...chat.interrupts.values()].filter(
    ({ status, reason }) => status === 'pending' && reason !== 'client_tool',
  )
  if (interrupts.length === 0 && chat.head.interrupts.length === 0) return
  putHead(chat, atMs, { status: interrupts.length > 0 ? 'awaiting_input' : 'busy', interrupts })
}

function addResult(chat: Chat, turn: Turn, atMs: number, { callId, result }: StoredInvocation): void {
  if (result === null) return
  const content: StoredMessage['content'] = [{ type: 'text', text: result }]
  addMessage(chat, atMs, { role: 'tool', status: 'ready', toolCallId: callId, runId: turn.runId, content })
}
