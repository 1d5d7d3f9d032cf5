import type { OutputPiece } from '@taskstream/core'
import type { ReactElement } from 'react'
import { OutputFile } from './output-file.tsx'
import { OutputImage } from './output-image.tsx'
import { OutputJson } from './output-json.tsx'
import { OutputMedia } from './output-media.tsx'
import { OutputText } from './output-text.tsx'

/** Shows a piece in place of what would be shown, which is given as `element`. */
export type RenderPiece = (piece: OutputPiece, element: ReactElement) => ReactElement | null

/** Props of {@link OutputPieceView}. */
export interface OutputPieceViewProps {
  readonly piece: OutputPiece
  /** Whether more of it may come. */
  readonly isStreaming: boolean
  /** Whether it is all there is. */
  readonly isAlone: boolean
}

/** A piece of an output as what it is. */
export function OutputPieceView({ piece, isStreaming, isAlone }: OutputPieceViewProps): ReactElement {
  switch (piece.kind) {
    case 'image':
      return <OutputImage piece={piece} isStreaming={isStreaming} />
    case 'video':
    case 'audio':
      return <OutputMedia piece={piece} />
    case 'file':
      return <OutputFile piece={piece} />
    case 'text':
      return <OutputText piece={piece} isStreaming={isStreaming} />
    case 'json':
      return <OutputJson piece={piece} isAlone={isAlone} />
    default:
      return piece satisfies never
  }
}
