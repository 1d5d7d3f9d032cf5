import { callsToAnswer, initialChatView, observeReplies, selectAgentStatus } from '@taskstream/core'
import type { AgentStatus, Chat, ChatMessage, MessageUpdate, StreamError, ToolCall } from '@taskstream/core'
import { useEffect } from 'react'
import { callSoon, createCallbackHubs } from './callback-hub.ts'
import { createErrorReader, endedTurn } from './chat-events.ts'
import { useNewest } from './use-newest.ts'

/**
 * What a component wants to be told of a chat. Always the newest function is called. Each event is told once per chat, to
 * the first mounted component that has the callback, however many show the chat.
 */
export interface AgentCallbacks {
  /** Told of text and thoughts as they arrive, and of every other change of a message of the agent. */
  readonly onMessage?: (update: MessageUpdate) => void
  /**
   * A tool call waits for this client and none of its `tools` runs it: answer it with `submitToolResult`. Also one that
   * waited already when the component was mounted, unless it was told of before.
   */
  readonly onToolCall?: (call: ToolCall) => void
  readonly onStatusChange?: (status: AgentStatus, previous: AgentStatus) => void
  /** Called once per turn, when it is over, with the last message of the agent in it. Never for a broken line. */
  readonly onFinish?: (message: ChatMessage | null) => void
  /** The turn failed, or a message was not taken: once each. Never for what had failed before the chat was read. */
  readonly onError?: (error: StreamError) => void
}

/** Ids of the calls that somebody was told of, per chat. */
const toldCalls = new WeakMap<Chat, Set<string>>()

/** Calls back for `chat` while the component is mounted. */
export function useAgentCallbacks(chat: Chat, callbacks: AgentCallbacks): void {
  const newest = useNewest(callbacks)
  const { onMessage, onToolCall, onStatusChange, onFinish, onError } = callbacks
  const isWanted = [onMessage, onToolCall, onStatusChange, onFinish, onError].some((one) => one !== undefined)
  useEffect(() => (isWanted ? hubs.join(chat, () => newest.current) : undefined), [chat, isWanted, newest])
}

const hubs = createCallbackHubs<Chat, AgentCallbacks>((chat, find) => {
  const told = toldCalls.get(chat) ?? new Set<string>()
  toldCalls.set(chat, told)
  const readErrors = createErrorReader(chat.current().agent)
  const stops = [
    observeReplies(chat, () => {
      const onMessage = find('onMessage')
      const onToolCall = find('onToolCall')
      return {
        ...(onMessage === undefined
          ? {}
          : { onMessage: (update: MessageUpdate) => callSoon(onMessage, update) }),
        ...(onToolCall === undefined
          ? {}
          : {
              onToolCall(one: ToolCall) {
                told.add(one.id)
                callSoon(onToolCall, one)
              },
            }),
      }
    }),
    chat.observe((next, before) => {
      const [status, previous] = [selectAgentStatus(next), selectAgentStatus(before)]
      if (status !== previous) callSoon(find('onStatusChange'), status, previous)
      for (const error of readErrors(next, before)) callSoon(find('onError'), error)
      const ended = endedTurn(next, before)
      if (ended !== null) callSoon(find('onFinish'), ended.message)
    }),
  ]
  return {
    // Calls that wait already, and that nobody was told of.
    onJoined() {
      const onToolCall = find('onToolCall')
      if (onToolCall === undefined) return
      for (const one of callsToAnswer(chat.current().agent, initialChatView.agent)) {
        if (told.has(one.id) || chat.hasTool(one.name)) continue
        told.add(one.id)
        callSoon(onToolCall, one)
      }
    },
    stop() {
      for (const stop of stops) stop()
    },
  }
})
