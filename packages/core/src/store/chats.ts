import { StreamError } from '../errors.ts'
import type { AgentConfig } from '../protocol/agent-config.ts'
import type { AgentCalls } from './agent-calls.ts'
import type { AgentAddress } from './outbox.ts'
import type { Chat } from './chat.ts'
import type { ClientSettings } from './client-options.ts'
import { createConversation, type Conversation } from './conversation.ts'
import { createChat, type OwnedChat } from './create-chat.ts'
import type { FrameLoop } from './frame-loop.ts'
import type { LineSources } from './line-sources.ts'
import { createRegistry } from './registry.ts'
import { createRunMemory, type ResumeStorage } from './resume-storage.ts'
import { identify } from './run-key.ts'
import { createToolLedger } from './tool-ledger.ts'
import { browserToolLocks } from './tool-locks.ts'

/** Which conversation is meant. One of `agent` and `chatId` must be given. */
export interface ConversationOptions {
  /** Whom messages are sent to: `namespace/name`, with `@version` where wanted, or a config. */
  readonly agent?: string | AgentConfig
  /** A chat that exists; default: the one that this conversation began, or a new one. */
  readonly chatId?: string
  /** Tells two conversations with one agent apart. */
  readonly key?: string
  /** Whether a reload finds the chat again; a storage of your own; default `true`. Not for a `chatId`. */
  readonly resume?: boolean | ResumeStorage
  /** Values that the agent asks for, fixed for the life of the chat (protocol §5.1). */
  readonly context?: Readonly<Record<string, string>>
}

/** Every chat that a client follows: one per chat, and one per shared conversation. */
export interface Chats {
  /**
   * The conversation with an agent: the same for the same agent, chat and key. Connects nothing until it is watched.
   *
   * @throws {StreamError} `misuse` where neither an agent nor a chat is named
   */
  readonly conversation: (options: ConversationOptions) => Conversation
  /** A conversation of its own; a chat that is named is shared all the same. Throws as `conversation` does. */
  readonly single: (options: ConversationOptions) => Conversation
  /** Ends every line and every tool, and forgets everything. */
  clear(): void
}

/** What chats share with everything else of a client. */
export interface SharedLines {
  readonly frames: FrameLoop
  readonly sources: LineSources
}

interface Entry extends OwnedChat {
  address: AgentAddress
}

const noMemory: Parameters<typeof createConversation>[0]['memory'] = {
  load: () => null,
  save: () => {},
  forget: () => {},
}

/** No chats yet. */
export function createChats(
  settings: ClientSettings,
  calls: AgentCalls,
  { frames, sources }: SharedLines,
): Chats {
  const { clock, lifetimes, protocol } = settings
  const watched = new Set<Chat>()
  /** Where a chat is registered that was begun here and had no id at first. */
  const keys = new Map<string, string>()
  const owned = new Map<string, OwnedChat>()
  const entries = createRegistry<Entry>(clock, lifetimes, forget)
  const conversations = createRegistry<Conversation>(clock, lifetimes)
  const tools = {
    clock,
    scope: settings.scope,
    ledger: createToolLedger(settings.toolStorage, settings.scope, clock),
    locks: browserToolLocks(),
    isMissingAnswered: settings.isMissingToolAnswered,
  }
  let draftCount = 0

  function forget(key: string): void {
    owned.get(key)?.close()
    owned.delete(key)
    for (const [id, registered] of keys) if (registered === key) keys.delete(id)
  }

  /** Brings back what was forgotten of a chat that somebody still held. */
  function recall(key: string, one: OwnedChat): void {
    const { id } = one.chat.current().agent
    if (id !== null && key !== `chat ${id}` && entries.find(`chat ${id}`) === null) keys.set(id, key)
    one.reopen()
  }

  function open(chatId: string | null, address: AgentAddress): Chat {
    const key = chatId === null ? `draft ${++draftCount}` : (keys.get(chatId) ?? `chat ${chatId}`)
    const entry = entries.get(key, (lifecycle) => {
      const made: { address: AgentAddress } = { address }
      const one = createChat(chatId, {
        calls,
        frames,
        settings,
        tools,
        line: {
          ...settings,
          decode: (id) => protocol.agents.decodeChat(id),
          ask: (id, signal) => sources.ask({ kind: 'chat', id })(signal),
        },
        listen: (id) => sources.of({ kind: 'chat', id }, settings.chunkSizeBytes),
        readAgent: () => made.address,
        onId: (id) => void keys.set(id, key),
        onWatched() {
          watched.add(one.chat)
          owned.set(key, one)
          lifecycle.onWatched()
          recall(key, one)
        },
        onUnwatched(disconnect) {
          watched.delete(one.chat)
          lifecycle.onUnwatched(disconnect)
        },
      })
      owned.set(key, one)
      return Object.assign(made, one)
    })
    // Whoever names the agent last is asked: a chat can be given another version of it.
    if (address.agent !== null) entry.address = address
    return entry.chat
  }

  function envOf(
    options: ConversationOptions,
  ): Pick<Parameters<typeof createConversation>[0], 'open' | 'chatId'> {
    const { agent = null, chatId = null, context = null } = options
    if (agent === null && chatId === null)
      throw new StreamError(
        'misuse',
        "Neither an agent nor a chat is named, so there is nobody to talk to. Pass agent: 'namespace/name', or a chatId.",
      )
    return { open: (id) => open(id, { agent, context }), chatId }
  }

  return {
    conversation(options) {
      const { agent = null, chatId = null, key = '', resume = true } = options
      const env = envOf(options)
      const identity = identify('chat', [agent, chatId], key)
      const storage = typeof resume === 'object' ? resume : settings.storage
      const isKept = resume !== false && chatId === null && storage !== null
      return conversations.get(identity.key, (lifecycle) => {
        // Apart from the runs: an id of a chat is none of a task.
        const memory = isKept ? createRunMemory(storage, `chats:${settings.scope}`, clock) : null
        return createConversation({
          ...env,
          memory: {
            load: () => memory?.load(identity.key) ?? null,
            save: (id) => memory?.save(identity.key, id),
            forget: () => memory?.forget(identity.key),
          },
          onWatched: () => lifecycle.onWatched(),
          onUnwatched: () => lifecycle.onUnwatched(),
        })
      })
    },
    single: (options) =>
      createConversation({ ...envOf(options), memory: noMemory, onWatched: () => {}, onUnwatched: () => {} }),
    clear() {
      // Those that are watched have no grace that a registry could end.
      for (const chat of watched) chat.disconnect()
      conversations.clear()
      entries.clear()
      for (const key of owned.keys()) forget(key)
    },
  }
}
