import type { ReactElement } from 'react'
import { useAgentChat } from './context.tsx'
import { ChatIcon } from './icon.tsx'
import { useMessageContext } from './message-context.tsx'
import { MessageParts } from './message-parts.tsx'

/** What was said beside the conversation: what it is in a few words, and all of it when it is unfolded. */
export function MessageNote(): ReactElement {
  const { labels } = useAgentChat('Message')
  const { role, parts } = useMessageContext('MessageNote').message
  const isKnown = role === 'system' || role === 'injection' || role === 'compaction' || role === 'event'
  const title = labels.note[isKnown ? role : 'unknown']
  if (parts.length === 0) return <p data-slot="agent-chat-note-summary">{title}</p>
  return (
    <details data-slot="agent-chat-note">
      <summary data-slot="agent-chat-note-summary">
        <ChatIcon name="chevron" />
        {title}
      </summary>
      <MessageParts />
    </details>
  )
}
