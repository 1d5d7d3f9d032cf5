import { isFresh, readEntry, type DocumentEntry } from './document-entry.ts'
import { shownLength } from './hold-back.ts'
import { createLinkDefinitions } from './link-definitions.ts'
import type { CodeBlockNode, MarkdownBlock } from './nodes.ts'
import { normalText, readableLength } from './normal-text.ts'
import { createOpenFence, type OpenFence } from './open-fence.ts'
import type { Resolve } from './read-lines.ts'
import { countSettled, endsInOpenFence } from './settled-blocks.ts'
import { showAhead } from './shown-ahead.ts'
import { splitBlocks, type RawBlock } from './split-blocks.ts'

/** Options of {@link createMarkdownDocument}. */
export interface MarkdownDocumentOptions {
  /** Where the text begins in a larger one, in characters; default 0. */
  readonly start?: number
  /** Finds links that are defined in the larger one; default none. */
  readonly resolve?: Resolve
  /** Told how many characters are parsed, each time that some are. */
  readonly onParse?: (charCount: number) => void
}

/** A text of markdown that grows, as blocks. */
export interface MarkdownDocument {
  /**
   * The blocks of a text. What is finished keeps its reference when the text only grows; a text that does not begin with
   * the last one starts anew. Throws nothing, whatever the text.
   *
   * @param isComplete - `false` while more may come: then no half of a markup shows
   */
  readonly update: (text: string, isComplete: boolean) => readonly MarkdownBlock[]
}

/** Longest unfinished end that is parsed whole for each update; a longer one is parsed when it has grown by an eighth. */
const maxEagerChars = 4096
const growth = 9 / 8
/** Characters of finished blocks that may be parsed again for the sake of a late definition, for each one that comes. */
const rereadShare = 8

/** Creates a document without text. */
export function createMarkdownDocument(options: MarkdownDocumentOptions = {}): MarkdownDocument {
  let reader = createReader(options)
  let last: Parameters<MarkdownDocument['update']> | null = null
  let readChars = 0

  return {
    update: (text, isComplete) => {
      if (last !== null && !continues(text, ...last)) {
        reader = createReader(options)
        readChars = 0
        last = null
      }
      if (last?.[0] !== text || last[1] !== isComplete) {
        const end = Math.max(readableLength(text, isComplete), readChars)
        reader.push(normalText(text.slice(readChars, end)), isComplete)
        readChars = end
        last = [text, isComplete]
      }
      return reader.blocks()
    },
  }
}

/** A complete text that ends in half of a line end has been read as if it were whole. */
function continues(text: string, before: string, wasComplete: boolean): boolean {
  // Equality of strings is one comparison of memory; `startsWith` goes letter by letter.
  return (
    text.slice(0, before.length) === before &&
    !(wasComplete && before.endsWith('\r') && text.length > before.length)
  )
}

interface Reader {
  readonly push: (added: string, isComplete: boolean) => void
  readonly blocks: () => readonly MarkdownBlock[]
}

/** A part of the end that was parsed, while the end is too long to be parsed for each update. */
interface Base {
  readonly length: number
  /** How long the end was then. */
  readonly tailLength: number
  readonly isMidLine: boolean
}

