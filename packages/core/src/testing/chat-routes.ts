import { agentIdOf } from './encode-chat.ts'
import { messagesOf, type Chat } from './chat-record.ts'
import type { StoredPart } from './chat-state.ts'
import { streamChat } from './chat-stream-route.ts'
import { agentOf, contextOf, missingContext } from './read-agent.ts'
import { timeStamp } from './encode-task.ts'
import { readJsonObject, type Call, type Handler, type Server } from './server.ts'

/** Wraps a handler that needs the chat of its path. */
function ofChat(answer: (chat: Chat, call: Call, server: Server) => Response | Promise<Response>): Handler {
  return (call, server) => {
    const chat = server.chats.find(call.params[0] ?? '')
    return chat === null ? server.responder.problem(404, 'chat not found') : answer(chat, call, server)
  }
}

/** `POST /chats`: begins a chat without a message (P§5.1). */
export const createChat: Handler = async ({ request, url }, server) => {
  const { responder } = server
  const body = await readJsonObject(request)
  const context = contextOf(body?.context)
  if (body === null) return responder.problem(400, 'the body must be a JSON object')
  if (context === null) return responder.problem(400, 'context must be an object of strings')
  const agent = agentOf(body, server)
  if (agent instanceof Response) return agent
  const missing = missingContext(agent, context, server)
  if (missing !== null) return missing
  const chat = server.chats.open({ ...agent, context, id: server.newId(), origin: url.origin })
  server.counters.chats++
  return responder.ok(server.chatEncoder.chat(chat, chat.head))
}

/** `GET /chats/{id}`: without its messages (P§5.2). */
export const readChat: Handler = ofChat((chat, _call, { responder, chatEncoder }) =>
  responder.ok(chatEncoder.chat(chat, chat.head)),
)

/** `GET /chats/{id}/status`. */
export const readChatStatus: Handler = ofChat(({ id, head }, _call, { responder }) =>
  responder.ok({ id, status: head.status, updated_at: timeStamp(head.updatedAtMs) }),
)

/** `GET /chats/{id}/messages`: newest first, in pages; `has_next` means that there are older ones (P§5.2). */
export const listMessages: Handler = ofChat((chat, { url }, { responder, chatEncoder }) => {
  const asked = Number(url.searchParams.get('limit') ?? '')
  const limit = asked >= 1 ? Math.trunc(asked) : 50
  const before = readCursor(url.searchParams.get('cursor'))
  const all = messagesOf(chat).toReversed()
  const older = all.filter(({ order }) => order < before)
  const items = older.slice(0, limit)
  const last = items.at(-1)
  const hasNext = older.length > items.length
  return responder.ok({
    items: items.map((one) => chatEncoder.message(chat, one)),
    next_cursor: hasNext && last !== undefined ? btoa(`before:${last.order}`) : '',
    prev_cursor: '',
    has_next: hasNext,
    has_previous: older.length < all.length,
    items_per_page: limit,
    total_items: all.length,
  })
})

/** `POST /chats/{id}/messages`: answers the message of the user (P§5.1). */
export const sendMessage: Handler = ofChat(
  async (chat, { request }, { responder, chats, chatEncoder, counters }) => {
    const body = await readJsonObject(request)
    const text = body?.message
    if (typeof text !== 'string' || text.trim() === '') {
      return responder.problem(400, 'message must be a string that is not empty')
    }
    const content: readonly StoredPart[] = [{ type: 'text', text }]
    const { user } = chats.send(chat, content)
    counters.messages++
    return responder.ok(chatEncoder.message(chat, user))
  },
)

/** `GET /chats/{id}/stream`. */
export const openChatStream: Handler = ofChat(streamChat)

/** `POST /chats/{id}/stop`: harmless when nothing is under way (P§7.7). */
export const stopChat: Handler = ofChat((chat, _call, { responder, chats }) => {
  chats.stop(chat)
  return responder.ok(null)
})

/** `POST /chats/messages/{id}/cancel`: takes back a message that waits for its turn (P§7.7). */
export const cancelMessage: Handler = ({ params }, { responder, chats }) => {
  const id = params[0] ?? ''
  const chat = chats.ofMessage(id)
  if (chat === null) return responder.problem(404, 'message not found')
  return chats.cancelMessage(chat, id)
    ? responder.ok(null)
    : responder.problem(409, 'the message is not queued')
}

/** `POST /chats/{id}/agent` (P§5.2). */
export const switchAgent: Handler = ofChat(async (chat, { request }, server) => {
  const { responder, chats } = server
  const body = await readJsonObject(request)
  const agent = agentOf({ agent: body?.agent }, server)
  // [wire] P§5.2: 400 for an agent that the chat cannot be switched to, an unknown one too.
  if (agent instanceof Response) return responder.problem(400, 'the chat cannot switch to that agent')
  chats.setAgent(chat, agent.agent)
  return responder.ok({ chat_id: chat.id, agent_id: agentIdOf(agent.agent), agent_version_id: null })
})

/** The order before which a page lies; a cursor that is none begins at the end. */
function readCursor(cursor: string | null): number {
  try {
    const order = /^before:(-?\d+)$/.exec(atob(cursor ?? ''))?.[1]
    return order === undefined ? Infinity : Number(order)
  } catch {
    return Infinity
  }
}
