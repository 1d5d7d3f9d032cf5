import { keepNodes } from './keep-nodes.ts'
import type { MarkdownBlock } from './nodes.ts'
import { readLines, type ReadBlock, type Resolve } from './read-lines.ts'
import type { RawBlock } from './split-blocks.ts'

/** A block of a document, with what it takes to read it again. */
export interface DocumentEntry extends Pick<ReadBlock, 'lookups'> {
  readonly raw: RawBlock
  /** In the document. */
  readonly start: number
  readonly isOpen: boolean
  /** `null` when it shows nothing. */
  readonly block: MarkdownBlock | null
}

/** Reads a block, unless `before` has just that block: then that one. What is the same in both keeps its reference. */
export function readEntry(
  raw: RawBlock,
  start: number,
  isOpen: boolean,
  resolve: Resolve,
  before?: DocumentEntry,
): DocumentEntry {
  const isSame = before !== undefined && before.isOpen === isOpen && before.raw.source === raw.source
  if (isSame && isFresh(before, resolve)) return before
  const { node: made, lookups } = readLines(raw, resolve, isOpen)
  const node = made === null || !before?.block ? made : keepNodes(before.block.node, made)
  return { raw, start, isOpen, lookups, block: node === null ? null : { start, isOpen, node } }
}

/** Whether its labels still stand for what they did when it was read. */
export function isFresh({ lookups }: DocumentEntry, resolve: Resolve): boolean {
  for (const [label, seen] of lookups) {
    const now = resolve(label)
    if (now !== seen && (now?.href !== seen?.href || now?.title !== seen?.title)) return false
  }
  return true
}
