import { memo, useMemo, type ComponentType, type ReactNode } from 'react'
import { definePart, type Part } from '../element.tsx'
import { Composer } from './composer.tsx'
import { Connection } from './connection.tsx'
import { useAgentChat } from './context.tsx'
import { Empty } from './empty.tsx'
import { ErrorPart } from './error.tsx'
import { Interrupts } from './interrupts.tsx'
import { LoadOlder } from './load-older.tsx'
import { Messages } from './messages.tsx'
import { Plan } from './plan.tsx'
import { Root, type AgentOfRootProps, type ChatOfHookProps } from './agent-root.tsx'
import { ScrollToLatest } from './scroll-to-latest.tsx'
import { useChatState } from './use-chat-state.ts'
import { Viewport } from './viewport.tsx'

/** Parts of {@link AgentChat} that the app puts in the place of ours. */
export interface AgentChatSlots {
  readonly header?: ReactNode
  /** In place of what stands there before the first message. */
  readonly empty?: ReactNode
  readonly composer?: ReactNode
  /** Below the composer, such as a note that answers may be wrong. */
  readonly footer?: ReactNode
}

/** What the assembled component shows. */
export interface AgentChatLayout {
  /** Names the chat in a header; default its name or that of the agent. `null` is no header. */
  readonly title?: ReactNode
  /** Messages to begin with; default the examples of the agent. */
  readonly suggestions?: readonly string[]
  readonly placeholder?: string
  readonly slots?: AgentChatSlots
}

/** Props of {@link AgentChat}: those of `Root`, and what to show. */
export type AgentChatProps = (
  | Omit<ChatOfHookProps, 'children' | 'title'>
  | Omit<AgentOfRootProps, 'children' | 'title'>
) &
  AgentChatLayout

/**
 * A chat with an agent: its messages, thoughts, tool calls and questions, and a place to write. Made of the parts of
 * `@taskstream/react/agent-chat`; look at its source to make your own.
 */
export const AgentChat: Part<AgentChatProps, HTMLDivElement> = definePart(
  'AgentChat',
  ({ title, suggestions, placeholder, slots, labels, ...root }, ref) => {
    const words = useMemo(
      () => (placeholder === undefined ? labels : { ...labels, placeholder }),
      [labels, placeholder],
    )
    return (
      <Root {...root} {...(words === undefined ? {} : { labels: words })} ref={ref} data-layout="full">
        <Layout title={title} suggestions={suggestions} slots={slots} />
      </Root>
    )
  },
)

type LayoutProps = { readonly [K in 'title' | 'suggestions' | 'slots']: AgentChatLayout[K] | undefined }

/** Why memoised: an app that renders often does not render the transcript often. */
const Layout: ComponentType<LayoutProps> = memo(function Layout({ title, suggestions, slots }: LayoutProps) {
  return (
    <>
      {slots?.header ?? <Header title={title} />}
      <div data-slot="agent-chat-frame">
        <Viewport>
          <LoadOlder />
          {slots?.empty === undefined ? (
            <Empty {...(suggestions === undefined ? {} : { suggestions })} />
          ) : (
            <Empty>{slots.empty}</Empty>
          )}
          <Messages />
          <Interrupts />
          <ErrorPart />
        </Viewport>
        <Connection />
        <ScrollToLatest />
      </div>
      <div data-slot="agent-chat-footer">
        <Plan />
        {slots?.composer ?? <Composer />}
        {slots?.footer}
      </div>
    </>
  )
})

function Header({ title }: Pick<LayoutProps, 'title'>): ReactNode {
  const { info, labels, ids } = useAgentChat('AgentChat')
  const name = useChatState(({ agent }) => agent.name)
  if (title === null) return null
  return (
    <div data-slot="agent-chat-header">
      <h2 id={ids.title} data-slot="agent-chat-title" dir="auto">
        {title ?? info?.name ?? (name === '' ? null : name) ?? labels.chat}
      </h2>
    </div>
  )
}
