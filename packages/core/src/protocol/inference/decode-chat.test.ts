import { describe, expect, it } from 'vitest'
import { StreamError } from '../../errors.ts'
import { fingerprint } from '../../wire/fingerprint.ts'
import type { Frame } from '../../wire/frame.ts'
import { createNdjsonDecoder } from '../../wire/ndjson.ts'
import { createSseDecoder } from '../../wire/sse.ts'
import type { AgentEvent, AgentRunFields, ChatFields, MessageFields, ToolInvocation } from '../agent-event.ts'
import { isRecord, readString } from '../json.ts'
import { unnumbered, type Stamped } from '../protocol.ts'
import type { ResumeMode } from '../stamp-frames.ts'
import { createChatDecoder } from './decode-chat.ts'
import { RESOURCE_EVENT } from './decode-frames.ts'

const message = (data: unknown, event = 'message', id: string | null = null): Frame => ({
  type: 'message',
  event,
  id,
  data: typeof data === 'string' ? data : JSON.stringify(data),
})
const resource = (chat: unknown, messages: unknown): Frame =>
  message({ chat: textOf(chat), messages: messages === null ? null : textOf(messages) }, RESOURCE_EVENT)
const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body))
const decodeAll = (frames: readonly Frame[]): readonly Stamped<AgentEvent>[] =>
  frames.flatMap(createChatDecoder('c1'))
const eventsOf = (...frames: readonly Frame[]): readonly AgentEvent[] =>
  decodeAll(frames).map(({ event }) => event)
const parse = (text: string): unknown => JSON.parse(text)

const ofChat = (fields: ChatFields, full = true): AgentEvent => ({ type: 'chat-fields', full, fields })
const ofRun = (id: string, fields: AgentRunFields, full = true): AgentEvent => ({
  type: 'run-fields',
  id,
  full,
  fields,
})
const ofMessage = (id: string, fields: MessageFields, full = true): AgentEvent => ({
  type: 'message-fields',
  id,
  full,
  fields,
})
const delta = (
  id: string,
  seq: number | null,
  some: Partial<Extract<AgentEvent, { type: 'message-delta' }>['delta']>,
): AgentEvent => ({
  type: 'message-delta',
  id,
  seq,
  delta: { text: '', reasoning: '', toolCalls: [], usage: null, ...some },
})
const page = (
  olderCursor: string | null,
  ...messages: Extract<AgentEvent, { type: 'messages-page' }>['messages'][number][]
): AgentEvent => ({ type: 'messages-page', newest: true, messages, olderCursor })

