import type { MessagePart } from '@taskstream/core'
import { useId, useState } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { formatDuration } from '../task-progress/format-duration.ts'
import { useNowAs } from '../task-progress/use-now.ts'
import { useAgentChat } from './context.tsx'
import { ChatIcon } from './icon.tsx'
import { PlainText } from './plain-text.tsx'

/** A thought of a message. */
export type ReasoningPart = Extract<MessagePart, { readonly type: 'reasoning' }>

/** What `Reasoning` gives to `className`, `style` and `render` functions. */
export interface ReasoningState {
  readonly isStreaming: boolean
  readonly isOpen: boolean
}

/** Props of `Reasoning`. */
export interface ReasoningProps extends PartProps<'div', ReasoningState> {
  readonly reasoning: ReasoningPart
  /** Whether it is unfolded at first; default `false`, also while it is thought. */
  readonly defaultOpen?: boolean
}

/** What the agent thought, behind one line that says for how long; as `renderText` of `Root` shows it. */
export const Reasoning: Part<ReasoningProps, HTMLDivElement> = definePart(
  'AgentChat.Reasoning',
  ({ reasoning, defaultOpen = false, ...props }, ref) => {
    const { labels, renderText } = useAgentChat('Reasoning')
    const [isOpen, setOpen] = useState(defaultOpen)
    const id = useId()
    const { text, isStreaming } = reasoning
    const title = useTitle(reasoning)
    const hasText = text.trim() !== ''
    if (!hasText && !isStreaming) return null
    const children = (
      <>
        <button
          type="button"
          data-slot="agent-chat-reasoning-toggle"
          aria-expanded={isOpen && hasText}
          aria-controls={isOpen && hasText ? id : undefined}
          onClick={() => setOpen(!isOpen)}
        >
          <ChatIcon name="spark" />
          <span data-slot="agent-chat-reasoning-title">{title}</span>
          {hasText && <ChatIcon name="chevron" />}
        </button>
        {isOpen && hasText && (
          <div id={id} data-slot="agent-chat-reasoning-text" role="group" aria-label={labels.thought}>
            {renderText === null ? (
              <PlainText text={text} />
            ) : (
              renderText(text, { isStreaming, role: 'assistant' })
            )}
          </div>
        )}
      </>
    )
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-reasoning',
      state: { isStreaming, isOpen },
      props,
      ref,
      own: {
        children,
        'data-streaming': isStreaming ? '' : undefined,
        'data-open': isOpen ? '' : undefined,
      },
    })
  },
)

function useTitle({ isStreaming, durationMs, startedAt }: ReasoningPart): string {
  const { labels, locale } = useAgentChat('Reasoning')
  const seconds = useNowAs(isStreaming && startedAt !== null, (nowMs) =>
    startedAt === null ? 0 : Math.max(0, Math.floor((nowMs - startedAt) / 1000)),
  )
  if (!isStreaming) {
    return durationMs === null
      ? labels.thought
      : labels.thoughtFor(formatDuration(Math.max(1000, durationMs), locale))
  }
  return seconds === null || seconds === 0
    ? labels.thinking
    : `${labels.thinking} ${formatDuration(seconds * 1000, locale)}`
}
