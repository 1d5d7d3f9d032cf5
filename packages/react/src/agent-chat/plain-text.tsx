import { memo, useMemo, type ComponentType, type ReactElement } from 'react'
import { CopyButton } from '../task-progress/copy-button.tsx'

/** Props of {@link PlainText}. */
export interface PlainTextProps {
  readonly text: string
}

interface Block {
  readonly kind: 'paragraph' | 'code'
  readonly text: string
}

/** A text in paragraphs, with blocks of code as they are. Of a text that grows only the last block renders again. */
export function PlainText({ text }: PlainTextProps): ReactElement {
  const blocks = useMemo(() => splitText(text), [text])
  return (
    <>
      {blocks.map((block, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a block is its place: only the last one changes
        <BlockView key={index} kind={block.kind} text={block.text} />
      ))}
    </>
  )
}

const BlockView: ComponentType<Block> = memo(function BlockView({ kind, text }: Block) {
  if (kind === 'paragraph') return <p dir="auto">{text}</p>
  return (
    <div data-slot="agent-chat-code">
      <pre dir="ltr" tabIndex={0}>
        <code>{text}</code>
      </pre>
      <CopyButton text={() => text} />
    </div>
  )
})

/** Paragraphs end at blank lines, code at the fence that began it. */
export function splitText(text: string): readonly Block[] {
  const blocks: Block[] = []
  let lines: string[] = []
  let fence: string | null = null
  const close = (): void => {
    const joined = lines.join('\n')
    if (fence !== null || joined.trim() !== '') {
      blocks.push({ kind: fence === null ? 'paragraph' : 'code', text: joined })
    }
    lines = []
  }
  for (const line of text.split('\n')) {
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1] ?? null
    if (fence !== null && mark !== null && mark.startsWith(fence)) {
      close()
      fence = null
    } else if (fence === null && mark !== null) {
      close()
      fence = mark
    } else if (fence === null && line.trim() === '') close()
    else lines.push(line)
  }
  close()
  return blocks
}