function errorOf(...frames: readonly Frame[]): StreamError {
  try {
    eventsOf(...frames)
  } catch (thrown) {
    if (thrown instanceof StreamError) return thrown
    throw thrown
  }
  throw new Error('It threw nothing.')
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const ndjson = (text: string): readonly Frame[] => {
  const decoder = createNdjsonDecoder()
  return [...decoder.push(bytes(text)), ...decoder.end()]
}
/** The lines of NDJSON as a server sends them by SSE: under their names (P§4.3). */
const sseOf = (lines: string): string =>
  lines
    .split('\n')
    .map((line) => {
      const value = parse(line)
      if (!isRecord(value) || !('event' in value)) return ': heartbeat\n'
      const { event, data, fields } = value
      const body = fields === undefined ? data : { data, fields }
      return `event: ${String(event)}\ndata: ${JSON.stringify(body)}\n`
    })
    .join('\n')
const sse = (text: string): readonly Frame[] => createSseDecoder().push(bytes(`${text}\n`))

const call: ToolInvocation = {
  id: 'v1',
  callId: 'call_1',
  kind: 'client',
  name: 'get_location',
  displayName: null,
  status: 'in_progress',
  args: {},
  result: null,
  data: null,
  widget: null,
  executionId: null,
}

/** Appendix A6, and what each of its lines says. */
const turn: readonly (readonly [line: string, readonly AgentEvent[]])[] = [
  [
    '{"event":"chats","data":{"id":"c1","status":"busy","active_run":{"id":"r1","chat_id":"c1","state":"submitted"},"pending_interrupts":[]}}',
    [
      ofRun('r1', { status: 'submitted' }),
      ofChat({ id: 'c1', activity: 'busy', activeRunId: 'r1', interrupts: [] }),
    ],
  ],
  [
    '{"event":"chat_messages","data":{"id":"m0","chat_id":"c1","order":0,"role":"user","status":"ready","content":[{"type":"text","text":"where am I?","error":null,"image":null,"file":null,"tool_calls":null}]}}',
    [
      ofMessage('m0', {
        chatId: 'c1',
        order: 0,
        role: 'user',
        status: 'ready',
        content: [{ type: 'text', text: 'where am I?' }],
      }),
    ],
  ],
  [
    '{"event":"agent_runs","data":{"id":"r1","chat_id":"c1","state":"working"}}',
    [ofRun('r1', { status: 'working' })],
  ],
  [
    '{"event":"chat_messages","data":{"id":"m1","chat_id":"c1","agent_run_id":"r1","task_id":"t9","order":1,"role":"assistant","status":"pending","content":[],"tool_invocations":[]}}',
    [
      ofMessage('m1', {
        chatId: 'c1',
        runId: 'r1',
        taskId: 't9',
        order: 1,
        role: 'assistant',
        status: 'pending',
        content: [],
        invocations: [],
      }),
    ],
  ],
  [
    '{"event":"delta","data":{"resource_id":"m1","seq":1,"delta":{"response":"","reasoning":"I need the position."}}}',
    [delta('m1', 1, { reasoning: 'I need the position.' })],
  ],
  [
    '{"event":"delta","data":{"resource_id":"m1","seq":2,"delta":{"response":"","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_location","arguments":"{}"}}]}}}',
    [delta('m1', 2, { toolCalls: [{ index: 0, callId: 'call_1', name: 'get_location', argsText: '{}' }] })],
  ],
  [
    '{"event":"chat_messages","data":{"id":"m1","chat_id":"c1","status":"ready","tool_invocations":[{"id":"v1","chat_message_id":"m1","tool_invocation_id":"call_1","type":"client","function":{"name":"get_location","arguments":{}},"status":"in_progress","result":null,"data":null}]},"fields":["status","tool_invocations"]}',
    [ofMessage('m1', { status: 'ready', invocations: [call] }, false)],
  ],
  [
    '{"event":"agent_runs","data":{"id":"r1","chat_id":"c1","state":"input_required","interrupt_reason":"client_tool","interrupt_tool_id":"v1"}}',
    [ofRun('r1', { status: 'input_required', interruptReason: 'client_tool', interruptToolId: 'v1' })],
  ],
  ['{"type":"heartbeat"}', []],
  [
    '{"event":"chat_messages","data":{"id":"m1","chat_id":"c1","tool_invocations":[{"id":"v1","chat_message_id":"m1","tool_invocation_id":"call_1","type":"client","function":{"name":"get_location","arguments":{}},"status":"completed","result":"{\\"lat\\":59.9,\\"lon\\":10.7}"}]},"fields":["tool_invocations"]}',
    [
      ofMessage(
        'm1',
        { invocations: [{ ...call, status: 'completed', result: '{"lat":59.9,"lon":10.7}' }] },
        false,
      ),
    ],
  ],
  [
    '{"event":"agent_runs","data":{"id":"r1","chat_id":"c1","state":"working"}}',
    [ofRun('r1', { status: 'working' })],
  ],
  [
    '{"event":"chat_messages","data":{"id":"m2","chat_id":"c1","order":2,"role":"tool","status":"ready","tool_call_id":"call_1","content":[{"type":"text","text":"{\\"lat\\":59.9,\\"lon\\":10.7}"}]}}',
    [
      ofMessage('m2', {
        chatId: 'c1',
        order: 2,
        role: 'tool',
        status: 'ready',
        toolCallId: 'call_1',
        content: [{ type: 'text', text: '{"lat":59.9,"lon":10.7}' }],
      }),
    ],
  ],
  [
    '{"event":"chat_messages","data":{"id":"m3","chat_id":"c1","order":3,"role":"assistant","status":"pending","content":[],"tool_invocations":[]}}',
    [
      ofMessage('m3', {
        chatId: 'c1',
        order: 3,
        role: 'assistant',
        status: 'pending',
        content: [],
        invocations: [],
      }),
    ],
  ],
  [
    '{"event":"delta","data":{"resource_id":"m3","seq":1,"delta":{"response":"You are in "}}}',
    [delta('m3', 1, { text: 'You are in ' })],
  ],
  [
    '{"event":"delta","data":{"resource_id":"m3","seq":2,"delta":{"response":"Oslo."}}}',
    [delta('m3', 2, { text: 'Oslo.' })],
  ],
  [
    '{"event":"chat_messages","data":{"id":"m3","chat_id":"c1","order":3,"role":"assistant","status":"ready","content":[{"type":"text","text":"You are in Oslo."}],"tool_invocations":[]}}',
    [
      ofMessage('m3', {
        chatId: 'c1',
        order: 3,
        role: 'assistant',
        status: 'ready',
        content: [{ type: 'text', text: 'You are in Oslo.' }],
        invocations: [],
      }),
    ],
  ],
  [
    '{"event":"agent_runs","data":{"id":"r1","chat_id":"c1","state":"completed","output":{"city":"Oslo"}}}',
    [ofRun('r1', { status: 'completed', output: { city: 'Oslo' } })],
  ],
  [
    '{"event":"chats","data":{"id":"c1","status":"idle","output":{"city":"Oslo"},"active_run":null,"pending_interrupts":[]}}',
    [ofChat({ id: 'c1', activity: 'idle', output: { city: 'Oslo' }, activeRunId: null, interrupts: [] })],
  ],
]
const turnText = turn.map(([line]) => line).join('\n')
const turnEvents = turn.flatMap(([, events]) => events)

describe('the turn of appendix A6', () => {
  it.each(turn)('says in %s what it says', (line, events) => {
    expect(eventsOf(...ndjson(line))).toEqual(events)
    expect(eventsOf(...sse(sseOf(line)))).toEqual(events)
  })

  it('is read as a whole, by NDJSON and by SSE alike', () => {
    expect(eventsOf(...ndjson(turnText))).toEqual(turnEvents)
    expect(eventsOf(...sse(sseOf(turnText)))).toEqual(turnEvents)
  })

  it('is read without the names of its events, by what they hold', () => {
    const nameless = turnText.split('\n').map((line) => {
      const value = parse(line)
      if (!isRecord(value) || readString(value, 'event') === null) return line
      const { event, data, ...rest } = value
      return JSON.stringify(event === 'delta' ? data : { data, ...rest })
    })
    expect(eventsOf(...ndjson(nameless.join('\n')))).toEqual(turnEvents)
  })

  it('is read by a client that follows another chat as if nothing but pieces had been said', () => {
    const decode = createChatDecoder('c2')
    const events = ndjson(turnText).flatMap((frame) => decode(frame).map(({ event }) => event))
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['message-delta']))
  })
})

