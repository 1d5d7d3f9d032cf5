import type { ConnectionInfo, ChatView } from '@taskstream/core'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { useConnectionWords } from '../task-progress/connection-words.ts'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { ChatIcon } from './icon.tsx'
import type { AgentChatLabels } from './labels.ts'
import { useChatState, useConnection, usePartState } from './use-chat-state.ts'

/** Props of `Connection`. */
export type ConnectionProps = PartProps<'div', AgentChatState>

/**
 * The line that the chat is followed by, while it is in trouble: when it is tried again, and a button for trying it now.
 * Not there while all is well. It speaks to nobody by itself: `Root` says what broke and what came back.
 */
export const Connection: Part<ConnectionProps, HTMLDivElement> = definePart(
  'AgentChat.Connection',
  (props, ref) => {
    const { chat, labels, locale } = useAgentChat('Connection')
    const state = usePartState()
    const connection = useConnection()
    const hasChat = useChatState(selectHasChat)
    const { text, detail } = useConnectionWords({
      // A chat may be silent for hours: that is no news of the line.
      task: { connection, isActive: true, phase: 'pending' },
      labels,
      locale,
    })
    if (!hasChat || !isTroubled(connection)) return null
    const action = actionOf(connection, labels)
    const children = (
      <>
        {connection.state === 'offline' ? (
          <ChatIcon name="offline" />
        ) : (
          <span data-slot="agent-chat-connection-dot" aria-hidden="true" />
        )}
        <span>
          {text}
          {detail !== null && <span data-slot="agent-chat-connection-detail">{detail}</span>}
        </span>
        {action !== null && (
          <button
            type="button"
            data-slot="agent-chat-button"
            data-look="link"
            onClick={() => chat.reconnect()}
          >
            {action}
          </button>
        )}
      </>
    )
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-connection',
      state,
      props,
      ref,
      own: { role: 'group', 'aria-label': labels.connectionName, children, ...attributesOf(state) },
    })
  },
)

function isTroubled({ state }: ConnectionInfo): boolean {
  return state === 'stalled' || state === 'reconnecting' || state === 'offline' || state === 'closed'
}

/** The word for what can be asked of the line; nothing while an attempt is on its way. */
function actionOf({ state, nextRetryAt, error }: ConnectionInfo, labels: AgentChatLabels): string | null {
  if (state === 'offline' || (state === 'reconnecting' && nextRetryAt !== null)) return labels.retryNow
  if (state !== 'closed') return null
  return error?.retryable === true ? labels.retryNow : labels.reconnect
}

function selectHasChat({ agent }: ChatView): boolean {
  return agent.id !== null
}
