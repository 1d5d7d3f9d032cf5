import type { ScriptedPlanStep, ScriptToolKind, ScriptToolStatus } from './agent-script.ts'

/** A piece of a stored message. */
export type StoredPart =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  | { readonly type: 'image' | 'file'; readonly uri: string }
  | { readonly type: 'tool'; readonly calls: readonly StoredCall[] }
  | { readonly type: 'event'; readonly event: Readonly<Record<string, unknown>> }

/** A call as the model wrote it. */
export interface StoredCall {
  readonly id: string
  readonly name: string
  /** JSON text. */
  readonly args: string
}

/** A tool call (P§6.2). */
export interface StoredInvocation {
  readonly id: string
  readonly messageId: string
  readonly callId: string
  readonly kind: ScriptToolKind
  readonly name: string
  readonly displayName: string | null
  readonly args: unknown
  readonly status: ScriptToolStatus
  readonly result: string | null
  readonly data: Readonly<Record<string, unknown>> | null
  readonly widget: Readonly<Record<string, unknown>> | null
  readonly executionId: string | null
}

/** A message (P§6.1). */
export interface StoredMessage {
  readonly id: string
  readonly order: number
  readonly role: 'system' | 'user' | 'assistant' | 'tool' | 'injection' | 'compaction' | 'event'
  readonly status: 'pending' | 'queued' | 'ready' | 'failed' | 'cancelled'
  readonly content: readonly StoredPart[]
  readonly invocations: readonly StoredInvocation[]
  readonly toolCallId: string | null
  readonly runId: string | null
  readonly taskId: string | null
  /** Epoch milliseconds. */
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** A run of the agent (P§5.5). */
export interface StoredRun {
  readonly id: string
  readonly state:
    | 'submitted'
    | 'working'
    | 'input_required'
    | 'auth_required'
    | 'completed'
    | 'failed'
    | 'canceled'
  readonly userMessageId: string
  readonly error: string | null
  readonly output: unknown
  readonly interruptReason: InterruptReason | null
  readonly interruptToolId: string | null
  /** The call that this run of a sub-agent answers. */
  readonly invocationId: string | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** Why a run waits (P§7.4). */
export type InterruptReason =
  | 'tool_approval'
  | 'client_tool'
  | 'widget'
  | 'auth'
  | 'confirmation'
  | 'hook_gate'

/** Something that waits for somebody (P§7.4). */
export interface StoredInterrupt {
  readonly id: string
  readonly runId: string
  readonly reason: InterruptReason
  readonly resourceId: string | null
  readonly status: 'pending' | 'resolved' | 'cancelled'
  readonly resolution: 'allow' | 'deny' | null
  readonly meta: Readonly<Record<string, unknown>>
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** What is told of a chat beside its messages (P§5.3). */
export interface ChatHead {
  readonly status: 'idle' | 'busy' | 'awaiting_input'
  readonly name: string
  readonly output: unknown
  readonly plan: readonly ScriptedPlanStep[]
  readonly activeRun: StoredRun | null
  readonly interrupts: readonly StoredInterrupt[]
  readonly childIds: readonly string[]
  readonly agent: string
  readonly updatedAtMs: number
}

/** A key of a message that an update may name. */
export type MessageField = 'order' | 'status' | 'content' | 'invocations'

/** A change of a chat, with what has changed as it was then. A stream says each as one message. */
export type ChatUpdate =
  | { readonly type: 'chat'; readonly head: ChatHead }
  /** `fields`: what has changed; `null` for the whole message. */
  | {
      readonly type: 'message'
      readonly message: StoredMessage
      readonly fields: readonly MessageField[] | null
    }
  | { readonly type: 'run'; readonly run: StoredRun }
  | {
      readonly type: 'delta'
      readonly messageId: string
      readonly seq: number
      readonly delta: Readonly<Record<string, unknown>>
    }

/** Whether nothing more becomes of a call. */
export function isOver({ status }: Pick<StoredInvocation, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}