describe('other streams of P§4 to P§7', () => {
  it('reads an approval that is awaited (appendix A7)', () => {
    const line =
      '{"event":"chats","data":{"id":"c1","status":"awaiting_input","active_run":{"id":"r1","state":"input_required","interrupt_reason":"tool_approval"},"pending_interrupts":[{"id":"i1","run_id":"r1","chat_id":"c1","reason":"tool_approval","source":"tool","resource_id":"v2","resource_type":"tool_invocation","status":"pending","meta":"{\\"tool_invocation_id\\":\\"v2\\",\\"tool_name\\":\\"send_mail\\",\\"arguments\\":{\\"to\\":\\"a@b.c\\"}}"}]}}'
    expect(eventsOf(...ndjson(line))).toEqual([
      ofRun('r1', { status: 'input_required', interruptReason: 'tool_approval' }),
      ofChat({
        id: 'c1',
        activity: 'awaiting_input',
        activeRunId: 'r1',
        interrupts: [
          {
            id: 'i1',
            reason: 'tool_approval',
            status: 'pending',
            resourceId: 'v2',
            expiresAt: null,
            meta: { tool_invocation_id: 'v2', tool_name: 'send_mail', arguments: { to: 'a@b.c' } },
          },
        ],
      }),
    ])
  })

  it('reads the SSE of P§4.3', () => {
    const text =
      ': heartbeat\n\nevent: chat_messages\ndata: {"data":{"id":"7jnx8hn08m6ysdp04bmp5xex3q","status":"ready"},"fields":["status"]}\n'
    expect(eventsOf(...sse(text))).toEqual([
      ofMessage('7jnx8hn08m6ysdp04bmp5xex3q', { status: 'ready' }, false),
    ])
  })

  it('reads the whole message of P§6.1, bare, as an answer of a run streams it (P§4.9)', () => {
    const line =
      '{"id":"m1","short_id":"7jnx8hn0","created_at":"2026-09-15T17:16:13.489477Z","updated_at":"2026-09-15T17:16:27.871984Z","deleted_at":null,"user_id":"3ss0","user":null,"team_id":"48bf","team":null,"visibility":"team","chat_id":"c1","chat":null,"agent_run_id":"r1","order":1,"status":"ready","task_id":"t1","role":"assistant","content":[{"type":"text","error":null,"text":"hello","image":null,"file":null,"tool_calls":null}],"tools":null,"tool_call_id":null,"tool_invocations":[]}'
    expect(eventsOf(...ndjson(line))).toEqual([
      ofMessage('m1', {
        chatId: 'c1',
        order: 1,
        role: 'assistant',
        status: 'ready',
        content: [{ type: 'text', text: 'hello' }],
        invocations: [],
        toolCallId: null,
        runId: 'r1',
        taskId: 't1',
        createdAt: Date.UTC(2026, 8, 15, 17, 16, 13, 489),
        updatedAtUs: Date.UTC(2026, 8, 15, 17, 16, 27) * 1000 + 871_984,
      }),
    ])
  })

  it.each<[string, object, MessageFields]>([
    [
      'text',
      { content: 'Hello', role: 'assistant' },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
    ],
    [
      'thinking',
      { content: 'Hm', type: 'thinking', role: 'assistant' },
      { role: 'assistant', content: [{ type: 'reasoning', text: 'Hm' }] },
    ],
  ])('reads the %s of the streaming reference (P§0a.1)', (_, said, fields) => {
    const data = { id: 'm1', ...said }
    for (const frame of [
      message(data),
      message({ data }),
      message({ event: 'chat_messages', data }),
      message(data, 'chat_message'),
    ]) {
      expect(eventsOf(frame)).toEqual([ofMessage('m1', fields)])
    }
  })

  it.each<[string, string]>([
    [
      'chats',
      '{"id":"c1","status":"idle","name":"Where am I?","description":"","agent_id":"a1","parent_id":null,"updated_at":"2026-10-01T09:00:00Z","children":[{"id":"c2"},{"id":7},"c3",null],"agent_data":{"plan_steps":[{"index":1,"title":"Look","description":"Around","notes":"n","status":"in_progress"},{"title":7},null],"memory":"{}"}}',
    ],
    [
      'chat',
      '{"id":"c1","status":"idle","name":"Where am I?","description":null,"agent_id":"a1","parent_id":"","updated_at":"2026-10-01T09:00:00.000000Z","children":["c2","c3",""],"agent_data":"{\\"plan_steps\\":[{\\"index\\":1,\\"title\\":\\"Look\\",\\"description\\":\\"Around\\",\\"notes\\":\\"n\\",\\"status\\":\\"in-progress\\"},{}]}"}',
    ],
  ])('reads the rest of a chat: %s', (event, data) => {
    expect(eventsOf(message(data, event))).toEqual([
      ofChat({
        id: 'c1',
        activity: 'idle',
        name: 'Where am I?',
        description: null,
        agentId: 'a1',
        parentId: null,
        updatedAtUs: Date.UTC(2026, 9, 1, 9) * 1000,
        childIds: ['c2', 'c3'],
        plan: [
          { index: 1, title: 'Look', description: 'Around', notes: 'n', status: 'in_progress' },
          { index: 1, title: '', description: '', notes: null, status: 'unknown' },
        ],
      }),
    ])
  })

  it('reads the messages that an older server sends inside the chat as the newest page', () => {
    const chat_messages = [
      { id: 'm0', order: 0 },
      { id: 'mx', chat_id: 'c2' },
      { order: 1 },
      { id: 'm1', chat_id: 'c1' },
    ]
    const held = page(null, { id: 'm0', fields: { order: 0 } }, { id: 'm1', fields: { chatId: 'c1' } })
    const frame = message({ event: 'chats', data: { id: 'c1', chat_messages } })
    expect(eventsOf(frame)).toEqual([ofChat({ id: 'c1' }), held])
    expect(
      eventsOf(message({ event: 'chats', data: { id: 'c1', chat_messages }, fields: ['chat_messages'] })),
    ).toEqual([held])
    expect(
      eventsOf(message({ event: 'chats', data: { id: 'c1', chat_messages }, fields: ['name'] })),
    ).toEqual([ofChat({ id: 'c1', name: null }, false)])
    expect(eventsOf(message({ event: 'chats', data: { id: 'c1', chat_messages: [] } }))).toEqual([
      ofChat({ id: 'c1' }),
    ])
  })
})

