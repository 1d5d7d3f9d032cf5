import type { FilePiece } from '@taskstream/core'
import { useState, type ReactElement } from 'react'
import { useWords } from './words.ts'
import { frameStyle, saidSize, shownSize, type MediaSize } from './media-frame.ts'
import { MediaFailed, OutputCaption } from './output-caption.tsx'

/** A video or a sound, with the player of the browser; nothing of it but its head is loaded before it is played. */
export function OutputMedia({ piece }: { readonly piece: FilePiece }): ReactElement {
  const { labels } = useWords()
  const [failed, setFailed] = useState<string | null>(null)
  const [known, setKnown] = useState<MediaSize | null>(null)
  const size = shownSize(saidSize(piece), known)
  const label = piece.name === '' ? labels.output : piece.name
  const common = {
    src: piece.url,
    controls: true,
    preload: 'metadata',
    'aria-label': label,
    onError: () => setFailed(piece.url),
  }
  return (
    <figure data-slot="task-progress-figure" data-kind={piece.kind}>
      {failed === piece.url ? (
        <MediaFailed piece={piece} />
      ) : piece.kind === 'audio' ? (
        <audio data-slot="task-progress-audio" {...common} />
      ) : (
        <div data-slot="task-progress-media-frame" style={size === null ? undefined : frameStyle(size)}>
          <video
            data-slot="task-progress-video"
            {...common}
            playsInline
            onLoadedMetadata={({ currentTarget: { videoWidth: width, videoHeight: height } }) => {
              if (width > 0 && height > 0) setKnown({ width, height })
            }}
          />
        </div>
      )}
      <OutputCaption piece={piece} />
    </figure>
  )
}