function createReader({
  start = 0,
  resolve: outer = () => undefined,
  onParse,
}: MarkdownDocumentOptions): Reader {
  const definitions = createLinkDefinitions(outer)
  const { resolve } = definitions
  const settled: (MarkdownBlock | null)[] = []
  /** Entries of `settled` that look for labels, by their place there. */
  const linking = new Map<number, DocumentEntry>()
  let rereadChars = maxEagerChars
  /** What is not settled, and where it begins. */
  let tail = ''
  let tailStart = start
  let entries: readonly DocumentEntry[] = []
  let fence: OpenFence | null = null
  let base: Base | null = null
  let rest: MarkdownDocument | null = null
  let lastBlocks: readonly MarkdownBlock[] = []
  let blocks: readonly MarkdownBlock[] = []

  function push(added: string, isComplete: boolean): void {
    rereadChars += added.length * rereadShare
    const afterFence = fence === null ? tail + added : fence.push(added)
    if (afterFence !== null) {
      if (fence !== null) settleFence(fence)
      tail = afterFence
      while (readTail(isComplete)) continue
    }
    if (fence !== null) lastBlocks = [codeBlock(fence.show(isComplete), !isComplete)]
    rereadLinking(isComplete)
    const shown = [...settled, ...lastBlocks].filter((block) => block !== null)
    const isSame = shown.length === blocks.length && shown.every((block, at) => block === blocks[at])
    if (!isSame) blocks = shown
  }

  /** @returns whether it is to be called again */
  function readTail(isComplete: boolean): boolean {
    const blank = /^(?:[ \t]*\n)+/.exec(tail)?.[0].length ?? 0
    moveTail(blank)
    const isLong = !isComplete && tail.length > maxEagerChars
    if (isLong && base !== null && tail.length < base.tailLength * growth) return showLongTail(base)
    const length = isLong ? parsedLength() : tail.length
    const isMidLine = isLong && length === tail.length && !tail.endsWith('\n')
    const startBefore = tailStart
    parse(tail.slice(0, isLong || isComplete ? length : shownLength(tail)), isComplete)
    base = null
    rest = null
    if (!isComplete && opensFence()) return fence === null
    lastBlocks = entries.flatMap(({ block }) => block ?? [])
    if (!isLong) return false
    if (tailStart > startBefore && (tail.length <= maxEagerChars || entries.length === 0)) return true
    base = { length: length - (tailStart - startBefore), tailLength: tail.length, isMidLine }
    return showLongTail(base)
  }

  /** Up to the last line end, unless the last line is most of it. */
  function parsedLength(): number {
    const lineStart = tail.lastIndexOf('\n') + 1
    return lineStart < tail.length / 2 ? tail.length : lineStart
  }

  function parse(text: string, isComplete: boolean): void {
    onParse?.(text.length)
    const found = splitBlocks(text)
    const settledCount = countSettled(text, found)
    definitions.settle(found.slice(0, settledCount))
    definitions.setLast(found.slice(settledCount).filter((raw) => isComplete || endsLine(raw)))
    const before = new Map(entries.map((entry) => [entry.start, entry]))
    const read = found.map((raw, at) => {
      const isOpen = !isComplete && at >= settledCount && at === found.length - 1
      return readEntry(raw, tailStart + raw.start, isOpen, resolve, before.get(tailStart + raw.start))
    })
    for (const entry of read.slice(0, settledCount)) settle(entry)
    entries = read.slice(settledCount)
    moveTail(found[settledCount]?.start ?? found.at(-1)?.end ?? 0)
  }

  function moveTail(charCount: number): void {
    tail = tail.slice(charCount)
    tailStart += charCount
  }

  function settle(entry: DocumentEntry): void {
    if (entry.lookups.size > 0) linking.set(settled.length, entry)
    settled.push(entry.block)
  }

  function opensFence(): boolean {
    const [entry, next] = entries
    if (entry === undefined || next !== undefined || !endsInOpenFence(entry.raw)) return false
    if (!/^[`~][^\n]*\n/.test(tail) || entry.block?.node.type !== 'code-block') return false
    // With a line of dashes below, it would be the head of a table.
    if (/^[^\n]*\|[^\n]*\n[^\n]*$/.test(entry.raw.source)) return false
    const opened = createOpenFence(tail, entry.block.node.language)
    const afterFence = opened.push(tail.slice(tail.indexOf('\n') + 1))
    tail = ''
    entries = []
    lastBlocks = []
    if (afterFence === null) fence = opened
    else {
      settleFence(opened)
      tail = afterFence
    }
    return true
  }

  function settleFence(closed: OpenFence): void {
    settled.push(codeBlock(closed.show(true), false))
    tailStart += closed.length()
    fence = null
    lastBlocks = []
  }

  function codeBlock(node: CodeBlockNode, isOpen: boolean): MarkdownBlock {
    return { start: tailStart, isOpen, node }
  }

  function showLongTail({ length, isMidLine }: Base): false {
    const last = entries.at(-1)
    if (last === undefined) return false
    const ahead = showAhead(last, tail.slice(length), isMidLine, tailStart + length, (text, at) => {
      rest ??= createMarkdownDocument({ start: at, resolve, ...(onParse && { onParse }) })
      return rest.update(text, false)
    })
    lastBlocks = [...entries.slice(0, -1).flatMap(({ block }) => block ?? []), ...ahead]
    return false
  }

  /** Reads finished blocks again whose links are defined only now. */
  function rereadLinking(isComplete: boolean): void {
    for (const [at, entry] of linking) {
      const { raw, start: entryStart } = entry
      if (isFresh(entry, resolve) || (!isComplete && raw.source.length > rereadChars)) continue
      rereadChars -= raw.source.length
      onParse?.(raw.source.length)
      const again = readEntry(raw, entryStart, false, resolve)
      linking.set(at, again)
      settled[at] = again.block
    }
  }

  return { push, blocks: () => blocks }
}

/** A definition in a line that is still being written is half of one. */
function endsLine({ source }: RawBlock): boolean {
  return source.endsWith('\n')
}
