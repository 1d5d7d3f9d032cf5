import type { ReactElement, ReactNode } from 'react'

/** A picture of 16 by 16 in the colour of the text around it. It says nothing that the text does not say. */
export function IconFrame(props: {
  readonly slot: string
  readonly name: string
  readonly children: ReactNode
}): ReactElement {
  const { slot, name, children } = props
  return (
    <svg
      data-slot={slot}
      data-icon={name}
      aria-hidden="true"
      focusable="false"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  )
}
