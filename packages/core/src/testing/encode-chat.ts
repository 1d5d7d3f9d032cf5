import type {
  AgentRunWire,
  ChatMessageWire,
  ChatWire,
  ContentPartWire,
  InterruptWire,
  ToolInvocationWire,
} from '../protocol/inference/agent-wire-types.ts'
import { hashOf, type Chat } from './chat-record.ts'
import type {
  ChatHead,
  StoredInterrupt,
  StoredInvocation,
  StoredMessage,
  StoredPart,
  StoredRun,
} from './chat-state.ts'
import { timeStamp } from './encode-task.ts'
import { createRandom, randomId } from './random.ts'
import { placeAssets } from './assets.ts'
import type { SimulatorDialect, SimulatorSettings } from './simulator-options.ts'

/** Writes chats in the dialect of a simulator. */
export interface ChatEncoder {
  /** ChatDTO (P§5.3). */
  chat(chat: Chat, head: ChatHead): ChatWire
  /** ChatMessageDTO (P§6.1). */
  message(chat: Chat, message: StoredMessage): ChatMessageWire
  /** AgentRunDTO (P§5.5). */
  run(chat: Chat, run: StoredRun): AgentRunWire
  /** InterruptDTO (P§7.4). */
  interrupt(chat: Chat, interrupt: StoredInterrupt): InterruptWire
}

/** Makes the writer of chats. */
export function createChatEncoder({
  dialect,
  assetsAs,
}: Pick<SimulatorSettings, 'dialect' | 'assetsAs'>): ChatEncoder {
  const run: ChatEncoder['run'] = (chat, one) => ({
    id: one.id,
    ...times(one),
    agent_id: agentIdOf(chat.head.agent),
    agent_version_id: null,
    chat_id: chat.id,
    user_message_id: one.userMessageId,
    state: one.state,
    error: one.error,
    output: one.output,
    interrupt_reason: one.interruptReason,
    interrupt_tool_id: one.interruptToolId,
    tool_invocation_id: one.invocationId,
  })
  const interrupt: ChatEncoder['interrupt'] = (chat, one) => ({
    id: one.id,
    ...times(one),
    run_id: one.runId,
    chat_id: chat.id,
    reason: one.reason,
    source: one.resourceId === null ? 'hook' : 'tool',
    resource_id: one.resourceId,
    resource_type: one.resourceId === null ? null : 'tool_invocation',
    status: one.status,
    resolution: one.resolution,
    resolved_at: one.status === 'resolved' ? timeStamp(one.updatedAtMs) : null,
    resolved_data: null,
    expires_at: null,
    // [wire] P§7.4: an object, or its JSON text, as appendix A7 has it.
    meta: JSON.stringify(one.meta),
  })
  return {
    run,
    interrupt,
    chat: (chat, head) => ({
      ...base(chat.id, chat.createdAtMs, head.updatedAtMs),
      parent_id: chat.parent?.chatId ?? null,
      children: head.childIds.map((id) => ({ id, parent_id: chat.id })),
      status: head.status,
      output: head.output,
      context: chat.context,
      agent_id: agentIdOf(head.agent),
      name: head.name,
      description: '',
      agent_data: {
        plan_steps: head.plan.map(({ title, description = '', notes = null, status }, index) => ({
          index,
          title,
          description,
          notes,
          status,
        })),
        memory: {},
      },
      active_run: head.activeRun === null ? null : run(chat, head.activeRun),
      pending_interrupts: head.interrupts.map((one) => interrupt(chat, one)),
    }),
    message: (chat, one) => ({
      ...base(one.id, one.createdAtMs, one.updatedAtMs),
      chat_id: chat.id,
      chat: null,
      agent_run_id: one.runId,
      order: one.order,
      status: one.status,
      task_id: one.taskId,
      role: one.role,
      ...contentKeys(
        one.content.map((part) => placePart(part, (uri) => String(placeAssets(uri, chat.origin, assetsAs)))),
        dialect,
      ),
      tools: null,
      tool_call_id: one.toolCallId,
      tool_invocations: one.invocations.map(encodeInvocation),
    }),
  }
}

/** The id of an agent, the same wherever it is named. */
export function agentIdOf(agent: string): string {
  return randomId(createRandom(hashOf(agent)))
}

// [wire] P§0a.1: the reference has a text with a type beside it; what that cannot hold comes as parts there too.
function contentKeys(
  content: readonly StoredPart[],
  dialect: SimulatorDialect,
): Pick<ChatMessageWire, 'content' | 'type'> {
  const [only, ...others] = content
  if (
    dialect === 'reference' &&
    others.length === 0 &&
    (only?.type === 'text' || only?.type === 'reasoning')
  ) {
    return { content: only.text, type: only.type === 'reasoning' ? 'thinking' : 'text' }
  }
  return { content: content.map(encodePart) }
}

function placePart(part: StoredPart, place: (uri: string) => string): StoredPart {
  return part.type === 'image' || part.type === 'file' ? { ...part, uri: place(part.uri) } : part
}

function encodePart(part: StoredPart): ContentPartWire {
  const none = { error: null, text: null, image: null, file: null, tool_calls: null }
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { ...none, type: part.type, text: part.text }
    case 'image':
      return { ...none, type: 'image', image: part.uri }
    case 'file':
      return { ...none, type: 'file', file: part.uri }
    case 'event':
      return { ...none, type: 'event', event: part.event }
    case 'tool':
      return {
        ...none,
        type: 'tool',
        tool_calls: part.calls.map(({ id, name, args }) => ({
          id,
          type: 'function' as const,
          function: { name, arguments: args },
        })),
      }
  }
}

function encodeInvocation(one: StoredInvocation): ToolInvocationWire {
  return {
    id: one.id,
    chat_message_id: one.messageId,
    tool_invocation_id: one.callId,
    type: one.kind,
    display_name: one.displayName,
    execution_id: one.executionId,
    function: { name: one.name, arguments: isMap(one.args) ? one.args : JSON.stringify(one.args) },
    status: one.status,
    result: one.result,
    data: one.data,
    widget: one.widget,
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// [wire] P§3.3, §6.1: what every DTO has.
function base(id: string, createdAtMs: number, updatedAtMs: number) {
  return {
    id,
    short_id: id.slice(0, 8),
    created_at: timeStamp(createdAtMs),
    updated_at: timeStamp(updatedAtMs),
    deleted_at: null,
    user_id: null,
    user: null,
    team_id: null,
    team: null,
    visibility: 'private',
  } as const
}

function times({
  createdAtMs,
  updatedAtMs,
}: {
  readonly createdAtMs: number
  readonly updatedAtMs: number
}): {
  readonly created_at: string
  readonly updated_at: string
} {
  return { created_at: timeStamp(createdAtMs), updated_at: timeStamp(updatedAtMs) }
}