describe('forms of a message', () => {
  const data = { id: 'm1', status: 'ready', role: 'user', order: 0, content: [] }

  it.each<[string, Frame, boolean]>([
    ['a: bare', message(data), true],
    ['b: wrapped', message({ data }), true],
    ['c: named keys', message({ data, fields: ['status'] }), false],
    ['fields that are null', message({ data, fields: null }), true],
    ['d: chat_messages', message({ event: 'chat_messages', data }), true],
    ['d: chat_message', message({ event: 'chat_message', data }), true],
    ['d: named keys', message({ event: 'chat_messages', data, fields: ['status'] }), false],
    ['d: message', message({ event: 'message', data }), true],
    ['d: flat', message({ event: 'chat_messages', ...data }), true],
    ['d: wrapped twice', message({ event: 'chat_messages', data: { data, fields: ['status'] } }), false],
    ['d: of few keys', message({ event: 'chat_messages', data: { id: 'm1', status: 'ready' } }), false],
    [
      'd: of a time',
      message({ event: 'chat_messages', data: { id: 'm1', status: 'ready', updated_at: '' } }),
      true,
    ],
    ['SSE', message(data, 'chat_messages'), true],
    ['SSE, wrapped', message({ data }, 'chat_messages'), true],
    ['SSE, named keys', message({ data, fields: ['status'] }, 'chat_messages'), false],
    ['V1 envelope', message({ success: true, status: 200, data }), true],
  ])('reads %s', (_, frame, full) => {
    expect(eventsOf(frame)).toMatchObject([
      { type: 'message-fields', id: 'm1', full, fields: { status: 'ready' } },
    ])
  })

  const piece = { delta: { response: 'a' }, seq: 7, resource_id: 'm1' }
  it.each<[string, Frame, number | null]>([
    ['e: named', message({ event: 'delta', data: piece }), 7],
    ['e: not numbered', message({ event: 'delta', data: { ...piece, seq: null } }), null],
    ['e: numbered by a text', message({ event: 'delta', data: { ...piece, seq: '7' } }), null],
    ['g: bare', message(piece), 7],
    ['SSE', message(piece, 'delta'), 7],
  ])('reads a piece, %s', (_, frame, seq) => {
    expect(eventsOf(frame)).toEqual([delta('m1', seq, { text: 'a' })])
  })

  it.each<[string, object, readonly AgentEvent[]]>([
    ['the chat, by its id', { id: 'c1', status: 'idle' }, [ofChat({ id: 'c1', activity: 'idle' })]],
    [
      'a run, by its state',
      { id: 'r1', chat_id: 'c1', state: 'canceled' },
      [ofRun('r1', { status: 'cancelled' })],
    ],
    [
      'a message, by its role and place',
      { id: 'm1', role: 'oracle', order: 2 },
      [ofMessage('m1', { role: 'unknown', order: 2 }, false)],
    ],
    [
      'what waits, by its reason',
      { id: 'i1', reason: 'auth', status: 'pending', run_id: 'r1' },
      [
        {
          type: 'interrupt-fields',
          interrupt: {
            id: 'i1',
            reason: 'auth',
            status: 'pending',
            resourceId: null,
            expiresAt: null,
            meta: null,
          },
        },
      ],
    ],
  ])('knows %s, where it has no name', (_, line, events) => {
    expect(eventsOf(message(line))).toEqual(events)
    expect(eventsOf(message({ data: line }))).toEqual(events)
  })

  it.each<[string, object, readonly string[], AgentEvent]>([
    [
      'the chat, by its id',
      { id: 'c1', status: 'idle' },
      ['status'],
      ofChat({ id: 'c1', activity: 'idle' }, false),
    ],
    [
      'the chat, which is what is streamed',
      { status: 'idle' },
      ['status'],
      ofChat({ activity: 'idle' }, false),
    ],
    [
      'a run, by its state',
      { id: 'r1', state: 'working' },
      ['state'],
      ofRun('r1', { status: 'working' }, false),
    ],
    ['a message, by its content', { id: 'm1' }, ['content'], ofMessage('m1', { content: [] }, false)],
    [
      'a message, by its status',
      { id: 'm1', status: 'ready' },
      ['status'],
      ofMessage('m1', { status: 'ready' }, false),
    ],
  ])('knows %s, where keys of it are named', (_, data, fields, event) => {
    expect(eventsOf(message({ data, fields }))).toEqual([event])
  })

  it.each<[string, Frame]>([
    ['a comment', { type: 'beat' }],
    ['a retry delay', { type: 'retry', delayMs: 1000 }],
    ['a heartbeat line', message({ type: 'heartbeat' })],
    ['an SSE heartbeat', message('', 'heartbeat')],
    ['blank data', message(' ')],
    [
      'an event of the bus (P§5.6)',
      message({ type: 'content.delta', id: 'e1', chat_id: 'c1', payload: { response: 'x' } }),
    ],
    ['an unknown event', message({ event: 'tasks', data: { id: 'c1', status: 7 } })],
    ['an unknown SSE event', message({ id: 'c1', status: 'idle' }, 'flows')],
    ['a wrapped null', message({ data: null })],
    ['an empty object', message({})],
    ['a shape that is nothing', message({ id: 'x1', status: 'idle' })],
    ['a status of nobody', message({ status: 'idle' })],
    ['keys of nobody', message({ data: { id: 'x1' }, fields: ['rating'] })],
    ['a message without an id', message({ event: 'chat_messages', data: { role: 'user', content: [] } })],
    ['a run without an id', message({ event: 'agent_runs', data: { state: 'working' } })],
    ['an interrupt without an id', message({ event: 'interrupts', data: { status: 'pending' } })],
    [
      'keys of an interrupt other than its status',
      message({ event: 'interrupt', data: { id: 'i1' }, fields: ['meta'] }),
    ],
    [
      'keys that we do not know',
      message({ event: 'chats', data: { id: 'c1', rating: 1 }, fields: ['rating', '__proto__'] }),
    ],
    [
      'keys of a message that we do not know',
      message({ event: 'chat_messages', data: { id: 'm1' }, fields: ['tools'] }),
    ],
    [
      'keys of a run that we do not know',
      message({ event: 'agent_runs', data: { id: 'r1' }, fields: ['metadata'] }),
    ],
    ['an id of a message alone', message({ event: 'chat_messages', data: { id: 'm1' } })],
    ['another chat', message({ event: 'chats', data: { id: 'c2', status: 'idle' } })],
    ['a chat whose id begins like ours', message({ event: 'chats', data: { id: 'c12', status: 'idle' } })],
    ['a message of another chat', message({ event: 'chat_messages', data: { ...data, chat_id: 'c2' } })],
    [
      'a run of another chat',
      message({ event: 'agent_runs', data: { id: 'r2', chat_id: 'c2', state: 'working' } }),
    ],
    [
      'an interrupt of another chat',
      message({ event: 'interrupts', data: { id: 'i2', chat_id: 'c2', status: 'pending' } }),
    ],
    ['a piece of nothing', message({ event: 'delta', data: { delta: { response: 'a' }, seq: 1 } })],
    ['a piece of an empty id', message({ event: 'delta', data: { ...piece, resource_id: '' } })],
    ['a piece that is a text', message({ event: 'delta', data: { ...piece, delta: 'a' } })],
    ['a piece that is null', message({ event: 'delta', data: { ...piece, delta: null } })],
    ['a piece that is a list', message({ event: 'delta', data: { ...piece, delta: [] } })],
  ])('takes %s for nothing', (_, frame) => {
    expect(decodeAll([frame])).toEqual([])
  })

  it.each<[string, Frame]>([
    ['null', message('null')],
    ['a number', message('7')],
    ['a list', message('[{"id":"c1"}]')],
    ['half a line', message('{"id":"c1","sta')],
    ['wrapped text', message({ data: 'x' })],
    ['a named list', message({ event: 'chat_messages', data: [1] })],
    ['SSE that is no JSON', message('secret', 'chats')],
    ['bytes that are not UTF-8', { type: 'unreadable', reason: 'invalid-utf8', sizeBytes: 9 }],
    ['a delta event without a delta', message({ event: 'delta', data: { seq: 1, resource_id: 'm1' } })],
    ['a resource that is no JSON', message('<html>secret', RESOURCE_EVENT)],
    ['a resource that is empty', message('', RESOURCE_EVENT)],
    ['a resource that is a list', message('[]', RESOURCE_EVENT)],
    ['a resource without a chat', message({ chat: null, messages: '{"items":[]}' }, RESOURCE_EVENT)],
    ['a resource whose chat is no text', message({ chat: { id: 'c1' }, messages: null }, RESOURCE_EVENT)],
    ['a chat that is no JSON', resource('<html>secret', { items: [] })],
    ['a chat without an id', resource({ data: { status: 'idle' } }, { items: [] })],
    ['messages that are no JSON', resource({ id: 'c1' }, '<html>secret')],
    ['messages that are no page', resource({ id: 'c1' }, { data: { secret: 1 } })],
  ])('skips %s, and says so', (_, frame) => {
    const events = eventsOf(frame)
    expect(events).toMatchObject([{ type: 'frame-skipped', error: { code: 'malformed' } }])
    expect(JSON.stringify(events)).not.toContain('secret')
  })

  it.each<[string, Frame]>([
    ['SSE done', message('{}', 'done')],
    ['NDJSON done', message({ event: 'done', data: {} })],
  ])('%s ends the stream', (_, frame) => {
    expect(eventsOf(frame)).toEqual([{ type: 'stream-end' }])
  })

  const unauthorized = { success: false, status: 401, error: { code: 'unauthorized', message: 'bad key' } }
  it.each<[string, Frame]>([
    ['an SSE error', message({ status: 401, title: 'bad key' }, 'error')],
    ['an NDJSON error', message({ event: 'error', data: { status: 401, detail: 'bad key' } })],
    ['a line of the type error', message({ type: 'error', status: 401, message: 'bad key' })],
    ['a line with an error', message({ error: { code: 'unauthorized', message: 'bad key' } })],
    ['a V1 error', message(unauthorized)],
    ['a V1 error in place of the chat', resource(unauthorized, { items: [] })],
    ['a V1 error in place of the messages', resource({ id: 'c1' }, unauthorized)],
  ])('throws what %s means', (_, frame) => {
    const error = errorOf(frame)
    expect(error.code).toBe('unauthorized')
    expect(error.message).toContain('bad key')
  })

  it('takes a run that failed for no failure of the stream', () => {
    const run = { id: 'r1', chat_id: 'c1', state: 'failed', error: { message: 'The model is gone' } }
    expect(eventsOf(message(run))).toEqual([ofRun('r1', { status: 'failed', error: 'The model is gone' })])
  })
})

