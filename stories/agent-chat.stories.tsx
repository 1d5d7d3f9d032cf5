import type { ArgTypes, Meta, StoryObj } from '@storybook/react-vite'
import { clientTool } from '@taskstream/core'
import {
  agentScript,
  asset,
  createTurnPen,
  fault,
  type AgentScript,
  type AgentTurn,
} from '@taskstream/core/testing'
import { AgentChat, useAgent, type AgentChatLayout } from '@taskstream/react'
import type { AgentOfRootProps, ToolRendererProps } from '@taskstream/react/agent-chat'
import { Markdown } from '@taskstream/react/markdown'
import { useEffect, useRef, type ReactNode } from 'react'
import { expect, userEvent, waitFor } from 'storybook/test'
import { patientClock, simulated, type OneScript, type SimulatedOptions } from './simulated.tsx'

const agent = 'acme/assistant'
const renderMarkdown = (text: string, { isStreaming }: { readonly isStreaming: boolean }): ReactNode => (
  <Markdown text={text} isStreaming={isStreaming} />
)

/** A row of the table of props. */
function prop(type: string, description: string): ArgTypes[string] {
  return { description, control: false, table: { type: { summary: type }, defaultValue: {} } }
}

type Shown = Omit<AgentOfRootProps, 'chat' | 'chatId' | 'title'> &
  AgentChatLayout & {
    /** Messages that are sent one after the other. */
    readonly says?: readonly string[]
  }

/** A chat in which something was said already. */
function Said({ says = [], ...props }: Shown): ReactNode {
  const { sendMessage } = useAgent({ agent })
  const isSent = useRef(false)
  useEffect(() => {
    if (isSent.current) return
    isSent.current = true
    for (const text of says) void sendMessage(text)
  }, [says, sendMessage])
  return (
    <div className="story-chat">
      <AgentChat renderText={renderMarkdown} {...props} agent={agent} />
    </div>
  )
}

const meta = {
  title: 'AgentChat',
  component: Said,
  tags: ['autodocs'],
  argTypes: {
    says: { table: { disable: true } },
    agent: prop(
      'string | AgentConfig',
      'Whom to talk to: `namespace/name`, or an agent that is described in place.',
    ),
    tools: prop('ClientTools', 'Tools that run in the browser when the agent calls them. See `clientTool`.'),
    title: {
      ...prop('ReactNode', 'Names the chat; default its name or that of the agent. `null` is no header.'),
      control: 'text',
    },
    suggestions: prop('string[]', 'Messages to begin with; default the examples of the agent.'),
    placeholder: { ...prop('string', 'Stands in the empty composer.'), control: 'text' },
    renderText: prop('(text, { isStreaming, role }) => ReactNode', 'Shows a text; give it `<Markdown>`.'),
    toolRenderers: prop(
      'Record<string, Component>',
      'Shows the calls of a tool in place of ours, by its name.',
    ),
    slots: prop('{ header, empty, composer, footer }', 'Parts that take the place of ours.'),
    accept: prop('string', 'Files that can be attached; default all.'),
    maxFileSizeBytes: prop('number', 'Largest file that can be attached; default 100 MiB.'),
    labels: prop('Partial<AgentChatLabels>', 'Replaces any of the English words.'),
    locale: {
      ...prop('string', "BCP 47 tag for numbers, times and durations; default the browser's."),
      control: 'text',
    },
    onFinish: prop('(message: ChatMessage | null) => void', 'Called once per turn, when it is over.'),
  },
  parameters: {
    docs: {
      description: {
        component:
          'A chat with an agent: `<AgentChat agent="my-org/assistant@latest" tools={tools} />`. Each story below runs against a simulated server in this page.',
      },
    },
  },
} satisfies Meta<typeof Said>
export default meta

type Story = StoryObj<typeof meta>

const patience = { timeout: 10_000 }
const pace = { everyMs: 4, stepMs: 60 }

function world(agents: AgentScript, simulator: OneScript = {}): SimulatedOptions {
  return {
    simulator: {
      agents,
      agentCards: {
        [agent]: {
          description: 'Answers what you ask, and says when it does not know.',
          examplePrompts: ['What can you do?', 'Where am I?', 'Write a letter to Ada'],
        },
      },
      ...simulator,
    },
  }
}

/** Begins, and stays where it is. */
function stays(turn: AgentTurn): AgentTurn {
  const last = turn.at(-1)
  return [...turn, { atMs: (last?.atMs ?? 0) + 3_600_000, type: 'text', text: '.' }]
}

export const Empty: Story = {
  decorators: [simulated(world(agentScript.echo()))],
  play: async ({ canvas }) => {
    await canvas.findByRole('button', { name: 'Where am I?' }, patience)
    await canvas.findByText('Answers what you ask, and says when it does not know.')
  },
}

