import type { ChatView } from '@taskstream/core'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { definePart, joinRefs, renderElement, type Part, type PartProps } from '../element.tsx'
import { useBeforePaint } from '../task-progress/use-before-paint.ts'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { keepAnchor } from './scroll-anchor.ts'
import { useChatState, usePartState } from './use-chat-state.ts'

/** Props of `Viewport`. Its children stand in an element of their own, so it is replaced with `render` and not `asChild`. */
export type ViewportProps = Omit<PartProps<'div', AgentChatState>, 'asChild'>

/**
 * What scrolls: it stays at the end until the reader leaves it, and what the reader looks at stays where it is when earlier
 * messages come. Whatever is sent brings it to the end again. A `role="log"` that does not speak; `Root` does.
 */
export const Viewport: Part<ViewportProps, HTMLDivElement> = definePart(
  'AgentChat.Viewport',
  ({ children, ...props }, ref) => {
    const { scroll, labels, ids } = useAgentChat('Viewport')
    const state = usePartState()
    const isPinned = useIsPinned()
    const viewport = useRef<HTMLDivElement>(null)
    const content = useRef<HTMLDivElement>(null)
    const lastSentAt = useChatState(selectLastSentAt)
    // Before the first paint: a transcript is not seen from its beginning and then from its end.
    useBeforePaint(() => {
      const [outer, inner] = [viewport.current, content.current]
      if (outer === null || inner === null) return
      const list = (): Element | null => inner.querySelector('[data-slot="agent-chat-messages"]')
      const detach = scroll.attach(outer, inner)
      const release = keepAnchor(outer, inner, list, () => !scroll.isPinned())
      return () => {
        detach()
        release()
      }
    }, [scroll])
    const jumpedFor = useRef(-Infinity)
    useEffect(() => {
      if (lastSentAt === null || lastSentAt <= jumpedFor.current) return
      jumpedFor.current = lastSentAt
      scroll.jumpToEnd()
    }, [scroll, lastSentAt])
    useEffect(() => {
      if (typeof ResizeObserver === 'undefined') scroll.keepUp()
    })
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-viewport',
      state,
      props: {
        ...props,
        children: (
          <div ref={content} data-slot="agent-chat-content">
            {children}
          </div>
        ),
      },
      ref: joinRefs(viewport, ref),
      own: {
        id: ids.viewport,
        role: 'log',
        'aria-live': 'off',
        'aria-label': labels.transcript,
        // What scrolls must be reached by the keyboard.
        tabIndex: 0,
        'data-pinned': isPinned ? '' : undefined,
        ...attributesOf(state),
      },
    })
  },
)

/** Whether the transcript stays at its end. */
export function useIsPinned(): boolean {
  const { scroll } = useAgentChat('Viewport')
  return useSyncExternalStore(scroll.subscribe, scroll.isPinned, scroll.isPinned)
}

/** When the newest message was sent from here that the server has not told of yet. */
function selectLastSentAt({ agent }: ChatView): number | null {
  return agent.messages.findLast(({ outgoing }) => outgoing !== null)?.outgoing?.sentAt ?? null
}
