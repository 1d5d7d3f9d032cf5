import { useEffect, useState } from 'react'

/** A value that goes away again `forMs` milliseconds after it was set; `null` is none. */
export function usePassing<T>(forMs: number): readonly [T | null, (value: T | null) => void] {
  const [held, setHeld] = useState<{ readonly value: T } | null>(null)
  useEffect(() => {
    if (held === null) return
    const timer = setTimeout(() => setHeld(null), forMs)
    return () => clearTimeout(timer)
  }, [held, forMs])
  const [set] = useState(() => (value: T | null) => setHeld(value === null ? null : { value }))
  return [held === null ? null : held.value, set]
}
