import type { RawBlock } from './split-blocks.ts'

/** These end a paragraph and the definition of a link without a blank line between. */
const interrupting: ReadonlySet<string> = new Set([
  'blockquote_open',
  'bullet_list_open',
  'fence',
  'hr',
  'ordered_list_open',
  'table_open',
])

/** How many of the first blocks no text that is added at the end can change. */
export function countSettled(text: string, blocks: readonly RawBlock[]): number {
  const lines = new Lines(text)
  const isSealed = sealedBlocks(lines, blocks)
  const first = blocks.findIndex(
    (block, at) => !isSettled(lines, block, blocks[at + 1], isSealed[at] === true),
  )
  return first === -1 ? blocks.length : first
}

/** Whether the text of a block ends in a fence that no line closes yet: the rest of the text is code. */
export function endsInOpenFence({ tokens }: RawBlock): boolean {
  const last = tokens.findLast(({ nesting }) => nesting !== -1)
  if (last?.type !== 'fence') return false
  const { content, map } = last
  if (content !== '' && !content.endsWith('\n')) return true
  const [startLine, endLine] = map ?? [0, 0]
  return endLine - startLine !== content.split('\n').length + 1
}

class Lines {
  readonly #lines: readonly string[]

  constructor(text: string) {
    this.#lines = text.split('\n')
  }

  /** Whether its line end is here. */
  isComplete(line: number): boolean {
    return line < this.#lines.length - 1
  }

  isBlank(line: number): boolean {
    return /^[ \t]*$/.test(this.at(line))
  }

  at(line: number): string {
    return this.#lines[line] ?? ''
  }
}

function isSettled(lines: Lines, block: RawBlock, next: RawBlock | undefined, isSealed: boolean): boolean {
  const type = typeOf(block)
  // To the parser, even a heading is the head of a table when the line below it says so.
  if (lines.at(block.startLine).includes('|') && !lines.isComplete(block.startLine + 1)) return false
  const isWhole = lines.isComplete(block.endLine - 1)
  const isBeforeBlank = lines.isComplete(block.endLine) && lines.isBlank(block.endLine)
  if (type === 'hr' || isAtxHeading(block)) return isWhole
  if (type === 'fence') return isWhole && !endsInOpenFence(block)
  if (type === 'list' || type === 'code_block') {
    if (next === undefined) return false
    // A letter begins nothing that goes on with a list. Without the blank line it would be the head of a table.
    if (lines.isBlank(next.startLine - 1) && /^\p{L}/u.test(lines.at(next.startLine))) return true
  } else if (isBeforeBlank) return true
  else if (beginsWithBracket(lines, block) && !isSealed && !isBetweenDefinitions(lines, type, next))
    return false
  else if (type === 'heading_open') return isWhole
  // What comes next is a table only while its second line is the line of one.
  return next !== undefined && lines.isComplete(next.startLine + 1)
}

/**
 * Whether what begins with a bracket can still become, or gain the title of, the definition of a link: that goes on over
 * lines that are blocks of their own until it is complete.
 */
function sealedBlocks(lines: Lines, blocks: readonly RawBlock[]): readonly boolean[] {
  const sealed: boolean[] = []
  for (let at = blocks.length - 2; at >= 0; at--) {
    const next = blocks[at + 1]
    const isLast = next === undefined
    sealed[at] =
      !isLast && (lines.isBlank(next.startLine - 1) || interrupts(lines, next) || sealed[at + 1] === true)
  }
  return sealed
}

/** A table is one only while its second line is the line of one. */
function interrupts(lines: Lines, block: RawBlock): boolean {
  return (
    lines.isComplete(block.startLine + 1) && (interrupting.has(typeOf(block, true)) || isAtxHeading(block))
  )
}

/** What follows a whole definition is no title of it when it begins with a bracket itself. */
function isBetweenDefinitions(lines: Lines, type: string, next: RawBlock | undefined): boolean {
  return type === 'reference_definition' && next !== undefined && beginsWithBracket(lines, next)
}

function beginsWithBracket(lines: Lines, { startLine }: RawBlock): boolean {
  return lines.at(startLine).trimStart().startsWith('[')
}

function isAtxHeading({ tokens: [first] }: RawBlock): boolean {
  return first?.type === 'heading_open' && first.markup.startsWith('#')
}

/** Type of its first token; both kinds of list are `list` unless asked for `exactly`. A definition shows nothing. */
function typeOf({ tokens: [first] }: RawBlock, exactly = false): string {
  const type = first?.type ?? 'reference_definition'
  return !exactly && type.endsWith('list_open') ? 'list' : type
}
