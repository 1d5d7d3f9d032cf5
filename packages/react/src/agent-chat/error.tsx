import type { ChatView } from '@taskstream/core'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { errorWords } from './error-words.ts'
import { ChatIcon } from './icon.tsx'
import { useChatError, useChatState, usePartState } from './use-chat-state.ts'
import { runQuietly } from './use-command.ts'

/** Props of `Error`. */
export type ErrorProps = PartProps<'div', AgentChatState>

/**
 * Why the last turn failed, and a button that asks once more. Nothing while all is well. `data-code` is the code of the
 * error. No alert: the root speaks.
 */
export const ErrorPart: Part<ErrorProps, HTMLDivElement> = definePart('AgentChat.Error', (props, ref) => {
  const { chat, labels, ids } = useAgentChat('Error')
  const state = usePartState()
  const error = useChatError()
  const isUnsent = useChatState(selectIsUnsent)
  // A message that was not sent says so itself.
  if (error === null || isUnsent) return null
  const retry = (): void => {
    document.getElementById(ids.viewport)?.focus({ preventScroll: true })
    runQuietly(chat.regenerate())
  }
  const children = (
    <>
      <ChatIcon name="alert" />
      <div data-slot="agent-chat-error-body">
        <p data-slot="agent-chat-error-title">{labels.errorTitle[error.code]}</p>
        <p data-slot="agent-chat-error-text" dir="auto">
          {errorWords(error)}
        </p>
        {error.requirements.length > 0 && (
          <ul data-slot="agent-chat-requirements">
            {error.requirements.map(({ type, key, message }) => (
              <li key={`${type}:${key}`} dir="auto">
                <code>{key}</code> {message}
              </li>
            ))}
          </ul>
        )}
      </div>
      <button type="button" data-slot="agent-chat-button" onClick={retry}>
        <ChatIcon name="reload" />
        {labels.tryAgain}
      </button>
    </>
  )
  return renderElement({
    tag: 'div',
    slot: 'agent-chat-error',
    state,
    props,
    ref,
    own: { children, 'data-code': error.code, ...attributesOf(state) },
  })
})

function selectIsUnsent({ agent }: ChatView): boolean {
  const last = agent.messages.at(-1)
  return last !== undefined && last.fact === null && last.outgoing !== null
}
