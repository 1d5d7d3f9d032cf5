import type { ChatView } from '@taskstream/core'
import { useCallback, useState } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { ChatIcon } from './icon.tsx'
import { isShown, useChatState, useMessageKeys, usePartState } from './use-chat-state.ts'
import { useIsPinned } from './viewport.tsx'

/** Props of `ScrollToLatest`. */
export type ScrollToLatestProps = PartProps<'button', AgentChatState>

/** Goes to the end, and says how many messages came since the reader left it. Not there at the end. */
export const ScrollToLatest: Part<ScrollToLatestProps, HTMLButtonElement> = definePart(
  'AgentChat.ScrollToLatest',
  (props, ref) => {
    const { scroll, labels, locale, ids } = useAgentChat('ScrollToLatest')
    const state = usePartState()
    const isPinned = useIsPinned()
    const count = useNewCount(isPinned)
    if (isPinned) return null
    const jump = (): void => {
      scroll.jumpToEnd()
      // The button goes away, and the keyboard would be nowhere.
      document.getElementById(ids.viewport)?.focus({ preventScroll: true })
    }
    return renderElement({
      tag: 'button',
      slot: 'agent-chat-scroll-to-latest',
      state,
      props,
      ref,
      own: {
        type: 'button',
        onClick: jump,
        'data-count': count,
        children: (
          <>
            <ChatIcon name="down" />
            <span data-slot="agent-chat-hidden">{labels.jumpToLatest}</span>
            {count > 0 && (
              <span data-slot="agent-chat-new-count">
                {labels.newMessages(new Intl.NumberFormat(locale).format(count))}
              </span>
            )}
          </>
        ),
        ...attributesOf(state),
      },
    })
  },
)

/** Messages that came after the one that was the last when the reader left the end. */
function useNewCount(isPinned: boolean): number {
  const lastKey = useMessageKeys().at(-1) ?? null
  const [left, setLeft] = useState<{ readonly key: string | null } | null>(null)
  if (isPinned && left !== null) setLeft(null)
  if (!isPinned && left === null) setLeft({ key: lastKey })
  const select = useCallback(
    ({ agent }: ChatView) => {
      if (left === null) return 0
      const at = agent.messages.findLastIndex(({ key }) => key === left.key)
      return at === -1 ? 0 : agent.messages.slice(at + 1).filter(isShown).length
    },
    [left],
  )
  return useChatState(select)
}