describe('partial updates', () => {
  const names = (...fields: string[]): { readonly fields: readonly string[] } => ({ fields })

  it('copy exactly the named keys of a message, not the zero values beside them', () => {
    const data = {
      id: 'm1',
      chat_id: '',
      order: 0,
      role: '',
      status: 'ready',
      content: null,
      tool_invocations: null,
      task_id: '',
      updated_at: '0001-01-01T00:00:00Z',
    }
    expect(eventsOf(message({ event: 'chat_messages', data, ...names('status') }))).toEqual([
      ofMessage('m1', { status: 'ready' }, false),
    ])
  })

  it('copy exactly the named keys of a chat, not the zero values beside them', () => {
    const data = {
      id: 'c1',
      status: '',
      name: 'Where',
      output: null,
      active_run: { id: 'r0', state: 'submitted' },
      pending_interrupts: [],
      agent_data: { plan_steps: [] },
    }
    expect(eventsOf(message({ event: 'chats', data, ...names('name') }))).toEqual([
      ofChat({ id: 'c1', name: 'Where' }, false),
    ])
  })

  it('copy exactly the named keys of a run, not the zero values beside them', () => {
    const data = { id: 'r1', chat_id: 'c1', state: 'working', error: '', output: null, interrupt_reason: '' }
    expect(eventsOf(message({ event: 'agent_runs', data, ...names('state') }))).toEqual([
      ofRun('r1', { status: 'working' }, false),
    ])
  })

  it('clear a named key of a message that is missing, but never the role or the status', () => {
    const fields = [
      'id',
      'chat_id',
      'order',
      'role',
      'status',
      'content',
      'tool_invocations',
      'tool_call_id',
      'agent_run_id',
      'task_id',
      'created_at',
      'updated_at',
    ]
    const cleared: Required<Omit<MessageFields, 'role' | 'status'>> = {
      chatId: null,
      order: null,
      content: [],
      invocations: [],
      toolCallId: null,
      runId: null,
      taskId: null,
      createdAt: null,
      updatedAtUs: null,
    }
    expect(eventsOf(message({ event: 'chat_messages', data: { id: 'm1' }, fields }))).toEqual([
      ofMessage('m1', cleared, false),
    ])
  })

  it('clear a named key of a chat that is missing, but never the id or what it does', () => {
    const fields = [
      'id',
      'status',
      'name',
      'description',
      'output',
      'active_run',
      'pending_interrupts',
      'agent_data',
      'agent_id',
      'parent_id',
      'children',
      'updated_at',
    ]
    const cleared: Required<Omit<ChatFields, 'id' | 'activity'>> = {
      name: null,
      description: null,
      output: null,
      activeRunId: null,
      interrupts: [],
      plan: [],
      agentId: null,
      parentId: null,
      childIds: [],
      updatedAtUs: null,
    }
    for (const data of [{}, null]) {
      expect(eventsOf(message({ event: 'chats', data, fields }))).toEqual([ofChat(cleared, false)])
    }
  })

  it('clear a named key of a run that is missing, but never its state', () => {
    const fields = [
      'state',
      'error',
      'output',
      'interrupt_reason',
      'interrupt_tool_id',
      'user_message_id',
      'tool_invocation_id',
      'updated_at',
    ]
    const cleared: Required<Omit<AgentRunFields, 'status'>> = {
      error: null,
      output: null,
      interruptReason: null,
      interruptToolId: null,
      userMessageId: null,
      invocationId: null,
      updatedAtUs: null,
    }
    expect(eventsOf(message({ event: 'agent_runs', data: { id: 'r1' }, fields }))).toEqual([
      ofRun('r1', cleared, false),
    ])
  })

  it('without named keys, name those that are present; a list that is null was not loaded (P§1.1)', () => {
    const nulls = { content: null, tool_invocations: null, role: null, status: null, task_id: null }
    expect(eventsOf(message({ event: 'chat_messages', data: { id: 'm1', ...nulls } }))).toEqual([
      ofMessage('m1', { taskId: null }),
    ])
    const chat = { children: null, pending_interrupts: null, agent_data: null, active_run: null, name: null }
    expect(eventsOf(message({ event: 'chats', data: { id: 'c1', ...chat } }))).toEqual([
      ofChat({ id: 'c1', activeRunId: null, name: null }),
    ])
  })

  it('take a run that is told inside a chat as a whole, and name none that has no id', () => {
    const told = (active_run: object): Frame =>
      message({ event: 'chats', data: { id: 'c1', active_run }, fields: ['active_run'] })
    expect(eventsOf(told({ id: 'r1', state: 'working' }))).toEqual([
      ofRun('r1', { status: 'working' }),
      ofChat({ id: 'c1', activeRunId: 'r1' }, false),
    ])
    expect(eventsOf(told({ state: 'working' }))).toEqual([])
  })

  it('tell the end of an interrupt', () => {
    const frame = message({ event: 'interrupts', data: { id: 'i1', status: 'resolved' }, fields: ['status'] })
    expect(eventsOf(frame)).toMatchObject([
      { type: 'interrupt-fields', interrupt: { id: 'i1', status: 'resolved' } },
    ])
  })
})

