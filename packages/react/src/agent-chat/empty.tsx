import type { ChatView } from '@taskstream/core'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { ChatIcon } from './icon.tsx'
import { SuggestedPrompts } from './suggested-prompts.tsx'
import { useChatState, usePartState } from './use-chat-state.ts'

/** Props of `Empty`. Its `children` replace what it says. */
export interface EmptyProps extends PartProps<'div', AgentChatState> {
  /** Messages to begin with; default the examples of the agent. */
  readonly suggestions?: readonly string[]
}

/**
 * Where there are no messages: who is here and what can be asked; while a chat is loaded, that, and where it cannot be
 * shown, why. Nothing as soon as there is a message.
 */
export const Empty: Part<EmptyProps, HTMLDivElement> = definePart(
  'AgentChat.Empty',
  ({ suggestions, ...props }, ref) => {
    const { labels, info } = useAgentChat('Empty')
    const state = usePartState()
    const phase = useChatState(selectPhase)
    if (phase === 'full') return null
    const name = info?.name ?? null
    const description = info?.description ?? null
    const children =
      phase === 'empty' ? (
        <>
          <h2 data-slot="agent-chat-empty-title" dir="auto">
            {labels.emptyTitle(name)}
          </h2>
          {description !== null && (
            <p data-slot="agent-chat-empty-text" dir="auto">
              {description}
            </p>
          )}
          <SuggestedPrompts {...(suggestions === undefined ? {} : { prompts: suggestions })} />
        </>
      ) : (
        <p data-slot="agent-chat-empty-text">
          <ChatIcon name={phase === 'loading' ? 'spinner' : 'alert'} />
          {phase === 'loading' ? labels.loading : labels.unavailable}
        </p>
      )
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-empty',
      state,
      props,
      ref,
      own: { children, 'data-phase': phase, ...attributesOf(state) },
    })
  },
)

function selectPhase({ agent, connection }: ChatView): 'full' | 'loading' | 'unavailable' | 'empty' {
  if (agent.messages.length > 0) return 'full'
  if (agent.id === null || agent.isLoaded) return 'empty'
  return connection.state === 'closed' && connection.error !== null ? 'unavailable' : 'loading'
}
