import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { readBody } from '../../test/read-body.ts'
import { chatWorld, foldChat, linesOf, type ChatWorld, type Json } from '../../test/chat-world.ts'
import type { AgentScript, AgentStep } from './agent-script.ts'
import { agentScript } from './agent-script-builders.ts'
import type { SimulatorOptions } from './simulator-options.ts'

const opened: ChatWorld[] = []
afterEach(() => {
  for (const { simulator } of opened.splice(0)) simulator.close()
})

async function open(options: SimulatorOptions): Promise<ChatWorld> {
  const world = await chatWorld({ approvals: 'anyone', ...options })
  opened.push(world)
  return world
}

const fast = { stepMs: 10, everyMs: 5, pieceChars: 3, storeEvery: 3 } as const
const statuses = (messages: readonly Json[]): readonly unknown[] =>
  messages.map(({ role, status }) => `${String(role)} ${String(status)}`)
const textOf = ({ content }: Json): string =>
  (content as readonly Json[]).flatMap(({ type, text }) => (type === 'text' ? String(text) : [])).join('')

/** One of everything that a client may meet, by name. */
const scripts: Readonly<Record<string, AgentScript>> = {
  usual: agentScript.usual({ ...fast, reasoning: 'Let me think.', text: 'Grüße 🦊 an alle.' }),
  markdown: agentScript.markdown('# Title\n\n- one\n- two', fast),
  clientTool: agentScript.clientTool({
    ...fast,
    name: 'locate',
    args: { precise: true },
    reasoning: 'Where?',
  }),
  serverTool: agentScript.serverTool({ ...fast, name: 'fetch', result: '42', text: 'I look it up.' }),
  approval: agentScript.approval({ ...fast, name: 'send_mail', args: { to: 'a@b.c' }, result: 'sent' }),
  widget: agentScript.widget({ ...fast, name: 'ask', widget: { version: 1, components: [] } }),
  input: agentScript.input({
    ...fast,
    name: 'book',
    requests: [{ day: { method: 'elicitation/create' } }, { hour: {} }],
  }),
  subAgent: agentScript.subAgent({
    ...fast,
    name: 'acme/searcher',
    args: { q: 'x' },
    child: agentScript.usual(fast),
  }),
  structured: agentScript.structured({ ...fast, output: { city: 'Oslo' } }),
  fails: agentScript.fails(fast),
  plan: agentScript.plan({ ...fast, steps: ['read', 'write'] }),
  notes: agentScript.notes(fast),
  echo: agentScript.echo(fast),
}

/** Answers whatever the chat asks, the way that comes first. */
async function answerAll({ invocations, ask }: ChatWorld): Promise<void> {
  for (const { id, type, status, data } of await invocations()) {
    const path = `/tools/${String(id)}`
    if (status === 'awaiting_approval') await ask('POST', `${path}/invoke`)
    else if (status === 'awaiting_input' || (type === 'client' && status === 'in_progress')) {
      const requests = Object.keys((data as Json | null)?.['input_requests'] ?? {})
      const answers = Object.fromEntries(requests.map((key) => [key, { action: 'accept', content: {} }]))
      await ask('POST', path, { result: JSON.stringify(answers) })
    }
  }
}

