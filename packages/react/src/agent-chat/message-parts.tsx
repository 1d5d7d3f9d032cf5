import type { ChatMessage, MessagePart } from '@taskstream/core'
import type { ReactElement, ReactNode } from 'react'
import { Attachment } from './attachment.tsx'
import { useAgentChat } from './context.tsx'
import { ChatIcon } from './icon.tsx'
import { JsonValue } from './json-value.tsx'
import { useMessageContext } from './message-context.tsx'
import { Dots } from './dots.tsx'
import { Reasoning } from './reasoning.tsx'
import { Text } from './text.tsx'
import { ToolCall } from './tool-call.tsx'

/** What a message holds: its texts, thoughts, calls and files, in their order. The files of what a user wrote come first. */
export function MessageParts(): ReactElement {
  const { labels } = useAgentChat('Message')
  const { message } = useMessageContext('MessageParts')
  const isUser = message.role === 'user'
  const shown = message.parts.map((part, index) => ({ part, index }))
  const files = isUser ? shown.filter(({ part }) => isFile(part)) : []
  const rest = isUser ? shown.filter(({ part }) => !isFile(part)) : shown
  const isSilent = message.isStreaming && message.parts.length === 0
  return (
    <div data-slot="agent-chat-parts">
      {(files.length > 0 || message.attachments.length > 0) && (
        <div data-slot="agent-chat-files" data-count={files.length + message.attachments.length}>
          {files.map(({ part, index }) => (
            // A part is its place: what is stored of a message only grows.
            <PartView key={index} part={part} message={message} />
          ))}
          {message.attachments.map((attachment, index) => (
            // Before they are uploaded none of them has an address.
            <Attachment key={attachment.uri || index} attachment={attachment} />
          ))}
        </div>
      )}
      {rest.map(({ part, index }) => (
        <PartView key={index} part={part} message={message} />
      ))}
      {isSilent && !isUser && <Dots label={labels.writing} />}
    </div>
  )
}

interface PartViewProps {
  readonly part: MessagePart
  readonly message: ChatMessage
}

function PartView({ part, message }: PartViewProps): ReactNode {
  const { labels } = useAgentChat('MessageParts')
  switch (part.type) {
    case 'text':
      return part.text.trim() === '' ? null : (
        <Text text={part.text} isStreaming={part.isStreaming} role={message.role} />
      )
    case 'reasoning':
      return <Reasoning reasoning={part} />
    case 'tool-call':
      return <ToolCall call={part.call} />
    case 'image':
      return <Attachment url={part.url} kind="image" />
    case 'file':
      return <Attachment url={part.url} name={part.name} kind="file" />
    case 'error':
      return (
        <p data-slot="agent-chat-part-error">
          <ChatIcon name="alert" />
          <span dir="auto">{part.text}</span>
        </p>
      )
    case 'event':
      return <JsonNote title={labels.note.event} value={part.event} />
    case 'unknown':
      return <JsonNote title={part.name} value={part.value} />
    default:
      return part satisfies never
  }
}

/** Something that only its JSON can tell of, folded. */
export function JsonNote({
  title,
  value,
}: {
  readonly title: string
  readonly value: unknown
}): ReactElement {
  return (
    <details data-slot="agent-chat-note">
      <summary data-slot="agent-chat-note-summary">
        <ChatIcon name="chevron" />
        {title}
      </summary>
      <JsonValue value={value} />
    </details>
  )
}

function isFile(part: MessagePart): boolean {
  return part.type === 'image' || part.type === 'file'
}
