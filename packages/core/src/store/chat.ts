import type { AlwaysAllowOptions } from '../protocol/agent-protocol.ts'
import type { Attachment } from '../protocol/agent-event.ts'
import type { AgentState } from '../state/agent.ts'
import type { ChatMessage } from '../state/chat-message.ts'
import type { ChatView } from './chat-view.ts'
import type { ClientTools } from './client-tool.ts'
import type { LiveStore } from './live-store.ts'
import type { UploadProgress } from './task-view.ts'

/** A message to send. One of `text` and `files` must hold something. */
export interface MessageInput {
  readonly text?: string
  /** Files to upload and send along, or files that were uploaded already. */
  readonly files?: readonly (Blob | Attachment)[]
}

/** How one message is sent. */
export interface SendMessageOptions {
  /** Ends waiting for the reply, and uploads that are under way; what the server has taken goes on, see `stop`. */
  readonly signal?: AbortSignal
  /** Told of the files that are on their way. */
  readonly onUpload?: (upload: UploadProgress) => void
}

/** How a turn ended. */
export interface Reply<Output = unknown> {
  /** `cancelled`: somebody stopped it. A turn that failed rejects instead. */
  readonly status: 'completed' | 'cancelled'
  /** The last message of the agent in this turn; `null` where it said nothing. */
  readonly message: ChatMessage | null
  /** All messages of the turn, from the user's on. */
  readonly messages: readonly ChatMessage[]
  /** Text of {@link Reply.message}; `''` where there is none. */
  readonly text: string
  /** Structured output; `null` where there is none. */
  readonly output: Output
  readonly chatId: string
}

/** The answer to a tool call that waits for approval. */
export type ApprovalResponse =
  | { readonly decision: 'approve' }
  | { readonly decision: 'reject'; readonly reason?: string }
  /** Approves it, and calls like it for good; `option` is a key of `alwaysAllowOptions`, default the server's proposal. */
  | { readonly decision: 'always'; readonly option?: string }

/** How a file is uploaded. */
export interface UploadOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (upload: UploadProgress) => void
}

/** Told of every change of a chat, in order, once per event that changed it. */
export type ChatObserver = (next: AgentState, before: AgentState) => void

/**
 * One chat, followed by one line, however many watch it. Commands reject with a `StreamError`; losing the line never
 * rejects one.
 */
export interface Chat {
  /** What is shown, published once a frame; ends, and what waits for a person, at once. Watching it connects. */
  readonly store: LiveStore<ChatView>
  /** The same without waiting for the frame. Watching it connects too. */
  readonly live: LiveStore<ChatView>
  /** Sees each event that changes the chat. Observing connects nothing. */
  observe(observer: ChatObserver): () => void
  /** The newest view, published or not. */
  current(): ChatView
  /** Told after each change of {@link Chat.current}, without watching. */
  onChange(listener: () => void): () => void
  /**
   * Sends a message and waits for the end of its turn. It is shown at once. Rejects when it was not taken, or when the turn
   * failed; stays shown as failed in the first case, for {@link Chat.retryMessage}.
   */
  sendMessage(message: string | MessageInput, options?: SendMessageOptions): Promise<Reply>
  /** Sends a message again that could not be sent. `key`: that of the message. */
  retryMessage(key: string): Promise<Reply>
  /** Takes back a message that could not be sent, or cancels one that is queued. */
  withdrawMessage(key: string): Promise<void>
  /** Stops the turn that is under way. Where none is, nothing happens. */
  stop(): Promise<void>
  /** Asks for another answer: sends the last message of the user once more. */
  regenerate(options?: SendMessageOptions): Promise<Reply>
  /**
   * Answers a tool call that waits: text as it is, anything else as JSON. A widget is answered with
   * `{ action: { type, payload }, form_data }`, questions of an MCP server with `{ [key]: { action, content } }` (protocol
   * §7.2, §7.5). A call that has been answered already needs no answer: that is no error.
   */
  submitToolResult(toolCallId: string, result: unknown): Promise<void>
  /** What can be allowed for good where this call waits for approval. */
  alwaysAllowOptions(toolCallId: string): Promise<AlwaysAllowOptions>
  /**
   * Answers a tool call that waits for approval. The live service takes this from the account holder's own sign-in alone
   * and rejects API keys: `forbidden` (protocol §2.6).
   */
  respondToApproval(toolCallId: string, response: ApprovalResponse): Promise<void>
  /** Answers an interrupt that is not about a tool call, such as a hook's gate. Refused to API keys as approvals are. */
  resolveInterrupt(interruptId: string, decision: 'allow' | 'deny'): Promise<void>
  /** Reads the messages before the first one. One request at a time; nothing where there are none. */
  loadOlder(): Promise<void>
  /** Uploads a file to send along later. */
  upload(file: Blob, options?: UploadOptions): Promise<Attachment>
  /** Lends tools to the chat until the answer is called; of two with one name the one that was lent first runs. */
  lendTools(tools: ClientTools): () => void
  /** Whether a tool of this name is lent to the chat. */
  hasTool(name: string): boolean
  /** Stops watching for everybody, until `reconnect`. The turn goes on. */
  disconnect(): void
  /** Watches again: at once, with a new budget of attempts. */
  reconnect(): void
  /** Somebody looks at it: it comes first where places for streams are few. The answer takes that back. */
  look(): () => void
}
