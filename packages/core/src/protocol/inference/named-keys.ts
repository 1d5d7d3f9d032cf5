import { hasKey, readList, type JsonRecord } from '../json.ts'

/** What a message says something of. */
export interface NamedKeys<Key extends string> {
  /** Whether it says something of `key`; where it then holds nothing under it, that is cleared (P§4.5). */
  readonly says: (key: Key) => boolean
  /** The same of a list, of which a `null` that was not named says nothing: it may not have been loaded (P§1.1). */
  readonly saysList: (key: Key) => boolean
}

/**
 * The keys that `data` says something of: with `named`, exactly those, whatever it holds beside them; without, those that
 * it holds.
 */
export function namedKeys<Key extends string>(
  data: JsonRecord,
  named: ReadonlySet<string> | null,
): NamedKeys<Key> {
  return named === null
    ? { says: (key) => hasKey(data, key), saysList: (key) => readList(data, key) !== null }
    : { says: (key) => named.has(key), saysList: (key) => named.has(key) }
}
