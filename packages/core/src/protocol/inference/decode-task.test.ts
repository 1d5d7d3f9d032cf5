import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamError } from '../../errors.ts'
import type { Frame } from '../../wire/frame.ts'
import { createNdjsonDecoder } from '../../wire/ndjson.ts'
import { createSseDecoder } from '../../wire/sse.ts'
import { fingerprint } from '../../wire/fingerprint.ts'
import { unnumbered, type Stamp, type Stamped } from '../protocol.ts'
import type { ResumeMode } from '../stamp-frames.ts'
import type { TaskEvent, TaskFields } from '../task-event.ts'
import { liveStatusCodes, referenceStatusCodes } from '../task-status.ts'
import { RESOURCE_EVENT } from './decode-frames.ts'
import { createTaskDecoder } from './decode-task.ts'

const message = (data: unknown, event = 'message', id: string | null = null): Frame => ({
  type: 'message',
  event,
  id,
  data: typeof data === 'string' ? data : JSON.stringify(data),
})
const markOf = (frame: Frame): number | null => (frame.type === 'message' ? fingerprint(frame.data) : null)
const decodeAll = (frames: readonly Frame[], codes = referenceStatusCodes): readonly Stamped<TaskEvent>[] =>
  frames.flatMap(createTaskDecoder(codes))
const eventsOf = (...frames: readonly Frame[]): readonly TaskEvent[] =>
  decodeAll(frames).map(({ event }) => event)
const fields = (some: TaskFields, full = false): TaskEvent => ({ type: 'task-fields', full, fields: some })
const delta = (text: unknown, seq: number | null = null): TaskEvent => ({
  type: 'output-delta',
  seq,
  delta: text,
})
const parse = (text: string): unknown => JSON.parse(text)

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
const sse = (text: string): readonly Frame[] => createSseDecoder().push(bytes(text))

const NINE_US = Date.UTC(2026, 9, 1, 9) * 1000
const AT = '2026-10-01T09:00:00Z'

describe('golden streams', () => {
  it('reads the stream of P§4.5', () => {
    const events = eventsOf(
      ...ndjson(`{"id":"2khe…","short_id":"2khetz8d","status":3,"input":{"text":"hi"},"output":{},"logs":[],"events":[],"updated_at":"2026-10-01T09:00:01Z"}
{"data":{"id":"2khe…","status":7,"updated_at":"2026-10-01T09:00:03Z"},"fields":["status","updated_at"]}
{"event":"delta","data":{"delta":{"response":"Hel"},"seq":1}}
{"event":"delta","data":{"delta":{"response":"lo"},"seq":2}}
{"type":"heartbeat"}
{"data":{"id":"2khe…","output":{"response":"Hello"}},"fields":["output"]}
{"data":{"id":"2khe…","status":10,"updated_at":"2026-10-01T09:00:06Z"},"fields":["status","updated_at"]}
`),
    )
    const id = '2khe…'
    expect(events).toEqual([
      fields(
        {
          id,
          status: 'scheduled',
          rawStatus: 3,
          input: { text: 'hi' },
          output: {},
          history: [],
          updatedAtUs: NINE_US + 1e6,
        },
        true,
      ),
      fields({ id, status: 'running', rawStatus: 7, updatedAtUs: NINE_US + 3e6 }),
      delta({ response: 'Hel' }, 1),
      delta({ response: 'lo' }, 2),
      fields({ id, output: { response: 'Hello' } }),
      fields({ id, status: 'completed', rawStatus: 10, updatedAtUs: NINE_US + 6e6 }),
    ])
  })

  it('reads the failed task of appendix A2', () => {
    const events = eventsOf(
      ...ndjson(`{"id":"t1","status":7,"output":{},"error":null,"logs":[{"id":"l1","task_id":"t1","log_type":4,"content":"bG9hZGluZwo=","created_at":"…","updated_at":"…"}],"events":[]}
{"data":{"id":"t1","logs":[{"id":"l1","task_id":"t1","log_type":4,"content":"bG9hZGluZwpib29tCg==","created_at":"…","updated_at":"…"}]},"fields":["logs"]}
{"data":{"id":"t1","status":11,"error":"CUDA out of memory"},"fields":["status","error"]}`),
    )
    expect(events).toEqual([
      { type: 'log-content', source: 'task', content: 'bG9hZGluZwo=' },
      fields({ id: 't1', status: 'running', rawStatus: 7, output: {}, error: null, history: [] }),
      { type: 'log-content', source: 'task', content: 'bG9hZGluZwpib29tCg==' },
      fields({ id: 't1', status: 'failed', rawStatus: 11, error: 'CUDA out of memory' }),
    ])
  })

  it('reads the same as SSE, appendix A3', () => {
    const events = eventsOf(
      ...sse(`: heartbeat

data: {"id":"t1","status":7,"output":{},"error":null}

data: {"data":{"id":"t1","status":11,"error":"CUDA out of memory"},"fields":["status","error"]}

event: done
data: {}

`),
    )
    expect(events).toEqual([
      fields({ id: 't1', status: 'running', rawStatus: 7, output: {}, error: null }),
      fields({ id: 't1', status: 'failed', rawStatus: 11, error: 'CUDA out of memory' }),
      { type: 'stream-end' },
    ])
  })

  it('reads the updates of the streaming reference', () => {
    const events = eventsOf(
      message({ id: 't1', status: 'queued' }),
      message({ status: 'running', progress: { current: 3, total: 10 }, logs: ['step 3'] }),
      message({ status: 'running', partial_output: { text: 'a' }, logs: ['step 4', 'step 5'] }),
      message({ status: 8 }),
      message({ status: 'completed', output: { text: 'ab' } }),
    )
    expect(events).toEqual([
      fields({ id: 't1', status: 'queued', rawStatus: 'queued' }),
      { type: 'log-lines', origin: 'first', lines: ['step 3'] },
      fields({
        status: 'running',
        rawStatus: 'running',
        progress: { value: 0.3, current: 3, total: 10, stage: null },
      }),
      { type: 'log-lines', origin: 'increment', lines: ['step 4', 'step 5'] },
      fields({ status: 'running', rawStatus: 'running', partialOutput: { text: 'a' } }),
      fields({ status: 'uploading', rawStatus: 8 }),
      fields({ status: 'completed', rawStatus: 'completed', output: { text: 'ab' } }),
    ])
  })
})

