import { useInsertionEffect, useRef } from 'react'

/** The value of the newest committed render, for code that runs later. */
export function useNewest<T>(value: T): { readonly current: T } {
  const newest = useRef(value)
  // Why so early in the commit: no effect of a child, and no event after the commit, meets the value before.
  useInsertionEffect(() => {
    newest.current = value
  })
  return newest
}
