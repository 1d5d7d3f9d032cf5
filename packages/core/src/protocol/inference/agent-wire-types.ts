/**
 * The JSON about agents and chats as it is sent, for encoders and for request bodies. A decoder never trusts these types:
 * it reads `unknown`. Absent optionals come as `null` in most objects, and both mean the same (P§1.1).
 */

type Nullable<T> = T | null

/** An object, or its JSON text (P§6.2). */
export type EncodedMapWire = Readonly<Record<string, unknown>> | string

/** A call as the model wrote it (P§6.1). */
export interface ToolCallWire {
  readonly id?: Nullable<string>
  readonly type?: 'function'
  readonly function: { readonly name: string; readonly arguments: EncodedMapWire }
}

/** A piece of the content of a message; all keys present, `null` where not used (P§6.1). */
export interface ContentPartWire {
  readonly type: 'text' | 'reasoning' | 'image' | 'file' | 'tool' | 'event'
  readonly error?: Nullable<string>
  readonly text?: Nullable<string>
  /** Address. */
  readonly image?: Nullable<string>
  /** Address. */
  readonly file?: Nullable<string>
  readonly tool_calls?: Nullable<readonly ToolCallWire[]>
  /** Of the type `event`: `{type: 'hook', hook: {event, handler_type, handler, decision, reason, injected, duration_ms}}`. */
  readonly event?: Nullable<Readonly<Record<string, unknown>>>
}

/** A tool call as the server keeps it (P§6.2). */
export interface ToolInvocationWire {
  /** What paths name. */
  readonly id: string
  readonly chat_message_id?: string
  /** What the model called it. */
  readonly tool_invocation_id: Nullable<string>
  readonly type: 'app' | 'agent' | 'hook' | 'http' | 'call' | 'mcp' | 'client' | 'internal'
  readonly display_name?: Nullable<string>
  readonly execution_id?: Nullable<string>
  readonly function: { readonly name: string; readonly arguments: EncodedMapWire }
  readonly status:
    | 'pending'
    | 'in_progress'
    | 'awaiting_input'
    | 'awaiting_approval'
    | 'completed'
    | 'failed'
    | 'cancelled'
  readonly result?: Nullable<string>
  readonly data?: Nullable<EncodedMapWire>
  readonly widget?: Nullable<Readonly<Record<string, unknown>>>
}

/** A message of a chat (P§6.1); `content` is a text, with a `type` beside it, in the streaming reference (P§0a.1). */
export interface ChatMessageWire {
  readonly id?: string
  readonly short_id?: string
  /** RFC 3339 with up to six decimals. */
  readonly created_at?: string
  /** RFC 3339 with up to six decimals. */
  readonly updated_at?: string
  readonly chat_id?: string
  readonly agent_run_id?: Nullable<string>
  /** From 0 up. */
  readonly order?: number
  readonly status?: 'pending' | 'queued' | 'ready' | 'failed' | 'cancelled'
  readonly task_id?: Nullable<string>
  readonly role?: 'system' | 'user' | 'assistant' | 'tool' | 'injection' | 'compaction' | 'event'
  readonly content?: Nullable<readonly ContentPartWire[] | string>
  /** Only where the content is a text. */
  readonly type?: 'thinking' | 'text'
  readonly tool_call_id?: Nullable<string>
  readonly tool_invocations?: Nullable<readonly ToolInvocationWire[]>
}

/** A run of an agent, which is one turn (P§5.5). */
export interface AgentRunWire {
  readonly id: string
  readonly updated_at?: string
  readonly agent_id?: string
  readonly agent_version_id?: Nullable<string>
  readonly chat_id?: string
  readonly user_message_id?: Nullable<string>
  readonly state:
    | 'submitted'
    | 'working'
    | 'input_required'
    | 'auth_required'
    | 'completed'
    | 'failed'
    | 'canceled'
    | 'rejected'
  readonly error?: Nullable<string>
  readonly output?: unknown
  readonly interrupt_reason?: Nullable<string>
  readonly interrupt_tool_id?: Nullable<string>
  /** Only of the run of a sub-agent. */
  readonly tool_invocation_id?: Nullable<string>
}