describe('every script', () => {
  describe.each(Object.entries(scripts))('%s', (name, script) => {
    it('is met by GET at any moment as the stream has told it', async () => {
      const world = await open({ agents: script, snapshotOnConnect: false })
      const { clock, read, id, messages } = world
      const reading = await world.follow()
      const check = async (): Promise<void> => {
        const { chat, messages: told } = foldChat(linesOf(reading))
        const got = await read('GET', `/chats/${id}`)
        const timeless = ({ updated_at: _updated, ...rest }: Json): Json => rest
        if (chat !== null) expect(timeless(chat)).toEqual(timeless(got))
        expect([...told.values()].map(timeless)).toEqual((await messages()).map(timeless))
      }
      await world.say('hello')
      for (let round = 0; round < 40; round++) {
        await clock.advance(37)
        await check()
        if (round % 8 === 7) await answerAll(world)
        await clock.advance(0)
        await check()
      }
      await clock.advance(60_000)
      await check()
      expect((await read('GET', `/chats/${id}/status`))['status']).toBe('idle')
      expect(textOf((await messages()).findLast(({ role }) => role === 'assistant') ?? {})).not.toBe('')
    })

    it('stores in the end what its pieces said', async () => {
      const world = await open({ agents: script, snapshotOnConnect: false })
      const reading = await world.follow()
      await world.say('hello')
      for (let round = 0; round < 4; round++) {
        await world.clock.advance(5000)
        await answerAll(world)
      }
      await world.clock.advance(5000)
      const { said, messages } = foldChat(linesOf(reading))
      for (const [message, { text, reasoning }] of said) {
        const { content = [] } = messages.get(message) ?? {}
        const parts = content as readonly Json[]
        expect(parts.find(({ type }) => type === 'text')?.['text'] ?? '').toBe(text)
        expect(parts.find(({ type }) => type === 'reasoning')?.['text'] ?? '').toBe(reasoning)
      }
      expect(said.size).toBeGreaterThan(0)
    })

    it('ends at once when it is stopped, whenever that is', async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 1500 }), async (atMs) => {
          const world = await open({ agents: script })
          await world.say('hello')
          await world.clock.advance(atMs)
          await world.ask('POST', `/chats/${world.id}/stop`)
          const stopped = await world.messages()
          expect(await world.read('GET', `/chats/${world.id}`)).toMatchObject({
            status: 'idle',
            active_run: null,
            pending_interrupts: [],
          })
          for (const { status } of stopped) expect(['ready', 'cancelled', 'failed']).toContain(status)
          for (const { status } of await world.invocations()) {
            expect(['completed', 'cancelled', 'failed']).toContain(status)
          }
          await world.clock.advance(60_000)
          expect(await world.messages()).toEqual(stopped)
          expect(world.clock.pendingCount).toBe(0)
        }),
        { numRuns: 8 },
      )
    })

    it('says the same bytes whatever else the server does', async () => {
      const told = async (isBusy: boolean): Promise<string> => {
        const world = await open({ agents: script, resume: 'replay' })
        await world.say('hello')
        for (let round = 0; round < 20; round++) {
          await world.clock.advance(100)
          if (isBusy) await world.ask('POST', '/agents/run', { agent: 'a/b', input: { text: `${round}` } })
        }
        return (await world.follow()).text
      }
      expect(await told(true)).toBe(await told(false))
      expect(name).not.toBe('')
    })
  })
})

describe('a client tool', () => {
  it('gets its result once: the second is refused, and counted', async () => {
    const world = await open({ agents: scripts['clientTool'] ?? [] })
    await world.say('go')
    await world.clock.advance(1000)
    const id = String((await world.invocations())[0]?.['id'])
    expect((await world.ask('POST', `/tools/${id}`, { result: 'here' })).status).toBe(200)
    expect((await world.ask('POST', `/tools/${id}`, { result: 'there' })).status).toBe(409)
    await world.clock.advance(1000)
    expect(world.simulator.counters.toolAnswers).toEqual({ [id]: 2 })
    expect(await world.invocations()).toMatchObject([{ status: 'completed', result: 'here' }])
    expect((await world.messages()).map(textOf)).toEqual(['go', '', 'here', 'here'])
  })

  it('lets the script choose what follows by all answers', async () => {
    const tools = ['a', 'b'].map((call) => ({ call, kind: 'client', name: call }) as const)
    const steps: readonly AgentStep[] = [
      { atMs: 0, type: 'tools', tools },
      {
        atMs: 0,
        type: 'await',
        next: (last, all) => [
          { atMs: 5, type: 'text', text: `${last.call}:${all.map(({ text }) => text ?? '').join('+')}` },
        ],
      },
      { atMs: 5, type: 'text', text: '.' },
    ]
    const world = await open({ agents: agentScript.custom(steps) })
    await world.say('go')
    const [a, b] = await world.invocations()
    await world.ask('POST', `/tools/${String(b?.['id'])}`, { result: '1' })
    expect(await world.read('GET', `/chats/${world.id}`)).toMatchObject({
      active_run: { state: 'input_required' },
    })
    await world.ask('POST', `/tools/${String(a?.['id'])}`, { result: '2' })
    expect(await world.read('GET', `/chats/${world.id}`)).toMatchObject({ active_run: { state: 'working' } })
    await world.clock.advance(10)
    expect(textOf((await world.messages()).at(-1) ?? {})).toBe('a:1+2.')
  })

  it('has another name for its call in every turn', async () => {
    const world = await open({ agents: scripts['clientTool'] ?? [] })
    for (const text of ['one', 'two']) {
      await world.say(text)
      await world.clock.advance(1000)
      await answerAll(world)
      await world.clock.advance(1000)
    }
    const calls = (await world.invocations()).map((one) => one['tool_invocation_id'])
    expect(calls).toEqual(['call_1', 'call_1.2'])
  })
})

