import { describeOutput, type Attachment as ChatAttachment } from '@taskstream/core'
import { useMemo } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { OutputPieceView } from '../task-progress/output-piece-view.tsx'
import {
  messageAttributes,
  messageStateOf,
  useMessageContext,
  type AgentMessageState,
} from './message-context.tsx'

/** Props of `Attachment`: a file by its address, or as it was uploaded. */
export interface AttachmentProps extends PartProps<'div', AgentMessageState> {
  readonly url?: string
  readonly name?: string | null
  /** What it is, where the message says so. */
  readonly kind?: 'image' | 'file'
  readonly attachment?: ChatAttachment
}

/** A file of a message as what it is: a picture, a video, a sound or a link. An address that is not allowed is a text. */
export const Attachment: Part<AttachmentProps, HTMLDivElement> = definePart(
  'AgentChat.Attachment',
  ({ url, name = null, kind, attachment, ...props }, ref) => {
    const state = messageStateOf(useMessageContext('Attachment').message)
    const pieces = useMemo(() => {
      if (attachment === undefined) {
        // An address without an extension says nothing of itself, but the message says that it is a picture.
        return describeOutput({ url, filename: name }).map((piece) =>
          kind === 'image' && piece.kind === 'file' ? { ...piece, kind } : piece,
        )
      }
      const { uri, filename, contentType, sizeBytes } = attachment
      return describeOutput({ uri, filename, content_type: contentType, size: sizeBytes })
    }, [attachment, url, name, kind])
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-attachment',
      state,
      props,
      ref,
      own: {
        'data-kind': pieces[0]?.kind,
        children: pieces.map((piece) => (
          <OutputPieceView key={piece.key} piece={piece} isStreaming={false} isAlone />
        )),
        ...messageAttributes(state),
      },
    })
  },
)
