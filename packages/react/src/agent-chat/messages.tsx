import { selectAgentStatus, type ChatView } from '@taskstream/core'
import { Fragment, memo, type ReactElement, type ReactNode } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { Dots } from './dots.tsx'
import { Message } from './message.tsx'
import { isShown, useChatState, useMessageKeys, usePartState } from './use-chat-state.ts'

/** Props of `Messages`. */
export interface MessagesProps extends Omit<PartProps<'ol', AgentChatState>, 'children' | 'asChild'> {
  /** Shows the message with a key; default `Message`. */
  readonly children?: (key: string) => ReactNode
}

/** The messages, oldest first, and a sign that the next one is on its way. Nothing before there is one. */
export const Messages: Part<MessagesProps, HTMLOListElement> = definePart(
  'AgentChat.Messages',
  ({ children = showMessage, ...props }, ref) => {
    const keys = useMessageKeys()
    const state = usePartState()
    if (keys.length === 0) return null
    return renderElement({
      tag: 'ol',
      slot: 'agent-chat-messages',
      state,
      props,
      ref,
      own: {
        // Safari takes the role from a list without marks.
        role: 'list',
        children: (
          <>
            {keys.map((key) => (
              <Fragment key={key}>{children(key)}</Fragment>
            ))}
            <Awaited />
          </>
        ),
        ...attributesOf(state),
      },
    })
  },
)

/** Why memoised: a message that comes or goes is none of the others. */
const OneMessage = memo(Message)

function showMessage(key: string): ReactNode {
  return <OneMessage messageKey={key} />
}

/** Stands where the reply will be, until it has begun. */
function Awaited(): ReactElement | null {
  const { labels } = useAgentChat('Messages')
  if (!useChatState(selectIsAwaited)) return null
  return (
    <li data-slot="agent-chat-awaited">
      <Dots label={labels.writing} />
    </li>
  )
}

/** Whether the agent is at work and no message shows it. What waits in the queue is not what it works at. */
function selectIsAwaited({ agent }: ChatView): boolean {
  const status = selectAgentStatus(agent)
  if (status !== 'submitted' && status !== 'streaming') return false
  const last = agent.messages.findLast((one) => isShown(one) && one.fact?.status !== 'queued')
  return last?.fact?.role !== 'assistant'
}
