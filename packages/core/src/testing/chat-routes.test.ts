import { afterEach, describe, expect, it } from 'vitest'
import { chatWorld, type ChatWorld, type Json } from '../../test/chat-world.ts'
import { agentScript } from './agent-script-builders.ts'
import type { SimulatorOptions } from './simulator-options.ts'

const opened: ChatWorld[] = []
afterEach(() => {
  for (const { simulator } of opened.splice(0)) simulator.close()
})

async function open(options: SimulatorOptions = {}): Promise<ChatWorld> {
  const world = await chatWorld({
    agents: { 'acme/*': agentScript.approval({ name: 'send_mail' }), locator: agentScript.echo() },
    agentCards: {
      'acme/support': { description: 'Helps.', examplePrompts: ['Hi'] },
      'acme/plan': { requiredContext: ['plan'] },
    },
    ...options,
  })
  opened.push(world)
  return world
}

const NO_ID = '0'.repeat(26)
const input = { text: 'hi' }
const config = { name: 'locator', core_app: { ref: 'a/b@c' }, context: [{ name: 'plan', required: true }] }

describe('a request', () => {
  it.each<[string, string, unknown, number]>([
    ['POST', '/agents/run', { agent: 'acme/support@1', input }, 200],
    [
      'POST',
      '/agents/run',
      { agent: 'acme/support', input: { text: '', files: ['https://a.test/a.txt'] } },
      200,
    ],
    [
      'POST',
      '/agents/run',
      {
        agent: 'acme/support',
        input: { attachments: [{ uri: 'https://a.test/a.png', content_type: 'image/png' }] },
      },
      200,
    ],
    [
      'POST',
      '/agents/run',
      { agent_config: config, agent_name: 'locator', context: { plan: 'pro' }, input },
      200,
    ],
    ['POST', '/agents/run', { agent_config: config, input }, 400],
    ['POST', '/agents/run', { agent_config: 'locator', input }, 400],
    ['POST', '/agents/run', { agent_config: { ...config, core_app: 'a/b' }, input }, 400],
    ['POST', '/agents/run', { agent: 'acme/plan', input }, 400],
    ['POST', '/agents/run', { agent: 'acme/plan', context: { plan: 'pro' }, input }, 200],
    ['POST', '/agents/run', { agent: 'acme/plan', context: { plan: 1 }, input }, 400],
    ['POST', '/agents/run', { agent: 'support', input }, 400],
    ['POST', '/agents/run', { agent: 'other/support', input }, 404],
    ['POST', '/agents/run', { input }, 400],
    ['POST', '/agents/run', { agent: 'acme/support' }, 400],
    ['POST', '/agents/run', { agent: 'acme/support', input: { text: '  ' } }, 400],
    ['POST', '/agents/run', { agent: 'acme/support', input: { text: 1 } }, 400],
    ['POST', '/agents/run', { agent: 'acme/support', input: { text: 'a', images: 'b' } }, 400],
    ['POST', '/agents/run', { agent: 'acme/support', input: { text: 'a', attachments: [{}] } }, 400],
    ['POST', '/agents/run', { chat_id: NO_ID, input }, 404],
    ['POST', '/agents/run', [], 400],
    ['POST', '/chats', { agent: 'acme/support', context: {} }, 200],
    ['POST', '/chats', { agent: 'acme/plan' }, 400],
    ['POST', '/chats', {}, 400],
    ['POST', '/chats', { agent: 'other/one' }, 404],
    ['GET', `/chats/${NO_ID}`, undefined, 404],
    ['GET', `/chats/${NO_ID}/stream`, undefined, 404],
    ['POST', `/chats/${NO_ID}/messages`, { message: 'a' }, 404],
    ['POST', '/chats/:chat/messages', { message: ' ' }, 400],
    ['POST', '/chats/:chat/messages', {}, 400],
    ['POST', '/chats/:chat/stop', undefined, 200],
    ['POST', '/chats/:chat/agent', { agent: 'acme/other' }, 200],
    ['POST', '/chats/:chat/agent', { agent: 'other/one' }, 400],
    ['POST', '/chats/:chat/agent', {}, 400],
    ['POST', `/chats/messages/${NO_ID}/cancel`, undefined, 404],
    ['POST', `/tools/${NO_ID}`, { result: '' }, 404],
    ['POST', `/tools/${NO_ID}/invoke`, undefined, 404],
    ['POST', `/tools/${NO_ID}/reject`, {}, 404],
    ['POST', '/tools/:tool', { result: {} }, 400],
    ['POST', '/tools/:tool', { result: 'early' }, 409],
    ['POST', '/tools/:tool/reject', { reason: 1 }, 400],
    ['POST', '/tools/:tool/reject', {}, 200],
    ['GET', '/chats/:chat/tools/:tool/always-allow/options', undefined, 200],
    ['POST', '/interrupts/:interrupt/resolve', { decision: 'maybe' }, 400],
    ['POST', '/interrupts/:interrupt/resolve', { decision: 'allow' }, 200],
    ['POST', `/interrupts/${NO_ID}/resolve`, { decision: 'allow' }, 404],
    ['GET', `/agent-runs/${NO_ID}/interrupts`, undefined, 404],
    ['GET', '/agents/acme/support', undefined, 200],
    ['GET', '/agents/other/support', undefined, 404],
  ])('%s %s with %j is answered with %i', async (method, path, body, status) => {
    const world = await open()
    await world.say('hi')
    await world.clock.advance(10_000)
    const chat = await world.read('GET', `/chats/${world.id}`)
    const [interrupt] = chat['pending_interrupts'] as readonly Json[]
    const [tool] = await world.invocations()
    const named = path
      .replace(':chat', world.id)
      .replace(':tool', String(tool?.['id']))
      .replace(':interrupt', String(interrupt?.['id']))
    const answer = await world.ask(method, named, body)
    expect(answer.status).toBe(status)
    if (status >= 400) expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('whoever has an API key', () => {
  const calls = [
    ['POST', '/tools/:tool/invoke'],
    ['POST', '/tools/:tool/reject'],
    ['GET', '/chats/:chat/tools/:tool/always-allow/options'],
    ['POST', '/chats/:chat/tools/:tool/always-allow'],
    ['POST', '/interrupts/:interrupt/resolve'],
  ] as const

  it.each(calls)('may not %s %s', async (method, path) => {
    const world = await open()
    const answer = await world.ask(method, path, undefined, { authorization: 'Bearer inf_key' })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ type: 'https://inference.sh/problems/forbidden' })
  })

  it.each(calls)('may %s %s where anyone may', async (method, path) => {
    const world = await open({ approvals: 'anyone' })
    const answer = await world.ask(method, path, undefined, { authorization: 'Bearer inf_key' })
    expect(answer.status).toBe(404)
  })
})

describe('the messages of a chat', () => {
  it('come newest first, page by page, each once', async () => {
    const world = await open({ agents: agentScript.usual({ stepMs: 1, everyMs: 1 }) })
    for (let turn = 0; turn < 5; turn++) {
      await world.say(`turn ${turn}`)
      await world.clock.advance(1000)
    }
    const orders: unknown[] = []
    let cursor = ''
    for (let page = 0; page < 4; page++) {
      const query = new URLSearchParams({ limit: '3', ...(cursor === '' ? {} : { cursor }) })
      const answer = await world.read('GET', `/chats/${world.id}/messages?${query.toString()}`)
      orders.push(...(answer['items'] as readonly Json[]).map(({ order }) => order))
      cursor = String(answer['next_cursor'])
      expect(answer).toMatchObject({
        has_next: page < 3,
        has_previous: page > 0,
        total_items: 10,
        items_per_page: 3,
      })
    }
    expect(cursor).toBe('')
    expect(orders).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
  })

  it('begin anew with a cursor that is none, fifty at a time', async () => {
    const world = await open()
    expect(await world.read('GET', `/chats/${world.id}/messages?cursor=%21`)).toMatchObject({
      items: [],
      has_next: false,
      items_per_page: 50,
    })
  })
})

it('an agent is told by its card', async () => {
  const { read } = await open()
  expect(await read('GET', '/agents/acme/support')).toMatchObject({
    namespace: 'acme',
    name: 'support',
    version: { description: 'Helps.', example_prompts: ['Hi'] },
  })
})

it('a chat is found by the first 8 characters of its id, too', async () => {
  const { read, id } = await open()
  expect(await read('GET', `/chats/${id.slice(0, 8)}`)).toMatchObject({ id, short_id: id.slice(0, 8) })
})

it('a run answers both messages, of the chat that it began', async () => {
  const { read, id } = await open()
  const answer = await read('POST', '/agents/run', { agent: 'acme/support', context: { plan: 'pro' }, input })
  const { chat_id: chatId } = answer['user_message'] as Json
  expect(chatId).not.toBe(id)
  expect(answer).toMatchObject({
    user_message: { role: 'user', status: 'ready', order: 0 },
    assistant_message: { chat_id: chatId, role: 'assistant', status: 'pending', order: 1, content: [] },
  })
  expect(await read('GET', `/chats/${String(chatId)}`)).toMatchObject({
    status: 'busy',
    context: { plan: 'pro' },
  })
})
