import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { usePartState } from './use-chat-state.ts'
import { runQuietly } from './use-command.ts'

/** Props of `SuggestedPrompts`. */
export interface SuggestedPromptsProps extends PartProps<'div', AgentChatState> {
  /** Default the examples of the agent. */
  readonly prompts?: readonly string[]
}

/** Messages to send with a click. Nothing where there are none, or where nothing can be sent. */
export const SuggestedPrompts: Part<SuggestedPromptsProps, HTMLDivElement> = definePart(
  'AgentChat.SuggestedPrompts',
  ({ prompts, ...props }, ref) => {
    const { chat, labels, info, ids, disabledReason } = useAgentChat('SuggestedPrompts')
    const state = usePartState()
    const shown = [...new Set(prompts ?? info?.examplePrompts ?? [])]
    if (shown.length === 0 || disabledReason !== null) return null
    const send = (prompt: string): void => {
      document.getElementById(ids.viewport)?.focus({ preventScroll: true })
      runQuietly(chat.sendMessage(prompt))
    }
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-suggestions',
      state,
      props,
      ref,
      own: {
        role: 'group',
        'aria-label': labels.suggestions,
        children: shown.map((prompt) => (
          <button
            key={prompt}
            type="button"
            data-slot="agent-chat-suggestion"
            dir="auto"
            onClick={() => send(prompt)}
          >
            {prompt}
          </button>
        )),
        ...attributesOf(state),
      },
    })
  },
)
