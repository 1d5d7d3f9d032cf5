import type { ChatView, StreamError } from '@taskstream/core'
import { useEffect, useRef, type ReactElement } from 'react'
import { definePart, joinRefs, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { errorWords } from './error-words.ts'
import { ChatIcon } from './icon.tsx'
import { useChatState, usePartState } from './use-chat-state.ts'
import { runQuietly } from './use-command.ts'
import { useHandFocus } from './use-hand-focus.ts'

/** Props of `LoadOlder`. */
export interface LoadOlderProps extends PartProps<'div', AgentChatState> {
  /** Whether earlier messages are loaded when the reader comes near to the first one; default `true`. */
  readonly auto?: boolean
}

/** How far above what is seen the beginning is when what was before it is asked for. */
const reach = '480px 0px 0px 0px'

interface Older {
  readonly cursor: string | null
  readonly isLoading: boolean
  readonly error: StreamError | null
}

/**
 * Earlier messages: they come by themselves when the reader nears the first one, and with a button. Not there where there
 * are none. What could not be loaded says so, and waits for the button.
 */
export const LoadOlder: Part<LoadOlderProps, HTMLDivElement> = definePart(
  'AgentChat.LoadOlder',
  ({ auto = true, ...props }, ref) => {
    const { chat } = useAgentChat('LoadOlder')
    const state = usePartState()
    const older = useChatState(selectOlder, isSameOlder)
    const element = useRef<HTMLDivElement>(null)
    const isWanted = auto && older.cursor !== null && !older.isLoading && older.error === null
    useEffect(() => {
      const sentinel = element.current
      if (!isWanted || sentinel === null || typeof IntersectionObserver === 'undefined') return
      const observer = new IntersectionObserver(
        (entries) => {
          if (entries.some(({ isIntersecting }) => isIntersecting)) runQuietly(chat.loadOlder())
        },
        { root: sentinel.closest('[data-slot="agent-chat-viewport"]'), rootMargin: reach },
      )
      observer.observe(sentinel)
      return () => observer.disconnect()
    }, [chat, isWanted])
    if (older.cursor === null && !older.isLoading && older.error === null) return null
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-load-older',
      state,
      props,
      ref: joinRefs(element, ref),
      own: { children: <OlderButton older={older} />, ...attributesOf(state) },
    })
  },
)

function OlderButton({ older }: { readonly older: Older }): ReactElement {
  const { chat, labels, ids } = useAgentChat('LoadOlder')
  const button = useRef<HTMLButtonElement>(null)
  useHandFocus(button, () => document.getElementById(ids.viewport))
  const { isLoading, error } = older
  return (
    <>
      {error !== null && (
        <p data-slot="agent-chat-load-older-error" role="alert">
          {labels.olderFailed}: {errorWords(error)}
        </p>
      )}
      <button
        ref={button}
        type="button"
        data-slot="agent-chat-button"
        data-look="quiet"
        aria-disabled={isLoading || undefined}
        onClick={() => {
          if (!isLoading) runQuietly(chat.loadOlder())
        }}
      >
        {isLoading && <ChatIcon name="spinner" />}
        {isLoading ? labels.loadingOlder : error === null ? labels.loadOlder : labels.tryAgain}
      </button>
    </>
  )
}

function selectOlder({ agent }: ChatView): Older {
  return { cursor: agent.olderCursor, isLoading: agent.isLoadingOlder, error: agent.olderError }
}

function isSameOlder(a: Older, b: Older): boolean {
  return a.cursor === b.cursor && a.isLoading === b.isLoading && a.error === b.error
}
