import type {
  AgentEvent,
  AgentRunFields,
  ChatFields,
  Interrupt,
  MessageDelta,
  MessageFields,
  ToolInvocation,
} from '../src/protocol/agent-event.ts'
import type { LocalAgentEvent } from '../src/protocol/local-agent-event.ts'
import { unnumbered } from '../src/protocol/protocol.ts'
import { initialAgent, type AgentState, type MessageState } from '../src/state/agent.ts'
import { reduceAgent } from '../src/state/reduce-agent.ts'

/** Folds events into a chat, all at one moment. */
export function foldAgent(
  events: readonly (AgentEvent | LocalAgentEvent)[],
  from: AgentState = initialAgent,
  nowMs = 1000,
): AgentState {
  return events.reduce((state, event) => reduceAgent(state, event, unnumbered, { nowMs }), from)
}

/** A whole message. */
export function message(id: string, fields: MessageFields): AgentEvent {
  return { type: 'message-fields', id, full: true, fields }
}

/** Named fields of a message. */
export function part(id: string, fields: MessageFields): AgentEvent {
  return { type: 'message-fields', id, full: false, fields }
}

/** A message of the user that the server has. */
export function asked(id: string, order: number, text: string, fields: MessageFields = {}): AgentEvent {
  return message(id, { order, role: 'user', status: 'ready', content: [{ type: 'text', text }], ...fields })
}

/** A message of the agent; pending where `fields` do not say otherwise. */
export function reply(id: string, order: number, text: string, fields: MessageFields = {}): AgentEvent {
  const content = text === '' ? [] : [{ type: 'text' as const, text }]
  return message(id, { order, role: 'assistant', status: 'pending', content, invocations: [], ...fields })
}

/** A piece of a message. */
export function piece(id: string, seq: number | null, delta: Partial<MessageDelta>): AgentEvent {
  return {
    type: 'message-delta',
    id,
    seq,
    delta: { text: '', reasoning: '', toolCalls: [], usage: null, ...delta },
  }
}

/** A call that the server has stored, `v1` of the client tool `look` where `fields` do not say otherwise. */
export function call(fields: Partial<ToolInvocation> = {}): ToolInvocation {
  return {
    id: 'v1',
    callId: null,
    kind: 'client',
    name: 'look',
    displayName: null,
    status: 'in_progress',
    args: {},
    result: null,
    data: null,
    widget: null,
    executionId: null,
    ...fields,
  }
}

/** The chat, or some of it. */
export function chat(fields: ChatFields, full = false): AgentEvent {
  return { type: 'chat-fields', full, fields }
}

/** A run as a whole. */
export function run(id: string, fields: AgentRunFields, full = true): AgentEvent {
  return { type: 'run-fields', id, full, fields }
}

/** Something that waits. */
export function interrupt(fields: Partial<Interrupt> = {}): Interrupt {
  return {
    id: 'i1',
    reason: 'tool_approval',
    status: 'pending',
    resourceId: 'v1',
    expiresAt: null,
    meta: null,
    ...fields,
  }
}

/** A page of messages. */
export function page(
  newest: boolean,
  messages: readonly AgentEvent[],
  olderCursor: string | null,
): AgentEvent {
  return {
    type: 'messages-page',
    newest,
    olderCursor,
    messages: messages.flatMap((event) =>
      event.type === 'message-fields' ? [{ id: event.id, fields: event.fields }] : [],
    ),
  }
}

/** Somebody sends a text. */
export function sends(key: string, text: string): LocalAgentEvent {
  return { type: 'message-outgoing', key, text, attachments: [] }
}

/** The message with this id or key. */
export function messageOf(state: AgentState, name: string): MessageState {
  const found = state.messages.find(({ id, key }) => id === name || key === name)
  if (found === undefined) throw new Error(`There is no message ${name}.`)
  return found
}
