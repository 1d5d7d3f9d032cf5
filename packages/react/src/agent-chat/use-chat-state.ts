import {
  selectAgentError,
  selectAgentStatus,
  selectMessage,
  selectMessageKeys,
  type AgentStatus,
  type ChatMessage,
  type ChatView,
  type ConnectionInfo,
  type MessageState,
  type StreamError,
} from '@taskstream/core'
import { useCallback } from 'react'
import { useLive, type IsEqual } from '../use-live.ts'
import { useAgentChat, type AgentChatState } from './context.tsx'

/** What `select` finds in the chat; renders again only when that changes. */
export function useChatState<S>(select: (view: ChatView) => S, isEqual?: IsEqual<S>): S {
  const { chat } = useAgentChat('useChatState')
  return useLive(chat.store, select, isEqual)
}

/** The keys of the messages in their order: renders again when one comes or goes. */
export function useMessageKeys(): readonly string[] {
  return useChatState(selectKeys)
}

/** One message: renders again when it changes, and for no other. `null` where there is none with this key. */
export function useMessage(key: string): ChatMessage | null {
  return useChatState(useCallback((view: ChatView) => readMessage(view, key), [key]))
}

/** What the chat does. */
export function useChatStatus(): AgentStatus {
  return useChatState(selectStatus)
}

/** Why the last turn failed; `null` while all is well. */
export function useChatError(): StreamError | null {
  return useChatState(selectError)
}

/** The line that the chat is followed by. */
export function useConnection(): ConnectionInfo {
  return useChatState(selectConnection)
}

/** The state of the parts that show the chat as a whole. */
export function usePartState(): AgentChatState {
  return useChatState(selectPartState, isSameState)
}

/** Whether a turn is under way, so that it can be stopped and a message waits for its end. */
export function isBusy(status: AgentStatus): boolean {
  return status === 'submitted' || status === 'streaming' || status === 'awaiting_input'
}

/** The message with a key, as it is shown; `null` where there is none. */
export function readMessage({ agent }: ChatView, key: string): ChatMessage | null {
  const message = indexOf(agent.messages).get(key)
  return message === undefined ? null : selectMessage(message, agent.interrupts)
}

/** The last message that is shown in the conversation; `null` where there is none. */
export function readLastMessage({ agent }: ChatView): ChatMessage | null {
  const last = agent.messages.findLast(isShown)
  return last === undefined ? null : selectMessage(last, agent.interrupts)
}

/** Whether a message has a place of its own; what a tool answered stands in its call. */
export function isShown({ fact }: MessageState): boolean {
  return fact?.role !== 'tool'
}

const indexes = new WeakMap<readonly MessageState[], ReadonlyMap<string, MessageState>>()

/** Made once per list, so that as many parts as there are messages look only at their own. */
function indexOf(messages: readonly MessageState[]): ReadonlyMap<string, MessageState> {
  const known = indexes.get(messages)
  if (known !== undefined) return known
  const index = new Map(messages.map((message) => [message.key, message]))
  indexes.set(messages, index)
  return index
}

const selectKeys = ({ agent }: ChatView): readonly string[] => selectMessageKeys(agent)
const selectStatus = ({ agent }: ChatView): AgentStatus => selectAgentStatus(agent)
const selectError = ({ agent }: ChatView): StreamError | null => selectAgentError(agent)
const selectConnection = ({ connection }: ChatView): ConnectionInfo => connection
const selectPartState = ({ agent, connection }: ChatView): AgentChatState => ({
  status: selectAgentStatus(agent),
  connection: connection.state,
})

function isSameState(a: AgentChatState, b: AgentChatState): boolean {
  return a.status === b.status && a.connection === b.connection
}
