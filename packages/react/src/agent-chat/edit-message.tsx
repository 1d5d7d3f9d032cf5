import { fileNameOf, type Attachment, type ChatMessage } from '@taskstream/core'
import { useRef, useState, type ReactElement } from 'react'
import { useBeforePaint } from '../task-progress/use-before-paint.ts'
import { useAgentChat } from './context.tsx'
import { useMessageContext } from './message-context.tsx'
import { useAutosize } from './use-autosize.ts'
import { runQuietly } from './use-command.ts'
import { isComposing } from './keys.ts'

/** A message of the reader, to be written anew. It is sent as a new message, with the same files; the old one stays. */
export function EditMessage(): ReactElement {
  const { chat, labels, ids } = useAgentChat('Message')
  const { message, setEditing } = useMessageContext('EditMessage')
  const [text, setText] = useState(message.text)
  const field = useRef<HTMLTextAreaElement>(null)
  useAutosize(field, text)
  useBeforePaint(() => {
    field.current?.focus({ preventScroll: true })
    field.current?.setSelectionRange(text.length, text.length)
  }, [])
  const leave = (): void => {
    setEditing(false)
    document.getElementById(ids.input)?.focus({ preventScroll: true })
  }
  const send = (): void => {
    if (text.trim() === '') return
    leave()
    const files = attachmentsOf(message)
    runQuietly(chat.sendMessage({ text: text.trim(), ...(files.length === 0 ? {} : { files }) }))
  }
  return (
    <div data-slot="agent-chat-edit">
      <textarea
        ref={field}
        data-slot="agent-chat-edit-input"
        aria-label={labels.editMessage}
        dir="auto"
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (isComposing(event)) return
          if (event.key === 'Escape') leave()
          else if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault()
            send()
          }
        }}
      />
      <div data-slot="agent-chat-buttons">
        <button type="button" data-slot="agent-chat-button" data-look="quiet" onClick={leave}>
          {labels.editCancel}
        </button>
        <button
          type="button"
          data-slot="agent-chat-button"
          data-look="primary"
          aria-disabled={text.trim() === '' || undefined}
          onClick={send}
        >
          {labels.editSend}
        </button>
      </div>
    </div>
  )
}

/** The files of a message, as they are sent again. Of one that is stored only the addresses are known. */
function attachmentsOf({ attachments, parts }: ChatMessage): readonly Attachment[] {
  if (attachments.length > 0) return attachments
  return parts.flatMap((part) => {
    if (part.type !== 'image' && part.type !== 'file') return []
    const name = (part.type === 'file' ? part.name : null) ?? fileNameOf(part.url) ?? part.type
    const contentType = part.type === 'image' ? imageTypeOf(name) : 'application/octet-stream'
    return [{ uri: part.url, filename: name, contentType, sizeBytes: null }]
  })
}

function imageTypeOf(name: string): string {
  const extension = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? 'png'
  if (extension === 'jpg') return 'image/jpeg'
  return extension === 'svg' ? 'image/svg+xml' : `image/${extension}`
}
