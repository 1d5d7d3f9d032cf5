import { describe, expect, it } from 'vitest'
import { fault, type CutHow, type Fault } from '../src/testing/faults.ts'
import {
  agentOutcomes,
  expectSameTurn,
  recordChat,
  type AgentCell,
  type AgentSetting,
} from './disturbed-agent.ts'

/** Every way of following a chat: framings, ways to come back, what clients were told of them, and polling. */
const settings: readonly AgentSetting[] = [
  { name: 'SSE, present', server: { framing: 'sse' } },
  { name: 'SSE, present, told so', server: { framing: 'sse' }, client: { resumeMode: 'snapshot' } },
  { name: 'NDJSON, present', server: { framing: 'ndjson' } },
  { name: 'SSE, no present at the begin', server: { framing: 'sse', snapshotOnConnect: false } },
  { name: 'NDJSON, no present at the begin', server: { framing: 'ndjson', snapshotOnConnect: false } },
  { name: 'SSE, numbers', server: { framing: 'sse', resume: 'cursor' } },
  {
    name: 'SSE, opaque ids, told so',
    server: { framing: 'sse', resume: 'cursor', resumeIds: 'opaque' },
    client: { resumeMode: 'cursor' },
  },
  {
    name: 'SSE, numbers that are ignored when unknown',
    server: { framing: 'sse', resume: 'cursor', unknownId: 'ignore' },
  },
  {
    name: 'SSE, replay',
    server: { framing: 'sse', resume: 'replay' },
    client: { resumeMode: 'replay' },
  },
  {
    name: 'NDJSON, replay',
    server: { framing: 'ndjson', resume: 'replay' },
    client: { resumeMode: 'replay' },
  },
  {
    name: 'SSE, live dialect, all keys and the list of those that changed',
    server: { framing: 'sse', dialect: 'live', partials: 'full-with-fields' },
  },
  { name: 'SSE, whole messages', server: { framing: 'sse', partials: 'whole' } },
  {
    name: 'NDJSON with noise, in pieces of seven bytes',
    server: {
      framing: 'ndjson',
      chunkBytes: 7,
      noise: ['junk', 'null', 'blank', 'unknown-event', 'heartbeat'],
    },
  },
  {
    name: 'SSE with noise, ended by CRLF',
    server: {
      framing: 'sse',
      lineEnd: '\r\n',
      noise: ['blank', 'junk', 'heartbeat', 'null', 'unknown-event'],
    },
  },
  { name: 'polling', client: { transport: 'polling', pollInterval: 150 } },
]

const on = 'chat-stream'
const cell = (name: string, ...faults: readonly Fault[]): AgentCell => ({ name, faults })
const hows: readonly CutHow[] = ['eof', 'reset']

/** What goes wrong at one message of the stream. */
const atLine = (line: number): readonly AgentCell[] => [
  ...hows.map((how) => cell(`${how} after ${line}`, fault.cutAfterEvents(line, { on, how }))),
  cell(`stall after ${line}`, fault.stall({ on, afterEvents: line })),
  cell(`error event after ${line}`, fault.errorEvent({ on, afterEvents: line })),
  cell(`${line} twice`, fault.duplicate({ on, line, count: 3 })),
  cell(`${line} late`, fault.reorder({ on, line, by: 2 })),
  cell(`${line} lost`, fault.gap({ on, line }), fault.cutAfterEvents(line + 3, { on })),
  cell(`junk at ${line}`, fault.garbleLine({ on, line })),
  cell(`no UTF-8 at ${line}`, fault.invalidUtf8({ on, line })),
  cell(`stale after ${line}`, fault.staleSnapshot({ on, line })),
]

const statuses = [408, 425, 429, 500, 502, 503, 504]

