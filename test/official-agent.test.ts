// @vitest-environment happy-dom
/** The published React agent against the simulator on a real port. */
import {
  agentScript,
  createManualClock,
  createSimulator,
  type ManualClock,
  type Simulator,
  type SimulatorOptions,
} from '@taskstream/core/testing'
import { serveNode } from '@taskstream/core/testing/node'
import { Inference } from '@inferencesh/sdk'
import {
  AgentChatProvider,
  useAgentActions,
  useAgentChat,
  type AgentChatActions,
  type AgentChatState,
} from '@inferencesh/sdk/agent'
import { createElement, type ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, test, vi } from 'vitest'

const KEY = 'inf_test'
const closing: (() => Promise<void>)[] = []
let testCount = 0
afterEach(async () => {
  testCount++
  for (const close of closing.splice(0)) await close()
})

interface Page {
  readonly simulator: Simulator
  readonly state: () => AgentChatState
  readonly actions: () => AgentChatActions
  /** Lets the server's time pass while a chat is followed, until it is so. */
  readonly until: (isSo: () => boolean) => Promise<void>
}

/** Lets both ends of every socket have their say. */
async function turn(): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve))
}

/** A page of theirs, whose one client tool is answered by the handler. */
async function page(
  options: SimulatorOptions,
  handler: (args: Record<string, unknown>) => string,
): Promise<Page> {
  const clock: ManualClock = createManualClock()
  const simulator = createSimulator({ clock, dialect: 'live', apiKey: KEY, ...options })
  const server = await serveNode(simulator)
  const client = new Inference({ apiKey: KEY, baseUrl: server.url })
  let seen: { readonly state: AgentChatState; readonly actions: AgentChatActions } | null = null
  const Reader = (): ReactElement => {
    const state = useAgentChat()
    seen = { state, actions: useAgentActions() }
    return createElement('p', null, state.connectionStatus)
  }
  const props = {
    client,
    agentConfig: { agent: 'acme/locator' },
    clientToolHandlers: new Map([['get_location', handler]]),
  }
  const Chat = (): ReactElement => AgentChatProvider({ ...props, children: createElement(Reader) })
  const root = createRoot(document.body.appendChild(document.createElement('div')))
  root.render(createElement(Chat))
  closing.push(async () => {
    // The server ends the stream: where the page does, happy-dom says that the connection was reset, and theirs warns.
    simulator.close()
    while (seen?.state.connectionStatus === 'streaming') await turn()
    root.unmount()
    await server.close()
  })
  const test = testCount
  const until: Page['until'] = async (isSo) => {
    while (!isSo()) {
      if (test !== testCount) throw new Error('The test ended while something in it still waited.')
      if (simulator.counters.openChatStreams > 0) await clock.advance(5)
      await turn()
    }
  }
  await until(() => seen !== null)
  const read = (): NonNullable<typeof seen> => {
    if (seen === null) throw new Error('The page has not been drawn.')
    return seen
  }
  return { simulator, until, state: () => read().state, actions: () => read().actions }
}

const textOf = ({ messages }: AgentChatState): string | undefined =>
  messages.at(-1)?.content.find(({ type }) => type === 'text')?.text

test.each(['in_progress', 'awaiting_input'] as const)(
  'the official agent runs its client tool once, where such a tool is %s, and shows what comes of it',
  async (clientTools) => {
    const handler = vi.fn((args: Record<string, unknown>) => JSON.stringify({ city: 'Oslo', args }))
    const agents = agentScript.clientTool({
      name: 'get_location',
      args: { precise: true },
      reasoning: 'I need the position.',
      reply: (result) => `You are in ${String((JSON.parse(result) as { city: unknown }).city)}.`,
    })
    const here = await page({ agents, clientTools }, handler)
    await here.actions().sendMessage('where am I?')
    await here.until(() => here.state().chat?.status === 'idle' && here.state().messages.length === 4)

    expect(handler.mock.calls).toEqual([[{ precise: true }]])
    expect(Object.values(here.simulator.counters.toolAnswers)).toEqual([1])
    expect(textOf(here.state())).toBe('You are in Oslo.')
    expect(here.state().messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant'])
    expect(here.state().messages[1]?.tool_invocations).toMatchObject([
      { status: 'completed', result: '{"city":"Oslo","args":{"precise":true}}' },
    ])
    expect(here.state().error).toBeUndefined()
    expect(here.simulator.counters).toMatchObject({ chats: 1, messages: 1, openChatStreams: 1 })
  },
)

test('the official agent shows text as it comes, and the end of the second turn', async () => {
  const here = await page({ agents: agentScript.echo() }, () => '')
  await here.actions().sendMessage('a longer sentence, which comes in several pieces')
  await here.until(
    () => (textOf(here.state()) ?? '').startsWith('a longer') && here.state().messages.length === 2,
  )
  expect(here.state().chat?.status).toBe('busy')
  await here.until(() => here.state().chat?.status === 'idle')
  await here.actions().sendMessage('again')
  await here.until(() => here.state().messages.length === 4 && here.state().chat?.status === 'idle')
  expect(textOf(here.state())).toBe('again')
})
