import { clientTool, type ClientTools, type Schedule } from '@taskstream/core'
import { agentScript, fault, type AgentScript } from '@taskstream/core/testing'
import { act, render, renderHook, screen } from '@testing-library/react'
import { Profiler, type JSX } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { createHookWorld, type HookWorld } from '../test/hook-world.tsx'
import { ChatScope, useAgentMessage, useAgentMessageIds, useAgentValue } from './chat-scope.tsx'
import { useAgent, type AgentResult, type UseAgentOptions } from './use-agent.ts'

const agent = 'my-org/assistant'

function mount({ Page }: Pick<HookWorld, 'Page'>, options: Partial<UseAgentOptions> = {}) {
  return renderHook((now: Partial<UseAgentOptions>) => useAgent({ agent, ...now }), {
    wrapper: Page,
    initialProps: options,
  })
}

function createAgentWorld(agents: AgentScript = agentScript.echo(), ...rest: ClientRest): HookWorld {
  return createHookWorld({ agents }, ...rest)
}
type ClientRest = Parameters<typeof createHookWorld> extends [unknown?, ...infer Rest] ? Rest : never

function textsOf({ messages }: Pick<AgentResult, 'messages'>): readonly string[] {
  return messages.map(({ role, text }) => `${role}: ${text}`)
}

function locating(run: () => unknown): ClientTools {
  return [clientTool({ name: 'get_location', run })]
}

