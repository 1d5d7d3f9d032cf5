import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import type { ConnectionInfo } from '../state/connection-info.ts'
import type { Chat } from './chat.ts'
import { initialChatView, type ChatView } from './chat-view.ts'
import { createConversation } from './conversation.ts'

/** Chats that are state alone, and a memory. */
function setup(chatId: string | null, remembered: string | null) {
  const listeners = new Map<Chat, Set<() => void>>()
  const views = new Map<Chat, ChatView>()
  const saved: (string | null)[] = []
  function open(id: string | null): Chat {
    const heard = new Set<() => void>()
    const chat = {
      current: () => views.get(chat) ?? initialChatView,
      onChange(listener: () => void) {
        heard.add(listener)
        return () => void heard.delete(listener)
      },
    } as Chat
    listeners.set(chat, heard)
    views.set(chat, { ...initialChatView, agent: { ...initialChatView.agent, id } })
    return chat
  }
  const conversation = createConversation({
    open,
    chatId,
    memory: {
      load: () => remembered,
      save: (id) => void saved.push(id),
      forget: () => void saved.push(null),
    },
    onWatched: () => {},
    onUnwatched: () => {},
  })
  const chat = (): Chat => conversation.store.getState()
  const change = (one: Chat, id: string | null, connection: Partial<ConnectionInfo> = {}): void => {
    const view = views.get(one) ?? initialChatView
    views.set(one, { agent: { ...view.agent, id }, connection: { ...view.connection, ...connection } })
    for (const listener of listeners.get(one) ?? []) listener()
  }
  return { conversation, chat, saved, change, id: () => chat().current().agent.id, listeners }
}

const closed = (code: 'not-found' | 'gone' | 'network'): Partial<ConnectionInfo> => ({
  state: 'closed',
  error: new StreamError(code, 'no'),
})

describe('a conversation', () => {
  it('begins with the chat that is named, else the one that is remembered, else a new one', () => {
    expect(setup('named', 'remembered').id()).toBe('named')
    expect(setup(null, 'remembered').id()).toBe('remembered')
    expect(setup(null, null).id()).toBeNull()
  })

  it('remembers the id of a chat that begins here, once', () => {
    const { chat, change, saved } = setup(null, null)
    change(chat(), 'c1')
    change(chat(), 'c1')
    expect(saved).toEqual(['c1'])
  })

  it.each(['not-found', 'gone'] as const)(
    'begins anew where what is remembered is answered with %s',
    (code) => {
      const { chat, change, saved, id } = setup(null, 'c1')
      const before = chat()
      change(before, 'c1', closed(code))
      expect([id(), saved, chat() === before]).toEqual([null, [null], false])
    },
  )

  it.each([
    ['named', null, 'gone'],
    [null, 'remembered', 'network'],
  ] as const)(
    'keeps a chat that was asked for by name, or whose line only broke: %s %s',
    (named, remembered, code) => {
      const { chat, change, saved } = setup(named, remembered)
      const before = chat()
      change(before, named ?? remembered, closed(code))
      expect([chat() === before, saved]).toEqual([true, []])
    },
  )

  it('keeps a chat that was begun here and is gone later', () => {
    const { chat, change } = setup(null, null)
    const before = chat()
    change(before, 'c1')
    change(before, 'c1', closed('gone'))
    expect(chat()).toBe(before)
  })

  it('leaves a chat at reset and listens to it no longer', () => {
    const { conversation, chat, change, saved, listeners, id } = setup(null, null)
    const before = chat()
    conversation.reset()
    change(before, 'late')
    expect([id(), saved, listeners.get(before)?.size]).toEqual([null, [null], 0])
    change(chat(), 'c2')
    expect(saved).toEqual([null, 'c2'])
  })
})
