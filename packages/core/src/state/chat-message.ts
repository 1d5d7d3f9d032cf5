import type { StreamError } from '../errors.ts'
import type { Attachment, MessageRole, StoredToolStatus, ToolKind } from '../protocol/agent-event.ts'
import type { JsonRecord } from '../protocol/json.ts'

/** Where a message stands: `sending` and a `failed` with an error of sending are known here alone. */
export type MessageStatus = 'sending' | 'pending' | 'queued' | 'ready' | 'failed' | 'cancelled' | 'unknown'

/** Where a tool call stands: `streaming` while the model writes its arguments. */
export type ToolCallStatus = 'streaming' | StoredToolStatus

/** A tool call as it is shown. */
export interface ToolCall {
  /** What `submitToolResult` and `respondToApproval` take; until the server has stored the call, a name of ours. */
  readonly id: string
  /** What the model called it. */
  readonly callId: string | null
  readonly kind: ToolKind
  readonly name: string
  readonly displayName: string | null
  readonly status: ToolCallStatus
  /**
   * The arguments. While they are written (`status: 'streaming'`): what can be read of them so far, which only grows;
   * `undefined` before anything can.
   */
  readonly args: unknown
  /** The JSON text of the arguments as far as it is written; of a stored call, their JSON. */
  readonly argsText: string
  /** Its answer, as text; also one that was given here and is on its way. */
  readonly result: string | null
  readonly data: JsonRecord | null
  /** A user interface that the tool wants to be shown (protocol §7.6), as the server sent it. Hostile as any model text. */
  readonly widget: JsonRecord | null
  /** The task of an app tool, or the work of a sub-agent. */
  readonly executionId: string | null
  /** Id of the pending interrupt that is about this call; `null` where there is none. */
  readonly interruptId: string | null
  /** What this browser does with a client tool: nothing, runs it, sends the answer, or could not send it. */
  readonly local: LocalToolRun | null
}

/** What this browser does with a client tool. */
export interface LocalToolRun {
  readonly status: 'running' | 'submitting' | 'settled' | 'failed'
  /** What the tool last told of its progress; `null` before. */
  readonly progress: unknown
  readonly error: StreamError | null
}

/** One piece of a message as it is shown. `isStreaming`: more of it is coming. */
export type MessagePart =
  | { readonly type: 'text'; readonly text: string; readonly isStreaming: boolean }
  | {
      readonly type: 'reasoning'
      readonly text: string
      readonly isStreaming: boolean
      /** How long it was thought, in milliseconds, as seen from here; `null` where it was not seen to begin and end. */
      readonly durationMs: number | null
      /** Epoch milliseconds at which it was seen to begin; `null` where it was not. */
      readonly startedAt: number | null
    }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'image'; readonly url: string }
  | { readonly type: 'file'; readonly url: string; readonly name: string | null }
  | { readonly type: 'event'; readonly event: JsonRecord }
  | { readonly type: 'error'; readonly text: string }
  | { readonly type: 'unknown'; readonly name: string; readonly value: JsonRecord }

/** A message of a chat as it is shown. The same reference as long as nothing of it has changed. */
export interface ChatMessage {
  /** Stays the same from sending on: a key for lists. */
  readonly key: string
  /** The server's id; the {@link ChatMessage.key} until the server has given one. */
  readonly id: string
  readonly role: MessageRole
  readonly status: MessageStatus
  readonly parts: readonly MessagePart[]
  /** All text parts, joined by blank lines. */
  readonly text: string
  /** Whether more of it is coming. */
  readonly isStreaming: boolean
  /** Files of a message that is being sent, or could not be. */
  readonly attachments: readonly Attachment[]
  /** Epoch milliseconds; `null` where the server did not say. */
  readonly createdAt: number | null
  /** The run of the agent that it belongs to. */
  readonly runId: string | null
  /** The call that a message of the role `tool` answers. */
  readonly toolCallId: string | null
  /** Why it could not be sent. */
  readonly error: StreamError | null
}
