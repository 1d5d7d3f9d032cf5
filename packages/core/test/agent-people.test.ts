import { describe, expect, it } from 'vitest'
import type { ToolCall } from '../src/state/chat-message.ts'
import { selectAgentStatus, selectMessages } from '../src/state/select-agent.ts'
import type { Agent } from '../src/store/agent-handle.ts'
import { clientTool } from '../src/store/client-tool.ts'
import { type AgentScripts } from '../src/testing/agent-script-builders.ts'
import type { AgentScript } from '../src/testing/agent-script.ts'
import { fault } from '../src/testing/faults.ts'
import { createAgentWorld, type AgentWorld } from './agent-world.ts'

function calls({ chat }: Agent): readonly ToolCall[] {
  return selectMessages(chat.current().agent)
    .flatMap(({ parts }) => parts)
    .flatMap((part) => (part.type === 'tool-call' ? [part.call] : []))
}

/** Sends a message and waits until its turn waits for somebody. */
async function ask(world: AgentWorld, agent: Agent, text = 'Do it.') {
  const reply = agent.sendMessage(text)
  await world.clock.advance(5000)
  expect(selectAgentStatus(agent.chat.current().agent)).toBe('awaiting_input')
  return { reply, call: calls(agent).at(-1) ?? { id: 'none', name: '', data: null, widget: null } }
}

/** As a client with an API key. */
const worldOf = (...[script, options]: Parameters<typeof createAgentWorld>): AgentWorld =>
  createAgentWorld(script, options, { apiKey: 'inf_key' })

describe('approvals', () => {
  const mail = (make: AgentScripts): AgentScript =>
    make.approval({
      name: 'send_mail',
      args: { to: 'a@b.c' },
      result: 'sent',
      reply: 'Done.',
      rejected: 'I will not.',
    })

  it('are refused to an API key, which is said as exactly that, and the call goes on waiting', async () => {
    const world = worldOf(mail)
    const agent = world.client.agent('my-org/assistant')
    const { call } = await ask(world, agent)
    for (const response of [
      { decision: 'approve' },
      { decision: 'reject' },
      { decision: 'always' },
    ] as const) {
      await expect(world.drive(agent.respondToApproval(call.id, response))).rejects.toMatchObject({
        code: 'forbidden',
        status: 403,
        detail: "only the account holder's own sign-in may approve",
      })
    }
    expect(calls(agent).at(-1)?.status).toBe('awaiting_approval')
    expect(selectAgentStatus(agent.chat.current().agent)).toBe('awaiting_input')
  })

  it.each([
    [{ decision: 'approve' }, 'Done.'],
    [{ decision: 'reject', reason: 'not now' }, 'I will not.'],
    [{ decision: 'always', option: 'exact' }, 'Done.'],
  ] as const)('are taken where anyone may give them: %j', async (response, text) => {
    const world = worldOf(mail, { approvals: 'anyone' })
    const agent = world.client.agent('my-org/assistant')
    const { reply, call } = await ask(world, agent)
    await world.drive(agent.respondToApproval(call.id, response))
    expect((await world.drive(reply)).text).toBe(text)
    // Nobody waits for it any more: that is no error.
    await world.drive(agent.respondToApproval(call.id, { decision: 'approve' }))
  })

  it('for good are asked for once: the next call like it runs at once', async () => {
    const world = worldOf(mail, { approvals: 'anyone' })
    const agent = world.client.agent('my-org/assistant')
    const { reply, call } = await ask(world, agent)
    const { options, defaultKey } = await world.drive(agent.alwaysAllowOptions(call.id))
    expect([options.map(({ key }) => key), defaultKey]).toEqual([['exact', 'tool'], 'exact'])
    await world.drive(agent.respondToApproval(call.id, { decision: 'always', option: 'tool' }))
    await world.drive(reply)
    expect((await world.drive(agent.sendMessage('Again.'))).text).toBe('Done.')
    expect(world.server.counters.requests['always-allow']).toBe(1)
  })
})

