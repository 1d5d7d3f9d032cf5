import { StreamError, type ChatMessage, type MessageRole, type MessageStatus } from '@taskstream/core'
import { createContext, useContext, type Context } from 'react'

/** What the parts of one message share. */
export interface MessageContextValue {
  readonly message: ChatMessage
  readonly isEditing: boolean
  readonly setEditing: (isEditing: boolean) => void
}

/** Made by `Message`. */
export const MessageContext: Context<MessageContextValue | null> = createContext<MessageContextValue | null>(
  null,
)
MessageContext.displayName = 'AgentChatMessageContext'

/**
 * The message that the parts around belong to.
 *
 * @throws {StreamError} `misuse` outside of `Message`
 */
export function useMessageContext(part: string): MessageContextValue {
  const value = useContext(MessageContext)
  if (value === null) {
    throw new StreamError(
      'misuse',
      `AgentChat.${part} was rendered outside of AgentChat.Message, so it has no message to show. Put it inside <AgentChat.Message messageKey={…}>.`,
    )
  }
  return value
}

/** What the parts of a message give to `className`, `style` and `render` functions, and show in `data-` attributes. */
export interface AgentMessageState {
  readonly role: MessageRole
  readonly status: MessageStatus
  readonly isStreaming: boolean
}

/** The state of the parts of a message. */
export function messageStateOf({ role, status, isStreaming }: ChatMessage): AgentMessageState {
  return { role, status, isStreaming }
}

/** The attributes that show an {@link AgentMessageState}. */
export function messageAttributes(state: AgentMessageState): Readonly<Record<string, string | undefined>> {
  return {
    'data-role': state.role,
    'data-status': state.status,
    'data-streaming': state.isStreaming ? '' : undefined,
  }
}
