import {
  StreamError,
  type AgentInfo,
  type AgentStatus,
  type Chat,
  type ConnectionInfo,
  type MessageRole,
  type ToolCall,
} from '@taskstream/core'
import { createContext, useContext, type ComponentType, type Context, type ReactNode } from 'react'
import type { PinnedScroll } from '../task-progress/pinned-scroll.ts'
import type { FileLimits } from './accept-file.ts'
import type { Composer } from './composer-store.ts'
import type { AgentChatLabels } from './labels.ts'

/** Props of a component of the app that shows the calls of one tool. */
export interface ToolRendererProps {
  readonly call: ToolCall
  /** Answers the call, as `chat.submitToolResult` does. */
  readonly submit: (result: unknown) => Promise<void>
  readonly chat: Chat
}

/** Components of the app by the name of the tool whose calls they show. */
export type ToolRenderers = Readonly<Record<string, ComponentType<ToolRendererProps>>>

/** Shows a text of the agent in place of plain paragraphs, such as `<Markdown>` does. Give it one identity. */
export type RenderText = (
  text: string,
  about: { readonly isStreaming: boolean; readonly role: MessageRole },
) => ReactNode

/** What the root of a tree of parts gives to all of them. It changes rarely: what moves is read from `chat.store`. */
export interface AgentChatContextValue {
  readonly chat: Chat
  /** What is being written, and its files. */
  readonly composer: Composer
  /** Keeps the transcript at its end. */
  readonly scroll: PinnedScroll
  readonly labels: AgentChatLabels
  /** BCP 47 tag for numbers, times and durations; `undefined` is the browser's. */
  readonly locale: string | undefined
  /** What is told of the agent before the first message; `null` where nothing is. */
  readonly info: AgentInfo | null
  readonly toolRenderers: ToolRenderers
  readonly renderText: RenderText | null
  readonly limits: FileLimits
  /** Why nothing can be sent; `null` where it can. */
  readonly disabledReason: string | null
  /** Ids of the elements that parts refer to. */
  readonly ids: {
    readonly title: string
    readonly viewport: string
    readonly input: string
    readonly hint: string
  }
}

/** Made by `Root`. */
export const AgentChatContext: Context<AgentChatContextValue | null> =
  createContext<AgentChatContextValue | null>(null)
AgentChatContext.displayName = 'AgentChatContext'

/**
 * What `Root` gives.
 *
 * @throws {StreamError} `misuse` outside of `Root`
 */
export function useAgentChat(part: string): AgentChatContextValue {
  const value = useContext(AgentChatContext)
  if (value === null) {
    throw new StreamError(
      'misuse',
      `AgentChat.${part} was rendered outside of AgentChat.Root, so it has no chat to show. Put it inside <AgentChat.Root chat={…}>.`,
    )
  }
  return value
}

/** What parts give to `className`, `style` and `render` functions, and show in `data-` attributes. */
export interface AgentChatState {
  readonly status: AgentStatus
  readonly connection: ConnectionInfo['state']
}

/** The attributes that show an {@link AgentChatState}. */
export function attributesOf(state: AgentChatState): Readonly<Record<string, string>> {
  return { 'data-status': state.status, 'data-connection': state.connection }
}
