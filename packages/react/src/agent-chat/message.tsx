import { memo, useMemo, useState, type ComponentType, type ReactNode } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { useKeptFocus } from '../task-progress/use-kept-focus.ts'
import { useAgentChat } from './context.tsx'
import { EditMessage } from './edit-message.tsx'
import { MessageActions } from './message-actions.tsx'
import {
  MessageContext,
  messageAttributes,
  messageStateOf,
  useMessageContext,
  type AgentMessageState,
} from './message-context.tsx'
import { MessageNote } from './message-note.tsx'
import { MessageParts } from './message-parts.tsx'
import { MessageStatus } from './message-status.tsx'
import { useMessage } from './use-chat-state.ts'

/** Props of `Message`. */
export interface MessageProps extends PartProps<'li', AgentMessageState> {
  readonly messageKey: string
}

/**
 * One message, with what can be done with it. It renders again when it changes, and for no other. What was said beside the
 * conversation is a note that unfolds. Nothing for what a tool answered, which stands in its call.
 */
export const Message: Part<MessageProps, HTMLLIElement> = definePart(
  'AgentChat.Message',
  ({ messageKey, children, ...props }, ref) => {
    const message = useMessage(messageKey)
    const [isEditing, setEditing] = useState(false)
    const keptFocus = useKeptFocus()
    const context = useMemo(
      () => (message === null ? null : { message, isEditing, setEditing }),
      [message, isEditing],
    )
    if (context === null || context.message.role === 'tool') return null
    const state = messageStateOf(context.message)
    return (
      <MessageContext.Provider value={context}>
        {renderElement({
          tag: 'li',
          slot: 'agent-chat-message',
          state,
          props,
          ref,
          own: { children: children ?? <MessageBody />, ...keptFocus, ...messageAttributes(state) },
        })}
      </MessageContext.Provider>
    )
  },
)

/** Why memoised: its context alone says when there is something new. */
const MessageBody: ComponentType = memo(function MessageBody(): ReactNode {
  const { labels } = useAgentChat('Message')
  const { message, isEditing } = useMessageContext('Message')
  const { role } = message
  if (role !== 'user' && role !== 'assistant') return <MessageNote />
  if (isEditing) return <EditMessage />
  return (
    <>
      <span data-slot="agent-chat-hidden">{labels.author[role]}</span>
      <MessageParts />
      <MessageStatus />
      <MessageActions />
    </>
  )
})
