import { beforeAll, expect, test } from 'vitest'
import { clientTool } from '../src/store/client-tool.ts'
import type { MessageUpdate } from '../src/store/message-update.ts'
import { fault } from '../src/testing/faults.ts'
import { agentScript, type AgentScripts } from '../src/testing/agent-script-builders.ts'
import type { AgentScript } from '../src/testing/agent-script.ts'
import { createWorld, type World } from './world.ts'

const text = 'Two things share one state, however far apart they are.'

// Loading it takes real time, which no clock of ours can move.
beforeAll(() => import('@cfworker/json-schema'))

const locate = clientTool({ name: 'get_location', run: () => 'Oslo' })

function quantum(script: (make: AgentScripts) => AgentScript): World {
  return createWorld({ agents: script(agentScript) })
}

test('the example of the reference: text and thoughts as they arrive, and the reply at the end', async () => {
  const world = quantum((make) => make.usual({ reasoning: 'Entangled. Hm.', text }))
  const agent = world.client.agent('my-org/assistant@latest')
  const printed = { text: '', thinking: '' }
  const updates: MessageUpdate[] = []
  const reply = await world.drive(
    agent.sendMessage('Explain quantum entanglement', {
      onMessage(update) {
        updates.push(update)
        if (update.type !== 'message') printed[update.type] += update.content
      },
    }),
  )
  expect(reply).toMatchObject({ status: 'completed', text, chatId: agent.chatId })
  expect(printed).toEqual({ text, thinking: 'Entangled. Hm.' })
  expect(updates.filter(({ type }) => type === 'text').length).toBeGreaterThan(3)
  expect(reply.messages.map(({ role, text: said }) => [role, said])).toEqual([
    ['user', 'Explain quantum entanglement'],
    ['assistant', text],
  ])
  expect(world.server.counters.requests['agent-run']).toBe(1)
})

test('the example of the reference: a tool call is answered by hand', async () => {
  const world = quantum((make) =>
    make.clientTool({
      name: 'get_location',
      args: { precise: true },
      reply: (result) => `You are at ${result}.`,
    }),
  )
  const agent = world.client.agent('my-org/assistant@latest')
  const calls: unknown[] = []
  const reply = await world.drive(
    agent.sendMessage('Where am I?', {
      onToolCall(call) {
        calls.push([call.name, call.args])
        void agent.submitToolResult(call.id, { city: 'Oslo' })
      },
    }),
  )
  expect(calls).toEqual([['get_location', { precise: true }]])
  expect(reply.text).toBe('You are at {"city":"Oslo"}.')
})

test('a lent tool runs once, and its result goes to the agent', async () => {
  const world = quantum((make) =>
    make.clientTool({ name: 'add', args: { a: 1, b: 2 }, reply: (result) => `It is ${result}.` }),
  )
  const runs: unknown[] = []
  const add = clientTool({
    name: 'add',
    input: {
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number' } },
      required: ['a', 'b'],
    },
    run(args) {
      runs.push(args)
      return 3
    },
  })
  const agent = world.client.agent('my-org/assistant', { tools: [add] })
  const reply = await world.drive(agent.sendMessage('1 + 2?'))
  expect(runs).toEqual([{ a: 1, b: 2 }])
  expect(reply.text).toBe('It is 3.')
})

test('a second message goes on in the same chat, and its turn is not ended by the first one', async () => {
  const world = quantum((make) => make.echo())
  const agent = world.client.agent('my-org/assistant')
  const first = await world.drive(agent.sendMessage('one'))
  const second = await world.drive(agent.sendMessage('two'))
  expect([first.text, second.text]).toEqual(['one', 'two'])
  expect(second.chatId).toBe(first.chatId)
  expect(second.messages).toHaveLength(2)
})

test('two messages at once are answered one after the other, in one chat', async () => {
  const world = quantum((make) => make.echo())
  const agent = world.client.agent('my-org/assistant')
  const [first, second] = await world.drive(Promise.all([agent.sendMessage('one'), agent.sendMessage('two')]))
  expect([first.text, second.text, second.chatId]).toEqual(['one', 'two', first.chatId])
})

test('a turn that is stopped is a reply that was cancelled', async () => {
  const world = quantum((make) => make.queue({ text: 'never' }))
  const agent = world.client.agent('my-org/assistant')
  const reply = agent.sendMessage('Take your time')
  await world.clock.advance(5_000)
  await world.drive(agent.stop())
  expect(await world.drive(reply)).toMatchObject({ status: 'cancelled' })
})

test('a turn that fails rejects with what the server said of it', async () => {
  const world = quantum((make) => make.fails({ error: 'the model is overloaded' }))
  const agent = world.client.agent('my-org/assistant')
  await expect(world.drive(agent.sendMessage('Hello'))).rejects.toMatchObject({
    code: 'agent-failed',
    detail: 'the model is overloaded',
  })
})

test('a message that is not taken stays shown, and can be sent again', async () => {
  const world = quantum((make) => make.echo())
  const agent = world.client.agent('my-org/assistant')
  world.server.setFaults([fault.refuse({ on: 'agent-run', status: 500 })])
  await expect(world.drive(agent.sendMessage('Hello'))).rejects.toMatchObject({ code: 'http' })
  const [message] = agent.chat.current().agent.messages
  expect(message?.outgoing?.error?.code).toBe('http')
  world.server.setFaults([])
  const reply = await world.drive(agent.chat.retryMessage(message?.key ?? ''))
  expect(reply.text).toBe('Hello')
  expect(reply.messages).toHaveLength(2)
  expect(reply.messages[0]?.key).toBe(message?.key)
})

test('an agent that is described in place is told of a tool once, however many lend it', async () => {
  const configs: unknown[] = []
  const world = quantum((make) => (request) => {
    configs.push(request.config)
    return make.echo()
  })
  const config = { name: 'locator', coreApp: { ref: 'acme/model@1' } }
  const agent = world.client.agent(config, { tools: [locate] })
  agent.chat.lendTools([locate])
  await world.drive(agent.sendMessage('Hello'))
  expect(configs).toMatchObject([
    { name: 'locator', core_app: { ref: 'acme/model@1' }, tools: [{ name: 'get_location' }] },
  ])
})

test.each([
  ['wait', 0],
  ['answer', 1],
] as const)('missingTools: %s, for a tool that nobody here has', async (missingTools, answers) => {
  const world = createWorld(
    { agents: agentScript.clientTool({ name: 'get_location', reply: (result) => result }) },
    { missingTools },
  )
  const reply = world.client.agent('my-org/assistant').sendMessage('Where am I?')
  reply.catch(() => {})
  await world.clock.advance(60_000)
  expect(Object.values(world.server.counters.toolAnswers)).toHaveLength(answers)
  if (missingTools === 'answer') expect((await reply).text).toContain('not_available')
  world.client.close()
})
