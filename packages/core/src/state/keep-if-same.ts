/** Deepest nesting that is compared; what lies deeper counts as changed. */
const maxDepth = 200

/** `held` when `said` is the same JSON, so that what a message repeats keeps its identity (L9). */
export function keepIfSame<T>(held: T, said: T): T {
  return sameJson(held, said, 0) ? held : said
}

function sameJson(a: unknown, b: unknown, depth: number): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth > maxDepth)
    return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const left = Object.entries(a)
  const right = new Map<string, unknown>(Object.entries(b))
  return (
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && sameJson(value, right.get(key), depth + 1))
  )
}
