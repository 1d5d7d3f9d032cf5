import type { Clock } from '../store/clock.ts'
import { turnOf, type AgentScript, type ScriptAnswer } from './agent-script.ts'
import {
  addMessage,
  changeMessage,
  createChat,
  findInvocation,
  hashOf,
  presentOf,
  putHead,
  type Chat,
} from './chat-record.ts'
import type { StoredInterrupt, StoredInvocation, StoredMessage, StoredPart } from './chat-state.ts'
import { createRandom, randomId } from './random.ts'
import { lastTextOf, requestOf } from './agent-request.ts'
import { settle } from './tool-calls.ts'
import { beginTurn, endTurn, goOn, nextStepMs, performNext, type TurnWorld } from './turn.ts'

/** All chats of a simulator. Each method meets them as they are now; no timer is held. */
export interface Chats {
  open(
    given: Pick<Chat, 'config' | 'context' | 'origin'> & { readonly id: string; readonly agent: string },
  ): Chat
  /** By id, or by its first 8 characters. */
  find(id: string): Chat | null
  /** The chat that holds a message, a call, an interrupt or a run with this id. */
  ofMessage(id: string): Chat | null
  ofInvocation(id: string): Held<StoredInvocation> | null
  ofInterrupt(id: string): Held<StoredInterrupt> | null
  ofRun(id: string): Chat | null
  /** Takes a message: begins a turn, or lets it wait for its own. */
  send(chat: Chat, content: readonly StoredPart[]): Sent
  /** Ends the turn that is under way. */
  stop(chat: Chat): void
  /** Takes back a message that waits; false when it does not. */
  cancelMessage(chat: Chat, messageId: string): boolean
  /** Takes an answer to a call, or to an interrupt that is about none; false when nobody asks any more. */
  answer(chat: Chat, askedId: string, answer: Omit<ScriptAnswer, 'call'>): boolean
  /** From now on another agent answers. */
  setAgent(chat: Chat, agent: string): void
  /** Brings all chats to the present. */
  catchUp(): void
  /** When something happens next in a chat or in those below it, in epoch milliseconds; `Infinity` for never. */
  nextMs(chat: Chat): number
  /** Forgets what streams were told, as a server does whose process is restarted. */
  forgetEvents(): void
}

/** Something with the chat that it is in. */
export interface Held<T> {
  readonly chat: Chat
  readonly value: T
}

/** What became of a message that was sent. */
export interface Sent {
  readonly user: StoredMessage
  /** `null` when the message waits for its turn. */
  readonly assistant: StoredMessage | null
}

/** What {@link createChats} needs. */
export interface ChatsSetup {
  readonly clock: Clock
  readonly speed: number
  readonly maxRuns: number
  readonly clientTools: TurnWorld['clientTools']
  /** What an agent does; asked again for each turn. */
  readonly scriptOf: (chat: Chat) => AgentScript
}

