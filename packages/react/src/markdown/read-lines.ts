import { closesDelimiters } from './close-delimiters.ts'
import { parser, type ParserEnv, type Token } from './markdown-parser.ts'
import type { MarkdownNode } from './nodes.ts'
import { repairInline } from './repair-inline.ts'
import type { LinkDefinition, RawBlock } from './split-blocks.ts'
import { tokensToNode } from './tokens-to-node.ts'

/** Finds the definition of a label, written as the parser compares labels. */
export type Resolve = (label: string) => LinkDefinition | undefined

/** A block that is ready to be shown. */
export interface ReadBlock {
  /** `null` for a block that shows nothing. */
  readonly node: MarkdownNode | null
  /** Every label that was looked for, with what was found. */
  readonly lookups: ReadonlyMap<string, LinkDefinition | undefined>
}

/**
 * Reads what stands in the lines of a block.
 *
 * @param isUnfinished - more text will come, so what its last line leaves open is closed
 */
export function readLines(block: RawBlock, resolve: Resolve, isUnfinished: boolean): ReadBlock {
  const lookups = new Map<string, LinkDefinition | undefined>()
  const env: ParserEnv = { references: trackingReferences(resolve, lookups) }
  const last = isUnfinished ? block.tokens.findLast(hasText) : undefined
  if (last?.type !== 'inline') read(block.source, block.tokens, env)
  else {
    // Read apart from the rest, because only here something is closed that nothing closes.
    const rest = block.tokens.filter((token) => token !== last)
    read(block.source, rest, env)
    const whole = last.content
    last.content = repairInline(whole)
    read(block.source, [last], { ...env, [closesDelimiters]: true })
    last.content = whole
    unlinkLastAddress(last)
  }
  return { node: tokensToNode(block.tokens), lookups }
}

function hasText({ type, content }: Token): boolean {
  return (type === 'inline' && content !== '') || type === 'fence' || type === 'code_block'
}

function read(source: string, tokens: readonly Token[], env: ParserEnv): void {
  const state = new parser.core.State(source, parser, env)
  state.tokens = [...tokens]
  for (const token of tokens) if (token.type === 'inline') token.children = []
  parser.core.process(state)
}

/** A bare address at the end is still being written: a link would lead to half of it. */
function unlinkLastAddress(last: Token): void {
  const { children } = last
  const [open, , close] = children?.slice(-3) ?? []
  if (children === null || open?.markup !== 'linkify' || close?.type !== 'link_close') return
  children.splice(-3, 3, ...children.slice(-2, -1))
}

function trackingReferences(
  resolve: Resolve,
  lookups: Map<string, LinkDefinition | undefined>,
): Record<string, LinkDefinition> {
  return new Proxy(Object.create(null) as Record<string, LinkDefinition>, {
    get: (_, label) => {
      if (typeof label !== 'string') return undefined
      const definition = resolve(label)
      lookups.set(label, definition)
      return definition
    },
  })
}