/** From a message to its answer. */
export const Live: Story = {
  args: { says: [] },
  decorators: [
    simulated(
      world(
        agentScript.usual({
          reasoning: 'A greeting. I answer it kindly.',
          text: 'Hello! What can I do for **you**?',
          ...pace,
        }),
      ),
    ),
  ],
  play: async ({ canvas }) => {
    const input = await canvas.findByRole('textbox', {}, patience)
    await userEvent.type(input, 'Hello{Enter}')
    await waitFor(() => expect(canvas.getByText('you', { selector: 'strong' })).toBeVisible(), patience)
    await expect(input).toHaveFocus()
    await expect(input).toHaveValue('')
  },
}

export const Thinking: Story = {
  args: { says: ['Is P equal to NP?'] },
  decorators: [
    simulated(
      world(stays(createTurnPen(pace).wait().think('That is a famous question. Many have tried.').steps)),
    ),
  ],
  play: async ({ canvas }) => {
    await canvas.findByRole('button', { name: /Thinking/ }, patience)
  },
}

const story =
  'A fox went over the snow.\n\nIt knew **every** mouse below it by its voice:\n\n- the old one that sleeps\n- the young one that sings\n\nWhat the snow kept of its steps was gone by'

export const Streaming: Story = {
  args: { says: ['Tell me a story of a fox'] },
  decorators: [simulated(world(stays(createTurnPen(pace).wait().say(story).steps)))],
  play: async ({ canvas }) => {
    await canvas.findByText(/was gone by/, {}, patience)
    await canvas.findByRole('button', { name: 'Stop' }, patience)
  },
}

const getLocation = clientTool({
  name: 'get_location',
  displayName: 'Location',
  run: async (_, { signal, submitProgress }) => {
    submitProgress('Asking the browser')
    return await new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('stopped'))),
    )
  },
})

/** A tool that runs in this browser. */
export const ToolRunning: Story = {
  args: { says: ['Where am I?'], tools: [getLocation] },
  decorators: [
    simulated(
      world(
        agentScript.clientTool({
          name: 'get_location',
          displayName: 'Location',
          args: { precise: true },
          reasoning: 'Only the browser knows.',
          ...pace,
        }),
      ),
    ),
  ],
  play: async ({ canvas }) => {
    await canvas.findByText('Asking the browser', {}, patience)
  },
}

const mail = {
  name: 'send_mail',
  displayName: 'Send a mail',
  args: { to: 'ada@example.com', subject: 'The report', body: 'Dear Ada, here is the report.' },
  text: 'I have written it. Shall I send it?',
  result: 'sent',
  reply: 'It is on its way.',
  ...pace,
}

export const Approval: Story = {
  args: { says: ['Send the report to Ada'] },
  decorators: [simulated(world(agentScript.approval(mail)))],
  play: async ({ canvas }) => {
    await canvas.findByRole('button', { name: 'Approve' }, patience)
  },
}

export const Approved: Story = {
  args: { says: ['Send the report to Ada'] },
  decorators: [simulated(world(agentScript.approval({ ...mail, runMs: 200 })))],
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Approve' }, patience))
    await canvas.findByText('It is on its way.', {}, patience)
  },
}

/** The live service takes approvals from a person's own sign-in alone, and says so to API keys. */
export const ApprovalRefused: Story = {
  args: { says: ['Send the report to Ada'] },
  decorators: [
    simulated({
      ...world(agentScript.approval(mail)),
      client: { apiKey: 'inf_simulated', dangerouslyAllowBrowser: true },
    }),
  ],
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Approve' }, patience))
    await canvas.findByText(/own sign-in/, {}, patience)
  },
}

/** Questions of an MCP server, as a form. */
export const Form: Story = {
  args: { says: ['Book a table'] },
  decorators: [
    simulated(
      world(
        agentScript.input({
          name: 'book_table',
          displayName: 'Book a table',
          requests: {
            booking: {
              method: 'elicitation/create',
              params: {
                message: 'For when, and for how many?',
                requestedSchema: {
                  type: 'object',
                  properties: {
                    day: { type: 'string', title: 'Day', enum: ['Friday', 'Saturday'] },
                    guests: { type: 'integer', title: 'Guests', minimum: 1, maximum: 12 },
                  },
                  required: ['day', 'guests'],
                },
              },
            },
          },
          reply: 'Booked. See you then.',
          ...pace,
        }),
      ),
    ),
  ],
  play: async ({ canvas }) => {
    await canvas.findByText('For when, and for how many?', {}, patience)
    await canvas.findByRole('textbox', { name: /Guests/ }, patience)
  },
}

export const ServerTools: Story = {
  args: { says: ['Search for foxes'] },
  decorators: [
    simulated(
      world(
        agentScript.turns([
          agentScript.serverTool({
            name: 'web_search',
            displayName: 'Search the web',
            args: { query: 'foxes' },
            result: '[{"title":"Foxes in winter"}]',
            runMs: 50,
            reply: 'I found one page.',
            ...pace,
          }),
        ]),
      ),
    ),
  ],
  play: async ({ canvas }) => {
    await canvas.findByText('I found one page.', {}, patience)
    await userEvent.click(canvas.getByRole('button', { name: /Search the web/ }))
    await canvas.findByText(/Foxes in winter/, {}, patience)
  },
}

