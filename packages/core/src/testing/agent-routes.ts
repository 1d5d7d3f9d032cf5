import type { AgentRunAnswerWire, AgentWire } from '../protocol/inference/agent-wire-types.ts'
import type { Chat } from './chat-record.ts'
import type { StoredPart } from './chat-state.ts'
import { streamReply } from './chat-stream-route.ts'
import { chooseAgentScript } from './choose-script.ts'
import { agentIdOf } from './encode-chat.ts'
import { agentOf, contextOf, missingContext } from './read-agent.ts'
import { readJsonObject, type Handler, type Server } from './server.ts'

type Body = Readonly<Record<string, unknown>>

/** `POST /agents/run`: sends a message, in a new chat or in one that there is (P§5.1). */
export const runAgent: Handler = async (call, server) => {
  const { responder, chats, chatEncoder, counters } = server
  const body = await readJsonObject(call.request)
  if (body === null) return responder.problem(400, 'the body must be a JSON object')
  const content = contentOf(body['input'])
  if (typeof content === 'string') return responder.problem(400, content)
  const chat = chatOf(body, call.url.origin, server)
  if (chat instanceof Response) return chat
  const { user, assistant } = chats.send(chat, content)
  counters.messages++
  const runId = assistant?.runId ?? null
  if (body['stream'] === true && runId !== null) {
    return streamReply(chat, runId, call, server)
  }
  const answer: AgentRunAnswerWire = {
    user_message: chatEncoder.message(chat, user),
    assistant_message: assistant === null ? null : chatEncoder.message(chat, assistant),
  }
  return responder.ok(answer)
}

/** `GET /agents/{namespace}/{name}` (P§5.2). */
export const readAgent: Handler = ({ params: [namespace = '', name = ''] }, server) => {
  const ref = `${namespace}/${name}`
  if (chooseAgentScript(server.agents, ref) === null) return server.responder.problem(404, 'agent not found')
  const { description = null, examplePrompts = [] } = server.settings.agentCards[ref] ?? {}
  const agent: AgentWire = {
    id: agentIdOf(ref),
    namespace,
    name,
    version: { description, example_prompts: examplePrompts },
  }
  return server.responder.ok(agent)
}

/** The chat that a run is for, which may be a new one; else why there is none. */
function chatOf(body: Body, origin: string, server: Server): Chat | Response {
  const { responder, chats, counters } = server
  const { chat_id: chatId = null } = body
  if (chatId !== null) {
    const chat = typeof chatId === 'string' ? chats.find(chatId) : null
    return chat ?? responder.problem(404, 'chat not found')
  }
  const agent = agentOf(body, server)
  if (agent instanceof Response) return agent
  const context = contextOf(body['context'])
  if (context === null) return responder.problem(400, 'context must be an object of strings')
  const missing = missingContext(agent, context, server)
  if (missing !== null) return missing
  counters.chats++
  return chats.open({ ...agent, context, origin, id: server.newId() })
}

/** What a message holds; what is wrong with it when it is none. */
function contentOf(input: unknown): readonly StoredPart[] | string {
  if (typeof input !== 'object' || input === null) return 'input must be an object'
  const { text = '', images, files, attachments } = input as Body
  if (typeof text !== 'string') return 'input.text must be a string'
  const pictures = addressesOf(images)
  const others = addressesOf(files)
  const attached = attachmentsOf(attachments)
  if (pictures === null || others === null) return 'input.images and input.files must be lists of addresses'
  if (attached === null) return 'input.attachments must be a list of files, each with its uri'
  const content: readonly StoredPart[] = [
    ...(text.trim() === '' ? [] : [{ type: 'text', text } as const]),
    ...pictures.map((uri) => ({ type: 'image', uri }) as const),
    ...others.map((uri) => ({ type: 'file', uri }) as const),
    ...attached,
  ]
  return content.length === 0 ? 'input must have a text or a file' : content
}

function addressesOf(list: unknown): readonly string[] | null {
  if (list === undefined || list === null) return []
  return Array.isArray(list) && list.every((one) => typeof one === 'string') ? list : null
}

function attachmentsOf(list: unknown): readonly StoredPart[] | null {
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) return null
  const parts = list.flatMap((one: unknown): readonly StoredPart[] => {
    const { uri, content_type: type } = (typeof one === 'object' && one !== null ? one : {}) as Body
    if (typeof uri !== 'string') return []
    return [{ type: typeof type === 'string' && type.startsWith('image/') ? 'image' : 'file', uri }]
  })
  return parts.length === list.length ? parts : null
}