describe('forms of a task', () => {
  const task = { id: 't1', status: 7 }
  const running = { id: 't1', status: 'running', rawStatus: 7 } as const

  it.each<[string, Frame, boolean]>([
    ['a: bare', message(task), false],
    ['a: bare and whole', message({ ...task, created_at: AT }), true],
    ['b: wrapped', message({ data: task }), false],
    ['b: wrapped and whole', message({ data: { ...task, created_at: AT } }), true],
    [
      'c: named keys',
      message({ data: { ...task, created_at: AT }, fields: ['status', 'created_at'] }),
      false,
    ],
    ['fields that are null', message({ data: { ...task, created_at: AT }, fields: null }), true],
    ['d: task', message({ event: 'task', data: task }), false],
    ['d: tasks, whole', message({ event: 'tasks', data: { ...task, created_at: AT } }), true],
    ['d: update, named keys', message({ event: 'update', data: task, fields: ['status'] }), false],
    ['d: message', message({ event: 'message', data: task }), false],
    ['d: flat', message({ event: 'update', ...task }), false],
    ['d: wrapped twice', message({ event: 'update', data: { data: task, fields: ['status'] } }), false],
    ['SSE update', message(task, 'update'), false],
    ['SSE tasks, wrapped', message({ data: task }, 'tasks'), false],
    ['SSE task, named keys', message({ data: task, fields: ['status'] }, 'task'), false],
    ['V1 envelope', message({ success: true, status: 200, data: task }), false],
  ])('reads %s', (_, frame, full) => {
    const [event] = eventsOf(frame)
    expect(event).toMatchObject({ type: 'task-fields', full, fields: running })
  })

  it.each<[string, Frame]>([
    ['a comment', { type: 'beat' }],
    ['a retry delay', { type: 'retry', delayMs: 1000 }],
    ['a heartbeat line', message({ type: 'heartbeat' })],
    ['a heartbeat event', message({ event: 'heartbeat', data: {} })],
    ['an SSE heartbeat', message('', 'heartbeat')],
    ['an SSE ping that is no JSON', message('ping', 'ping')],
    ['blank data', message(' ')],
    ['an unknown type', message({ type: 'presence', status: 7, id: 't1' })],
    ['an unknown event', message({ event: 'chats', data: { id: 'c1', status: 'idle' } })],
    ['an unknown SSE event', message({ id: 'c1', status: 'idle' }, 'chat_messages')],
    ['a wrapped null', message({ data: null })],
    ['an empty object', message({})],
    ['keys that we do not know', message({ rating: 'safe', data_id: 1 })],
    [
      'named keys that we do not know',
      message({ data: { id: 't1', rating: 'safe' }, fields: ['rating', '__proto__'] }),
    ],
    ['no named keys', message({ data: { id: 't1', status: 7 }, fields: [] })],
    ['an id alone', message({ id: 't1' })],
    ['an unknown name on a resource', message(task, '$other')],
  ])('takes %s for nothing', (_, frame) => {
    expect(decodeAll([frame])).toEqual([])
  })

  it.each<[string, Frame]>([
    ['null', message('null')],
    ['a number', message('7')],
    ['a string', message('"x"')],
    ['a boolean', message('true')],
    ['a list', message('[{"id":"t1"}]')],
    ['half a line', message('{"id":"t1","sta')],
    ['wrapped text', message({ data: 'x' })],
    ['a wrapped list', message({ data: [], fields: ['status'] })],
    ['a named list', message({ event: 'task', data: [1] })],
    ['SSE that is no JSON', message('secret', 'update')],
    ['bytes that are not UTF-8', { type: 'unreadable', reason: 'invalid-utf8', sizeBytes: 9 }],
    ['a delta event without a delta', message({ event: 'delta', data: { seq: 1 } })],
    ['a resource that is no JSON', message('<html>secret', RESOURCE_EVENT)],
    ['a resource that is empty', message('', RESOURCE_EVENT)],
    ['a resource without an id', message({ data: { status: 7 } }, RESOURCE_EVENT)],
  ])('skips %s, and says so', (_, frame) => {
    const events = eventsOf(frame)
    expect(events).toMatchObject([{ type: 'frame-skipped', error: { code: 'malformed' } }])
    expect(JSON.stringify(events)).not.toContain('secret')
  })

  it.each<[string, Frame]>([
    ['SSE done', message('{}', 'done')],
    ['SSE done without data', message('', 'done')],
    ['NDJSON done', message({ event: 'done', data: {} })],
    ['NDJSON done without data', message({ event: 'done' })],
  ])('%s ends the stream', (_, frame) => {
    expect(eventsOf(frame)).toEqual([{ type: 'stream-end' }])
  })

  it('says where each event of a frame with an id stands', () => {
    const frame = message({ id: 't1', status: 7, logs: ['a'] }, 'update', '42')
    const stamp = { seq: 42, cursor: '42', mark: markOf(frame) }
    expect(decodeAll([frame])).toMatchObject([{ stamp }, { stamp }])
  })

  it('hands on an id that is taken back, and stamps nothing where there is none', () => {
    const [cleared] = decodeAll([message({ id: 't1', status: 7 }, 'update', '')])
    expect(cleared?.stamp).toMatchObject({ seq: null, cursor: '' })
    expect(decodeAll([message({ id: 't1', status: 7 })])).toMatchObject([{ stamp: unnumbered }])
  })

  it.each<[string, Frame]>([
    ['a message that means nothing', message({ type: 'heartbeat' }, 'message', '42')],
    ['a message about another task', message({ id: 't2', status: 10 }, 'update', '42')],
    ['a message without data', message(' ', 'update', '42')],
  ])('moves the position for %s, when it has an id', (_, frame) => {
    const decode = createTaskDecoder(referenceStatusCodes)
    decode(message({ id: 't1', status: 7 }))
    const stamp = { seq: 42, cursor: '42', mark: markOf(frame) }
    expect(decode(frame)).toEqual([{ stamp, event: { type: 'position-moved' } }])
  })

  it.each(['42', ''])('moves the position for an id without a message: %j', (id) => {
    const [moved, ...rest] = decodeAll([{ type: 'id', id }])
    expect(moved).toMatchObject({ stamp: { cursor: id, mark: null }, event: { type: 'position-moved' } })
    expect(rest).toEqual([])
  })

  it.each(['replay', 'snapshot'] as const)('moves no position where ids mean nothing: %s', (resume) => {
    const decode = createTaskDecoder(referenceStatusCodes, resume)
    const heartbeat = message({ type: 'heartbeat' }, 'message', '42')
    expect([...decode({ type: 'id', id: '42' }), ...decode(heartbeat)]).toEqual([])
  })

  it('stamps neither the resource, which is asked for beside the stream, nor what is no UTF-8', () => {
    const resource = message({ data: { id: 't1', status: 7 } }, RESOURCE_EVENT, '42')
    const unreadable: Frame = { type: 'unreadable', reason: 'invalid-utf8', sizeBytes: 9 }
    const stamps = decodeAll([resource, unreadable]).map(({ stamp }) => stamp)
    expect(stamps).toEqual([unnumbered, unnumbered])
  })

  it.each<[ResumeMode, readonly (Stamp['seq'] | Stamp['cursor'])[]]>([
    ['auto', [7, '7', 9, '9']],
    ['cursor', [7, '7', 9, '9']],
    ['replay', [1, null, 2, null]],
    ['snapshot', [null, null, null, null]],
  ])('stamps messages as the server can be continued: %s', (resume, expected) => {
    const decode = createTaskDecoder(referenceStatusCodes, resume)
    const frames = [message({ status: 7 }, 'update', '7'), message({ status: 9 }, 'update', '9')]
    const stamps = frames.flatMap((frame) => decode(frame).map(({ stamp }) => stamp))
    expect(stamps.flatMap(({ seq, cursor }) => [seq, cursor])).toEqual(expected)
  })

  it.each<[string, Frame]>([
    ['a comment', { type: 'beat' }],
    ['a heartbeat line', message({ type: 'heartbeat' })],
    ['an SSE heartbeat', message('', 'heartbeat')],
    ['an id without a message', { type: 'id', id: '42' }],
    ['a message about another task', message({ id: 't2', status: 10 })],
    ['a message of an unknown name', message({ id: 'c1', status: 'idle' }, 'chats')],
  ])('counts nothing in a replay for %s, which the next one need not repeat', (_, frame) => {
    const decode = createTaskDecoder(referenceStatusCodes, 'replay')
    const first = decode(message({ id: 't1', status: 7 }))
    expect(decode(frame)).toEqual([])
    const second = decode(message({ status: 9 }))
    expect([...first, ...second].map(({ stamp }) => stamp.seq)).toEqual([1, 2])
  })

  it('counts in a replay what it could not read, for it may have meant something', () => {
    const decode = createTaskDecoder(referenceStatusCodes, 'replay')
    const stamps = [...decode(message('{"id":')), ...decode(message({ status: 7 }))].map(({ stamp }) => stamp)
    expect(stamps.map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('counts what it asked for beside a replay no more than the server does', () => {
    const decode = createTaskDecoder(referenceStatusCodes, 'replay')
    decode(message({ data: { id: 't1', status: 7 } }, RESOURCE_EVENT))
    expect(decode(message({ status: 7 }))).toMatchObject([{ stamp: { seq: 1 } }])
  })
})

describe('partial updates', () => {
  it('copy exactly the named keys, not the zero values beside them', () => {
    const data = {
      id: 't1',
      status: 7,
      output: null,
      error: '',
      logs: [],
      status_text: 'completed',
      updated_at: '0001-01-01T00:00:00Z',
    }
    expect(eventsOf(message({ data, fields: ['status'] }))).toEqual([
      fields({ id: 't1', status: 'running', rawStatus: 7 }),
    ])
  })

  it('clear a named key that is missing, but never the status or the id', () => {
    const named = [
      'status',
      'status_text',
      'id',
      'progress',
      'partial_output',
      'output',
      'error',
      'app',
      'input',
      'session_id',
      'created_at',
      'updated_at',
      'events',
      'logs',
    ]
    const cleared = {
      progress: null,
      partialOutput: null,
      output: null,
      error: null,
      app: null,
      input: null,
      sessionId: null,
      createdAt: null,
      updatedAtUs: null,
      history: [],
    }
    for (const data of [{}, null]) {
      expect(eventsOf(message({ data, fields: named }))).toEqual([fields(cleared)])
    }
  })

  it('without named keys, name those that are present, null included', () => {
    expect(
      eventsOf(message({ id: 't1', output: null, progress: null, events: null, logs: null, app: null })),
    ).toEqual([fields({ id: 't1', output: null, progress: null })])
  })

  it('are not misled by keys that a prototype has', () => {
    const data = parse(
      '{"__proto__":{"status":10,"output":"evil"},"constructor":{"status":10},"id":"t1","error":"e"}',
    )
    expect(eventsOf(message(data))).toEqual([fields({ id: 't1', error: 'e' })])
    const named = { data, fields: ['__proto__', 'constructor', 'toString', 'error'] }
    expect(eventsOf(message(named))).toEqual([fields({ id: 't1', error: 'e' })])
    expect(({} as Record<string, unknown>)['status']).toBeUndefined()
  })
})

describe('fields of a task', () => {
  it.each<[unknown, TaskFields]>([
    [{ status: 3 }, { status: 'scheduled', rawStatus: 3 }],
    [{ status: '7' }, { status: 'running', rawStatus: '7' }],
    [{ status: 'SETTING_UP' }, { status: 'setting_up', rawStatus: 'SETTING_UP' }],
    [
      { status: 8, status_text: 'cancelling' },
      { status: 'cancelling', rawStatus: 8 },
    ],
    [
      { status: 7, status_text: 'daydreaming' },
      { status: 'running', rawStatus: 7 },
    ],
    [
      { status: 7, status_text: null },
      { status: 'running', rawStatus: 7 },
    ],
    [{ status: 99 }, { status: 'unknown', rawStatus: 99 }],
    [{ status: {} }, { status: 'unknown' }],
    [{ status_text: 'failed' }, { status: 'failed', rawStatus: 'failed' }],
    [{ status_text: 'daydreaming' }, { status: 'unknown', rawStatus: 'daydreaming' }],
    [{ error: 'boom' }, { error: 'boom' }],
    [{ error: '' }, { error: null }],
    [
      { status: 11, error: { message: 'boom' } },
      { status: 'failed', rawStatus: 11, error: 'boom' },
    ],
    [
      { status: 11, error: { detail: 'boom' } },
      { status: 'failed', rawStatus: 11, error: 'boom' },
    ],
    [
      { status: 11, error: { code: 'oom' } },
      { status: 'failed', rawStatus: 11, error: 'oom' },
    ],
    [
      { id: 't1', error: {} },
      { id: 't1', error: null },
    ],
    [{ error: 7 }, { error: null }],
    [{ app: 'acme/flux' }, { app: 'acme/flux' }],
    [{ app: { id: 'a', name: 'flux' } }, { app: 'flux' }],
    [{ input: { a: 1 } }, { input: { a: 1 } }],
    [{ session_id: 's1' }, { sessionId: 's1' }],
    [{ session_id: '' }, { sessionId: null }],
    [{ created_at: '2026-10-01T09:00:00.0015Z' }, { createdAt: NINE_US / 1000 + 1 }],
    [{ updated_at: '2026-10-01T09:00:00.0015Z' }, { updatedAtUs: NINE_US + 1500 }],
    [{ updated_at: 'soon' }, { updatedAtUs: null }],
    [{ output: 'text' }, { output: 'text' }],
    [{ partial_output: [1] }, { partialOutput: [1] }],
    [{ progress: 0.5 }, { progress: { value: 0.5, current: null, total: null, stage: null } }],
    [
      {
        events: [
          { status: 1, event_time: AT },
          { status: 'running', created_at: AT },
          { status: 2 },
          { event_time: AT },
          null,
        ],
      },
      {
        history: [
          { status: 'received', at: NINE_US / 1000 },
          { status: 'running', at: NINE_US / 1000 },
        ],
      },
    ],
  ])('reads %j', (data, expected) => {
    expect(eventsOf(message(data))).toEqual([fields(expected)])
  })

  it('reads numbers by the table that was chosen', () => {
    const frame = message({ status: 8 })
    expect(decodeAll([frame])[0]?.event).toEqual(fields({ status: 'uploading', rawStatus: 8 }))
    expect(decodeAll([frame], liveStatusCodes)[0]?.event).toEqual(
      fields({ status: 'cancelling', rawStatus: 8 }),
    )
  })
})

describe('logs', () => {
  const origins = (...frames: readonly Frame[]): readonly string[] =>
    eventsOf(...frames).flatMap((event) =>
      event.type === 'log-lines' ? [`${event.origin}:${event.lines.join()}`] : [],
    )

  it('of the resource are everything, the first list of the stream may be, later ones are increments', () => {
    const resource = message({ data: { id: 't1', logs: ['a'] } }, RESOURCE_EVENT)
    const named = message({ data: { logs: ['b'] }, fields: ['logs'] })
    expect(origins(resource, named, message({ logs: ['c'] }), resource)).toEqual([
      'resource:a',
      'first:b',
      'increment:c',
      'resource:a',
    ])
  })

  it('that came empty make the next list an increment', () => {
    expect(origins(message({ id: 't1', logs: [] }), message({ logs: ['a'] }))).toEqual(['increment:a'])
  })

  it('that were not named are no list at all', () => {
    const zeroValued = message({ data: { id: 't1', status: 7, logs: [] }, fields: ['status'] })
    expect(origins(zeroValued, message({ logs: ['a'] }))).toEqual(['first:a'])
  })

  it('begin anew with each connection', () => {
    const frame = message({ logs: ['a'] })
    expect([origins(frame), origins(frame)]).toEqual([['first:a'], ['first:a']])
  })

  it('come before the status of their frame, so that a terminal status is the last word', () => {
    const events = eventsOf(message({ status: 'completed', logs: ['last'] }))
    expect(events.map((event) => event.type)).toEqual(['log-lines', 'task-fields'])
  })
})

describe('deltas', () => {
  it.each<[string, Frame, TaskEvent]>([
    [
      'e',
      message({ event: 'delta', data: { delta: { response: 'a' }, seq: 7 } }),
      delta({ response: 'a' }, 7),
    ],
    ['g', message({ delta: { response: 'a' }, seq: 7 }), delta({ response: 'a' }, 7)],
    ['SSE', message({ delta: { response: 'a' }, seq: 7 }, 'delta'), delta({ response: 'a' }, 7)],
    ['SSE, wrapped', message({ data: { delta: 'a', seq: 0 } }, 'delta'), delta('a', 0)],
    ['without a number', message({ delta: 'a' }), delta('a')],
    ['with a number that is text', message({ delta: 'a', seq: '7' }), delta('a')],
    ['null', message({ event: 'delta', data: { delta: null, seq: 8 } }), delta(null, 8)],
    ['for nobody', message({ delta: 'a', resource_id: '' }), delta('a')],
    ['for null', message({ delta: 'a', resource_id: null }), delta('a')],
  ])('reads form %s', (_, frame, expected) => {
    expect(eventsOf(frame)).toEqual([expected])
  })

  it('of the task itself are its output, those of a chat message are not', () => {
    const events = eventsOf(
      message({ data: { id: 't1' } }, RESOURCE_EVENT),
      message({ event: 'delta', data: { delta: 'mine', seq: 1, resource_id: 't1' } }),
      message({ event: 'delta', data: { delta: 'not mine', seq: 1, resource_id: 'm1' } }),
    )
    expect(events.slice(1)).toEqual([delta('mine', 1)])
  })

  it("for a resource that is not known yet are nobody's", () => {
    expect(eventsOf(message({ delta: 'a', resource_id: 't1' }))).toEqual([])
  })
})

describe('the resource frame', () => {
  it.each<[string, unknown]>([
    ['V1', { success: true, status: 200, data: { id: 't1', status: 7, logs: ['a'] } }],
    ['V2', { id: 't1', status: 7, logs: ['a'] }],
    ['V3', { data: { id: 't1', status: 7, logs: ['a'] }, messages: [] }],
  ])('is opened from its envelope: %s', (_, body) => {
    expect(eventsOf(message(body, RESOURCE_EVENT))).toEqual([
      { type: 'log-lines', origin: 'resource', lines: ['a'] },
      fields({ id: 't1', status: 'running', rawStatus: 7 }, true),
    ])
  })

  it('throws the error that a V1 envelope holds', () => {
    const body = { success: false, status: 404, error: { code: 'not_found', message: 'no such task' } }
    expect(errorOf(message(body, RESOURCE_EVENT))).toMatchObject({ code: 'not-found', retryable: false })
  })

  it('says which task it is: frames about another one are nothing', () => {
    const events = eventsOf(
      message({ data: { id: 't1', status: 7 } }, RESOURCE_EVENT),
      message({ id: 't2', status: 10 }),
      message({ data: { id: 't2', status: 10, logs: ['x'] }, fields: ['status', 'logs'] }),
      message({ status: 10 }),
    )
    expect(events.slice(1)).toEqual([fields({ status: 'completed', rawStatus: 10 })])
  })
})

describe('errors in the stream', () => {
  const problem = { type: 'https://inference.sh/problems/forbidden', status: 403, detail: 'no access' }

  it.each<[string, Frame, string, boolean]>([
    ['SSE error', message(problem, 'error'), 'forbidden', false],
    ['SSE error as text', message('gone wrong', 'error'), 'http', true],
    ['SSE error without data', message('', 'error'), 'http', true],
    ['SSE error of a server', message({ title: 'Internal', status: 500 }, 'error'), 'http', true],
    ['NDJSON error', message({ event: 'error', data: problem }), 'forbidden', false],
    ['NDJSON error without data', message({ event: 'error', status: 403, detail: 'x' }), 'forbidden', false],
    ['NDJSON error with null', message({ event: 'error', data: null }), 'http', true],
    ['an error object', message({ error: { code: 'not_found', message: 'x' } }), 'not-found', false],
    [
      'an error object with null data',
      message({ data: null, error: { code: 'not_found', message: 'x' } }),
      'not-found',
      false,
    ],
    [
      'an error object with an HTTP status',
      message({ error: { message: 'x' }, status: 401 }),
      'unauthorized',
      false,
    ],
    ['an error type', message({ type: 'error', message: 'x' }), 'http', true],
    [
      'an error type with an object',
      message({ type: 'error', error: { code: 'rate_limited' } }),
      'rate-limited',
      true,
    ],
    [
      'a V1 error',
      message({ success: false, status: 410, error: { code: 'SESSION_ENDED', message: 'x' } }),
      'gone',
      false,
    ],
  ])('%s is thrown', (_, frame, code, retryable) => {
    expect(errorOf(frame)).toMatchObject({ code, retryable })
  })

  it('carry the words and the code of the server', () => {
    const error = errorOf(message(problem, 'error'))
    expect(error).toMatchObject({ status: 403, problem: 'forbidden' })
    expect(error.message).toContain('no access')
  })

  it.each<[string, unknown]>([
    ['a failed task', { id: 't1', status: 11, error: 'boom' }],
    ['a failed task whose error is an object', { id: 't1', status: 11, error: { message: 'boom' } }],
    ['the same without an id', { status: 'failed', error: { message: 'boom' } }],
    ['the same without a status', { id: 't1', error: { message: 'boom' } }],
    ['an error text alone', { error: 'boom' }],
    ['a wrapped error object', { data: { error: { message: 'boom' } } }],
    ['a named error', { data: { error: { message: 'boom' } }, fields: ['error'] }],
  ])('are not confused with %s', (_, data) => {
    expect(eventsOf(message(data))).toMatchObject([{ type: 'task-fields', fields: { error: 'boom' } }])
  })

  it('are not confused with a task without an error', () => {
    expect(eventsOf(message({ id: 't1', error: null }))).toEqual([fields({ id: 't1', error: null })])
  })
})

describe('any frame', () => {
  it('is read, skipped or an error of this library, and never anything else', () => {
    const keys = [
      'id',
      'status',
      'status_text',
      'data',
      'fields',
      'event',
      'type',
      'error',
      'delta',
      'seq',
      'logs',
      'events',
      'progress',
      'app',
      'updated_at',
      'success',
      'messages',
      '__proto__',
    ]
    const words = fc.constantFrom('t1', 'task', 'delta', 'error', 'running', 'heartbeat', 'logs', AT, '45%')
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(words, fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 5 }),
      ),
    }))
    const events = fc.constantFrom(
      'message',
      'message',
      'update',
      'delta',
      'error',
      'done',
      'other',
      RESOURCE_EVENT,
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(value, events)), (list) => {
        const decode = createTaskDecoder(referenceStatusCodes)
        for (const [data, event] of list) {
          try {
            decode(message(data, event))
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(StreamError)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
