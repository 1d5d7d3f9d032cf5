import { runKey, type RunConfig } from '@taskstream/core'

/**
 * Whether two configs are the same run. What is the same reference for reference is seen without reading it, so that a
 * large input in a new object literal costs nothing at each render.
 */
export function isSameConfig(a: RunConfig | null, b: RunConfig | null): boolean {
  if (a === null || b === null) return a === b
  const { input: left, ...aRest } = a
  const { input: right, ...bRest } = b
  if (alike(aRest, bRest) && (Object.is(left, right) || alike(left, right))) return true
  return runKey(a).key === runKey(b).key
}

/** Whether two plain objects have the same values, reference for reference. */
function alike(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (isSpecial(a) || isSpecial(b)) return false
  const left = Object.entries(a)
  const right = new Map<string, unknown>(Object.entries(b))
  return (
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && Object.is(right.get(key), value))
  )
}

/** A list, a file, a date: what it means does not stand in its own keys alone. */
function isSpecial(value: object): boolean {
  return Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null
}
