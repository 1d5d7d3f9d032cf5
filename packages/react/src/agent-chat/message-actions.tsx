import { selectAgentStatus, type ChatView } from '@taskstream/core'
import { useCallback, useSyncExternalStore, type ReactElement, type ReactNode } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { usePassing } from '../task-progress/use-passing.ts'
import { useHydrated } from '../use-hydrated.ts'
import { useAgentChat } from './context.tsx'
import { ChatIcon, type ChatIconName } from './icon.tsx'
import {
  messageAttributes,
  messageStateOf,
  useMessageContext,
  type AgentMessageState,
} from './message-context.tsx'
import { formatDate, formatTime } from './format-time.ts'
import { readLastMessage, useChatState } from './use-chat-state.ts'
import { runQuietly } from './use-command.ts'

/** Props of `MessageActions`. */
export type MessageActionsProps = PartProps<'div', AgentMessageState>

const copiedMs = 2000

/**
 * What can be done with a message: copy its text; ask for another answer where it is the last one of the agent; write it
 * anew where it is the reader's own. Nothing while more of it is coming, or before it is sent.
 */
export const MessageActions: Part<MessageActionsProps, HTMLDivElement> = definePart(
  'AgentChat.MessageActions',
  (props, ref) => {
    const { labels, disabledReason } = useAgentChat('MessageActions')
    const { message, setEditing } = useMessageContext('MessageActions')
    const { role, status, isStreaming, text, createdAt } = message
    const canRegenerate = useCanRegenerate() && disabledReason === null
    if (isStreaming || status === 'sending' || status === 'queued' || message.error !== null) return null
    const hasText = text.trim() !== ''
    if (!hasText && !canRegenerate) return null
    const state = messageStateOf(message)
    const children = (
      <>
        {hasText && <Copy text={text} />}
        {role === 'user' && hasText && disabledReason === null && (
          <Action icon="edit" label={labels.edit} onClick={() => setEditing(true)} />
        )}
        {canRegenerate && <Regenerate />}
        {createdAt !== null && <SentAt atMs={createdAt} />}
      </>
    )
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-actions',
      state,
      props,
      ref,
      own: { children, ...messageAttributes(state) },
    })
  },
)

interface ActionProps {
  readonly icon: ChatIconName
  readonly label: string
  readonly onClick: () => void
  readonly result?: string | undefined
}

function Action({ icon, label, onClick, result }: ActionProps): ReactElement {
  return (
    <button type="button" data-slot="agent-chat-action" title={label} data-result={result} onClick={onClick}>
      <ChatIcon name={icon} />
      <span data-slot="agent-chat-hidden" aria-live={result === undefined ? undefined : 'polite'}>
        {label}
      </span>
    </button>
  )
}

function Regenerate(): ReactElement {
  const { chat, labels, ids } = useAgentChat('MessageActions')
  const regenerate = (): void => {
    runQuietly(chat.regenerate())
    // The button goes away with the turn that begins.
    document.getElementById(ids.viewport)?.focus({ preventScroll: true })
  }
  return <Action icon="reload" label={labels.regenerate} onClick={regenerate} />
}

/** Copies the text of a message and says so for two seconds. */
function Copy({ text }: { readonly text: string }): ReactNode {
  const { labels } = useAgentChat('MessageActions')
  const [result, setResult] = usePassing<'copied' | 'failed'>(copiedMs)
  const canCopy = useSyncExternalStore(neverChanges, hasClipboard, () => false)
  if (!canCopy) return null
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setResult('copied'),
      () => setResult('failed'),
    )
  }
  const words = { copied: labels.copied, failed: labels.copyFailed }
  return (
    <Action
      icon={result === 'copied' ? 'check' : result === 'failed' ? 'alert' : 'copy'}
      label={result === null ? labels.copy : words[result]}
      onClick={copy}
      result={result ?? undefined}
    />
  )
}

/** Why not on a server: it would tell the time of its own place. */
function SentAt({ atMs }: { readonly atMs: number }): ReactElement | null {
  const { locale } = useAgentChat('MessageActions')
  if (!useHydrated()) return null
  const date = new Date(atMs)
  return (
    <time data-slot="agent-chat-time" dateTime={date.toISOString()} title={formatDate(date, locale)}>
      {formatTime(date, locale)}
    </time>
  )
}

/** Whether the message is the last one of the agent, and nothing is under way. What failed is tried again by `Error`. */
function useCanRegenerate(): boolean {
  const { message } = useMessageContext('MessageActions')
  const { key, role } = message
  // In one selection, so that a change of the status is none for every message.
  return useChatState(
    useCallback(
      (view: ChatView) =>
        role === 'assistant' &&
        readLastMessage(view)?.key === key &&
        selectAgentStatus(view.agent) === 'ready',
      [key, role],
    ),
  )
}

function neverChanges(): () => void {
  return () => {}
}

/** Without a secure connection there is none, whatever the types say. */
function hasClipboard(): boolean {
  const clipboard: unknown = Reflect.get(navigator, 'clipboard')
  return typeof clipboard === 'object' && clipboard !== null
}
