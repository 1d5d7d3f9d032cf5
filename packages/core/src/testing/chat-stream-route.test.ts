import { afterEach, describe, expect, it } from 'vitest'
import { chatWorld, linesOf, type ChatWorld, type Json } from '../../test/chat-world.ts'
import { readBody } from '../../test/read-body.ts'
import type { AgentTurn } from './agent-script.ts'
import { agentScript } from './agent-script-builders.ts'
import { fault } from './faults.ts'
import type { SimulatorOptions } from './simulator-options.ts'

const opened: ChatWorld[] = []
afterEach(() => {
  for (const { simulator } of opened.splice(0)) simulator.close()
})

async function open(options: SimulatorOptions): Promise<ChatWorld> {
  const world = await chatWorld(options)
  opened.push(world)
  return world
}

// Appendix A6 of the protocol notes, word for word but for one: where the calls are stored, what was said is stored too,
// so `content` is among the fields.
const GOLDEN = `
{"event":"chats","data":{"id":"c1","status":"busy","active_run":{"id":"r1","chat_id":"c1","state":"submitted"},"pending_interrupts":[]}}
{"event":"chat_messages","data":{"id":"m0","chat_id":"c1","order":0,"role":"user","status":"ready","content":[{"type":"text","text":"where am I?","error":null,"image":null,"file":null,"tool_calls":null}]}}
{"event":"agent_runs","data":{"id":"r1","chat_id":"c1","state":"working"}}
{"event":"chat_messages","data":{"id":"m1","chat_id":"c1","agent_run_id":"r1","task_id":"t9","order":1,"role":"assistant","status":"pending","content":[],"tool_invocations":[]}}
{"event":"delta","data":{"resource_id":"m1","seq":1,"delta":{"response":"","reasoning":"I need the position."}}}
{"event":"delta","data":{"resource_id":"m1","seq":2,"delta":{"response":"","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_location","arguments":"{}"}}]}}}
{"event":"chat_messages","data":{"id":"m1","chat_id":"c1","status":"ready","tool_invocations":[{"id":"v1","chat_message_id":"m1","tool_invocation_id":"call_1","type":"client","function":{"name":"get_location","arguments":{}},"status":"in_progress","result":null,"data":null}]},"fields":["status","content","tool_invocations"]}
{"event":"agent_runs","data":{"id":"r1","chat_id":"c1","state":"input_required","interrupt_reason":"client_tool","interrupt_tool_id":"v1"}}
{"type":"heartbeat"}
{"event":"chat_messages","data":{"id":"m1","chat_id":"c1","tool_invocations":[{"id":"v1","chat_message_id":"m1","tool_invocation_id":"call_1","type":"client","function":{"name":"get_location","arguments":{}},"status":"completed","result":"{\\"lat\\":59.9,\\"lon\\":10.7}"}]},"fields":["tool_invocations"]}
{"event":"agent_runs","data":{"id":"r1","chat_id":"c1","state":"working"}}
{"event":"chat_messages","data":{"id":"m2","chat_id":"c1","order":2,"role":"tool","status":"ready","tool_call_id":"call_1","content":[{"type":"text","text":"{\\"lat\\":59.9,\\"lon\\":10.7}"}]}}
{"event":"chat_messages","data":{"id":"m3","chat_id":"c1","order":3,"role":"assistant","status":"pending","content":[],"tool_invocations":[]}}
{"event":"delta","data":{"resource_id":"m3","seq":1,"delta":{"response":"You are in "}}}
{"event":"delta","data":{"resource_id":"m3","seq":2,"delta":{"response":"Oslo."}}}
{"event":"chat_messages","data":{"id":"m3","chat_id":"c1","order":3,"role":"assistant","status":"ready","content":[{"type":"text","text":"You are in Oslo."}],"tool_invocations":[]}}
{"event":"agent_runs","data":{"id":"r1","chat_id":"c1","state":"completed","output":{"city":"Oslo"}}}
{"event":"chats","data":{"id":"c1","status":"idle","output":{"city":"Oslo"},"active_run":null,"pending_interrupts":[]}}
`

