import { parser, type ParserEnv, type Token } from './markdown-parser.ts'

/** Where a link leads that is defined elsewhere. */
export interface LinkDefinition {
  readonly href: string
  readonly title: string
}

/** A block whose lines of text are not read yet. */
export interface RawBlock {
  /** Characters from the beginning of the text that was split; lines likewise. `end` is after the last line end. */
  readonly start: number
  readonly end: number
  readonly startLine: number
  readonly endLine: number
  readonly source: string
  readonly tokens: readonly Token[]
  /** By label as the parser compares them; those that stand in this block first. */
  readonly definitions: ReadonlyMap<string, LinkDefinition>
}

/** The blocks of a text with `\n` line ends; nothing of the text lies between them but blank lines. */
export function splitBlocks(text: string): readonly RawBlock[] {
  const tokens: Token[] = []
  const references = Object.create(null) as Record<string, LinkDefinition>
  const env: ParserEnv = { references }
  parser.block.parse(text, parser, env, tokens)
  const offsets = lineOffsets(text)
  const given = new Set<string>()
  return groupByBlock(tokens).map((group) => {
    const [startLine, endLine] = group[0]?.map ?? [0, 0]
    const start = offsets[startLine] ?? text.length
    const end = offsets[endLine] ?? text.length
    const definitions = new Map<string, LinkDefinition>()
    for (const { meta } of group.filter(({ type }) => type === 'reference_definition')) {
      const label = String(meta?.['label'])
      const definition = references[label]
      if (definition === undefined || given.has(label)) continue
      given.add(label)
      definitions.set(label, definition)
    }
    const source = text.slice(start, end)
    const shown = group.filter(({ type }) => type !== 'reference_definition')
    return { start, end, startLine, endLine, source, tokens: shown, definitions }
  })
}

function groupByBlock(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const groups: Token[][] = []
  for (const token of tokens) {
    const isFirst = token.level === 0 && token.nesting !== -1
    if (isFirst) groups.push([token])
    else groups.at(-1)?.push(token)
  }
  return groups
}

/** Where each line begins. */
function lineOffsets(text: string): readonly number[] {
  const offsets = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) offsets.push(at + 1)
  return offsets
}
