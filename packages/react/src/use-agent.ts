import {
  identify,
  type Chat,
  type ClientTools,
  type Conversation,
  type ConversationOptions,
  type LiveStore,
  type Reply,
} from '@taskstream/core'
import { useEffect, useMemo } from 'react'
import { useAgentCallbacks, type AgentCallbacks } from './agent-callbacks.ts'
import { describeChat, type ChatInfo } from './chat-info.ts'
import { idleChat } from './idle-chat.ts'
import { useClient } from './provider.tsx'
import { useHydrated } from './use-hydrated.ts'
import { useLive } from './use-live.ts'
import { useNewest } from './use-newest.ts'
import { useSame } from './use-same.ts'
import { useStableTools } from './use-stable-tools.ts'
import { useTracked } from './use-tracked.ts'

/** Options of {@link useAgent}. One of `agent` and `chatId` must be given. */
export interface UseAgentOptions extends Omit<ConversationOptions, 'chatId'>, AgentCallbacks {
  /** A chat that exists; default: the one that this conversation began, or a new one. */
  readonly chatId?: string | null | undefined
  /**
   * Tools that run in this browser when the agent calls them, while the component is mounted. The list and the tools may
   * be made anew by each render: the newest of a name runs.
   */
  readonly tools?: ClientTools
  /** Whether to watch; default `true`. */
  readonly enabled?: boolean
}

/** What a component can do in a chat. Each has one identity for the life of the component. */
export interface AgentActions extends Pick<
  Chat,
  | 'sendMessage'
  | 'retryMessage'
  | 'withdrawMessage'
  | 'stop'
  | 'regenerate'
  | 'submitToolResult'
  | 'respondToApproval'
  | 'alwaysAllowOptions'
  | 'resolveInterrupt'
  | 'loadOlder'
  | 'upload'
  | 'disconnect'
  | 'reconnect'
> {
  /** Leaves the chat as it is and begins a new one, with the next message. */
  readonly reset: () => void
}

/** What {@link useAgent} gives. */
export interface AgentResult extends ChatInfo, AgentActions {
  /** For `<ChatScope>`, the granular hooks, and what they do not cover. */
  readonly chat: Chat
}

/**
 * A chat with an agent: everything that is said in it, and everything that can be done. The component renders again only
 * for what it reads of the answer. Components that mean the same agent, chat and `key` share one chat and one line.
 * Unmounting stops watching and leaves the turn alone.
 *
 * The promises of its actions reject with a `StreamError`; whoever does not await them need not catch them, because what
 * went wrong is shown in `error` or at the message.
 *
 * @example const { messages, status, sendMessage, stop } = useAgent({ agent: 'my-org/assistant@latest', tools })
 */
export function useAgent(options: UseAgentOptions): AgentResult {
  const { enabled = true, tools = noTools } = options
  const client = useClient()
  const hydrated = useHydrated()
  const meant = useSame(meantBy(options), isSameConversation)
  const conversation = useMemo(
    () => (enabled && hydrated ? client.follow.conversation(meant) : idleConversation),
    [client, enabled, hydrated, meant],
  )
  const chat = useLive(conversation.store, same)
  const info = useTracked(chat.store, describeChat)
  const actions = useAgentActions(conversation)
  const lent = useStableTools(tools)
  useEffect(() => (lent.length === 0 ? undefined : chat.lendTools(lent)), [chat, lent])
  useAgentCallbacks(chat, options)
  return useMemo(() => joinResult(info, { ...actions, chat }), [info, actions, chat])
}

const noTools: ClientTools = []
const same = <T>(value: T): T => value

const idleStore: LiveStore<Chat> = {
  getState: () => idleChat,
  getInitialState: () => idleChat,
  subscribe: () => () => {},
}
const idleConversation: Conversation = { store: idleStore, reset: () => {} }

function meantBy({ agent, chatId, key, resume, context }: UseAgentOptions): ConversationOptions {
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(chatId === undefined || chatId === null ? {} : { chatId }),
    ...(key === undefined ? {} : { key }),
    ...(resume === undefined ? {} : { resume }),
    ...(context === undefined ? {} : { context }),
  }
}

function isSameConversation(a: ConversationOptions, b: ConversationOptions): boolean {
  // The storage of a conversation is the one that it began with.
  if (a.chatId !== b.chatId || a.key !== b.key || typeof a.resume !== typeof b.resume) return false
  if (typeof a.resume === 'boolean' && a.resume !== b.resume) return false
  if (a.agent === b.agent && a.context === b.context) return true
  return identityOf(a) === identityOf(b)
}

function identityOf({ agent, context }: ConversationOptions): string {
  return identify('chat', [agent ?? null, context ?? null], '').key
}

/** Actions in whatever chat the conversation is at; one identity for the life of the component. */
function useAgentActions(conversation: Conversation): AgentActions {
  const newest = useNewest(conversation)
  return useMemo(() => {
    const chat = (): Chat => newest.current.store.getState()
    return {
      sendMessage: (message, how) => caught(chat().sendMessage(message, how)),
      retryMessage: (key) => caught(chat().retryMessage(key)),
      withdrawMessage: (key) => caught(chat().withdrawMessage(key)),
      stop: () => caught(chat().stop()),
      regenerate: (how) => caught<Reply>(chat().regenerate(how)),
      submitToolResult: (id, result) => caught(chat().submitToolResult(id, result)),
      respondToApproval: (id, response) => caught(chat().respondToApproval(id, response)),
      alwaysAllowOptions: (id) => caught(chat().alwaysAllowOptions(id)),
      resolveInterrupt: (id, decision) => caught(chat().resolveInterrupt(id, decision)),
      loadOlder: () => caught(chat().loadOlder()),
      upload: (file, how) => caught(chat().upload(file, how)),
      disconnect: () => chat().disconnect(),
      reconnect: () => chat().reconnect(),
      reset: () => newest.current.reset(),
    }
  }, [newest])
}

/** The promise itself; where nobody awaits it, its rejection is no uncaught error. */
function caught<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** Reading a field of the info is what asks to be rendered for it, so that none is read here. */
function joinResult(info: ChatInfo, more: AgentActions & { readonly chat: Chat }): AgentResult {
  const fields = Object.keys(info).map((key): [string, PropertyDescriptor] => [
    key,
    { enumerable: true, get: () => Reflect.get(info, key) as unknown },
  ])
  return Object.defineProperties({ ...more } as AgentResult, Object.fromEntries(fields))
}
