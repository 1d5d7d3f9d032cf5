/** The props named `names`, without those that are `undefined`, and the rest. */
export function splitProps<P extends object, K extends keyof P>(
  props: P,
  names: readonly K[],
): readonly [Pick<P, K>, Omit<P, K>] {
  const wanted = new Set<PropertyKey>(names)
  const entries = Object.entries(props)
  const picked = entries.filter(([name, value]) => wanted.has(name) && value !== undefined)
  const rest = entries.filter(([name]) => !wanted.has(name))
  return [Object.fromEntries(picked) as Pick<P, K>, Object.fromEntries(rest) as Omit<P, K>]
}
