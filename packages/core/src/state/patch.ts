/** `held` with `fields` in place; the same reference where they say nothing new. */
export function patch<T extends object>(held: T, fields: Partial<T>): T {
  const changed = Object.entries(fields).some(([key, value]) => !Object.is(Reflect.get(held, key), value))
  return changed ? { ...held, ...fields } : held
}