describe('what waits for a person', () => {
  it.each(['allow', 'deny'] as const)(
    'an interrupt that is about no call is answered with %s',
    async (decision) => {
      const world = worldOf(
        (make) =>
          make.custom([
            { atMs: 100, type: 'interrupt', reason: 'confirmation' },
            { atMs: 200, type: 'await', next: ({ how }) => [{ atMs: 10, type: 'text', text: how }] },
          ]),
        { approvals: 'anyone' },
      )
      const agent = world.client.agent('my-org/assistant')
      const { reply } = await ask(world, agent)
      const [interrupt] = agent.chat.current().agent.interrupts
      expect(interrupt?.reason).toBe('confirmation')
      await world.drive(agent.resolveInterrupt(interrupt?.id ?? '', decision))
      expect((await world.drive(reply)).text).toBe(decision === 'allow' ? 'approved' : 'rejected')
      expect(agent.chat.current().agent.interrupts).toEqual([])
    },
  )

  it('a widget is answered with its action and its form', async () => {
    const world = worldOf((make) =>
      make.widget({ name: 'form', widget: { type: 'ui' }, reply: (result) => `Got ${result}` }),
    )
    const agent = world.client.agent('my-org/assistant')
    const { reply, call } = await ask(world, agent)
    expect(call.widget).toEqual({ type: 'ui' })
    const answer = { action: { type: 'save', payload: { id: 1 } }, form_data: { name: 'Ola' } }
    await world.drive(agent.submitToolResult(call.id, answer))
    expect((await world.drive(reply)).text).toBe(`Got ${JSON.stringify(answer)}`)
  })

  it('questions of an MCP server are answered round by round, each of which waits for a person', async () => {
    const requests = (key: string): Record<string, unknown> => ({
      [key]: {
        method: 'elicitation/create',
        params: { message: key, requestedSchema: { type: 'object', properties: {} } },
      },
    })
    const world = worldOf((make) =>
      make.input({ name: 'book', requests: [requests('when'), requests('where')], reply: 'Booked.' }),
    )
    const agent = world.client.agent('my-org/assistant')
    const { reply, call } = await ask(world, agent)
    await world.drive(agent.submitToolResult(call.id, { when: { action: 'accept', content: {} } }))
    await world.clock.advance(5000)
    expect(calls(agent).at(-1)).toMatchObject({ id: call.id, data: { round: 2 }, status: 'awaiting_input' })
    expect(selectAgentStatus(agent.chat.current().agent)).toBe('awaiting_input')
    await world.drive(agent.submitToolResult(call.id, { where: { action: 'decline' } }))
    expect((await world.drive(reply)).text).toBe('Booked.')
  })

  it('L13: an answer by hand is brought again while that may help, and once it is taken, more are no error', async () => {
    const world = worldOf((make) =>
      make.clientTool({ name: 'pick', reply: (result) => `You took ${result}` }),
    )
    const agent = world.client.agent('my-org/assistant')
    const { reply, call } = await ask(world, agent)
    world.server.setFaults([fault.refuse({ on: 'answer-tool', status: 503, times: 3 })])
    await world.drive(agent.submitToolResult(call.id, 'this'))
    await world.drive(agent.submitToolResult(call.id, 'that'))
    expect((await world.drive(reply)).text).toBe('You took this')
  })

  it('an answer that is not taken is told, and the call waits as before', async () => {
    const world = worldOf((make) => make.clientTool({ name: 'pick' }))
    const agent = world.client.agent('my-org/assistant')
    const { call } = await ask(world, agent)
    world.server.setFaults([fault.refuse({ on: 'answer-tool', status: 400 })])
    await expect(world.drive(agent.submitToolResult(call.id, 'this'))).rejects.toMatchObject({ status: 400 })
    await expect(agent.submitToolResult(call.id, 1n)).rejects.toMatchObject({ code: 'misuse' })
    expect(calls(agent).at(-1)).toMatchObject({
      status: 'in_progress',
      result: null,
      local: { status: 'failed' },
    })
    expect(selectAgentStatus(agent.chat.current().agent)).toBe('awaiting_input')
  })
})

describe('tools of this client', () => {
  const pick = (onRun: () => void) => clientTool({ name: 'pick', run: () => (onRun(), 'this') })

  it('run also in a chat that nobody looked at for so long that it was forgotten', async () => {
    const world = worldOf((make) =>
      make.clientTool({ name: 'pick', reply: (result) => `You took ${result}` }),
    )
    let runCount = 0
    const agent = world.client.agent('my-org/assistant', { tools: [pick(() => runCount++)] })
    await world.drive(agent.sendMessage('one'))
    await world.clock.advance(10 * 60_000)
    expect((await world.drive(agent.sendMessage('two'))).text).toBe('You took this')
    expect(runCount).toBe(2)
  })

  it('are told to an agent that is described in place, after those of its own, and nothing of it is dropped', async () => {
    const bodies: string[] = []
    const world = worldOf((make) => make.usual())
    const fetch = async (request: Request): Promise<Response> => {
      if (request.url.endsWith('/agents/run')) bodies.push(await request.clone().text())
      return world.server(request)
    }
    const config = {
      name: 'locator',
      systemPrompt: 'Use tools.',
      coreApp: { ref: 'openrouter/x@1', setup: { a: 1 } },
      tools: [{ name: 'search', type: 'app', app: { ref: 'acme/search' } }],
      internalTools: { finish: true },
      outputSchema: { type: 'object' },
      something_new: { kept: true },
    }
    const agent = world.connect({ fetch }).agent(config, { tools: [pick(() => {})], context: { team: 'x' } })
    await world.drive(agent.sendMessage('one'))
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
      context: { team: 'x' },
      agent_config: {
        name: 'locator',
        system_prompt: 'Use tools.',
        core_app: { ref: 'openrouter/x@1', setup: { a: 1 } },
        tools: [
          { name: 'search', type: 'app', app: { ref: 'acme/search' } },
          { name: 'pick', type: 'client', client: { input_schema: { type: 'object' } } },
        ],
        internal_tools: { finish: true },
        output_schema: { type: 'object' },
        something_new: { kept: true },
      },
    })
  })
})
