import type { MessageRole } from '@taskstream/core'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { useAgentChat } from './context.tsx'
import { PlainText } from './plain-text.tsx'

/** What `Text` gives to `className`, `style` and `render` functions. */
export interface TextState {
  readonly role: MessageRole
  readonly isStreaming: boolean
}

/** Props of `Text`. */
export interface TextProps extends Omit<PartProps<'div', TextState>, 'role'> {
  readonly text: string
  /** Whether more of it is coming: then a caret stands at its end. */
  readonly isStreaming: boolean
  readonly role: MessageRole
}

/** A text of a message: that of a user as it was written, any other as `renderText` of `Root` shows it. */
export const Text: Part<TextProps, HTMLDivElement> = definePart(
  'AgentChat.Text',
  ({ text, isStreaming, role, ...props }, ref) => {
    const { renderText } = useAgentChat('Text')
    const children =
      role === 'user' ? (
        <p dir="auto">{text}</p>
      ) : renderText === null ? (
        <PlainText text={text} />
      ) : (
        renderText(text, { isStreaming, role })
      )
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-text',
      state: { role, isStreaming },
      props,
      ref,
      own: { children, 'data-role': role, 'data-streaming': isStreaming ? '' : undefined },
    })
  },
)