const locate: AgentTurn = [
  { atMs: 100, type: 'reasoning', text: 'I need the position.' },
  { atMs: 200, type: 'call', call: 'call_1', name: 'get_location', args: '{}' },
  { atMs: 300, type: 'tools', tools: [{ call: 'call_1', kind: 'client', name: 'get_location' }] },
  { atMs: 300, type: 'await' },
  { atMs: 100, type: 'text', text: 'You are in ' },
  { atMs: 200, type: 'text', text: 'Oslo.' },
  { atMs: 200, type: 'output', output: { city: 'Oslo' } },
]
const POSITION = '{"lat":59.9,"lon":10.7}'

/** Puts the ids of the golden lines in place of the server's, each time the same. */
function renamed(golden: unknown, told: unknown, names: Map<string, string>): unknown {
  if (typeof golden === 'string' && typeof told === 'string') {
    if (/^[0-9a-z]{26}$/.test(told)) {
      if (!names.has(told)) names.set(told, golden)
      return names.get(told)
    }
    return told
  }
  if (Array.isArray(golden) && Array.isArray(told)) {
    return told.map((one, index) => renamed(golden[index], one, names))
  }
  if (isObject(golden) && isObject(told)) {
    const entries = Object.entries(told).map(([key, value]) => [key, renamed(golden[key], value, names)])
    return Object.fromEntries(entries) as unknown
  }
  return told
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Runs the turn of the appendix; the client answers after the first heartbeat. */
async function runTurn({ clock, say, invocations, ask }: ChatWorld): Promise<void> {
  await say('where am I?')
  await clock.advance(10_500)
  const [call] = await invocations()
  await ask('POST', `/tools/${String(call?.['id'])}`, { result: POSITION })
  await clock.advance(1000)
}

describe('the stream of a turn', () => {
  it('is that of the protocol notes, line by line, ids aside', async () => {
    const world = await open({ agents: locate, snapshotOnConnect: false })
    const reading = await world.follow()
    await runTurn(world)
    const golden = linesOf({ text: GOLDEN })
    const names = new Map<string, string>()
    const told = linesOf(reading).map((line, index) => renamed(golden[index], line, names))
    expect(told).toMatchObject(golden)
    expect(told.map((line) => (line as Json)['fields'])).toEqual(golden.map((line) => line['fields']))
    expect(new Set(names.values()).size).toBe(names.size)
    expect(reading.outcome).toBe('open')
  })

  it('says the same as server-sent events, each with its name', async () => {
    const world = await open({ agents: locate, snapshotOnConnect: false })
    const [lines, events] = [await world.follow(), await world.follow({ accept: 'text/event-stream' })]
    await runTurn(world)
    const read = events.text
      .split('\n\n')
      .filter((block) => block.startsWith('event: '))
      .map((block) => /^event: (\w+)\ndata: (.*)$/.exec(block)?.slice(1) ?? [])
      .map(([event, data = '']) => [event, JSON.parse(data) as unknown])
    const expected = linesOf(lines)
      .filter(({ event }) => event !== undefined)
      .map(({ event, data, fields }) => [event, fields === undefined ? data : { data, fields }])
    expect(read).toEqual(expected)
    expect(events.text).toContain('\n\n:')
  })

  it('begins with the chat and what is still open of it, and stays open across turns', async () => {
    const world = await open({ agents: locate })
    await world.say('where am I?')
    await world.clock.advance(250)
    const reading = await world.follow()
    expect(linesOf(reading).map(({ event, data }) => [event, (data as Json)['status']])).toEqual([
      ['chats', 'busy'],
      ['chat_messages', 'pending'],
    ])
    await world.clock.advance(100)
    const [call] = await world.invocations()
    await world.ask('POST', `/tools/${String(call?.['id'])}`, { result: '1' })
    await world.clock.advance(1000)
    await world.say('and now?')
    await world.clock.advance(1000)
    const states = linesOf(reading).filter(({ event }) => event === 'chats')
    expect(states.map(({ data }) => (data as Json)['status'])).toEqual(['busy', 'idle', 'busy'])
    expect(reading.outcome).toBe('open')
    expect(world.simulator.counters).toMatchObject({ openStreams: 1, openChatStreams: 1 })
  })

  it('names a client tool that waits as older servers do', async () => {
    const world = await open({ agents: locate, clientTools: 'awaiting_input' })
    await world.say('where am I?')
    await world.clock.advance(1000)
    expect(await world.invocations()).toMatchObject([{ status: 'awaiting_input' }])
  })

  it('fills what has not changed with zero values, or says the whole message, where it is told to', async () => {
    for (const partials of ['full-with-fields', 'whole'] as const) {
      const world = await open({ agents: locate, partials, snapshotOnConnect: false })
      const reading = await world.follow()
      await world.say('where am I?')
      await world.clock.advance(1000)
      const stored = linesOf(reading)
        .filter(({ event }) => event === 'chat_messages')
        .at(-1)
      const isWhole = partials === 'whole'
      expect(stored?.['fields'] === undefined).toBe(isWhole)
      expect(stored?.['data']).toMatchObject({ role: isWhole ? 'assistant' : '', order: isWhole ? 1 : 0 })
    }
  })

  it('has the content as text in the reference dialect, with the type beside it', async () => {
    const agents: AgentTurn = [
      { atMs: 10, type: 'reasoning', text: 'Hm.' },
      { atMs: 20, type: 'store' },
      {
        atMs: 30,
        type: 'tools',
        tools: [{ call: 'c', kind: 'http', name: 'n', status: 'completed', result: '1' }],
      },
      { atMs: 40, type: 'text', text: 'Yes.' },
      { atMs: 50, type: 'store' },
    ]
    const world = await open({ agents, dialect: 'reference', snapshotOnConnect: false })
    const reading = await world.follow()
    await world.say('well?')
    await world.clock.advance(100)
    const told = linesOf(reading).filter(({ event }) => event === 'chat_messages')
    const contents = told.map(({ data }) => [(data as Json)['content'], (data as Json)['type']])
    expect(contents).toContainEqual(['Hm.', 'thinking'])
    expect(contents).toContainEqual(['Yes.', 'text'])
    expect(told.find(({ fields }) => fields !== undefined)?.['fields']).toEqual([
      'status',
      'content',
      'type',
      'tool_invocations',
    ])
  })
})

describe('a stream that knows the past', () => {
  const usual = agentScript.usual({ text: 'Hello there', everyMs: 10, stepMs: 10 })

  it('answers an id with exactly what came after it', async () => {
    const world = await open({ agents: usual, resume: 'cursor' })
    await world.say('hi')
    await world.clock.advance(1000)
    const whole = await world.follow({ accept: 'text/event-stream' })
    const blocks = whole.text.split('\n\n').filter((block) => block.includes('id: '))
    expect(blocks.length).toBeGreaterThan(6)
    const rest = await world.follow({ accept: 'text/event-stream', 'last-event-id': '4' })
    expect(rest.text.split('\n\n').filter((block) => block.includes('id: '))).toEqual(blocks.slice(4))
  })

  it.each([
    ['refuses', 410, { unknownId: 410 }],
    ['passes over', 200, { unknownId: 'ignore' }],
  ] as const)('%s an id that it does not know', async (_what, status, options) => {
    const world = await open({ agents: usual, resume: 'cursor', ...options })
    const answer = await world.ask('GET', `/chats/${world.id}/stream`, undefined, {
      accept: 'text/event-stream',
      'last-event-id': '99',
    })
    expect(answer.status).toBe(status)
  })

  it('says everything again on each connection, where it replays', async () => {
    const world = await open({ agents: usual, resume: 'replay' })
    const first = await world.follow()
    await world.say('hi')
    await world.clock.advance(1000)
    const second = await world.follow()
    expect(linesOf(second)).toEqual(linesOf(first))
  })

  it('begins with the whole of it after the server was restarted', async () => {
    const world = await open({ agents: usual, resume: 'replay' })
    const broken = await world.follow()
    await world.say('hi')
    await world.clock.advance(1000)
    world.simulator.restart()
    await world.clock.advance(0)
    expect(broken.outcome).toBe('error')
    const after = await world.follow()
    expect(linesOf(after).map(({ event }) => event)).toEqual(['chats', 'chat_messages', 'chat_messages'])
  })
})

describe('what goes wrong on the stream of a chat', () => {
  const usual = agentScript.usual({ text: 'abcdefgh', pieceChars: 2, everyMs: 10, stepMs: 10, storeEvery: 2 })
  /** What each line is about, in a word: deltas by their number. */
  const words = (lines: readonly Json[]): readonly unknown[] =>
    lines.map(({ event, data, fields }) => {
      const { seq, status, delta } = data as { seq?: number; status?: string; delta?: unknown }
      if (delta !== undefined) return seq
      return event === 'chat_messages' ? `${fields === undefined ? '' : '~'}${status ?? ''}` : event
    })
  const START = ['chats', 'ready', 'agent_runs', 'pending']
  const END = ['ready', 'agent_runs', 'chats']

  it.each([
    ['nothing', [], [...START, 1, 2, 'pending', 3, 4, 'pending', ...END]],
    [
      'a gap in the numbers',
      [fault.gap({ on: 'chat-stream', line: 6 })],
      [...START, 1, 'pending', 3, 4, 'pending', ...END],
    ],
    [
      'a piece twice',
      [fault.duplicate({ on: 'chat-stream', line: 5 })],
      [...START, 1, 1, 2, 'pending', 3, 4, 'pending', ...END],
    ],
    [
      'two pieces swapped',
      [fault.reorder({ on: 'chat-stream', line: 5 })],
      [...START, 2, 1, 'pending', 3, 4, 'pending', ...END],
    ],
    [
      'a piece before its message',
      [fault.reorder({ on: 'chat-stream', line: 4 })],
      ['chats', 'ready', 'agent_runs', 1, 'pending', 2, 'pending', 3, 4, 'pending', ...END],
    ],
    [
      'a piece and a status after the end',
      [fault.deltaAfterEnd({ on: 'chat-stream' })],
      [...START, 1, 2, 'pending', 3, 4, 'pending', 'ready', 5, '~pending', 'agent_runs', 'chats'],
    ],
    [
      'an old snapshot after a new one',
      [fault.staleSnapshot({ on: 'chat-stream', line: 11 })],
      [...START, 1, 2, 'pending', 3, 4, 'pending', 'ready', 'ready', 'pending', 'agent_runs', 'chats'],
    ],
    ['a clean end in the middle', [fault.cutAfterEvents(6, { on: 'chat-stream' })], [...START, 1, 2]],
  ] as const)('%s', async (_what, faults, expected) => {
    const world = await open({ agents: usual, snapshotOnConnect: false, faults })
    const reading = await world.follow()
    await world.say('hi')
    await world.clock.advance(1000)
    expect(words(linesOf(reading))).toEqual(expected)
  })

  it('a problem, which ends the body', async () => {
    const world = await open({ agents: usual, faults: [fault.errorEvent({ on: 'chat-stream' })] })
    const reading = await world.follow()
    expect(linesOf(reading)).toMatchObject([{ event: 'chats' }, { event: 'error', data: { status: 500 } }])
    expect(reading.outcome).toBe('end')
  })
})

describe('the answer to a run that is streamed', () => {
  it('is the message of the assistant, whole and bare, to the end of the turn', async () => {
    const world = await open({ agents: agentScript.usual({ text: 'abcdefgh', storeEvery: 1 }) })
    const body = { agent: 'acme/support', input: { text: 'hi' }, stream: true }
    const reading = readBody(await world.ask('POST', '/agents/run', body, { accept: 'application/x-ndjson' }))
    await world.clock.advance(11_000)
    const lines = linesOf(reading).filter(({ type }) => type !== 'heartbeat')
    expect(lines.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending', 'ready'])
    expect(lines.every(({ id, event }) => id === lines[0]?.['id'] && event === undefined)).toBe(true)
    expect(lines.at(-1)).toMatchObject({ content: [{ type: 'text', text: 'abcdefgh' }] })
    expect(reading.outcome).toBe('end')
  })

  it('is plain JSON when the message is queued', async () => {
    const world = await open({ agents: agentScript.queue() })
    await world.say('first')
    const body = { chat_id: world.id, input: { text: 'second' }, stream: true }
    expect(await world.read('POST', '/agents/run', body)).toMatchObject({
      user_message: { status: 'queued', chat_id: world.id },
      assistant_message: null,
    })
  })
})
