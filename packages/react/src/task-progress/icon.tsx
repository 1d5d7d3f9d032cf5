import type { ReactElement, ReactNode } from 'react'
import { IconFrame } from '../icon-frame.tsx'

/** Names of our icons. */
export type IconName =
  | 'alert'
  | 'cancelled'
  | 'check'
  | 'chevron'
  | 'cross'
  | 'dot'
  | 'failed'
  | 'idle'
  | 'offline'
  | 'reload'
  | 'skipped'
  | 'spinner'
  | 'success'
  | 'waiting'

const shapes: Readonly<Record<IconName, ReactNode>> = {
  alert: (
    <>
      <path d="M8 2.6 14.2 13.2H1.8Z" />
      <path d="M8 6.6v3M8 11.4v.1" />
    </>
  ),
  cancelled: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="m3.8 12.2 8.4-8.4" />
    </>
  ),
  check: <path d="m3.75 8.5 2.75 2.75 5.75-6.25" pathLength="1" data-draw="" />,
  chevron: <path d="m6 3.75 4.25 4.25L6 12.25" />,
  cross: <path d="m4.75 4.75 6.5 6.5m0-6.5-6.5 6.5" />,
  dot: <circle cx="8" cy="8" r="3" fill="currentColor" stroke="none" />,
  failed: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 4.9v3.7M8 11v.1" />
    </>
  ),
  idle: <circle cx="8" cy="8" r="6.25" strokeDasharray="2.2 2.12" />,
  offline: (
    <>
      <path d="M1.9 6.45a8.6 8.6 0 0 1 2-1.5M6.3 4.07a8.6 8.6 0 0 1 7.8 2.38" />
      <path d="M4.6 9.4a4.6 4.6 0 0 1 2.1-1.3M9.5 8.15a4.6 4.6 0 0 1 1.9 1.25M8 12.4v.1M2.75 2.75l10.5 10.5" />
    </>
  ),
  reload: <path d="M13.25 8a5.25 5.25 0 1 1-1.6-3.77M13.25 2.5v2.6h-2.6" />,
  skipped: <path d="M5 8h6" />,
  spinner: (
    <>
      <circle cx="8" cy="8" r="6.25" opacity="0.22" />
      <path d="M8 1.75A6.25 6.25 0 0 1 14.25 8" />
    </>
  ),
  success: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="m5.2 8.3 1.95 1.95 3.75-4.2" pathLength="1" data-draw="" />
    </>
  ),
  waiting: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 4.75V8l2.1 1.4" />
    </>
  ),
}

/** A picture of a name, see {@link IconFrame}. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <IconFrame slot="task-progress-icon" name={name}>
      {shapes[name]}
    </IconFrame>
  )
}
