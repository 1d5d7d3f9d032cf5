import { isRecord, type JsonRecord } from '../protocol/json.ts'

/** How a key of a delta joins what is there (protocol §4.6). */
export type MergeStrategy =
  | { readonly how: 'concat' }
  | { readonly how: 'replace' }
  /** A list whose items say their place in `index`; each is merged by its own table. */
  | { readonly how: 'indexed'; readonly table: MergeTable }
  | { readonly how: 'nested'; readonly table: MergeTable }

/** The strategy of each key; a key that is not named is replaced. */
export type MergeTable = Readonly<Record<string, MergeStrategy>>

const concat: MergeStrategy = { how: 'concat' }
const replace: MergeStrategy = { how: 'replace' }

/** Deltas of a language model, as the server tags them (protocol §4.6). */
export const llmDeltaTable: MergeTable = {
  response: concat,
  reasoning: concat,
  tool_calls: {
    how: 'indexed',
    table: {
      index: replace,
      id: replace,
      type: replace,
      function: { how: 'nested', table: { name: replace, arguments: concat } },
    },
  },
  usage: replace,
}

/** `held` with `delta` merged into it by `table`. `null` in a delta means no change. */
export function mergeDelta(held: JsonRecord, delta: JsonRecord, table: MergeTable): JsonRecord {
  let next: Record<string, unknown> | null = null
  for (const [key, value] of Object.entries(delta)) {
    if (value === null || value === undefined || key === '__proto__') continue
    const strategy = Object.hasOwn(table, key) ? table[key] : undefined
    const before = Object.hasOwn(held, key) ? held[key] : undefined
    const merged = mergeValue(before, value, strategy ?? replace)
    if (merged !== before) next = Object.assign(next ?? { ...held }, { [key]: merged })
  }
  return next ?? held
}

function mergeValue(before: unknown, value: unknown, strategy: MergeStrategy): unknown {
  switch (strategy.how) {
    case 'concat':
      if (typeof value !== 'string') return before
      return value === '' && typeof before === 'string'
        ? before
        : `${typeof before === 'string' ? before : ''}${value}`
    case 'replace':
      return value
    case 'nested':
      return isRecord(value) ? mergeDelta(isRecord(before) ? before : {}, value, strategy.table) : before
    case 'indexed':
      return Array.isArray(value) && value.length > 0
        ? mergeIndexed(Array.isArray(before) ? before : [], value, strategy.table)
        : before
    default:
      return strategy satisfies never
  }
}

function mergeIndexed(before: readonly unknown[], items: readonly unknown[], table: MergeTable): unknown[] {
  const byIndex = new Map<number, JsonRecord>()
  for (const item of before) if (isRecord(item)) byIndex.set(indexOf(item), item)
  for (const item of items) {
    if (isRecord(item)) byIndex.set(indexOf(item), mergeDelta(byIndex.get(indexOf(item)) ?? {}, item, table))
  }
  return [...byIndex].sort(([a], [b]) => a - b).map(([, item]) => item)
}

function indexOf(item: JsonRecord): number {
  return typeof item['index'] === 'number' ? item['index'] : 0
}
