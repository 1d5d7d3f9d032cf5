import type { FilePiece } from '@taskstream/core'
import { useState, type ReactElement, type SyntheticEvent } from 'react'
import { useWords } from './words.ts'
import { frameStyle, saidSize, shownSize, type MediaSize } from './media-frame.ts'
import { MediaFailed, OutputCaption } from './output-caption.tsx'

/** Props of {@link OutputImage}. */
export interface OutputImageProps {
  readonly piece: FilePiece
  /** Whether a better one may come. */
  readonly isStreaming: boolean
}

interface Loading {
  /** The image that is seen. */
  readonly shown: string | null
  /** The one that is on its way, out of sight; the next waits until it is here, so that a fast preview is seen at all. */
  readonly coming: string | null
  readonly failed: string | null
  readonly size: MediaSize | null
}

/** An image in room that is kept for it. A new one takes the place of the old when it has loaded, and not before. */
export function OutputImage({ piece, isStreaming }: OutputImageProps): ReactElement {
  const { labels } = useWords()
  const { url } = piece
  const [state, setState] = useState<Loading>({ shown: null, coming: url, failed: null, size: null })
  const { shown, coming, failed } = state
  if (coming === null && url !== shown && url !== failed) setState({ ...state, coming: url })
  const hasFailed = failed === url && shown === null
  const size = shownSize(saidSize(piece), state.size)
  const alt = piece.name === '' ? labels.output : piece.name

  const onLoad = (loaded: string) => (event: SyntheticEvent<HTMLImageElement>) => {
    const { naturalWidth: width, naturalHeight: height } = event.currentTarget
    setState((before) => ({
      shown: loaded,
      coming: before.coming === loaded ? null : before.coming,
      failed: null,
      size: width > 0 && height > 0 ? { width, height } : before.size,
    }))
  }
  const onError = (broken: string) => () =>
    setState((before) => ({
      ...before,
      coming: before.coming === broken ? null : before.coming,
      failed: broken,
    }))

  const layers = [...new Set([shown, coming])].filter((layer) => layer !== null)
  return (
    <figure data-slot="task-progress-figure" data-kind="image" aria-busy={isStreaming || coming !== null}>
      {hasFailed ? (
        <MediaFailed piece={piece} />
      ) : (
        <div
          data-slot="task-progress-media-frame"
          data-loading={shown === null ? '' : undefined}
          style={size === null ? undefined : frameStyle(size)}
        >
          {layers.map((layer) => {
            const isShown = layer === shown || shown === null
            return (
              <img
                key={layer}
                data-slot="task-progress-image"
                data-coming={isShown ? undefined : ''}
                src={layer}
                alt={isShown ? alt : ''}
                aria-hidden={isShown ? undefined : true}
                loading={isStreaming ? 'eager' : 'lazy'}
                decoding={layer === shown ? 'sync' : 'async'}
                onLoad={layer === shown ? undefined : onLoad(layer)}
                onError={layer === shown ? undefined : onError(layer)}
              />
            )
          })}
        </div>
      )}
      {!isStreaming && <OutputCaption piece={piece} />}
    </figure>
  )
}
