/**
 * Reads one of `words` as a server sends it: in any case, with spaces or hyphens, and `canceled` with one l (P§5.5).
 * What is none of them is `unknown`; `null`, `undefined` and blank text are `null`: not said.
 */
export function readWord<Word extends string>(
  value: unknown,
  words: readonly Word[],
): Word | 'unknown' | null {
  if (value === null || value === undefined) return null
  if (typeof value !== 'string') return 'unknown'
  const word = value
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
  if (word === '') return null
  const spelled = word === 'canceled' ? 'cancelled' : word
  return words.find((known) => known === spelled) ?? 'unknown'
}