/** What goes wrong with a request, and with what is asked for beside the stream. */
const aroundLine: readonly AgentCell[] = [
  ...statuses.map((status) => cell(`${status} on connect`, fault.refuse({ on, status, times: 2 }))),
  cell('429 with a time', fault.refuse({ on, status: 429, retryAfterSeconds: 3, times: 2 })),
  cell('503 with a date', fault.refuse({ on, status: 503, retryAfterSeconds: 2, retryAfterAs: 'date' })),
  cell('no way there', fault.unreachable({ on, times: 3 })),
  cell('a web page', fault.html({ on, times: 2 })),
  cell('a captive portal', fault.captivePortal({ on, times: 2 })),
  ...[null, 'text/plain', 'application/json'].map((type) =>
    cell(`declared as ${type ?? 'nothing'}`, fault.wrongContentType(type, { on, times: 2 })),
  ),
  cell('slow headers', fault.slowHeaders(900, { on })),
  cell('headers that never come', fault.slowHeaders(31_000, { on })),
  cell('held back to its end', fault.gzip({ on })),
  cell('held back in heaps', fault.buffer({ on, bytes: 700 })),
  cell('dripping', fault.drip({ on, bytes: 100, everyMs: 20 })),
  cell('byte by byte', fault.split({ on })),
  cell('closed after each message', fault.closeAfterEach({ on })),
  cell('words after the end', fault.deltaAfterEnd({ on })),
  ...(['chat', 'messages'] as const).flatMap((route) => [
    cell(`${route} refused`, fault.refuse({ on: route, status: 500, times: 3 })),
    cell(`${route} out of reach`, fault.unreachable({ on: route, times: 2 })),
    cell(`${route} slow`, fault.slowHeaders(700, { on: route, times: 2 })),
    cell(`${route} cut`, fault.cutAfterBytes(30, { on: route, times: 2 }), fault.cutAfterEvents(7, { on })),
    cell(`${route} garbled`, fault.garbleLine({ on: route }), fault.cutAfterEvents(5, { on })),
  ]),
  cell('the answer of the tool refused', fault.refuse({ on: 'answer-tool', status: 503, times: 3 })),
  cell('the answer of the tool lost', fault.cutAfterBytes(0, { on: 'answer-tool', how: 'reset' })),
  cell('429 for the message', fault.refuse({ on: 'agent-run', status: 429, times: 2, retryAfterSeconds: 1 })),
  ...[50, 250, 450, 650, 850, 1100].map((atMs): AgentCell => ({
    name: `a restart after ${atMs} ms`,
    act: { atMs, run: (server) => server.restart() },
  })),
  {
    name: 'two restarts and a cut',
    faults: [fault.cutAfterEvents(6, { on, nth: 2 })],
    act: { atMs: 300, run: (server) => server.restart() },
  },
]

describe.each(settings)('$name', { timeout: 100_000 }, (setting) => {
  it('L6, L12, L13: the turn goes as if nothing had happened around its line', async () => {
    await expectSameTurn(setting, aroundLine)
  })

  const isStreamed = setting.client?.transport !== 'polling'
  it.runIf(isStreamed)('L6, L12, L13: the turn goes as if nothing had happened to any message', async () => {
    const { count } = await recordChat(setting)
    const length = Math.min(count, 40)
    await expectSameTurn(setting, Array.from({ length }, (_, index) => atLine(index + 1)).flat())
  })
})

describe('what no attempt mends', () => {
  it.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
  ])('a chat that is refused with %i ends the wait with what the server said', async (status, code) => {
    const faults = [
      fault.refuse({ on, status, times: Infinity }),
      fault.refuse({ on: 'chat', status, times: Infinity }),
      fault.refuse({ on: 'messages', status, times: Infinity }),
    ]
    const { refused } = await agentOutcomes({ name: '' }, [{ name: 'refused', faults }])
    expect(refused?.settledCount).toBe(1)
    expect(refused?.reply).toContain(code)
    expect(refused?.toolRuns).toEqual([])
  })

  it('a token that ran out is renewed, and the turn goes on', async () => {
    let asked = 0
    const setting: AgentSetting = {
      name: 'token',
      client: { getToken: () => `token-${++asked}` },
    }
    await expectSameTurn(setting, [
      cell('401 on connect', fault.refuse({ on, status: 401 })),
      cell('401 beside it', fault.refuse({ on: 'chat', status: 401 })),
      cell('401 for the answer', fault.refuse({ on: 'answer-tool', status: 401 })),
    ])
    expect(asked).toBeGreaterThan(3)
  })
})
