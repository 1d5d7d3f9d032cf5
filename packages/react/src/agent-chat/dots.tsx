import type { ReactElement } from 'react'

/** Three dots that breathe. */
export function Dots({ label }: { readonly label: string }): ReactElement {
  return (
    <span data-slot="agent-chat-dots">
      <span data-slot="agent-chat-hidden">{label}</span>
      <i />
      <i />
      <i />
    </span>
  )
}
