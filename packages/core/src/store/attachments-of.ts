import { fileNameOf } from '../content/file-name.ts'
import type { Attachment } from '../protocol/agent-event.ts'
import type { ChatMessage } from '../state/chat-message.ts'

/** The files of a message, to be sent again. What they are is told by the part alone: an image, or something else. */
export function attachmentsOf(message: ChatMessage): readonly Attachment[] {
  return message.parts.flatMap((part) => {
    if (part.type !== 'image' && part.type !== 'file') return []
    const contentType = part.type === 'image' ? 'image/*' : 'application/octet-stream'
    return [{ uri: part.url, filename: fileNameOf(part.url) ?? part.type, contentType, sizeBytes: null }]
  })
}
