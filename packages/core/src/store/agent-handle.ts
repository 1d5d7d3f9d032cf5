import { StreamError } from '../errors.ts'
import type { AgentInfo } from '../protocol/agent-protocol.ts'
import type { AgentConfig } from '../protocol/agent-config.ts'
import type { ToolCall } from '../state/chat-message.ts'
import type { AgentCalls } from './agent-calls.ts'
import type { Chat, MessageInput, Reply, SendMessageOptions } from './chat.ts'
import type { ClientTools } from './client-tool.ts'
import type { Conversation } from './conversation.ts'
import { callsToAnswer, messageUpdates, type MessageUpdate } from './message-update.ts'
import { runApart } from './run-apart.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/** With whom, and with what, an {@link Agent} talks. */
export interface AgentOptions<Output = unknown> {
  /** A chat that exists; default: a new one, with the first message. */
  readonly chatId?: string
  /** Values that the agent asks for, fixed for the life of the chat (protocol §5.1). */
  readonly context?: Readonly<Record<string, string>>
  /** Tools that run here when the agent calls them. An agent that is described in place is told of them. */
  readonly tools?: ClientTools
  /** What the structured output has to be; it types and checks `reply.output`. */
  readonly output?: StandardSchemaV1<unknown, Output>
}

/** What is told while a reply comes. What a callback throws is reported as uncaught and stops nothing. */
export interface ReplyCallbacks {
  /** Told of text and thoughts as they arrive, and of every other change of a message of the agent. */
  readonly onMessage?: (update: MessageUpdate) => void
  /** A tool call waits for this client, and none of the lent tools runs it: answer it with `submitToolResult`. */
  readonly onToolCall?: (call: ToolCall) => void
}

/** An agent to talk to: one chat after the other. */
export interface Agent<Output = unknown> extends Pick<
  Chat,
  | 'submitToolResult'
  | 'respondToApproval'
  | 'alwaysAllowOptions'
  | 'resolveInterrupt'
  | 'stop'
  | 'loadOlder'
  | 'upload'
> {
  /** `null` before the first message of a new chat was taken. */
  readonly chatId: string | null
  /** The chat that goes on now: its live store, and everything else that can be done in it. */
  readonly chat: Chat
  /**
   * Sends a message and waits for the end of its turn. The chat is watched until then.
   *
   * @throws {StreamError} `agent-failed` when the turn failed, `malformed` when the structured output does not fit, what
   *   the server answered to the message, or the fault for which the line was given up
   * @example const { text } = await agent.sendMessage('Explain quantum entanglement', { onMessage: ({ content }) => write(content) })
   */
  sendMessage(
    message: string | MessageInput,
    options?: SendMessageOptions & ReplyCallbacks,
  ): Promise<Reply<Output>>
  /** Asks for another answer to the last message. */
  regenerate(options?: SendMessageOptions & ReplyCallbacks): Promise<Reply<Output>>
  /** What is told of the agent before the first message. For an agent that is described in place, its own words. */
  info(): Promise<AgentInfo>
  /** Leaves the chat as it is and begins a new one, with the next message. */
  reset(): void
}

/** An agent over a conversation. */
export function createAgent<Output>(
  agent: string | AgentConfig,
  conversation: Conversation,
  calls: AgentCalls,
  { tools = [], output }: AgentOptions<Output>,
): Agent<Output> {
  const chat = (): Chat => conversation.store.getState()
  let lentTo: Chat | null = null

  async function follow(
    send: (chat: Chat) => Promise<Reply>,
    { onMessage, onToolCall }: ReplyCallbacks,
  ): Promise<Reply<Output>> {
    const followed = chat()
    if (lentTo !== followed) {
      lentTo = followed
      if (tools.length > 0) followed.lendTools(tools)
    }
    const stop = observeReplies(followed, () => ({
      ...(onMessage === undefined ? {} : { onMessage }),
      ...(onToolCall === undefined ? {} : { onToolCall }),
    }))
    try {
      const reply = await send(followed)
      return { ...reply, output: await checkOutput(reply.output, output) }
    } finally {
      stop()
    }
  }

  return {
    get chatId() {
      return chat().current().agent.id
    },
    get chat() {
      return chat()
    },
    sendMessage: (message, options = {}) => follow((one) => one.sendMessage(message, options), options),
    regenerate: (options = {}) => follow((one) => one.regenerate(options), options),
    submitToolResult: (id, result) => chat().submitToolResult(id, result),
    respondToApproval: (id, response) => chat().respondToApproval(id, response),
    alwaysAllowOptions: (id) => chat().alwaysAllowOptions(id),
    resolveInterrupt: (id, decision) => chat().resolveInterrupt(id, decision),
    stop: () => chat().stop(),
    loadOlder: () => chat().loadOlder(),
    upload: (file, options) => chat().upload(file, options),
    info: async () => (typeof agent === 'string' ? await calls.agentInfo(agent) : describeConfig(agent)),
    reset: () => conversation.reset(),
  }
}

/** Calls back for what happens in a chat from now on; `read`: the callbacks as they are at that moment. */
export function observeReplies(chat: Chat, read: () => ReplyCallbacks): () => void {
  return chat.observe((next, before) => {
    const { onMessage, onToolCall } = read()
    if (onMessage !== undefined) {
      for (const update of messageUpdates(next, before)) runApart(() => onMessage(update))
    }
    if (onToolCall === undefined) return
    for (const call of callsToAnswer(next, before)) {
      if (!chat.hasTool(call.name)) runApart(() => onToolCall(call))
    }
  })
}

function describeConfig({ name, description, examplePrompts }: AgentConfig): AgentInfo {
  return { name: name ?? '', description: description ?? null, examplePrompts: examplePrompts ?? [] }
}

async function checkOutput<Output>(
  value: unknown,
  schema: StandardSchemaV1<unknown, Output> | undefined,
): Promise<Output> {
  // Without a schema the caller has not said what it is: `Output` is unknown then.
  if (schema === undefined) return value as Output
  const result = await schema['~standard'].validate(value)
  if (result.issues === undefined) return result.value
  const first = result.issues[0]?.message ?? 'it is something else'
  throw new StreamError(
    'malformed',
    `The structured output of the agent does not fit the schema that was given for it: ${first}. Look at the output schema of the agent; the reply is in the chat all the same.`,
  )
}
