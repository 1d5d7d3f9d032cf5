import { useEffect, useRef, type ReactNode } from 'react'

/** Shows how often the component that renders it has rendered; in development React's strict mode adds one at the start. */
export function Counted({ name }: { readonly name: string }): ReactNode {
  const shown = useRef<HTMLOutputElement>(null)
  const count = useRef(0)
  useEffect(() => {
    count.current++
    if (shown.current !== null) shown.current.textContent = String(count.current)
  })
  return (
    <span className="story-count">
      rendered <output ref={shown} aria-label={`Renders of ${name}`} />
    </span>
  )
}