describe('the resource', () => {
  const chat = { id: 'c1', status: 'busy', active_run: { id: 'r1', state: 'working' } }
  const known = [
    ofRun('r1', { status: 'working' }),
    ofChat({ id: 'c1', activity: 'busy', activeRunId: 'r1', interrupts: [] }),
  ]
  const items = [
    { id: 'm1', order: 1 },
    { id: 'm0', order: 0 },
  ]
  const messages = [
    { id: 'm1', fields: { order: 1 } },
    { id: 'm0', fields: { order: 0 } },
  ]

  it.each<[string, (data: unknown) => unknown]>([
    ['V1', (data) => ({ success: true, status: 200, data })],
    ['V3', (data) => ({ data, messages: [] })],
    ['no', (data) => data],
  ])('is read in %s envelope', (_, wrap) => {
    const frame = resource(wrap(chat), wrap({ items, has_next: true, next_cursor: 'abc' }))
    expect(eventsOf(frame)).toEqual([...known, page('abc', ...messages)])
  })

  it('says that no run is under way and nothing waits by leaving them out', () => {
    expect(eventsOf(resource({ id: 'c1', status: 'idle' }, { items: null }))).toEqual([
      ofChat({ id: 'c1', activity: 'idle', activeRunId: null, interrupts: [] }),
      page(null),
    ])
  })

  it('holds the messages inside the chat where the server has no page of them, and only then', () => {
    const old = { ...chat, chat_messages: items }
    expect(eventsOf(resource(old, null))).toEqual([...known, page(null, ...messages)])
    expect(eventsOf(resource(old, { items: [] }))).toEqual([...known, page(null)])
    expect(eventsOf(resource(chat, null))).toEqual(known)
  })

  it('says which chat it is, where that was asked for by a short id', () => {
    const decode = createChatDecoder('4j0qfzkd')
    const full = '4j0qfzkd4penpzx98705wbj5mj'
    const told = message({ event: 'chat_messages', data: { id: 'm1', chat_id: full, status: 'ready' } })
    expect(decode(told)).toEqual([])
    decode(resource({ id: full }, { items: [] }))
    expect(decode(told).map(({ event }) => event)).toEqual([
      ofMessage('m1', { chatId: full, status: 'ready' }, false),
    ])
  })
})

