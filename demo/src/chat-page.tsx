import { clientTool } from '@taskstream/core'
import { AgentChat } from '@taskstream/react'
import { Markdown } from '@taskstream/react/markdown'
import type { ReactNode } from 'react'

/** Runs in this page when the agent calls it. */
const tools = [
  clientTool({
    name: 'get_local_time',
    displayName: 'Local time',
    description: 'The time where the user is',
    input: {
      type: 'object',
      properties: { format: { type: 'string', enum: ['short', 'long'] } },
      required: ['format'],
    },
    async run(_, { submitProgress }) {
      submitProgress('Asking the browser')
      await new Promise((resolve) => setTimeout(resolve, 1200))
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
      return `${new Date().toLocaleTimeString()} in ${timeZone}`
    },
  }),
]

function renderMarkdown(text: string, { isStreaming }: { readonly isStreaming: boolean }): ReactNode {
  return <Markdown text={text} isStreaming={isStreaming} />
}

/** A chat with an agent that has a client tool, asks for approval and takes files. */
export function ChatPage() {
  return <AgentChat agent="demo/assistant" tools={tools} renderText={renderMarkdown} className="chat" />
}
