import { selectMessage, selectMessageKeys, StreamError } from '@taskstream/core'
import type { Chat, ChatMessage, ChatView } from '@taskstream/core'
import { createContext, useCallback, useContext, type Context, type ReactNode } from 'react'
import { shallow } from 'zustand/vanilla/shallow'
import { describeChat, type ChatInfo } from './chat-info.ts'
import { useLive, type IsEqual } from './use-live.ts'

const ChatContext: Context<Chat | null> = createContext<Chat | null>(null)
ChatContext.displayName = 'ChatContext'

/** Props of {@link ChatScope}. */
export interface ChatScopeProps {
  /** The `chat` of `useAgent`. */
  readonly chat: Chat
  readonly children?: ReactNode
}

/** Gives a chat to the granular hooks below. `<AgentChat>` and `AgentChat.Root` do so by themselves. */
export function ChatScope({ chat, children }: ChatScopeProps): ReactNode {
  return <ChatContext.Provider value={chat}>{children}</ChatContext.Provider>
}

/**
 * The chat of the nearest scope, or the one that is given.
 *
 * @throws {StreamError} `misuse` where there is neither
 */
export function useChat(chat?: Chat): Chat {
  const scoped = useContext(ChatContext)
  const found = chat ?? scoped
  if (found !== null) return found
  throw new StreamError(
    'misuse',
    'A hook of a chat was used outside of any chat, so it has nothing to show. Render it inside <AgentChat> or <ChatScope chat={…}>, or give it the `chat` of useAgent.',
  )
}

const keysOf = ({ agent }: ChatView): readonly string[] => selectMessageKeys(agent)

/**
 * The keys of all messages, in the order in which they are shown; renders again only when one comes or goes. A key stays
 * the same from sending a message on.
 */
export function useAgentMessageIds(chat?: Chat): readonly string[] {
  return useLive(useChat(chat).store, keysOf)
}

/** One message by its key or id; renders again only when that message changes. `null` where there is none. */
export function useAgentMessage(key: string, chat?: Chat): ChatMessage | null {
  const select = useCallback(
    ({ agent }: ChatView) => {
      const found = agent.messages.findLast((message) => message.key === key || message.id === key)
      return found === undefined ? null : selectMessage(found, agent.interrupts)
    },
    [key],
  )
  return useLive(useChat(chat).store, select)
}

/**
 * One value of a chat; renders again only when that value changes.
 *
 * @param selector - may be a new function at each render, and may build a new object or list
 * @param isEqual - default shallow
 * @example const isBusy = useAgentValue(({ isBusy }) => isBusy)
 */
export function useAgentValue<S>(
  selector: (info: ChatInfo) => S,
  chat?: Chat,
  isEqual: IsEqual<S> = shallow,
): S {
  const select = useCallback((view: ChatView) => selector(describeChat(view)), [selector])
  return useLive(useChat(chat).store, select, isEqual)
}