describe('an approval', () => {
  it('goes on with the tool when it is allowed, and without it when it is not', async () => {
    for (const [path, body, status, last] of [
      ['invoke', undefined, 'completed', 'sent'],
      ['reject', { reason: 'not now' }, 'cancelled', 'Then I will not.'],
    ] as const) {
      const world = await open({ agents: scripts['approval'] ?? [] })
      await world.say('send it')
      await world.clock.advance(1000)
      expect(await world.read('GET', `/chats/${world.id}`)).toMatchObject({
        status: 'awaiting_input',
        pending_interrupts: [{ reason: 'tool_approval', status: 'pending' }],
      })
      const id = String((await world.invocations())[0]?.['id'])
      await world.ask('POST', `/tools/${id}/${path}`, body)
      await world.clock.advance(5000)
      expect(await world.invocations()).toMatchObject([{ status }])
      expect(textOf((await world.messages()).at(-1) ?? {})).toBe(last)
    }
  })

  it('is asked for no more once every call of the tool is allowed', async () => {
    const world = await open({ agents: scripts['approval'] ?? [] })
    await world.say('send it')
    await world.clock.advance(1000)
    const path = `/chats/${world.id}/tools/${String((await world.invocations())[0]?.['id'])}/always-allow`
    expect(await world.read('GET', `${path}/options`)).toMatchObject({
      default: 'exact',
      options: [{}, { key: 'tool' }],
    })
    expect((await world.ask('POST', path, { option: 'gone' })).status).toBe(409)
    expect(await world.read('POST', path, { option: 'tool' })).toEqual({ rules: ['send_mail(*)'] })
    expect((await world.ask('POST', path, { option: 'tool' })).status).toBe(400)
    await world.clock.advance(5000)
    await world.say('again')
    await world.clock.advance(5000)
    expect(await world.invocations()).toMatchObject([{ status: 'completed' }, { status: 'completed' }])
  })

  it('can be given through its interrupt', async () => {
    const world = await open({ agents: scripts['approval'] ?? [] })
    await world.say('send it')
    await world.clock.advance(1000)
    const chat = await world.read('GET', `/chats/${world.id}`)
    const [interrupt] = chat['pending_interrupts'] as readonly Json[]
    const path = `/interrupts/${String(interrupt?.['id'])}/resolve`
    expect(await world.read('POST', path, { decision: 'deny' })).toMatchObject({
      status: 'resolved',
      resolution: 'deny',
    })
    expect((await world.ask('POST', path, { decision: 'deny' })).status).toBe(409)
    expect(await world.invocations()).toMatchObject([{ status: 'cancelled' }])
    const run = String((chat['active_run'] as Json)['id'])
    expect(await world.read('GET', `/agent-runs/${run}/interrupts`)).toMatchObject([
      { reason: 'tool_approval' },
    ])
  })
})