describe('stamps', () => {
  const idle = { event: 'chats', data: { id: 'c1', status: 'idle', active_run: { id: 'r1' } } }

  it('say where each event of a frame with an id stands', () => {
    const frame = message(idle, 'message', '42')
    const mark = frame.type === 'message' ? fingerprint(frame.data) : null
    const stamp = { seq: 42, cursor: '42', mark }
    expect(decodeAll([frame])).toMatchObject([{ stamp }, { stamp }])
  })

  it.each<[string, Frame]>([
    ['a message that means nothing', message({ type: 'heartbeat' }, 'message', '42')],
    ['a message about another chat', message({ id: 'c2', status: 'idle' }, 'chats', '42')],
    ['a piece of nothing', message({ delta: {} }, 'delta', '42')],
    ['an id without a message', { type: 'id', id: '42' }],
  ])('move the position for %s', (_, frame) => {
    expect(decodeAll([frame])).toMatchObject([
      { stamp: { seq: 42, cursor: '42' }, event: { type: 'position-moved' } },
    ])
  })

  it('are none for the resource, which is asked for beside the stream', () => {
    const stamps = decodeAll([resource({ id: 'c1' }, { items: [] })]).map(({ stamp }) => stamp)
    expect(stamps).toEqual([unnumbered, unnumbered])
  })

  it.each<[ResumeMode, readonly (number | string | null)[]]>([
    ['auto', [7, '7', 9, '9']],
    ['cursor', [7, '7', 9, '9']],
    ['replay', [1, null, 2, null]],
    ['snapshot', [null, null, null, null]],
  ])('are given as the server can be continued: %s', (resume, expected) => {
    const decode = createChatDecoder('c1', resume)
    const frames = ['7', '9'].map((id) => message({ id: 'c1', status: 'idle' }, 'chats', id))
    const stamps = frames.flatMap((frame) => decode(frame).map(({ stamp }) => stamp))
    expect(stamps.flatMap(({ seq, cursor }) => [seq, cursor])).toEqual(expected)
  })
})

