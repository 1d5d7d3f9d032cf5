import { AgentChat } from '@taskstream/react'
import { Markdown } from '@taskstream/react/markdown'
import type { ReactElement, ReactNode } from 'react'
import { createCountedTool } from './counted-tool.ts'

const renderMarkdown = (text: string, { isStreaming }: { readonly isStreaming: boolean }): ReactNode => (
  <Markdown text={text} isStreaming={isStreaming} />
)

/** A chat as the address of the page says: `agent`, `chatId` or both. */
export function ChatPage({ query }: { readonly query: URLSearchParams }): ReactElement {
  const agent = query.get('agent')
  const tools = [createCountedTool(query.get('api') ?? '')]
  return (
    <main>
      <AgentChat
        {...(agent === null ? {} : { agent })}
        chatId={query.get('chatId')}
        tools={tools}
        renderText={renderMarkdown}
      />
    </main>
  )
}