/** Something that waits for an answer (P§7.4). */
export interface InterruptWire {
  readonly id: string
  readonly run_id?: string
  readonly chat_id?: string
  readonly reason: 'tool_approval' | 'client_tool' | 'widget' | 'auth' | 'confirmation' | 'hook_gate'
  readonly source?: string
  readonly resource_id?: Nullable<string>
  readonly resource_type?: Nullable<'tool_invocation' | 'hook_event'>
  readonly status: 'pending' | 'resolved' | 'expired' | 'cancelled'
  readonly resolution?: Nullable<'allow' | 'deny'>
  readonly resolved_at?: Nullable<string>
  readonly resolved_data?: unknown
  readonly expires_at?: Nullable<string>
  readonly meta?: Nullable<EncodedMapWire>
}

/** A step of the plan of an agent (P§5.3). */
export interface PlanStepWire {
  readonly index: number
  readonly title: string
  readonly description: string
  readonly notes?: Nullable<string>
  readonly status: 'pending' | 'in_progress' | 'completed' | 'cancelled'
}

/** A chat (P§5.3). */
export interface ChatWire {
  readonly id: string
  readonly short_id?: string
  readonly created_at?: string
  readonly updated_at?: string
  readonly parent_id?: Nullable<string>
  readonly children?: Nullable<readonly { readonly id: string }[]>
  readonly status?: 'busy' | 'idle' | 'awaiting_input' | 'completed'
  readonly output?: unknown
  readonly context?: Nullable<Readonly<Record<string, string>>>
  readonly agent_id?: Nullable<string>
  readonly name?: string
  readonly description?: string
  /** Only of older servers. */
  readonly chat_messages?: Nullable<readonly ChatMessageWire[]>
  readonly agent_data?: Nullable<{
    readonly plan_steps?: Nullable<readonly PlanStepWire[]>
    readonly memory?: Nullable<EncodedMapWire>
  }>
  readonly active_run?: Nullable<AgentRunWire>
  readonly pending_interrupts?: Nullable<readonly InterruptWire[]>
}

/** What a model is about to say (P§4.6), the `delta` of a delta event whose `resource_id` is a message. */
export interface MessageDeltaWire {
  readonly response?: string
  readonly reasoning?: string
  readonly tool_calls?: readonly {
    readonly index: number
    readonly id?: string
    readonly type?: 'function'
    readonly function: { readonly name?: string; readonly arguments?: string }
  }[]
  readonly usage?: Readonly<Record<string, unknown>>
}

/** What `POST /agents/run` takes (P§5.1): either an `agent`, or `agent_config` with its `agent_name`. */
export interface AgentRunBodyWire {
  /** `null` begins a chat. */
  readonly chat_id: string | null
  /** `namespace/name`, with `@version` where wanted. */
  readonly agent?: string
  /** P§5.4. */
  readonly agent_config?: Readonly<Record<string, unknown>>
  readonly agent_name?: string
  readonly context?: Readonly<Record<string, string>>
  readonly input: {
    readonly text: string
    /** Addresses. */
    readonly images?: readonly string[]
    /** Addresses. */
    readonly files?: readonly string[]
    readonly role: 'user'
    readonly context: readonly []
    readonly system_prompt: ''
    readonly context_size: 0
  }
  readonly stream: boolean
}

/** What `POST /agents/run` answers; without a reply where the message is queued (P§5.1). */
export interface AgentRunAnswerWire {
  readonly user_message: ChatMessageWire
  readonly assistant_message?: Nullable<ChatMessageWire>
}

/** What `GET /chats/{id}/messages` answers: the newest page first, `next_cursor` goes back in time (P§1.5, P§5.2). */
export interface MessagesPageWire {
  readonly items: Nullable<readonly ChatMessageWire[]>
  readonly next_cursor: string
  readonly prev_cursor?: string
  /** Whether there are older ones. */
  readonly has_next: boolean
  readonly has_previous?: boolean
  readonly items_per_page?: number
  readonly total_items?: number
}

/** What `GET /chats/{id}/tools/{id}/always-allow/options` answers (P§5.2, appendix A7). */
export interface AlwaysAllowOptionsWire {
  readonly options: Nullable<
    readonly {
      readonly key: string
      readonly scope: 'exact' | 'prefix' | 'folder' | 'remote' | 'tool'
      readonly label: string
      readonly rules: Nullable<readonly string[]>
    }[]
  >
  readonly default: Nullable<string>
  readonly unavailable?: Nullable<string>
}

/** What `GET /agents/{namespace}/{name}` answers, as far as it is read here (P§5.2). */
export interface AgentWire {
  readonly id?: string
  readonly namespace?: string
  readonly name: string
  readonly version?: Nullable<{
    readonly description?: Nullable<string>
    readonly example_prompts?: Nullable<readonly string[]>
  }>
}