describe('an MCP tool that asks for input', () => {
  it('refuses what answers not all of it, and waits on; then asks again', async () => {
    const world = await open({ agents: scripts['input'] ?? [] })
    await world.say('book')
    await world.clock.advance(1000)
    const path = `/tools/${String((await world.invocations())[0]?.['id'])}`
    for (const answers of [
      'no',
      {},
      { day: { action: 'maybe' } },
      { day: { action: 'decline', content: {} } },
    ]) {
      expect((await world.ask('POST', path, { result: JSON.stringify(answers) })).status).toBe(400)
    }
    expect(await world.invocations()).toMatchObject([{ status: 'awaiting_input', data: { round: 1 } }])
    await world.ask('POST', path, {
      result: JSON.stringify({ day: { action: 'accept', content: { day: 1 } } }),
    })
    await world.clock.advance(1000)
    expect(await world.invocations()).toMatchObject([{ status: 'awaiting_input', data: { round: 2 } }])
  })
})

describe('a sub-agent', () => {
  it('works in a chat of its own, and its last text is the result', async () => {
    const child = agentScript.usual({ ...fast, text: 'Found.' })
    const agents = agentScript.subAgent({ ...fast, name: 'acme/searcher', args: { q: 'x' }, child })
    const world = await open({ agents })
    await world.say('search')
    await world.clock.advance(30)
    const [call] = await world.invocations()
    expect(call).toMatchObject({ type: 'agent', status: 'in_progress' })
    const childId = String(call?.['execution_id'])
    expect(await world.read('GET', `/chats/${childId}`)).toMatchObject({
      parent_id: world.id,
      status: 'busy',
    })
    expect(await world.read('GET', `/chats/${world.id}`)).toMatchObject({ children: [{ id: childId }] })
    await world.clock.advance(5000)
    expect(await world.invocations()).toMatchObject([{ status: 'completed', result: 'Found.' }])
    expect(textOf((await world.messages()).at(-1) ?? {})).toBe('Found.')
  })

  it('is followed on a stream of its own, to which the one above says nothing', async () => {
    const world = await open({ agents: scripts['subAgent'] ?? [] })
    await world.say('search')
    await world.clock.advance(30)
    const childId = String((await world.invocations())[0]?.['execution_id'])
    const headers = { accept: 'application/x-ndjson' }
    const reading = readBody(await world.ask('GET', `/chats/${childId}/stream`, undefined, headers))
    await world.clock.advance(5000)
    const { chat, said } = foldChat(linesOf(reading))
    expect(chat).toMatchObject({ id: childId, status: 'idle' })
    expect(said.size).toBe(1)
  })

  it('is stopped with the agent above it', async () => {
    const world = await open({ agents: scripts['subAgent'] ?? [] })
    await world.say('search')
    await world.clock.advance(80)
    const childId = String((await world.invocations())[0]?.['execution_id'])
    await world.ask('POST', `/chats/${world.id}/stop`)
    expect(await world.read('GET', `/chats/${childId}/status`)).toMatchObject({ status: 'idle' })
    expect(await world.invocations()).toMatchObject([{ status: 'cancelled' }])
  })
})

describe('the queue', () => {
  const slow = agentScript.queue({ ...fast, forMs: 1000, text: 'Done.' })

  it('runs what was sent meanwhile, one after the other, below all that was said before', async () => {
    const world = await open({ agents: slow })
    for (const text of ['one', 'two', 'three']) await world.say(text)
    expect(statuses(await world.messages())).toEqual([
      'user ready',
      'assistant pending',
      'user queued',
      'user queued',
    ])
    await world.clock.advance(10_000)
    expect((await world.messages()).map(textOf)).toEqual(['one', 'Done.', 'two', 'Done.', 'three', 'Done.'])
    expect(world.simulator.counters).toMatchObject({ chats: 1, messages: 3 })
  })

  it('lets a message be taken back while it waits, and not after', async () => {
    const world = await open({ agents: slow })
    await world.say('one')
    const path = `/chats/messages/${String((await world.say('two'))['id'])}/cancel`
    expect((await world.ask('POST', path)).status).toBe(200)
    expect((await world.ask('POST', path)).status).toBe(409)
    await world.clock.advance(10_000)
    expect(statuses(await world.messages())).toEqual(['user ready', 'assistant ready', 'user cancelled'])
  })

  it('goes on after a stop', async () => {
    const world = await open({ agents: slow })
    await world.say('one')
    await world.say('two')
    await world.clock.advance(100)
    await world.ask('POST', `/chats/${world.id}/stop`)
    expect(statuses(await world.messages())).toEqual([
      'user ready',
      'assistant cancelled',
      'user ready',
      'assistant pending',
    ])
  })
})

