import type { MarkdownNode } from './nodes.ts'

/** The node with words added where its text ends: in its last code, else in its last line. */
export function appendText(node: MarkdownNode, text: string): MarkdownNode {
  if (text === '') return node
  if (node.type === 'text' || node.type === 'code-block') return { ...node, text: node.text + text }
  if (!('children' in node)) return node
  const last = node.children.at(-1)
  const children =
    last === undefined || !takesText(last)
      ? [...node.children, { type: 'text', text }]
      : [...node.children.slice(0, -1), appendText(last, text)]
  return { ...node, children } as MarkdownNode
}

function takesText(node: MarkdownNode): boolean {
  return node.type === 'text' || node.type === 'code-block' || ('children' in node && node.type !== 'link')
}

/** Both in one, where the second is more items of the same list or more rows of the same table; else `null`. */
export function joinNodes(first: MarkdownNode, second: MarkdownNode): MarkdownNode | null {
  if (first.type === 'table' && second.type === 'table') {
    // The second has the head again, so that its rows could be read.
    return { ...first, children: [...first.children, ...second.children.slice(1)] }
  }
  if (first.type !== 'list' || second.type !== 'list' || first.isOrdered !== second.isOrdered) return null
  return { ...first, children: [...first.children, ...second.children] }
}

/** Whether the text of a node ends in a block of code. */
export function endsInCode(node: MarkdownNode): boolean {
  if (node.type === 'code-block') return true
  if (!('children' in node)) return false
  const last = node.children.at(-1)
  return last !== undefined && endsInCode(last)
}
