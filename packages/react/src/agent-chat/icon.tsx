import type { ReactElement, ReactNode } from 'react'
import { IconFrame } from '../icon-frame.tsx'

/** Names of the icons of a chat. */
export type ChatIconName =
  | 'agent'
  | 'alert'
  | 'app'
  | 'attach'
  | 'browser'
  | 'check'
  | 'chevron'
  | 'copy'
  | 'cross'
  | 'down'
  | 'edit'
  | 'file'
  | 'globe'
  | 'hand'
  | 'note'
  | 'offline'
  | 'plan'
  | 'plug'
  | 'reload'
  | 'send'
  | 'spark'
  | 'spinner'
  | 'stop'
  | 'stopped'
  | 'tool'
  | 'waiting'

const shapes: Readonly<Record<ChatIconName, ReactNode>> = {
  agent: (
    <>
      <rect x="2.75" y="5" width="10.5" height="8.25" rx="2.25" />
      <path d="M8 5V2.5M6 8.6v1M10 8.6v1" />
    </>
  ),
  alert: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 4.9v3.7M8 11v.1" />
    </>
  ),
  app: (
    <>
      <rect x="2.5" y="2.5" width="4.5" height="4.5" rx="1.25" />
      <rect x="9" y="2.5" width="4.5" height="4.5" rx="1.25" />
      <rect x="2.5" y="9" width="4.5" height="4.5" rx="1.25" />
      <path d="M11.25 9v4.5M9 11.25h4.5" />
    </>
  ),
  attach: (
    <path d="m13.4 7.4-5.5 5.5a3.4 3.4 0 0 1-4.8-4.8l5.6-5.6a2.25 2.25 0 0 1 3.2 3.2L6.4 11.2a1.1 1.1 0 0 1-1.6-1.6l4.9-4.9" />
  ),
  browser: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="2" />
      <path d="M2 6.25h12M4.4 4.65h.1M6.2 4.65h.1" />
    </>
  ),
  check: <path d="m3.75 8.5 2.75 2.75 5.75-6.25" />,
  chevron: <path d="m6 3.75 4.25 4.25L6 12.25" />,
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="2" />
      <path d="M10.5 5.3V4.5a2 2 0 0 0-2-2h-4a2 2 0 0 0-2 2v4a2 2 0 0 0 2 2h.8" />
    </>
  ),
  cross: <path d="m4.25 4.25 7.5 7.5m0-7.5-7.5 7.5" />,
  down: <path d="M8 3v9.5M3.9 8.6 8 12.7l4.1-4.1" />,
  edit: <path d="m10.6 3.1 2.3 2.3-7.6 7.6-3 .7.7-3zM9.2 4.5l2.3 2.3" />,
  file: (
    <path d="M9 2H5a1.5 1.5 0 0 0-1.5 1.5v9A1.5 1.5 0 0 0 5 14h6a1.5 1.5 0 0 0 1.5-1.5v-7zM9 2v3.5h3.5" />
  ),
  globe: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M2 8h12M8 2c2.4 1.7 2.4 10.3 0 12-2.4-1.7-2.4-10.3 0-12" />
    </>
  ),
  hand: (
    <path d="M8 1.9 13.25 4v3.7c0 3.1-2.2 5.3-5.25 6.4-3.05-1.1-5.25-3.3-5.25-6.4V4zM8 5.5v2.9M8 10.6v.1" />
  ),
  note: <path d="M3 4.25h10M3 8h10M3 11.75h6" />,
  offline: (
    <>
      <path d="M1.9 6.45a8.6 8.6 0 0 1 2-1.5M6.3 4.07a8.6 8.6 0 0 1 7.8 2.38" />
      <path d="M4.6 9.4a4.6 4.6 0 0 1 2.1-1.3M9.5 8.15a4.6 4.6 0 0 1 1.9 1.25M8 12.4v.1M2.75 2.75l10.5 10.5" />
    </>
  ),
  plan: <path d="m2.25 4.3 1.1 1.1 2-2.2M2.25 10.9l1.1 1.1 2-2.2M8 4.5h6M8 11.2h6" />,
  plug: <path d="M5.5 2v3M10.5 2v3M3.75 5h8.5v2.5a4.25 4.25 0 0 1-8.5 0zM8 11.75V14" />,
  reload: <path d="M13.25 8a5.25 5.25 0 1 1-1.6-3.77M13.25 2.5v2.6h-2.6" />,
  send: <path d="M8 13V3.25M3.75 7.4 8 3.15l4.25 4.25" />,
  spark: <path d="M8 2c.5 3.6 2.4 5.5 6 6-3.6.5-5.5 2.4-6 6-.5-3.6-2.4-5.5-6-6 3.6-.5 5.5-2.4 6-6z" />,
  spinner: (
    <>
      <circle cx="8" cy="8" r="6.25" opacity="0.22" />
      <path d="M8 1.75A6.25 6.25 0 0 1 14.25 8" />
    </>
  ),
  stop: <rect x="4" y="4" width="8" height="8" rx="1.75" fill="currentColor" stroke="none" />,
  stopped: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="m3.8 12.2 8.4-8.4" />
    </>
  ),
  tool: (
    <path d="M13.6 4.6a3.6 3.6 0 0 1-4.9 4.3l-4 4a1.45 1.45 0 0 1-2.05-2.05l4-4a3.6 3.6 0 0 1 4.3-4.9L8.9 4l.5 2.1 2.1.5z" />
  ),
  waiting: (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 4.75V8l2.1 1.4" />
    </>
  ),
}

/** A picture of a name, see {@link IconFrame}. */
export function ChatIcon({ name }: { readonly name: ChatIconName }): ReactElement {
  return (
    <IconFrame slot="agent-chat-icon" name={name}>
      {shapes[name]}
    </IconFrame>
  )
}
