import type { Attachment } from './agent-event.ts'

/** A tool as an ad-hoc agent is told of it (protocol §10). Keys that are not listed here are sent as they are. */
export interface AgentToolConfig {
  readonly name: string
  readonly display_name?: string
  readonly description?: string
  /** `client`, `app`, `agent`, `hook`, `http`, `mcp`, or what a newer server knows. */
  readonly type: string
  readonly require_approval?: boolean
  readonly [key: string]: unknown
}

/**
 * An agent that is described in place instead of by its name (protocol §5.4). Keys that are not listed here are sent as
 * they are, so that a config in the server's own words (`core_app`, `system_prompt`) works whole.
 */
export interface AgentConfig {
  readonly name?: string
  readonly description?: string
  readonly systemPrompt?: string
  readonly examplePrompts?: readonly string[]
  /** The model: `{ ref: 'openrouter/claude-sonnet-4@abc123' }`, with `setup` and `input` where wanted. */
  readonly coreApp?: { readonly ref: string; readonly setup?: unknown; readonly input?: unknown }
  /** Tools of the server. Those that run in the browser are given as `tools` of the agent, and added to these. */
  readonly tools?: readonly AgentToolConfig[]
  readonly internalTools?: Readonly<Record<string, unknown>>
  /** JSON Schema of the structured output. */
  readonly outputSchema?: Readonly<Record<string, unknown>>
  readonly [key: string]: unknown
}

/** What `POST /agents/run` is told, in our words. */
export interface AgentRunRequest {
  /** `namespace/name`, with `@version` where wanted, or a config. */
  readonly agent: string | AgentConfig
  /** `null` begins a chat. */
  readonly chatId: string | null
  readonly text: string
  readonly attachments: readonly Attachment[]
  /** Values that are fixed for the life of the chat; only said when it begins. */
  readonly context: Readonly<Record<string, string>> | null
}