describe('hostile frames', () => {
  it.each<[string, string, readonly AgentEvent[]]>([
    [
      'keys that a prototype has',
      '{"__proto__":{"status":"ready","content":"evil"},"constructor":{},"id":"m1","order":1}',
      [ofMessage('m1', { order: 1 }, false)],
    ],
    [
      'other types everywhere',
      '{"id":"m1","chat_id":7,"order":"1","role":7,"status":[],"content":7,"tool_invocations":"x","tool_call_id":{},"agent_run_id":1,"task_id":true,"created_at":7,"updated_at":{}}',
      [
        ofMessage('m1', {
          chatId: null,
          order: null,
          role: 'unknown',
          status: 'unknown',
          toolCallId: null,
          runId: null,
          taskId: null,
          createdAt: null,
          updatedAtUs: null,
        }),
      ],
    ],
    ['an id that is a number', '{"id":7,"role":"user","content":[]}', []],
  ])('are read for what they hold: %s', (_, line, events) => {
    expect(eventsOf(message(line, 'chat_messages'))).toEqual(events)
  })

  it('named by keys of a prototype, name nothing', () => {
    const frame = message(
      { data: { id: 'm1' }, fields: ['__proto__', 'constructor', 'toString', 7] },
      'chat_messages',
    )
    expect(eventsOf(frame)).toEqual([])
  })

  it.each([1_000, 5_000])('whose arguments nest %d deep, are read', (depth) => {
    const args = `${'['.repeat(depth)}${']'.repeat(depth)}`
    const line = `{"id":"m1","content":[{"type":"tool","tool_calls":[{"id":"x","function":{"name":"n","arguments":${args}}}]}],"tool_invocations":[{"id":"v1","function":{"name":"n","arguments":${JSON.stringify(args)}}}]}`
    expect(eventsOf(message(line, 'chat_messages'))).toMatchObject([
      { type: 'message-fields', id: 'm1', fields: { invocations: [{ id: 'v1' }] } },
    ])
  })
})
