import { keepIfSame } from './keep-if-same.ts'

/** `said`, with each item that says the same as before in its old identity, and the list too (L9). Items meet by `keyOf`. */
export function keepItems<T>(
  held: readonly T[],
  said: readonly T[],
  keyOf: (item: T, index: number) => string | number,
): readonly T[] {
  const byKey = new Map(held.map((item, index) => [keyOf(item, index), item]))
  const kept = said.map((item, index) => {
    const before = byKey.get(keyOf(item, index))
    return before === undefined ? item : keepIfSame(before, item)
  })
  return kept.length === held.length && kept.every((item, index) => item === held[index]) ? held : kept
}

/** The key of items that have nothing but their place. */
export function byPlace(_item: unknown, index: number): number {
  return index
}

/** The key of items with an id. */
export function byId({ id }: { readonly id: string }): string {
  return id
}
