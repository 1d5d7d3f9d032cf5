import { useState } from 'react'

/** `next`, or the value of an earlier render while it is the same, so that equal values have one identity. */
export function useSame<T extends object | null>(next: T, isSame: (a: T, b: T) => boolean): T {
  const [held, setHeld] = useState(next)
  if (Object.is(held, next) || isSame(held, next)) return held
  setHeld(next)
  return next
}

/** Whether two lists have the same members. */
export function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((member, index) => member === b[index])
}
