import type { DocumentEntry } from './document-entry.ts'
import { appendText, joinNodes } from './extend-block.ts'
import type { MarkdownBlock } from './nodes.ts'
import { endsInOpenFence } from './settled-blocks.ts'

/** Longest head of a table that is parsed again with its new rows. */
const maxHeadChars = 1024

/** What reads the rest of a long block on its own; `start` is where that rest begins in the document. */
export type ReadRest = (text: string, start: number) => readonly MarkdownBlock[]

/**
 * A long last block with the text that came since it was read: more code, more rows, more items, more words without markup.
 *
 * @param rest - what came; it begins where a line begins unless `isMidLine`
 */
export function showAhead(
  { block, raw }: DocumentEntry,
  rest: string,
  isMidLine: boolean,
  restStart: number,
  readRest: ReadRest,
): readonly MarkdownBlock[] {
  if (block === null) return readRest(rest, restStart)
  const { node } = block
  if (isMidLine) return [{ ...block, node: appendText(node, rest) }]
  if (node.type === 'paragraph' || endsInOpenFence(raw)) {
    return [rest === '' ? block : { ...block, node: appendText(node, `\n${rest}`) }]
  }
  const head = node.type === 'table' ? headOf(raw.source) : ''
  if (head.length > maxHeadChars) return [{ ...block, node: appendText(node, rest) }]
  const [first, ...others] = readRest(head + rest, restStart - head.length)
  if (first === undefined) return [block]
  const joined = joinNodes(node, first.node)
  return joined === null
    ? [{ ...block, isOpen: false }, first, ...others]
    : [{ ...block, isOpen: others.length === 0, node: joined }, ...others]
}

function headOf(table: string): string {
  return table.slice(0, table.indexOf('\n', table.indexOf('\n') + 1) + 1)
}
