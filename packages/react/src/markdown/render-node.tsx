import {
  createElement,
  Fragment,
  memo,
  type ElementType,
  type NamedExoticComponent,
  type ReactElement,
  type ReactNode,
} from 'react'
import { CodeBlock } from './code-block.tsx'
import { linkTarget } from './link-target.ts'
import type { MarkdownSettings, MarkdownTag } from './markdown-settings.ts'
import { messageImage } from './message-image.tsx'
import type { CodeBlockNode, ItemNode, LinkNode, ListNode, MarkdownNode, TableNode } from './nodes.ts'

/** Children that are compared at once, so that a long paragraph, list or table renders its last ones only. */
const runLength = 32

/**
 * A node as elements. Nothing of it is HTML: what looks like tags is text.
 *
 * @param key - its place among its siblings; `undefined` without any
 */
export function renderNode(
  node: MarkdownNode,
  settings: MarkdownSettings,
  isOpen: boolean,
  key?: number,
): ReactNode {
  const make = (tag: MarkdownTag, props?: Props): ReactElement =>
    element(
      settings,
      tag,
      { key, ...props },
      'children' in node ? renderAll(node.children, settings, isOpen) : undefined,
    )
  switch (node.type) {
    case 'text':
      return node.text
    case 'break':
      return make('br')
    case 'code':
      return element(settings, 'code', { key }, node.text)
    case 'em':
    case 'strong':
    case 'del':
      return make(node.type)
    case 'link':
      return renderLink(node, settings, key)
    case 'image':
      return <Fragment key={key}>{messageImage(node, settings)}</Fragment>
    case 'paragraph':
      return make('p', { dir: 'auto' })
    case 'quote':
      return make('blockquote', { dir: 'auto' })
    case 'heading':
      return make(headingTag(node.level + settings.headingOffset), { dir: 'auto' })
    case 'rule':
      return make('hr')
    case 'list':
      return make(node.isOrdered ? 'ol' : 'ul', listProps(node))
    case 'item':
      return node.isChecked === null ? make('li') : renderTask(node, node.isChecked, settings, isOpen, key)
    case 'table':
      return <Fragment key={key}>{renderTable(node, settings, isOpen)}</Fragment>
    case 'row':
      return make('tr')
    case 'cell':
      return make(node.isHead ? 'th' : 'td', {
        dir: 'auto',
        ...(node.isHead && { scope: 'col' }),
        ...(node.align !== null && { 'data-align': node.align }),
      })
    case 'code-block':
      return <Fragment key={key}>{renderCode(node, settings, isOpen)}</Fragment>
  }
}

type Props = Readonly<Record<string, unknown>>

interface NodeRunProps {
  readonly nodes: readonly MarkdownNode[]
  readonly settings: MarkdownSettings
  /** Whether more may come to the last one. */
  readonly isOpen: boolean
}

const NodeRun: NamedExoticComponent<NodeRunProps> = memo(function NodeRun(props: NodeRunProps) {
  const { nodes, settings, isOpen } = props
  return <>{nodes.map((node, at) => renderNode(node, settings, isOpen && at === nodes.length - 1, at))}</>
}, hasSameNodes)

function hasSameNodes(before: NodeRunProps, now: NodeRunProps): boolean {
  return (
    before.settings === now.settings &&
    before.isOpen === now.isOpen &&
    before.nodes.length === now.nodes.length &&
    before.nodes.every((node, at) => node === now.nodes[at])
  )
}

function renderAll(nodes: readonly MarkdownNode[], settings: MarkdownSettings, isOpen: boolean): ReactNode {
  const [only] = nodes
  if (only !== undefined && nodes.length === 1) return renderNode(only, settings, isOpen)
  const count = Math.ceil(nodes.length / runLength)
  return Array.from({ length: count }, (_, run) => (
    <NodeRun
      key={run}
      nodes={nodes.slice(run * runLength, (run + 1) * runLength)}
      settings={settings}
      isOpen={isOpen && run === count - 1}
    />
  ))
}

function element(
  { components }: MarkdownSettings,
  tag: MarkdownTag,
  props: Props,
  children?: ReactNode,
): ReactElement {
  const type: ElementType = components[tag] ?? tag
  return createElement(type, props, children)
}

function headingTag(level: number): 'h1' | 'h2' | 'h3' | 'h4' | 'h5' | 'h6' {
  const tags = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'] as const
  return tags[Math.min(Math.max(level, 1), 6) - 1] ?? 'h6'
}

function renderLink(
  { href, title, children }: LinkNode,
  settings: MarkdownSettings,
  key?: number,
): ReactNode {
  const words = renderAll(children, settings, false)
  const target = linkTarget(href)
  if (target === null) return <Fragment key={key}>{words}</Fragment>
  const props = { key, href: target, rel: 'noopener noreferrer nofollow', target: '_blank' }
  return element(settings, 'a', { ...props, ...(title !== null && { title }) }, words)
}

function listProps({ isOrdered, start, children }: ListNode): Props {
  const hasTasks = children.some((item) => item.type === 'item' && item.isChecked !== null)
  return {
    dir: 'auto',
    ...(isOrdered && start !== 1 && { start }),
    ...(hasTasks && { 'data-tasks': '' }),
  }
}

function renderTask(
  { children }: ItemNode,
  isChecked: boolean,
  settings: MarkdownSettings,
  isOpen: boolean,
  key?: number,
): ReactElement {
  const [first] = children
  const inlineEnd = children.findIndex((node) => isBlock(node))
  const words =
    first?.type === 'paragraph' ? first.children : children.slice(0, inlineEnd === -1 ? undefined : inlineEnd)
  const rest = first?.type === 'paragraph' ? children.slice(1) : children.slice(words.length)
  return element(
    settings,
    'li',
    { key, 'data-task': '' },
    <>
      <label data-slot="markdown-task">
        <input type="checkbox" checked={isChecked} disabled readOnly />
        <span>{renderAll(words, settings, false)}</span>
      </label>
      {renderAll(rest, settings, isOpen)}
    </>,
  )
}

function isBlock({ type }: MarkdownNode): boolean {
  return !['text', 'break', 'code', 'em', 'strong', 'del', 'link', 'image'].includes(type)
}

function renderTable({ children }: TableNode, settings: MarkdownSettings, isOpen: boolean): ReactElement {
  const [head, ...rows] = children
  const shownHead = head === undefined ? null : renderNode(head, settings, false)
  return (
    <div data-slot="markdown-table" role="group" aria-label={settings.labels.table} tabIndex={0}>
      {element(
        settings,
        'table',
        { dir: 'auto' },
        <>
          {element(settings, 'thead', {}, shownHead)}
          {rows.length > 0 && element(settings, 'tbody', {}, renderAll(rows, settings, isOpen))}
        </>,
      )}
    </div>
  )
}

function renderCode(
  { language, text }: CodeBlockNode,
  settings: MarkdownSettings,
  isOpen: boolean,
): ReactElement {
  const { components, highlight, labels } = settings
  const Code = components.codeBlock ?? CodeBlock
  return <Code code={text} language={language} isOpen={isOpen} highlight={highlight} labels={labels} />
}
