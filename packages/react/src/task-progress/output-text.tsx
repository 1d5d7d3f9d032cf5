import type { TextPiece } from '@taskstream/core'
import { useMemo, useRef, type ReactElement } from 'react'
import { useWords } from './words.ts'
import { CopyButton } from './copy-button.tsx'
import { splitBlocks } from './text-blocks.ts'
import { usePinnedScroll } from './use-pinned-scroll.ts'

/** Props of {@link OutputText}. */
export interface OutputTextProps {
  readonly piece: TextPiece
  /** Whether more of it may come: then it shows its end until the reader scrolls away, else its beginning. */
  readonly isStreaming: boolean
}

/** From here on a text gets a box of its own that scrolls and that the keyboard reaches. */
const longChars = 1600
const longLines = 20
/** Most of a refused address that is shown: there are `data:` URLs of megabytes. */
const maxBlockedChars = 300

/** Words as they are, with their line ends and spaces. An address that is not allowed stands here as text, and says so. */
export function OutputText({ piece, isStreaming }: OutputTextProps): ReactElement {
  return piece.blocked ? <BlockedUrl piece={piece} /> : <Words piece={piece} isStreaming={isStreaming} />
}

function Words({ piece, isStreaming }: OutputTextProps): ReactElement {
  const { labels } = useWords()
  const { text, name } = piece
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  usePinnedScroll(box, content, isStreaming)
  const blocks = useMemo(() => splitBlocks(text), [text])
  const isLong = text.length > longChars || text.split('\n', longLines + 1).length > longLines
  const scrolls = isLong
    ? { role: 'region', 'aria-label': name || labels.output, tabIndex: 0, 'data-long': '' }
    : {}
  return (
    <div data-slot="task-progress-text" data-name={name === '' ? undefined : name}>
      <div ref={box} data-slot="task-progress-text-box" dir="auto" {...scrolls}>
        <div ref={content} data-slot="task-progress-text-content">
          {blocks.map((block, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- a block is its place: only the last one changes
            <div key={index} data-slot="task-progress-text-block">
              {block}
            </div>
          ))}
        </div>
      </div>
      {!isStreaming && <CopyButton text={() => text} />}
    </div>
  )
}

function BlockedUrl({ piece: { text } }: { readonly piece: TextPiece }): ReactElement {
  const { labels } = useWords()
  return (
    <div data-slot="task-progress-blocked">
      <bdi data-slot="task-progress-blocked-url">
        {text.length > maxBlockedChars ? `${text.slice(0, maxBlockedChars)}…` : text}
      </bdi>
      <span data-slot="task-progress-blocked-reason">{labels.blockedUrl}</span>
    </div>
  )
}
