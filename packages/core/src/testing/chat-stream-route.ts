import { endLine } from './body-line.ts'
import type { BodyMessage } from './body-message.ts'
import { presentOf, type Chat } from './chat-record.ts'
import type { StoredRun } from './chat-state.ts'
import type { BodyEnd } from './drip-body.ts'
import { createChatUpdateEncoder, type ChatUpdateEncoder } from './encode-chat-update.ts'
import { openEventStream, type StreamTale } from './event-stream.ts'
import { chooseFraming, framingContentType, type Framing } from './frame-text.ts'
import type { Call, Server } from './server.ts'
import { STREAM_HEADER } from './stream-route.ts'
import type { HistoryStart } from './task-tale.ts'

/** `GET /chats/{id}/stream`: stays open across turns (P§4.7). */
export function streamChat(chat: Chat, call: Call, server: Server): Response {
  const framing = framingOf(call, server)
  const start = startOf(chat, call, server, framing)
  if (start instanceof Response) return start
  const updates = createChatUpdateEncoder(chat, server.chatEncoder, framing, server.settings)
  const tale = beginTale(chat, server, updates, start)
  return answer({ chat, call, server, framing, updates, tale, afterEvents: start?.afterEvents ?? 0 })
}

/** `POST /agents/run` with `stream: true`: the messages of the assistant, whole and without a name, to the end (P§4.9). */
export function streamReply(chat: Chat, runId: string, call: Call, server: Server): Response {
  const framing = framingOf(call, server)
  const updates = createChatUpdateEncoder(chat, server.chatEncoder, framing, server.settings)
  const waiting: BodyMessage[] = []
  let told = 0
  const stateOf = (): StoredRun['state'] | undefined => chat.runs.get(runId)?.state
  const isOver = (): boolean => ['completed', 'failed', 'canceled'].includes(stateOf() ?? 'failed')
  const tale: StreamTale = {
    waiting,
    get isLast() {
      return isOver() && told >= chat.updates.length
    },
    get isGone() {
      return chat.isDeleted
    },
    get nextMs() {
      return server.chats.nextMs(chat)
    },
    fill() {
      if (told >= chat.updates.length) server.chats.catchUp()
      const update = chat.updates[told]
      if (update === undefined) return false
      told++
      if (
        update.type === 'message' &&
        update.message.role === 'assistant' &&
        update.message.runId === runId
      ) {
        waiting.push({
          event: null,
          value: server.chatEncoder.message(chat, update.message),
          stepCount: told,
        })
      }
      return true
    },
  }
  return answer({ chat, call, server, framing, updates, tale, afterEvents: 0 })
}

function beginTale(
  chat: Chat,
  server: Server,
  updates: ChatUpdateEncoder,
  start: HistoryStart | null,
): StreamTale {
  let told = start?.afterEvents ?? chat.updates.length
  const present = start === null && server.settings.snapshotOnConnect ? presentOf(chat, 'open') : []
  const waiting = present.map((update) => updates.update(update, told))
  return {
    waiting,
    isLast: false,
    get isGone() {
      return chat.isDeleted
    },
    get nextMs() {
      return server.chats.nextMs(chat)
    },
    fill() {
      if (told >= chat.updates.length) server.chats.catchUp()
      const update = chat.updates[told]
      if (update === undefined) return false
      told++
      const id = start?.idOf?.(told)
      waiting.push({ ...updates.update(update, told), ...(id === undefined ? {} : { id }) })
      return true
    },
  }
}

/** Where the stream begins; a refusal when the server does not know the place that the client asks for. */
function startOf(chat: Chat, call: Call, server: Server, framing: Framing): HistoryStart | Response | null {
  const { settings, eventIds } = server
  if (settings.resume === 'replay') return { afterEvents: 0, idOf: null }
  if (settings.resume === 'snapshot' || framing === 'ndjson') return null
  const idOf = (event: number): string => eventIds.idOf(chat.epoch, event)
  const lastId = call.request.headers.get('last-event-id') ?? ''
  const event = lastId === '' ? 0 : eventIds.eventOf(chat.epoch, lastId)
  if (event !== null && event <= chat.updates.length) return { afterEvents: event, idOf }
  if (settings.unknownId === 'ignore') return { afterEvents: 0, idOf }
  return server.responder.problem(
    settings.unknownId,
    `the server has no event with the id ${JSON.stringify(lastId)} of this chat`,
    'event_id_unknown',
  )
}

function framingOf({ request }: Call, { settings }: Server): Framing {
  return chooseFraming(settings.framing, request.headers.get('accept'))
}

interface Answered {
  readonly chat: Chat
  readonly call: Call
  readonly server: Server
  readonly framing: Framing
  readonly updates: ChatUpdateEncoder
  readonly tale: StreamTale
  readonly afterEvents: number
}

function answer({ chat, call, server, framing, updates, tale, afterEvents }: Answered): Response {
  const { settings, counters, openBodies } = server
  const endBy: BodyEnd = (how) => endLine(line, how)
  counters.openStreams++
  counters.openChatStreams++
  counters.streamsOpened++
  openBodies.add(endBy)
  const line = openEventStream({
    ...call,
    tale,
    updates,
    settings,
    framing,
    afterEvents,
    listeners: chat.listeners,
    random: server.faultRandom,
    onEnd(by) {
      counters.openStreams--
      counters.openChatStreams--
      if (by === 'client') counters.streamsAborted++
      openBodies.delete(endBy)
    },
  })
  return server.responder.raw(line.body, 200, {
    'content-type': framingContentType[framing],
    'cache-control': 'no-store',
    [STREAM_HEADER]: 'no',
  })
}
