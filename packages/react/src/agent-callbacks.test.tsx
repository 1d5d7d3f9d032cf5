import {
  StreamError,
  type AgentRun,
  type AgentState,
  type Chat,
  type ChatObserver,
  type MessageState,
} from '@taskstream/core'
import { agentScript, fault } from '@taskstream/core/testing'
import { act, renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'
import {
  agentMessage,
  createFakeChat,
  outgoingMessage,
  storedMessage,
  toolInvocation,
  userMessage,
} from '../test/fake-chat.ts'
import { createHookWorld } from '../test/hook-world.tsx'
import { useAgentCallbacks, type AgentCallbacks } from './agent-callbacks.ts'
import { useAgent } from './use-agent.ts'

const run = (id: string, more: Partial<AgentRun> = {}): AgentRun => ({
  id,
  status: 'working',
  error: null,
  output: null,
  interruptReason: null,
  interruptToolId: null,
  userMessageId: null,
  invocationId: null,
  updatedAtUs: null,
  ...more,
})

/** A chat whose events a test makes, and what its callbacks were told. */
function listen(initial: Partial<AgentState>, toolNames: readonly string[] = []) {
  const fake = createFakeChat(initial)
  const observers = new Set<ChatObserver>()
  const chat: Chat = {
    ...fake.chat,
    hasTool: (name) => toolNames.includes(name),
    observe(observer) {
      observers.add(observer)
      return () => void observers.delete(observer)
    },
  }
  const told: string[] = []
  const callbacks: AgentCallbacks = {
    onFinish: (message) => told.push(`finish ${message?.text ?? 'nothing'}`),
    onError: ({ code, message }) => told.push(`error ${code} ${message}`),
    onToolCall: ({ id }) => told.push(`call ${id}`),
  }
  return {
    told,
    mount: (given: AgentCallbacks = callbacks) =>
      renderHook(() => {
        useAgentCallbacks(chat, given)
      }),
    happen: async (change: Partial<AgentState>): Promise<void> => {
      const before = chat.current().agent
      fake.write(change)
      for (const observer of observers) observer(chat.current().agent, before)
      await act(() => Promise.resolve())
    },
    settle: () => act(() => Promise.resolve()),
  }
}

const asked = (id: string, runId: string, more: Partial<NonNullable<MessageState['fact']>> = {}) =>
  userMessage(id, id, { runId, ...more })

test('a turn that is followed at once by a queued one is finished once, with its own reply', async () => {
  const first = [asked('u1', 'r1'), agentMessage('a1', 'one', { runId: 'r1' })]
  const { told, mount, happen } = listen({
    activity: 'busy',
    activeRunId: 'r1',
    runs: [run('r1')],
    messages: [...first, asked('u2', 'r2', { status: 'queued' })],
  })
  mount()
  await happen({
    activeRunId: 'r2',
    runs: [run('r1', { status: 'completed' }), run('r2')],
    messages: [...first, asked('u2', 'r2')],
  })
  expect(told).toEqual(['finish one'])
  await happen({
    activity: 'idle',
    runs: [run('r1', { status: 'completed' }), run('r2', { status: 'completed' })],
    messages: [...first, asked('u2', 'r2'), agentMessage('a2', 'two', { runId: 'r2' })],
  })
  expect(told).toEqual(['finish one', 'finish two'])
})

test('a turn in which the agent said nothing is not finished with the reply before it', async () => {
  const messages = [asked('u1', 'r1'), agentMessage('a1', 'one', { runId: 'r1' }), asked('u2', 'r2')]
  const runs = [run('r1', { status: 'completed' }), run('r2')]
  const { told, mount, happen } = listen({ activity: 'busy', activeRunId: 'r2', runs, messages })
  mount()
  await happen({
    activity: 'idle',
    runs: [run('r1', { status: 'completed' }), run('r2', { status: 'cancelled' })],
  })
  expect(told).toEqual(['finish nothing'])
})

test('a turn that is told as a whole, after it was over, is finished', async () => {
  const { told, mount, happen } = listen({
    isLoaded: false,
    awaitedMessageId: 'u1',
    messages: [{ ...outgoingMessage('sent-1', 'Hi'), id: 'u1' }],
  })
  mount()
  await happen({
    isLoaded: true,
    awaitedMessageId: null,
    messages: [{ ...userMessage('u1', 'Hi'), key: 'sent-1' }, agentMessage('a1', 'Hello')],
  })
  expect(told).toEqual(['finish Hello'])
})

test('each message that is not taken is told, also while another is on its way and with the same code', async () => {
  const { told, mount, happen } = listen({
    messages: [outgoingMessage('m1', 'a'), outgoingMessage('m2', 'b')],
  })
  mount()
  const [one, two] = [new StreamError('network', '1'), new StreamError('network', '2')]
  await happen({ messages: [outgoingMessage('m1', 'a', one), outgoingMessage('m2', 'b')] })
  await happen({ messages: [outgoingMessage('m1', 'a', one), outgoingMessage('m2', 'b', two)] })
  expect(told).toEqual(['error network [network] 1', 'error network [network] 2'])
})

test('a failure is not told again when a later message is taken back', async () => {
  const messages = [asked('u1', 'r1')]
  const failed = run('r1', { status: 'failed', error: 'No.' })
  const { told, mount, happen } = listen({ activity: 'busy', activeRunId: 'r1', runs: [run('r1')], messages })
  mount()
  await happen({ activity: 'idle', runs: [failed] })
  const count = told.filter((one) => one.startsWith('error')).length
  await happen({ messages: [...messages, outgoingMessage('m', 'again')] })
  await happen({ messages, runs: [{ ...failed }] })
  expect(count).toBe(1)
  expect(told.filter((one) => one.startsWith('error'))).toHaveLength(1)
})

test('a failure of long ago is no news when its chat is read', async () => {
  const { told, mount, happen } = listen({ isLoaded: false })
  mount()
  await happen({
    isLoaded: true,
    runs: [run('r1', { status: 'failed', error: 'No.' })],
    messages: [asked('u1', 'r1')],
  })
  expect(told).toEqual([])
})

const waiting = storedMessage('a1', {
  invocations: [toolInvocation('t1', { kind: 'client', name: 'ask', status: 'awaiting_input' })],
})

test('a call that waited before the component was mounted is told once, also after another mount', async () => {
  const { told, mount, settle } = listen({ messages: [waiting] })
  const first = mount()
  await settle()
  expect(told).toEqual(['call t1'])
  first.unmount()
  mount()
  await settle()
  expect(told).toEqual(['call t1'])
})

test('a call that waited is not told where a tool runs it', async () => {
  const { told, mount, settle } = listen({ messages: [waiting] }, ['ask'])
  mount()
  await settle()
  expect(told).toEqual([])
})

test('onError is called once for each message that is not taken, and not again when a later one is', async () => {
  const world = createHookWorld({ agents: agentScript.echo() })
  const refuse = () => world.server.setFaults([fault.refuse({ on: 'agent-run', status: 500 })])
  const told: string[] = []
  const { result } = renderHook(
    () => useAgent({ agent: 'my-org/assistant', onError: ({ code }) => told.push(code) }),
    { wrapper: world.Page },
  )
  refuse()
  act(() => void result.current.sendMessage('one'))
  await world.advance(1000)
  act(() => void result.current.sendMessage('two'))
  await world.advance(30_000)
  expect(told).toEqual(['http'])
  refuse()
  act(() => void result.current.sendMessage('three'))
  await world.advance(1000)
  expect(told).toEqual(['http', 'http'])
})

test('onFinish is called once for each of two messages, of which one waited in the queue', async () => {
  const world = createHookWorld({ agents: agentScript.echo() })
  const told: (string | undefined)[] = []
  const { result } = renderHook(
    () => useAgent({ agent: 'my-org/assistant', onFinish: (message) => told.push(message?.text) }),
    { wrapper: world.Page },
  )
  act(() => void result.current.sendMessage('one'))
  act(() => void result.current.sendMessage('two'))
  await world.advance(60_000)
  expect(told).toEqual(['one', 'two'])
})
