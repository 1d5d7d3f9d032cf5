import { memo, useMemo, useState, type NamedExoticComponent, type ReactElement } from 'react'
import { englishMarkdownLabels, type MarkdownLabels } from './labels.ts'
import { createMarkdownDocument } from './markdown-document.ts'
import type { AllowImages, Highlight, MarkdownComponents, MarkdownSettings } from './markdown-settings.ts'
import type { MarkdownBlock } from './nodes.ts'
import { renderNode } from './render-node.tsx'

/** Props of {@link Markdown}. Keep what is not a plain value from render to render: another one renders every block anew. */
export interface MarkdownProps {
  readonly text: string
  /** Whether more may come; default `false`. Then no half of a markup shows, and what is finished renders once. */
  readonly isStreaming?: boolean
  /** Default `false`: an image is shown as its words and its host, and no server hears that the message was read. */
  readonly allowImages?: AllowImages
  readonly components?: MarkdownComponents
  /** Colours finished blocks of code that name their language; they are plain until it has. */
  readonly highlight?: Highlight
  /** Default 2: `#` is an `h3`, because a message stands below the headings of a page. */
  readonly headingOffset?: number
  /** Words to replace; default English. */
  readonly labels?: Partial<MarkdownLabels>
  readonly className?: string
}

const noComponents: MarkdownComponents = {}

/**
 * Markdown that a model wrote, as elements: CommonMark with tables, task lists, strikethrough and bare addresses. HTML is
 * shown as text; a link leads to the web or to a mail address or is none.
 */
export function Markdown(props: MarkdownProps): ReactElement {
  const { text, isStreaming = false, className } = props
  const settings = useSettings(props)
  const [document] = useState(createMarkdownDocument)
  const blocks = useMemo(() => document.update(text, !isStreaming), [document, text, isStreaming])
  return (
    <div data-slot="markdown" className={className} data-streaming={isStreaming ? '' : undefined}>
      {blocks.map((block) => (
        <BlockView key={block.start} block={block} settings={settings} />
      ))}
    </div>
  )
}

interface BlockViewProps {
  readonly block: MarkdownBlock
  readonly settings: MarkdownSettings
}

const BlockView: NamedExoticComponent<BlockViewProps> = memo(function BlockView(props: BlockViewProps) {
  const { block, settings } = props
  return <>{renderNode(block.node, settings, block.isOpen)}</>
})

function useSettings(props: MarkdownProps): MarkdownSettings {
  const {
    allowImages = false,
    components = noComponents,
    headingOffset = 2,
    highlight = null,
    labels,
  } = props
  return useMemo(
    () => ({
      allowImages,
      components,
      headingOffset,
      highlight,
      labels: { ...englishMarkdownLabels, ...labels },
    }),
    [allowImages, components, headingOffset, highlight, labels],
  )
}
