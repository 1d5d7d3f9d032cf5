import type { StreamError } from '../errors.ts'
import type { JsonRecord } from './json.ts'

/** Who a message is from. The last four are notes beside the conversation, and words that a newer server uses. */
export type MessageRole =
  | 'system'
  | 'user'
  | 'assistant'
  | 'tool'
  | 'injection'
  | 'compaction'
  | 'event'
  | 'unknown'

/** Where a message stands on the server; `queued` waits for the turn before it, the last three are ends. */
export type StoredMessageStatus = 'pending' | 'queued' | 'ready' | 'failed' | 'cancelled' | 'unknown'

/** What a chat as a whole does (protocol §5.3). */
export type ChatActivity = 'idle' | 'busy' | 'awaiting_input' | 'completed' | 'unknown'

/** Where a run of an agent, which is one turn, stands (protocol §5.5); the last four but `unknown` are ends. */
export type AgentRunStatus =
  | 'submitted'
  | 'working'
  | 'input_required'
  | 'auth_required'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'rejected'
  | 'unknown'

/** Where a tool call stands on the server (protocol §6.2). `in_progress` of a client tool means that it is to be run here. */
export type StoredToolStatus =
  | 'pending'
  | 'in_progress'
  | 'awaiting_input'
  | 'awaiting_approval'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'unknown'

/** Who runs a tool: `client` is the browser, everything else the server. */
export type ToolKind = 'client' | 'app' | 'agent' | 'hook' | 'http' | 'call' | 'mcp' | 'internal' | 'unknown'

/** One piece of what a message holds, as it is stored. */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'image'; readonly url: string }
  | { readonly type: 'file'; readonly url: string }
  /** A call as the model wrote it. What became of it is a {@link ToolInvocation} with the same `callId`. */
  | {
      readonly type: 'tool-call'
      readonly callId: string | null
      readonly name: string
      readonly argsText: string
    }
  /** Something that happened beside the conversation, such as a hook, as the server sent it. */
  | { readonly type: 'event'; readonly event: JsonRecord }
  /** The server could not make this piece. */
  | { readonly type: 'error'; readonly text: string }
  /** A piece of a newer server. */
  | { readonly type: 'unknown'; readonly name: string; readonly value: JsonRecord }

/** A tool call as the server keeps it (protocol §6.2). */
export interface ToolInvocation {
  /** What commands about it are addressed to. */
  readonly id: string
  /** What the model called it. */
  readonly callId: string | null
  readonly kind: ToolKind
  readonly name: string
  readonly displayName: string | null
  readonly status: StoredToolStatus
  /** The arguments; read from JSON text where the server sent text. `null` where they cannot be read. */
  readonly args: unknown
  /** Its answer, as text. */
  readonly result: string | null
  /** What belongs to its kind, such as `requirement_errors` or `input_requests`, as the server sent it. */
  readonly data: JsonRecord | null
  /** A user interface that it wants to be shown, as the server sent it (protocol §7.6). */
  readonly widget: JsonRecord | null
  /** The task of an app tool, or the work of a sub-agent. */
  readonly executionId: string | null
}

/**
 * What one message of the wire says of a message of the chat. A key that is missing was not named and keeps its value;
 * `null` was named and is cleared.
 */
export interface MessageFields {
  readonly chatId?: string | null
  /** Place in the chat, from 0 up. */
  readonly order?: number | null
  readonly role?: MessageRole
  readonly status?: StoredMessageStatus
  readonly content?: readonly ContentPart[]
  readonly invocations?: readonly ToolInvocation[]
  /** The call that a message of the role `tool` answers. */
  readonly toolCallId?: string | null
  readonly runId?: string | null
  readonly taskId?: string | null
  /** Epoch milliseconds. */
  readonly createdAt?: number | null
  /** Epoch microseconds: orders full snapshots. */
  readonly updatedAtUs?: number | null
}

/** Something that waits for a person, or for this client (protocol §7.4). */
export interface Interrupt {
  readonly id: string
  readonly reason:
    | 'tool_approval'
    | 'client_tool'
    | 'widget'
    | 'auth'
    | 'confirmation'
    | 'hook_gate'
    | 'unknown'
  readonly status: 'pending' | 'resolved' | 'expired' | 'cancelled' | 'unknown'
  /** The tool call, or the event of a hook, that it is about. */
  readonly resourceId: string | null
  /** Epoch milliseconds after which nobody asks any more. */
  readonly expiresAt: number | null
  /** What else the server told, such as `tool_name` and `arguments`. */
  readonly meta: JsonRecord | null
}

