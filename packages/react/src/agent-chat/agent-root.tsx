import type { ForwardedRef, ReactNode } from 'react'
import type { AgentCallbacks } from '../agent-callbacks.ts'
import { ChatScope } from '../chat-scope.tsx'
import { definePart, type Part } from '../element.tsx'
import { splitProps } from '../task-progress/split-props.ts'
import { useAgentInfo } from '../use-agent-info.ts'
import { useAgent, type UseAgentOptions } from '../use-agent.ts'
import { Root as ChatRoot, type RootProps as ChatRootProps } from './root.tsx'

type Shown = Omit<ChatRootProps, 'chat' | keyof AgentCallbacks>

/** Shows a chat of a hook of yours. */
export interface ChatOfHookProps extends Shown {
  /** The `chat` of `useAgent`. */
  readonly chat: ChatRootProps['chat']
  readonly agent?: never
  readonly chatId?: never
}

/** Talks to an agent, or goes on with a chat: the options of `useAgent`. */
export interface AgentOfRootProps extends Shown, Omit<UseAgentOptions, 'key'> {
  /** Tells two conversations with one agent apart: the `key` of `useAgent`, which React keeps for itself. */
  readonly chatKey?: string
  readonly chat?: never
}

/** Props of `Root`: a `chat`, or whom to talk to, with the options of the hook behind it. */
export type RootProps = ChatOfHookProps | AgentOfRootProps

const optionNames = [
  'agent',
  'chatId',
  'resume',
  'context',
  'tools',
  'enabled',
  'onMessage',
  'onToolCall',
  'onStatusChange',
  'onFinish',
  'onError',
] as const satisfies readonly (keyof UseAgentOptions)[]

/** Follows one chat for all parts inside it, see `ChatRoot`, and makes it known to the hooks of a chat. */
export const Root: Part<RootProps, HTMLDivElement> = definePart('AgentChat.Root', (props, ref) =>
  props.chat === undefined ? (
    <AgentRoot {...props} forwardedRef={ref} />
  ) : (
    <ScopedRoot {...props} forwardedRef={ref} />
  ),
)

interface Forwarded {
  readonly forwardedRef: ForwardedRef<HTMLDivElement>
}

function ScopedRoot({ forwardedRef, ...props }: ChatRootProps & Forwarded): ReactNode {
  return (
    <ChatScope chat={props.chat}>
      <ChatRoot {...props} ref={forwardedRef} />
    </ChatScope>
  )
}

function AgentRoot({ chatKey, ...props }: AgentOfRootProps & Forwarded): ReactNode {
  const [options, shown] = splitProps(props, optionNames)
  const { chat } = useAgent({ ...options, ...(chatKey === undefined ? {} : { key: chatKey }) })
  const info = useAgentInfo(options.agent ?? null)
  return <ScopedRoot info={info} {...shown} chat={chat} />
}
