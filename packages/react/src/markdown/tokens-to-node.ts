import type { Token } from './markdown-parser.ts'
import type { Alignment, InlineNode, ItemNode, MarkdownNode } from './nodes.ts'

/** Deepest markup of one line of text; what is deeper loses its markup. */
const maxInlineDepth = 16
const maxLanguageChars = 40

/** A node that is being filled; `null` stands for markup that is left out. */
interface Frame {
  readonly open: Token | null
  readonly children: MarkdownNode[]
}

const containers: Readonly<Record<string, 'quote' | 'paragraph' | 'table' | 'row'>> = {
  blockquote: 'quote',
  paragraph: 'paragraph',
  table: 'table',
  tr: 'row',
}

/** The node of one block, or `null` when it shows nothing: it only defines a link. */
export function tokensToNode(tokens: readonly Token[]): MarkdownNode | null {
  const stack: Frame[] = [{ open: null, children: [] }]
  for (const token of tokens) {
    if (token.hidden || token.type.startsWith('thead') || token.type.startsWith('tbody')) continue
    const into = stack.at(-1)?.children ?? []
    if (token.type === 'inline') into.push(...inlineNodes(token.children ?? []))
    else if (token.nesting === 1) stack.push({ open: token, children: [] })
    else if (token.nesting === 0) into.push(leafOf(token))
    else close(stack)
  }
  return stack[0]?.children[0] ?? null
}

function close(stack: Frame[]): void {
  const frame = stack.pop()
  const parent = stack.at(-1)
  if (frame === undefined || frame.open === null || parent === undefined) return
  parent.children.push(blockOf(frame.open, frame.children))
}

function blockOf(open: Token, children: readonly MarkdownNode[]): MarkdownNode {
  const name = open.type.replace(/_open$/, '')
  const type = containers[name]
  if (type !== undefined) return { type, children }
  if (name === 'heading') return { type: 'heading', level: Number(open.tag.slice(1)), children }
  if (name === 'list_item') return itemOf(children)
  if (name === 'th' || name === 'td') {
    return { type: 'cell', isHead: name === 'th', align: alignmentOf(open), children }
  }
  return {
    type: 'list',
    isOrdered: name === 'ordered_list',
    start: Number(open.attrGet('start') ?? 1),
    children,
  }
}

function alignmentOf(open: Token): Alignment {
  const align = /^text-align:(left|center|right)$/.exec(String(open.attrGet('style') ?? ''))?.[1]
  return align === 'left' || align === 'center' || align === 'right' ? align : null
}

/** [spec] https://github.github.com/gfm/#task-list-items-extension- */
function itemOf(children: readonly MarkdownNode[]): ItemNode {
  const [first, ...rest] = children
  if (first?.type === 'paragraph') {
    const task = withoutBox(first.children)
    if (task === null) return { type: 'item', isChecked: null, children }
    return { ...task, type: 'item', children: [{ ...first, children: task.children }, ...rest] }
  }
  const task = withoutBox(children)
  return task === null ? { type: 'item', isChecked: null, children } : { ...task, type: 'item' }
}

function withoutBox(
  children: readonly MarkdownNode[],
): { readonly isChecked: boolean; readonly children: readonly MarkdownNode[] } | null {
  const [first, ...rest] = children
  const [, mark, text = ''] = first?.type === 'text' ? (/^\[([ xX])\]\s+(.*)$/s.exec(first.text) ?? []) : []
  if (mark === undefined) return null
  return { isChecked: mark !== ' ', children: text === '' ? rest : [{ type: 'text', text }, ...rest] }
}

function leafOf(token: Token): MarkdownNode {
  if (token.type === 'hr') return { type: 'rule' }
  const language = token.info.trim().split(/\s/, 1)[0] ?? ''
  return {
    type: 'code-block',
    language: language.slice(0, maxLanguageChars),
    text: token.content.replace(/\n$/, ''),
  }
}

interface InlineFrame {
  /** `null` for the outermost, and for markup that is too deep. */
  readonly open: Token | null
  readonly children: InlineNode[]
}

function inlineNodes(tokens: readonly Token[]): readonly InlineNode[] {
  const root: InlineFrame = { open: null, children: [] }
  const stack: InlineFrame[] = [root]
  for (const token of tokens) {
    const { children } = stack.at(-1) ?? root
    if (token.nesting === 1) {
      const isLeftOut = stack.length > maxInlineDepth || isLinkInLink(token, stack)
      stack.push(isLeftOut ? { open: null, children } : { open: token, children: [] })
    } else if (token.nesting === 0) addLeaf(children, token)
    else {
      const frame = stack.pop()
      if (frame !== undefined && frame.open !== null) {
        stack.at(-1)?.children.push(spanOf(frame.open, frame.children))
      }
    }
  }
  return root.children
}

/** `[words <https://a.example>](https://b.example)`: HTML has no such thing. The outer one counts. */
function isLinkInLink({ type }: Token, stack: readonly InlineFrame[]): boolean {
  return type === 'link_open' && stack.some(({ open }) => open?.type === type)
}

function spanOf(open: Token, children: readonly InlineNode[]): InlineNode {
  if (open.type === 'link_open') {
    return {
      type: 'link',
      href: String(open.attrGet('href') ?? ''),
      title: titleOf(open),
      children,
    }
  }
  if (open.type === 's_open') return { type: 'del', children }
  return { type: open.type === 'strong_open' ? 'strong' : 'em', children }
}

function addLeaf(children: InlineNode[], token: Token): void {
  if (token.type === 'hardbreak') children.push({ type: 'break' })
  else if (token.type === 'code_inline') children.push({ type: 'code', text: token.content })
  else if (token.type === 'image') {
    children.push({
      type: 'image',
      src: String(token.attrGet('src') ?? ''),
      alt: wordsOf(token.children ?? []),
      title: titleOf(token),
    })
  } else addText(children, token.type === 'softbreak' ? '\n' : token.content)
}

function addText(children: InlineNode[], text: string): void {
  const last = children.at(-1)
  if (text === '') return
  if (last?.type === 'text') children[children.length - 1] = { type: 'text', text: last.text + text }
  else children.push({ type: 'text', text })
}

/** Words without markup; those of pictures within a picture too. */
function wordsOf(tokens: readonly Token[]): string {
  const words = tokens.map((token) => {
    if (token.type === 'softbreak' || token.type === 'hardbreak') return ' '
    return token.type === 'image' ? wordsOf(token.children ?? []) : token.content
  })
  return words.join('').trim()
}

function titleOf(token: Token): string | null {
  const title = token.attrGet('title')
  return title === null || title === '' ? null : String(title)
}
