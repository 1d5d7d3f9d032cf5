import type { ReactElement } from 'react'
import { useAgentChat } from './context.tsx'
import { errorWords } from './error-words.ts'
import { ChatIcon } from './icon.tsx'
import { useMessageContext } from './message-context.tsx'
import { runQuietly, useCommand } from './use-command.ts'

/** Where a message stands that is not simply there: on its way, in the queue, not sent, stopped or broken. */
export function MessageStatus(): ReactElement | null {
  const { chat, labels } = useAgentChat('Message')
  const { message } = useMessageContext('MessageStatus')
  const { isPending, error: refusal, run } = useCommand()
  const { status, error, key, role } = message
  const withdraw = (): void => run(() => chat.withdrawMessage(key))
  const refused =
    refusal === null ? null : (
      <span data-slot="agent-chat-command-error" role="alert" dir="auto">
        {errorWords(refusal)}
      </span>
    )
  if (error !== null) {
    return (
      <div data-slot="agent-chat-message-state" data-kind="failed">
        <ChatIcon name="alert" />
        <span>
          {labels.notSent}
          <span data-slot="agent-chat-message-reason" dir="auto">
            {errorWords(error)}
          </span>
        </span>
        <button
          type="button"
          data-slot="agent-chat-button"
          data-look="link"
          onClick={() => runQuietly(chat.retryMessage(key))}
        >
          {labels.retrySend}
        </button>
        <button type="button" data-slot="agent-chat-button" data-look="link" onClick={withdraw}>
          {labels.remove}
        </button>
        {refused}
      </div>
    )
  }
  if (status === 'queued') {
    return (
      <div data-slot="agent-chat-message-state" data-kind="queued">
        <span data-slot="agent-chat-chip">
          <ChatIcon name="waiting" />
          {labels.queued}
        </span>
        <button
          type="button"
          data-slot="agent-chat-button"
          data-look="link"
          aria-disabled={isPending || undefined}
          onClick={withdraw}
        >
          {labels.cancelQueued}
        </button>
        {refused}
      </div>
    )
  }
  if (status === 'sending' && role === 'user') {
    return (
      <div data-slot="agent-chat-message-state" data-kind="sending">
        {labels.sendingMessage}
      </div>
    )
  }
  const saysWhy = message.parts.some(({ type }) => type === 'error')
  if (status !== 'cancelled' && (status !== 'failed' || saysWhy)) return null
  return (
    <div data-slot="agent-chat-message-state" data-kind={status}>
      <ChatIcon name={status === 'failed' ? 'alert' : 'stopped'} />
      {status === 'failed' ? labels.failedMessage : labels.cancelledMessage}
    </div>
  )
}