/** Makes the store of chats. */
export function createChats({ clock, speed, maxRuns, clientTools, scriptOf }: ChatsSetup): Chats {
  const chats = new Map<string, Chat>()
  const told = new WeakMap<Chat, number>()
  let epoch = 0

  const add = (given: Parameters<typeof createChat>[0]): Chat => {
    const chat = createChat(given)
    chats.set(chat.id, chat)
    for (const oldest of chats.values()) {
      if (chats.size <= maxRuns) break
      chats.delete(oldest.id)
      oldest.isDeleted = true
      for (const listener of oldest.listeners) listener()
    }
    return chat
  }
  const childrenOf = (chat: Chat): readonly Chat[] => chat.head.childIds.flatMap((id) => chats.get(id) ?? [])

  const world: TurnWorld = {
    speed,
    clientTools,
    openChild(parent, invocation, tool, atMs) {
      const turn = tool.child ?? []
      const id = randomId(createRandom(hashOf(`${parent.id}/${invocation.id}`)))
      const child = add({
        id,
        createdAtMs: atMs,
        origin: parent.origin,
        config: null,
        context: parent.context,
        agent: tool.name,
        parent: { chatId: parent.id, invocationId: invocation.id, turn },
        epoch,
      })
      const text = typeof invocation.args === 'string' ? invocation.args : JSON.stringify(invocation.args)
      putHead(parent, atMs, { childIds: [...parent.head.childIds, id] })
      return { id, begin: () => void begin(child, atMs, { content: [{ type: 'text', text }] }) }
    },
    onTurnEnd(chat, atMs, end) {
      if (end !== 'completed') for (const child of childrenOf(chat)) endTurn(child, atMs, 'canceled', world)
      const parent = chat.parent === null ? null : (chats.get(chat.parent.chatId) ?? null)
      if (chat.parent !== null && parent !== null) {
        const how = end === 'completed' ? 'result' : 'failed'
        settleIn(parent, atMs, chat.parent.invocationId, { how, text: lastTextOf(chat) })
      }
      const queuedId = chat.queue.shift()
      if (queuedId !== undefined) begin(chat, atMs, { queuedId })
    },
  }

  const begin = (chat: Chat, atMs: number, cause: Parameters<typeof beginTurn>[2]): string => {
    const content = 'content' in cause ? cause.content : (chat.messages.get(cause.queuedId)?.content ?? [])
    const request = requestOf(chat, content)
    const script = chat.parent !== null && chat.runs.size === 0 ? chat.parent.turn : scriptOf(chat)
    return beginTurn(chat, atMs, cause, () => turnOf(script, request), world)
  }

  const settleIn = (
    chat: Chat,
    atMs: number,
    askedId: string,
    answer: Omit<ScriptAnswer, 'call'>,
  ): boolean => {
    const { turn } = chat
    if (turn === null || !turn.asked.has(askedId)) return false
    settle(chat, turn, atMs, { id: askedId, invocation: findInvocation(chat, askedId) }, answer)
    goOn(chat, atMs, world)
    return true
  }

  /** Performs what is due, in the order of time across all chats. */
  const perform = (): void => {
    const active = (): readonly Chat[] => [...chats.values()].filter(({ turn }) => turn !== null)
    // Why: a moment that was divided by the speed may miss itself by a hair.
    const dueMs = clock.now() + 1e-6
    for (;;) {
      let earliest: Chat | null = null
      let earliestMs = Infinity
      for (const chat of active()) {
        const ms = nextStepMs(chat, world)
        if (ms < earliestMs) [earliest, earliestMs] = [chat, ms]
      }
      if (earliest === null || earliestMs > dueMs) return
      performNext(earliest, world)
    }
  }
  const tell = (): void => {
    const changed = [...chats.values()].filter((chat) => chat.updates.length !== (told.get(chat) ?? 0))
    for (const chat of changed) told.set(chat, chat.updates.length)
    for (const chat of changed) for (const listener of chat.listeners) listener()
  }
  const catchUp = (): void => {
    perform()
    tell()
  }
  /** Does something in the present, and tells of it. */
  const now = <T>(act: (atMs: number) => T): T => {
    perform()
    const result = act(clock.now())
    perform()
    tell()
    return result
  }
  const nextMs = (chat: Chat): number => Math.min(nextStepMs(chat, world), ...childrenOf(chat).map(nextMs))
  const holding = <T>(find: (chat: Chat) => T | null): Held<T> | null => {
    catchUp()
    for (const chat of chats.values()) {
      const value = find(chat)
      if (value !== null) return { chat, value }
    }
    return null
  }

  return {
    catchUp,
    open: (given) => add({ ...given, createdAtMs: clock.now(), parent: null, epoch }),
    find(id) {
      catchUp()
      const exact = chats.get(id)
      if (exact !== undefined || id.length !== 8) return exact ?? null
      return [...chats.values()].find((chat) => chat.id.startsWith(id)) ?? null
    },
    ofMessage: (id) => holding((chat) => chat.messages.get(id) ?? null)?.chat ?? null,
    ofInvocation: (id) => holding((chat) => findInvocation(chat, id)),
    ofInterrupt: (id) => holding((chat) => chat.interrupts.get(id) ?? null),
    ofRun: (id) => holding((chat) => chat.runs.get(id) ?? null)?.chat ?? null,
    send: (chat, content) =>
      now((atMs) => {
        if (chat.turn === null) {
          const user = chat.messages.get(begin(chat, atMs, { content }))
          const runId = [...chat.runs.keys()].at(-1)
          const assistant = [...chat.messages.values()].find(
            (one) => one.role === 'assistant' && one.runId === runId,
          )
          if (user !== undefined) return { user, assistant: assistant ?? null }
        }
        const user = addMessage(chat, atMs, { role: 'user', status: 'queued', content })
        chat.queue.push(user.id)
        return { user, assistant: null }
      }),
    stop: (chat) => now((atMs) => endTurn(chat, atMs, 'canceled', world)),
    cancelMessage: (chat, messageId) =>
      now((atMs) => {
        const index = chat.queue.indexOf(messageId)
        if (index < 0) return false
        chat.queue.splice(index, 1)
        changeMessage(chat, atMs, messageId, { status: 'cancelled' }, ['status'])
        return true
      }),
    answer: (chat, askedId, answer) => now((atMs) => settleIn(chat, atMs, askedId, answer)),
    setAgent: (chat, agent) => now((atMs) => putHead(chat, atMs, { agent })),
    nextMs,
    forgetEvents() {
      catchUp()
      epoch++
      for (const chat of chats.values()) {
        chat.epoch = epoch
        chat.updates = [...presentOf(chat, 'all')]
        told.set(chat, chat.updates.length)
      }
    },
  }
}
