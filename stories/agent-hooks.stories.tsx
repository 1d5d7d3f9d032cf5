import type { Meta, StoryObj } from '@storybook/react-vite'
import { clientTool } from '@taskstream/core'
import { agentScript } from '@taskstream/core/testing'
import { ChatScope, useAgent, useAgentMessage, useAgentMessageIds } from '@taskstream/react'
import * as AgentChat from '@taskstream/react/agent-chat'
import type { ReactNode } from 'react'
import { expect, waitFor } from 'storybook/test'
import { Counted } from './counted.tsx'
import { simulated, simulatorOf } from './simulated.tsx'

const meta: Meta = { title: 'Hooks/Agents' }
export default meta

type Story = StoryObj

const agent = 'acme/assistant'
const patience = { timeout: 10_000 }
const pace = { everyMs: 20, stepMs: 60 }
const sentence = 'A fox went over the snow, and the snow kept its steps until noon.'

/** `useAgent({ agent })` is a chat: everything that is said in it, and everything that can be done. */
export const Agent: Story = {
  name: 'useAgent',
  decorators: [simulated({ simulator: { agents: agentScript.usual({ text: sentence, ...pace }) } })],
  render: () => <AgentStory />,
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Ask' }))
    await canvas.findByText(sentence, {}, patience)
    await canvas.findByText('ready', {}, patience)
  },
}

function AgentStory(): ReactNode {
  const { messages, status, error, sendMessage, stop } = useAgent({ agent })
  return (
    <div className="story-stack">
      {messages.map(({ key, role, text }) => (
        <p key={key}>
          <strong>{role}</strong> {text}
        </p>
      ))}
      <p>{error?.message ?? status}</p>
      <button type="button" onClick={() => void sendMessage('Tell me a story')}>
        Ask
      </button>
      <button type="button" onClick={() => void stop()}>
        Stop
      </button>
    </div>
  )
}

/** One token renders one message: each has a counter of its renders. The component around reads the status alone. */
export const Granular: Story = {
  name: 'useAgentMessage',
  decorators: [simulated({ simulator: { agents: agentScript.usual({ text: sentence, ...pace }) } })],
  render: () => <GranularStory />,
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Ask' }))
    await canvas.findByText((text) => text.includes('until noon'), {}, patience)
  },
}

function GranularStory(): ReactNode {
  const { status, sendMessage, chat } = useAgent({ agent })
  return (
    <ChatScope chat={chat}>
      <div className="story-stack">
        <Messages />
        <p>{status}</p>
        <button type="button" onClick={() => void sendMessage('Tell me a story')}>
          Ask
        </button>
      </div>
    </ChatScope>
  )
}

function Messages(): ReactNode {
  return useAgentMessageIds().map((id) => <OneMessage key={id} id={id} />)
}

function OneMessage({ id }: { readonly id: string }): ReactNode {
  return (
    <p>
      {useAgentMessage(id)?.text} <Counted name={id} />
    </p>
  )
}

/** Two components that mean the same agent share one chat and one line. */
export const Shared: Story = {
  name: 'useAgent, in two places',
  decorators: [simulated({ simulator: { agents: agentScript.echo(pace) } })],
  render: () => (
    <>
      <AgentStory />
      <hr />
      <AgentStory />
    </>
  ),
  play: async ({ canvas, canvasElement, userEvent }) => {
    const [first] = await canvas.findAllByRole('button', { name: 'Ask' })
    if (first === undefined) throw new Error('There is no button to ask with.')
    await userEvent.click(first)
    await waitFor(() => expect(canvas.getAllByText('Tell me a story')).toHaveLength(4), patience)
    await expect(simulatorOf(canvasElement).counters.chats).toBe(1)
  },
}

const tools = [
  clientTool({ name: 'get_time_zone', run: () => Intl.DateTimeFormat().resolvedOptions().timeZone }),
]

/** A tool that runs in the browser, once per call. */
export const Tools: Story = {
  name: 'useAgent, with a client tool',
  decorators: [
    simulated({
      simulator: {
        agents: agentScript.clientTool({
          name: 'get_time_zone',
          reply: (zone) => `You are in ${zone}.`,
          ...pace,
        }),
      },
    }),
  ],
  render: () => <ToolStory />,
  play: async ({ canvas, canvasElement, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Ask' }))
    await canvas.findByText(/^You are in /, {}, patience)
    await expect(Object.values(simulatorOf(canvasElement).counters.toolAnswers)).toEqual([1])
  },
}

function ToolStory(): ReactNode {
  const { messages, sendMessage } = useAgent({ agent, tools })
  return (
    <div className="story-stack">
      {messages.map(({ key, text }) => text !== '' && <p key={key}>{text}</p>)}
      <button type="button" onClick={() => void sendMessage('Where am I?')}>
        Ask
      </button>
    </div>
  )
}

/** The parts of `@taskstream/react/agent-chat`, arranged by the app. */
export const Parts: Story = {
  name: 'AgentChat, from its parts',
  decorators: [simulated({ simulator: { agents: agentScript.echo(pace) } })],
  render: () => (
    <AgentChat.Root agent={agent} className="story-chat">
      <AgentChat.Viewport>
        <AgentChat.Empty>Say something.</AgentChat.Empty>
        <AgentChat.Messages />
      </AgentChat.Viewport>
      <AgentChat.Composer>
        <AgentChat.Input />
        <AgentChat.Send />
      </AgentChat.Composer>
    </AgentChat.Root>
  ),
  play: async ({ canvas, userEvent }) => {
    await canvas.findByText('Say something.')
    await userEvent.type(canvas.getByRole('textbox'), 'Hello{Enter}')
    await waitFor(() => expect(canvas.getAllByText('Hello')).toHaveLength(2), patience)
  },
}