describe('a question that is about no call', () => {
  it.each([
    ['auth', 'auth_required', 'allow', 'approved'],
    ['confirmation', 'input_required', 'deny', 'rejected'],
  ] as const)('%s makes the run %s, until it is resolved', async (reason, state, decision, how) => {
    const steps: readonly AgentStep[] = [
      { atMs: 0, type: 'interrupt', reason, meta: { provider: 'google' } },
      {
        atMs: 0,
        type: 'await',
        next: (answer) => [{ atMs: 0, type: 'text', text: `${answer.call} ${answer.how}` }],
      },
    ]
    const world = await open({ agents: steps })
    await world.say('go')
    const chat = await world.read('GET', `/chats/${world.id}`)
    expect(chat).toMatchObject({ status: 'awaiting_input', active_run: { state, interrupt_reason: reason } })
    const [interrupt] = chat['pending_interrupts'] as readonly Json[]
    await world.read('POST', `/interrupts/${String(interrupt?.['id'])}/resolve`, { decision })
    expect(textOf((await world.messages()).at(-1) ?? {})).toBe(`${reason} ${how}`)
    expect(await world.read('GET', `/chats/${world.id}/status`)).toMatchObject({ status: 'idle' })
  })
})

describe('a script', () => {
  it('is taken turn by turn from a list, the last one for all that follow', async () => {
    const agents = agentScript.turns([agentScript.fails(fast), agentScript.echo(fast)])
    const world = await open({ agents })
    for (const text of ['a', 'b', 'c']) {
      await world.say(text)
      await world.clock.advance(1000)
    }
    expect((await world.messages()).map(textOf)).toEqual(['a', 'Well,', 'b', 'b', 'c', 'c'])
  })

  it('may put pictures and files between the text', async () => {
    const steps: readonly AgentStep[] = [
      { atMs: 1, type: 'text', text: 'Look:' },
      { atMs: 2, type: 'media', media: 'image', uri: 'https://a.test/a.png' },
      { atMs: 3, type: 'usage', usage: { total_tokens: 3 } },
    ]
    const world = await open({ agents: steps })
    await world.say('draw')
    await world.clock.advance(10)
    expect((await world.messages()).at(-1)).toMatchObject({
      content: [
        { type: 'text', text: 'Look:' },
        { type: 'image', image: 'https://a.test/a.png' },
      ],
    })
  })

  it('is chosen by the agent and by what was said', async () => {
    const agents = {
      'acme/support': agentScript.custom((text, turnIndex) =>
        agentScript.usual({ ...fast, text: `${turnIndex}:${text}` }),
      ),
      'acme/*': agentScript.fails(fast),
    }
    const world = await open({ agents })
    await world.say('a')
    await world.clock.advance(1000)
    await world.say('b')
    await world.clock.advance(1000)
    expect((await world.messages()).map(textOf)).toEqual(['a', '0:a', 'b', '1:b'])
    await world.read('POST', `/chats/${world.id}/agent`, { agent: 'acme/other' })
    await world.say('c')
    await world.clock.advance(1000)
    expect((await world.messages()).at(-1)).toMatchObject({ status: 'failed' })
  })

  it('plays faster at a higher speed', async () => {
    const world = await open({ agents: agentScript.queue({ forMs: 60_000 }), speed: 1000 })
    await world.say('go')
    await world.clock.advance(100)
    expect(await world.read('GET', `/chats/${world.id}/status`)).toMatchObject({ status: 'idle' })
  })

  it('is refused when its steps are out of order', async () => {
    const steps: readonly AgentStep[] = [
      { atMs: 2, type: 'text', text: 'b' },
      { atMs: 1, type: 'text', text: 'a' },
    ]
    const world = await open({ agents: steps })
    await expect(world.say('go')).rejects.toMatchObject({
      code: 'misuse',
      message: expect.stringContaining('Step 1') as string,
    })
  })
})
