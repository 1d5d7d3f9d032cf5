import type { HttpRequest } from '../source/send.ts'
import type { Source, SourceEnv } from '../source/source.ts'
import type { Frame } from '../wire/frame.ts'
import type { AgentRunRequest } from './agent-config.ts'
import type { AgentEvent } from './agent-event.ts'
import type { Decode } from './protocol.ts'

/** What the server made of a message that was sent. */
export interface SentMessage {
  readonly chatId: string
  /** Id of the message that was sent. */
  readonly messageId: string
  /** The events that bring a state up to the answer: the message, and the reply where it has begun. */
  readonly events: readonly AgentEvent[]
}

/** One way to allow a kind of tool call for good (protocol §5.2). */
export interface AlwaysAllowOption {
  /** What {@link AgentProtocol.requests} `alwaysAllow` takes. */
  readonly key: string
  /** `exact`, `prefix`, `folder`, `remote`, `tool`, or what a newer server knows. */
  readonly scope: string
  /** In the server's words. */
  readonly label: string
  readonly rules: readonly string[]
}

/** What can be allowed for good. */
export interface AlwaysAllowOptions {
  readonly options: readonly AlwaysAllowOption[]
  /** Key of the one that the server proposes. */
  readonly defaultKey: string | null
  /** Why there are none, in the server's words. */
  readonly unavailable: string | null
}

/** What is told of an agent before the first message. */
export interface AgentInfo {
  readonly name: string
  readonly description: string | null
  readonly examplePrompts: readonly string[]
}

/** The part of a {@link Protocol} that is about agents; the same rules hold. */
export interface AgentProtocol {
  readonly requests: {
    runAgent(run: AgentRunRequest): HttpRequest
    /** Sends text to a chat whose agent is not known here; the server takes no files on this way. */
    sendMessage(chatId: string, text: string): HttpRequest
    /** `cursor` of a page's `olderCursor`; `null` is the newest page. `limit` from 1 up, `null` for the server's own. */
    messages(
      chatId: string,
      page: { readonly cursor: string | null; readonly limit: number | null },
    ): HttpRequest
    stopChat(chatId: string): HttpRequest
    cancelMessage(messageId: string): HttpRequest
    answerTool(invocationId: string, result: string): HttpRequest
    approveTool(invocationId: string): HttpRequest
    rejectTool(invocationId: string, reason: string): HttpRequest
    alwaysAllowOptions(chatId: string, invocationId: string): HttpRequest
    alwaysAllow(chatId: string, invocationId: string, optionKey: string): HttpRequest
    resolveInterrupt(interruptId: string, decision: 'allow' | 'deny'): HttpRequest
    /** `namespace/name`, with or without a version. */
    agentInfo(ref: string): HttpRequest
  }
  /** One attempt to follow a chat by a stream: its present, or what came after the cursor, then what happens. */
  connectChat(chatId: string, env: SourceEnv): Source
  /** Asks for the chat and its newest messages once, as one frame; ends when the signal is aborted, and bounds itself in time. */
  askChat(chatId: string, env: SourceEnv): (signal: AbortSignal) => Promise<Frame>
  /** Whether `after` says something of the chat that a stream would have told since `before`: two answers of `askChat`. */
  tellsNews(before: Frame, after: Frame): boolean
  /** A decoder for the frames of one connection to one chat, those of {@link AgentProtocol.askChat} among them. */
  decodeChat(chatId: string): Decode<AgentEvent>
  readSent(body: string): SentMessage
  /** `newest`: whether the page was asked for without a cursor. */
  readMessages(body: string, newest: boolean): AgentEvent
  readAlwaysAllowOptions(body: string): AlwaysAllowOptions
  readAgentInfo(body: string): AgentInfo
}
