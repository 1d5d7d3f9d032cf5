import type { Resolve } from './read-lines.ts'
import type { LinkDefinition, RawBlock } from './split-blocks.ts'

/** The definitions of a document that grows. The first one of a label counts. */
export interface LinkDefinitions {
  readonly resolve: Resolve
  /** Takes those of blocks that do not change any more. */
  readonly settle: (blocks: readonly RawBlock[]) => void
  /** Replaces those of the blocks at the end. */
  readonly setLast: (blocks: readonly RawBlock[]) => void
}

/** @param outer - asked before, for a part of a document */
export function createLinkDefinitions(outer: Resolve): LinkDefinitions {
  const settled = new Map<string, LinkDefinition>()
  let last = new Map<string, LinkDefinition>()
  return {
    resolve: (label) => outer(label) ?? settled.get(label) ?? last.get(label),
    settle: (blocks) => addFirst(settled, blocks),
    setLast: (blocks) => {
      last = new Map()
      addFirst(last, blocks)
    },
  }
}

function addFirst(into: Map<string, LinkDefinition>, blocks: readonly RawBlock[]): void {
  for (const { definitions } of blocks) {
    for (const [label, definition] of definitions) if (!into.has(label)) into.set(label, definition)
  }
}
