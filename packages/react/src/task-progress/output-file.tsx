import type { FilePiece } from '@taskstream/core'
import type { ReactElement } from 'react'
import { useWords } from './words.ts'
import { describeFile, fileLink, fileType } from './output-caption.tsx'

/** A file to download, or a page to open: what it is, in one link. */
export function OutputFile({ piece }: { readonly piece: FilePiece }): ReactElement {
  const context = useWords()
  const { labels } = context
  const type = fileType(piece)
  const isPage = type === '' || type === 'HTML' || type === 'HTM'
  const link = fileLink(piece, !isPage)
  const meta = describeFile(piece, context)
  const name = piece.name === '' ? piece.url : piece.name
  return (
    <a data-slot="task-progress-file" data-page={isPage ? '' : undefined} {...link}>
      <span data-slot="task-progress-file-icon" aria-hidden="true">
        {type.length <= 4 ? type : ''}
      </span>
      <span data-slot="task-progress-file-body">
        <bdi data-slot="task-progress-file-name" title={name}>
          {name}
        </bdi>
        {meta !== '' && <span data-slot="task-progress-file-meta">{meta}</span>}
      </span>
      <span data-slot="task-progress-file-action">{isPage ? labels.openFile : labels.download}</span>
    </a>
  )
}