export const Failed: Story = {
  args: { says: ['Hello'] },
  decorators: [
    simulated(
      world(agentScript.fails({ text: 'I was about to say', error: 'the model is overloaded', ...pace })),
    ),
  ],
  play: async ({ canvas }) => {
    await canvas.findAllByText(/the model is overloaded/, {}, patience)
  },
}

/** The server does not take the message. It stays, to be sent again. */
export const NotSent: Story = {
  args: { says: ['Hello'] },
  decorators: [
    simulated(world(agentScript.echo(), { faults: [fault.refuse({ on: 'agent-run', status: 500 })] })),
  ],
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole('button', { name: /Send again|Try again|Retry/ }, patience))
    await waitFor(() => expect(canvas.getAllByText('Hello')).toHaveLength(2), patience)
  },
}

const code = `Here it is:

\`\`\`ts
const client = createClient({ proxyUrl: '/api/inference' })
for await (const update of client.run({ app: 'google/veo-3-1-fast', input: { prompt: 'A sunset timelapse over the sea' } }, { stream: true })) {
  console.log(update.status, update.progress?.value)
}
\`\`\`

| way back | costs |
| --- | ---: |
| cursor | nothing |
| snapshot | one request |

> Nothing is lost.`

export const LongCode: Story = {
  args: { says: ['Show me some code'] },
  decorators: [simulated(world(agentScript.usual({ text: code, everyMs: 1, stepMs: 1, pieceChars: 12 })))],
  play: async ({ canvas }) => {
    await canvas.findByText('Nothing is lost.', {}, patience)
  },
}

export const Narrow: Story = {
  ...LongCode,
  globals: { viewport: { value: 'phone' } },
}

export const Dark: Story = {
  ...Approval,
  globals: { theme: 'dark' },
}

export const RightToLeft: Story = {
  args: { says: ['من أنا؟'] },
  decorators: [
    (Show) => (
      <div dir="rtl">
        <Show />
      </div>
    ),
    simulated(
      world(agentScript.usual({ reasoning: 'سؤال جيد.', text: 'أنت **قارئ** هذه الصفحة.', ...pace })),
    ),
  ],
  play: async ({ canvas }) => {
    await canvas.findByText('قارئ', {}, patience)
  },
}

/** A second message waits for the end of the first turn. */
export const Queued: Story = {
  args: { says: ['Take your time', 'And another thing'] },
  decorators: [simulated(world(agentScript.queue({ ...pace })))],
  play: async ({ canvas }) => {
    await canvas.findByText(/Queued/, {}, patience)
  },
}

export const Plan: Story = {
  args: { says: ['Plan my garden'] },
  decorators: [
    simulated(
      world(
        agentScript.plan({
          steps: ['Measure the bed', 'Choose the plants', 'Draw it'],
          stepMs: 30,
          everyMs: 1,
        }),
      ),
    ),
  ],
  play: async ({ canvas }) => {
    await canvas.findByText('All done.', {}, patience)
  },
}

export const Pictures: Story = {
  args: { says: ['Paint a landscape'] },
  decorators: [
    simulated(
      world(
        createTurnPen(pace)
          .wait()
          .say('Here it is.')
          .add({ type: 'media', media: 'image', uri: asset('image.png') })
          .add({ type: 'media', media: 'file', uri: asset('text.txt') }).steps,
      ),
    ),
  ],
  play: async ({ canvas }) => {
    await canvas.findByText('Here it is.', {}, patience)
    await canvas.findByRole('img', {}, patience)
  },
}

/** The line broke, and the reply waits. */
export const Reconnecting: Story = {
  args: { says: ['Tell me a story'] },
  decorators: [
    simulated({
      ...world(stays(createTurnPen(pace).wait().say(story).steps), {
        faults: [
          fault.cutAfterEvents(6, { on: 'chat-stream', nth: 1 }),
          fault.refuse({ on: 'chat-stream', status: 503, times: Infinity }),
        ],
      }),
      client: { clock: patientClock(200), transport: 'stream' },
    }),
  ],
  play: async ({ canvas }) => {
    await canvas.findByText(/Reconnecting/, {}, patience)
  },
}

function OsloMap({ call }: ToolRendererProps): ReactNode {
  return <p className="story-map">A map of {JSON.stringify(call.args)}</p>
}

/** Calls of one tool are shown by a component of the app. */
export const OwnToolRenderer: Story = {
  args: { says: ['Where is Oslo?'], toolRenderers: { show_map: OsloMap } },
  decorators: [
    simulated(
      world(
        agentScript.serverTool({
          name: 'show_map',
          args: { city: 'Oslo' },
          runMs: 20,
          reply: 'There.',
          ...pace,
        }),
      ),
    ),
  ],
  play: async ({ canvas }) => {
    await canvas.findByText('A map of {"city":"Oslo"}', {}, patience)
  },
}
