import { safeUrl, type FilePiece } from '@taskstream/core'
import type { ReactElement } from 'react'
import { useWords, type Words } from './words.ts'
import { formatBytes } from './format-bytes.ts'

/** What is known of a file in a few words, such as `PNG · 640 × 480 · 1.2 MB`; `''` when nothing is. */
export function describeFile(piece: FilePiece, { locale }: Pick<Words, 'locale'>): string {
  const { width, height, sizeBytes } = piece
  return [
    fileType(piece),
    width === null || height === null ? '' : `${width} × ${height}`,
    sizeBytes === null ? '' : formatBytes(sizeBytes, locale),
  ]
    .filter((words) => words !== '')
    .join(' · ')
}

/** The extension of a file, else the second half of its type; in capitals, at most twelve of them. */
export function fileType({ name, mimeType }: FilePiece): string {
  const extension = /\.([a-z0-9]{1,12})$/i.exec(name)?.[1]
  const subtype = /^[a-z]+\/(?:x-)?([a-z0-9]{1,12})(?:\+[a-z]+)?$/.exec(mimeType ?? '')?.[1]
  return (extension ?? subtype ?? '').toUpperCase()
}

/** What a link to a file needs. */
export interface FileLinkProps {
  readonly href: string
  readonly target: string
  readonly rel: string
  readonly download?: string
}

/**
 * A link to a file, `null` where the URL policy allows none. What lies in the page itself is downloaded, because browsers
 * do not navigate to it.
 */
export function fileLink({ url, name }: FilePiece, download: boolean): FileLinkProps | null {
  const href = safeUrl(url, 'link')
  if (href === null) return null
  const isLocal = !/^https?:/.test(href)
  return {
    href,
    target: '_blank',
    rel: 'noopener noreferrer',
    ...(download || isLocal ? { download: name } : {}),
  }
}

/** Under a picture, video or sound: what it is, and a link to it. */
export function OutputCaption({ piece }: { readonly piece: FilePiece }): ReactElement {
  const context = useWords()
  const { labels } = context
  const link = fileLink(piece, false)
  return (
    <figcaption data-slot="task-progress-caption">
      {piece.name !== '' && (
        <span data-slot="task-progress-file-name" title={piece.name}>
          <bdi>{piece.name}</bdi>
        </span>
      )}
      <span data-slot="task-progress-file-meta">{describeFile(piece, context)}</span>
      {link !== null && (
        <a data-slot="task-progress-file-open" {...link}>
          {link.download === undefined ? labels.openFile : labels.download}
        </a>
      )}
    </figcaption>
  )
}

/** In place of media that did not load: that, and what it was. */
export function MediaFailed({ piece }: { readonly piece: FilePiece }): ReactElement {
  const { labels } = useWords()
  return (
    <p data-slot="task-progress-media-failed" data-kind={piece.kind}>
      {labels.mediaFailed}
    </p>
  )
}
