import type { Chat } from './chat.ts'
import { createLiveStore, type LiveStore } from './live-store.ts'

/** One conversation after the other with an agent: the chat that goes on now. */
export interface Conversation {
  /** Another one after `reset`. Watching it connects nothing. */
  readonly store: LiveStore<Chat>
  /** Leaves the chat as it is and begins a new one, with the first message. */
  reset(): void
}

/** What a conversation needs. */
export interface ConversationEnv {
  /** A chat by its id, or a new one. */
  readonly open: (chatId: string | null) => Chat
  readonly chatId: string | null
  /** Where the id of a chat that was begun here is kept for a reload. */
  readonly memory: {
    load(): string | null
    save(chatId: string): void
    forget(): void
  }
  readonly onWatched: () => void
  readonly onUnwatched: () => void
}

/** A conversation that begins with the chat that is named, or remembered, or a new one. */
export function createConversation(env: ConversationEnv): Conversation {
  const { open, memory } = env
  const remembered = env.chatId === null ? memory.load() : null
  let stop = (): void => {}
  const owner = createLiveStore(enter(env.chatId ?? remembered), env)

  function enter(chatId: string | null): Chat {
    const chat = open(chatId)
    let knownId = chatId
    stop()
    stop = chat.onChange(() => {
      const { agent, connection } = chat.current()
      if (agent.id !== null && knownId === null) {
        knownId = agent.id
        memory.save(knownId)
      }
      // What was remembered is gone on the server: nobody asked for it by name, so a new one takes its place.
      const code = connection.state === 'closed' ? connection.error?.code : null
      if (knownId === remembered && knownId !== null && (code === 'not-found' || code === 'gone')) reset()
    })
    return chat
  }

  function reset(): void {
    memory.forget()
    owner.write(enter(null))
  }

  return { store: owner.store, reset }
}