describe('useAgent', () => {
  it('shows a message at once, then the reply, and is ready again', async () => {
    const world = createAgentWorld(agentScript.usual({ reasoning: 'Hm.', text: 'Yes, it is.' }))
    const statuses: string[] = []
    const { result } = mount(world, { onStatusChange: (status) => statuses.push(status) })
    expect(result.current).toMatchObject({ chatId: null, status: 'ready', messages: [], error: null })
    act(() => void result.current.sendMessage('Is it?'))
    expect(textsOf(result.current)).toEqual(['user: Is it?'])
    expect(result.current.messages[0]?.status).toBe('sending')
    await world.advance(60_000)
    expect(textsOf(result.current)).toEqual(['user: Is it?', 'assistant: Yes, it is.'])
    expect(result.current.status).toBe('ready')
    expect(result.current.chatId).not.toBeNull()
    expect(statuses.at(0)).toBe('submitted')
    expect(statuses).toContain('streaming')
    expect(statuses.at(-1)).toBe('ready')
  })

  it('keeps the key of a message from sending on, so that its row is never made anew', async () => {
    const world = createAgentWorld()
    const { result } = mount(world)
    act(() => void result.current.sendMessage('Hello'))
    const key = result.current.messages[0]?.key
    await world.advance(60_000)
    expect(result.current.messages[0]?.key).toBe(key)
    expect(result.current.messages[0]?.id).not.toBe(key)
  })

  it('is one chat and one line for all components that mean the same agent, under StrictMode (L11)', async () => {
    const world = createAgentWorld()
    function One({ name }: { readonly name: string }): JSX.Element {
      const { messages, sendMessage } = useAgent({ agent })
      return (
        <button type="button" onClick={() => void sendMessage('Hi')}>
          {name} {messages.length}
        </button>
      )
    }
    render(
      <world.Page>
        <One name="a" />
        <One name="b" />
      </world.Page>,
    )
    act(() => screen.getByText('a 0').click())
    await world.advance(30_000)
    expect(screen.getByText('a 2')).toBeTruthy()
    expect(screen.getByText('b 2')).toBeTruthy()
    expect(world.server.counters).toMatchObject({ openChatStreams: 1, streamsOpened: 1 })
    expect(world.server.counters.requests['agent-run']).toBe(1)
  })

  it('tells two conversations with one agent apart by their key', async () => {
    const world = createAgentWorld()
    const a = mount(world, { key: 'a' })
    const b = mount(world, { key: 'b' })
    act(() => void a.result.current.sendMessage('Hi'))
    await world.advance(30_000)
    expect(textsOf(b.result.current)).toEqual([])
  })

  it('renders a component only for what it reads: a token is nothing to one that shows the status', async () => {
    const due = new Set<() => void>()
    const schedule: Schedule = (flush) => {
      due.add(flush)
      return () => void due.delete(flush)
    }
    const text = 'word '.repeat(200)
    const world = createAgentWorld(agentScript.usual({ text, everyMs: 10 }), { publish: schedule })
    const commits: Record<string, number> = {}
    const count = (id: string): void => void (commits[id] = (commits[id] ?? 0) + 1)
    let send = (): void => {}
    function Status(): JSX.Element {
      const { status, sendMessage, chat } = useAgent({ agent })
      send = () => void sendMessage('Go')
      return (
        <ChatScope chat={chat}>
          {status}
          <Profiler id="messages" onRender={count}>
            <Messages />
          </Profiler>
        </ChatScope>
      )
    }
    function Messages(): JSX.Element {
      return (
        <>
          {useAgentMessageIds().map((key) => (
            <Profiler key={key} id={key} onRender={count}>
              <One id={key} />
            </Profiler>
          ))}
        </>
      )
    }
    function One({ id }: { readonly id: string }): JSX.Element {
      return <p>{useAgentMessage(id)?.text}</p>
    }
    render(
      <world.Page>
        <Profiler id="status" onRender={count}>
          <Status />
        </Profiler>
      </world.Page>,
    )
    act(() => send())
    await world.advance(500)
    const paint = (): void =>
      act(() => {
        for (const flush of due) {
          due.delete(flush)
          flush()
        }
      })
    paint()
    for (const name of Object.keys(commits)) commits[name] = 0
    for (let frame = 0; frame < 10; frame++) {
      await world.advance(50)
      paint()
    }
    const [user, reply] = Object.keys(commits).filter((name) => name !== 'status' && name !== 'messages')
    expect(commits[reply ?? '']).toBe(10)
    expect(commits[user ?? '']).toBe(0)
  })

  it('runs a client tool once, under StrictMode and with two components that lend it', async () => {
    const runs: number[] = []
    const tools = locating(() => runs.push(1))
    const world = createAgentWorld(agentScript.clientTool({ name: 'get_location' }))
    const { result } = mount(world, { tools })
    mount(world, { tools })
    act(() => void result.current.sendMessage('Where am I?'))
    await world.advance(60_000)
    expect(runs).toEqual([1])
    expect(textsOf(result.current).at(-1)).toBe('assistant: 1')
  })

  it('tells of a call that no tool runs, once, and takes an answer by hand', async () => {
    const calls: unknown[] = []
    const world = createAgentWorld(agentScript.clientTool({ name: 'get_location', args: { precise: true } }))
    const { result } = mount(world, { onToolCall: ({ name, args }) => calls.push([name, args]) })
    mount(world, { onToolCall: () => calls.push('second component') })
    act(() => void result.current.sendMessage('Where am I?'))
    await world.advance(30_000)
    expect(calls).toEqual([['get_location', { precise: true }]])
    expect(result.current.status).toBe('awaiting_input')
    const call = result.current.messages.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.type === 'tool-call' ? part.call : [])),
    )[0]
    act(() => void result.current.submitToolResult(call?.id ?? '', 'Oslo'))
    await world.advance(30_000)
    expect(textsOf(result.current).at(-1)).toBe('assistant: Oslo')
  })

  it('calls onFinish once per turn and onError for one that failed', async () => {
    const told: string[] = []
    const world = createAgentWorld(agentScript.turns([agentScript.echo(), agentScript.fails()]))
    const { result } = mount(world, {
      onFinish: (message) => told.push(`finish ${message?.text}`),
      onError: ({ code }) => told.push(`error ${code}`),
    })
    act(() => void result.current.sendMessage('one'))
    await world.advance(30_000)
    act(() => void result.current.sendMessage('two'))
    await world.advance(30_000)
    expect(told.filter((word) => word === 'finish one')).toHaveLength(1)
    expect(told.filter((word) => word === 'error agent-failed')).toHaveLength(1)
    expect(result.current.status).toBe('error')
  })

  it('shows a message that was not taken with its error, and sends it again', async () => {
    const world = createAgentWorld()
    world.server.setFaults([fault.refuse({ on: 'agent-run', status: 500 })])
    const { result } = mount(world)
    act(() => void result.current.sendMessage('Hello'))
    await world.advance(1000)
    const [message] = result.current.messages
    expect(message).toMatchObject({ status: 'failed', error: { code: 'http' } })
    expect(result.current.error?.code).toBe('http')
    world.server.setFaults([])
    act(() => void result.current.retryMessage(message?.key ?? ''))
    await world.advance(30_000)
    expect(textsOf(result.current)).toEqual(['user: Hello', 'assistant: Hello'])
    expect(result.current.error).toBeNull()
  })

  it('begins anew by reset, and mixes nothing of the chat before into the new one', async () => {
    const world = createAgentWorld(agentScript.usual({ text: 'A long answer. '.repeat(50), everyMs: 100 }))
    const { result } = mount(world)
    act(() => void result.current.sendMessage('one'))
    await world.advance(1000)
    const { sendMessage } = result.current
    act(() => result.current.reset())
    expect(result.current.messages).toEqual([])
    expect(result.current.sendMessage).toBe(sendMessage)
    await world.advance(1000)
    expect(result.current.messages).toEqual([])
    // The reply is awaited to its end: then nothing of the chat before is held.
    await world.advance(120_000)
    expect(world.server.counters.openChatStreams).toBe(0)
  })

  it('switches chats in the middle of a reply: the other chat is shown, and one line is open', async () => {
    const world = createAgentWorld(agentScript.usual({ text: 'A long answer. '.repeat(50), everyMs: 100 }))
    const first = mount(world, { key: 'first' })
    act(() => void first.result.current.sendMessage('one'))
    const second = mount(world, { key: 'second' })
    act(() => void second.result.current.sendMessage('two'))
    await world.advance(2000)
    const [a, b] = [first.result.current.chatId ?? '', second.result.current.chatId ?? '']
    first.unmount()
    second.unmount()
    const shown = mount(world, { chatId: a })
    await world.advance(2000)
    expect(textsOf(shown.result.current)[0]).toBe('user: one')
    shown.rerender({ chatId: b })
    expect(textsOf(shown.result.current)[0]).toBe('user: two')
    await world.advance(120_000)
    expect(textsOf(shown.result.current)).toHaveLength(2)
    expect(world.server.counters.openChatStreams).toBe(1)
  })

  it('finds its chat again after a reload, but not with resume: false', async () => {
    const world = createAgentWorld()
    const before = mount(world)
    act(() => void before.result.current.sendMessage('Hello'))
    await world.advance(30_000)
    before.unmount()
    const after = mount(world.openPage())
    const other = mount(world.openPage(), { resume: false })
    await world.advance(30_000)
    expect(textsOf(after.result.current)).toEqual(['user: Hello', 'assistant: Hello'])
    expect(textsOf(other.result.current)).toEqual([])
  })

  it('watches nothing and sends nothing while it is disabled, and says so', async () => {
    const world = createAgentWorld()
    const { result, rerender } = mount(world, { enabled: false })
    await expect(result.current.sendMessage('Hello')).rejects.toMatchObject({ code: 'misuse' })
    await world.advance(1000)
    expect(world.server.requests).toHaveLength(0)
    rerender({ enabled: true })
    act(() => void result.current.sendMessage('Hello'))
    await world.advance(30_000)
    expect(textsOf(result.current)).toEqual(['user: Hello', 'assistant: Hello'])
  })

  it('renders an idle chat on a server, and asks nothing', () => {
    const world = createAgentWorld()
    function Chat(): JSX.Element {
      const { status, messages } = useAgent({ agent })
      return (
        <p>
          {status} {messages.length}
        </p>
      )
    }
    expect(
      renderToString(
        <world.Page>
          <Chat />
        </world.Page>,
      ),
    ).toContain('ready')
    expect(world.server.requests).toHaveLength(0)
  })

  it('selects one value for a component', async () => {
    const world = createAgentWorld()
    const { result } = mount(world)
    const count = renderHook(() => useAgentValue(({ messages }) => messages.length, result.current.chat), {
      wrapper: world.Page,
    })
    act(() => void result.current.sendMessage('Hello'))
    await world.advance(30_000)
    expect(count.result.current).toBe(2)
  })
})
