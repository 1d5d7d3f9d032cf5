import { StreamError } from '../../errors.ts'
import type { HttpRequest } from '../../source/send.ts'
import type { AgentConfig, AgentRunRequest } from '../agent-config.ts'
import type { AgentProtocol } from '../agent-protocol.ts'
import type {
  AlwaysAllowBodyWire,
  ChatMessageBodyWire,
  RejectBodyWire,
  ResolveBodyWire,
  ToolResultBodyWire,
} from './agent-body-wire-types.ts'
import type { AgentRunBodyWire } from './agent-wire-types.ts'
import { pathOf } from './path-of.ts'

/**
 * Every request about agents and chats, as data (P§5). Each throws `misuse` for arguments that the server could only
 * refuse, or that would address something else.
 */
export const inferenceAgentRequests: AgentProtocol['requests'] = {
  runAgent: (run) => post('/agents/run', runBody(run)),
  sendMessage: (chatId, message) => {
    const body: ChatMessageBodyWire = { message }
    return post(`${chatPath(chatId)}/messages`, body)
  },
  messages: (chatId, page) => ({ method: 'GET', path: `${chatPath(chatId)}/messages${pageQuery(page)}` }),
  stopChat: (chatId) => post(`${chatPath(chatId)}/stop`),
  cancelMessage: (messageId) =>
    post(
      `${pathOf('/chats/messages', messageId, 'a message', 'the `id` of a message that is queued')}/cancel`,
    ),
  answerTool: (invocationId, result) => {
    const body: ToolResultBodyWire = { result }
    return post(toolPath(invocationId), body)
  },
  approveTool: (invocationId) => post(`${toolPath(invocationId)}/invoke`),
  rejectTool: (invocationId, reason) => {
    const body: RejectBodyWire = { reason }
    return post(`${toolPath(invocationId)}/reject`, body)
  },
  alwaysAllowOptions: (chatId, invocationId) => ({
    method: 'GET',
    path: `${chatPath(chatId)}${toolPath(invocationId)}/always-allow/options`,
  }),
  alwaysAllow: (chatId, invocationId, option) => {
    const body: AlwaysAllowBodyWire = { option }
    return post(`${chatPath(chatId)}${toolPath(invocationId)}/always-allow`, body)
  },
  resolveInterrupt: (interruptId, decision) => {
    const body: ResolveBodyWire = { decision }
    const path = pathOf('/interrupts', interruptId, 'an interrupt', 'the `id` of one that is pending')
    return post(`${path}/resolve`, body)
  },
  agentInfo: (ref) => {
    const { namespace, name } = readRef(ref)
    return { method: 'GET', path: `/agents/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}` }
  },
}

/** The request for a chat itself, without its messages (P§5.3). @throws {StreamError} `misuse` for an id that cannot be one */
export function chatRequest(chatId: string): HttpRequest {
  return { method: 'GET', path: chatPath(chatId) }
}

/** The request that opens the stream of a chat (P§4). @throws {StreamError} `misuse` for an id that cannot be one */
export function chatStream(chatId: string): HttpRequest {
  return { method: 'GET', path: `${chatPath(chatId)}/stream` }
}

function post(path: string, body?: unknown): HttpRequest {
  return body === undefined ? { method: 'POST', path } : { method: 'POST', path, body }
}

function chatPath(chatId: string): string {
  return pathOf('/chats', chatId, 'a chat', 'the `chatId` that sending its first message gave')
}

function toolPath(invocationId: string): string {
  return pathOf('/tools', invocationId, 'a tool call', 'the `id` of a call that the server has stored')
}

function runBody({ agent, chatId, text, attachments, context }: AgentRunRequest): AgentRunBodyWire {
  // Only for its check: a chat that is named must be one.
  if (chatId !== null) chatPath(chatId)
  const images = attachments.filter(isImage).map(({ uri }) => uri)
  const files = attachments.filter((attachment) => !isImage(attachment)).map(({ uri }) => uri)
  return {
    chat_id: chatId,
    ...agentOf(agent),
    ...(chatId === null && context !== null && { context }),
    input: {
      text,
      ...(images.length > 0 && { images }),
      ...(files.length > 0 && { files }),
      role: 'user',
      context: [],
      system_prompt: '',
      context_size: 0,
    },
    stream: false,
  }
}

function isImage({ contentType }: { readonly contentType: string }): boolean {
  return /^\s*image\//i.test(contentType)
}

function agentOf(
  agent: string | AgentConfig,
): Pick<AgentRunBodyWire, 'agent' | 'agent_config' | 'agent_name'> {
  if (typeof agent !== 'string') {
    const { name } = agent
    return { agent_config: configBody(agent), ...(name !== undefined && { agent_name: name }) }
  }
  readRef(agent)
  return { agent }
}

const wireNames: ReadonlyMap<string, string> = new Map([
  ['systemPrompt', 'system_prompt'],
  ['examplePrompts', 'example_prompts'],
  ['coreApp', 'core_app'],
  ['internalTools', 'internal_tools'],
  ['outputSchema', 'output_schema'],
])

/** Our words in the server's, and every other key as it is. Of a key in both words, ours wins. */
function configBody(config: AgentConfig): Readonly<Record<string, unknown>> {
  const body = new Map<string, unknown>()
  for (const [key, value] of Object.entries(config)) {
    if (value !== undefined && !wireNames.has(key)) body.set(key, value)
  }
  for (const [ours, theirs] of wireNames) {
    const value = config[ours]
    if (value !== undefined) body.set(theirs, value)
  }
  return Object.fromEntries(body)
}

/** The two names of `namespace/name[@version]`; the version is checked and left out. */
function readRef(ref: string): { readonly namespace: string; readonly name: string } {
  const parts = /^([^/@\s]+)\/([^/@\s]+)(?:@[^/@\s]+)?$/.exec(ref)
  const [, namespace = '', name = ''] = parts ?? []
  if (parts === null || isDots(namespace) || isDots(name) || /\p{Cs}/u.test(ref)) {
    throw new StreamError(
      'misuse',
      `The agent is ${JSON.stringify(ref)}, which names none. Pass 'namespace/name', with '@version' where wanted, or a config.`,
    )
  }
  return { namespace, name }
}

function isDots(segment: string): boolean {
  return segment === '.' || segment === '..'
}

function pageQuery({
  cursor,
  limit,
}: {
  readonly cursor: string | null
  readonly limit: number | null
}): string {
  if (limit !== null && !(Number.isSafeInteger(limit) && limit >= 1)) {
    throw new StreamError(
      'misuse',
      `The page size is ${limit}, and a page holds a whole number of messages from 1 up. Correct it, or leave it out.`,
    )
  }
  const query = new URLSearchParams()
  if (limit !== null) query.set('limit', `${limit}`)
  // [wire] P§1.2: base64, whose `+ / =` mean something else in a query unless they are encoded.
  if (cursor !== null) query.set('cursor', cursor)
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}