/** A step of the plan of an agent. */
export interface PlanStep {
  readonly index: number
  readonly title: string
  readonly description: string
  readonly notes: string | null
  readonly status: 'pending' | 'in_progress' | 'completed' | 'cancelled' | 'unknown'
}

/** What one message of the wire says of the run of an agent, see {@link MessageFields} for what is missing. */
export interface AgentRunFields {
  readonly status?: AgentRunStatus
  readonly error?: string | null
  /** Structured output. */
  readonly output?: unknown
  readonly interruptReason?: string | null
  readonly interruptToolId?: string | null
  readonly userMessageId?: string | null
  /** The tool call that this run of a sub-agent answers. */
  readonly invocationId?: string | null
  /** Epoch microseconds. */
  readonly updatedAtUs?: number | null
}

/** What one message of the wire says of the chat, see {@link MessageFields} for what is missing. */
export interface ChatFields {
  readonly id?: string
  readonly activity?: ChatActivity
  readonly name?: string | null
  readonly description?: string | null
  /** Structured output of the last turn that had any. */
  readonly output?: unknown
  /** The run that is under way; `null` when none is. Its fields are told by a `run-fields` event of the same frame. */
  readonly activeRunId?: string | null
  readonly interrupts?: readonly Interrupt[]
  readonly plan?: readonly PlanStep[]
  readonly agentId?: string | null
  readonly parentId?: string | null
  readonly childIds?: readonly string[]
  /** Epoch microseconds. */
  readonly updatedAtUs?: number | null
}

/** A piece of what a message is about to hold. Texts are increments. */
export interface MessageDelta {
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly ToolCallDelta[]
  /** What the model used so far, as the server sent it; `null` where this piece does not say. */
  readonly usage: JsonRecord | null
}

/** A piece of a call that the model is writing. */
export interface ToolCallDelta {
  /** Which of the calls of the message, from 0 up. */
  readonly index: number
  readonly callId: string | null
  readonly name: string | null
  /** A fragment of the JSON text of the arguments. */
  readonly argsText: string
}

/** One thing that a server said about a chat, in our vocabulary; every dialect decodes into it. */
export type AgentEvent =
  /** `full` when the message was the whole chat rather than named fields of it. */
  | { readonly type: 'chat-fields'; readonly full: boolean; readonly fields: ChatFields }
  /** `full` when it was the whole message: only then one is made that is not known yet. */
  | {
      readonly type: 'message-fields'
      readonly id: string
      readonly full: boolean
      readonly fields: MessageFields
    }
  /** `seq` counts the pieces of one message; `null` where they are not numbered. */
  | {
      readonly type: 'message-delta'
      readonly id: string
      readonly seq: number | null
      readonly delta: MessageDelta
    }
  | {
      readonly type: 'run-fields'
      readonly id: string
      readonly full: boolean
      readonly fields: AgentRunFields
    }
  | { readonly type: 'interrupt-fields'; readonly interrupt: Interrupt }
  /**
   * A page of messages, in whatever order. `newest`: it holds the latest ones, so that what lies within its reach and is
   * not on it is gone. `olderCursor` asks for the page before it; `null` where there is none.
   */
  | {
      readonly type: 'messages-page'
      readonly newest: boolean
      readonly messages: readonly { readonly id: string; readonly fields: MessageFields }[]
      readonly olderCursor: string | null
    }
  /** The server says that it will send no more on this connection; not a word about the chat. */
  | { readonly type: 'stream-end' }
  /** Only the place in the stream has moved. */
  | { readonly type: 'position-moved' }
  /** A frame that could not be read. Nothing of it is applied; the state is asked for again. */
  | { readonly type: 'frame-skipped'; readonly error: StreamError }

/** A file that was uploaded, as messages name it. */
export interface Attachment {
  /** Address of the file. */
  readonly uri: string
  readonly filename: string
  /** MIME type. */
  readonly contentType: string
  readonly sizeBytes: number | null
}
