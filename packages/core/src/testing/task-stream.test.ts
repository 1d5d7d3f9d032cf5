import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { readBody, type BodyReading } from '../../test/read-body.ts'
import { createTaskDecoder } from '../protocol/inference/decode-task.ts'
import type { TaskEvent, TaskFields } from '../protocol/task-event.ts'
import { liveStatusCodes, referenceStatusCodes } from '../protocol/task-status.ts'
import { createNdjsonDecoder } from '../wire/ndjson.ts'
import { createSseDecoder } from '../wire/sse.ts'
import { fromBase64 } from './base64.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import type { TaskScript } from './script.ts'
import { createSimulator, type Simulator } from './simulator.ts'
import type { SimulatorOptions } from './simulator-options.ts'
import { taskScript } from './task-script.ts'

const API = 'https://api.test'

interface Followed {
  readonly clock: ManualClock
  readonly simulator: Simulator
  readonly id: string
  readonly open: (accept?: string) => Promise<BodyReading>
}

const simulators: Simulator[] = []

afterEach(() => {
  for (const simulator of simulators.splice(0)) simulator.close()
})

/** Starts a task and answers how to follow it. */
async function start(options: SimulatorOptions): Promise<Followed> {
  const clock = createManualClock()
  const simulator = createSimulator({ clock, envelope: 'v2', ...options })
  simulators.push(simulator)
  const answer = await simulator(`${API}/apps/run`, { method: 'POST', body: '{"app":"a/b","input":{}}' })
  const { id } = (await answer.json()) as { id: string }
  return {
    clock,
    simulator,
    id,
    async open(accept = 'application/x-ndjson') {
      const reading = readBody(await simulator(`${API}/tasks/${id}/stream`, { headers: { accept } }))
      await clock.advance(0)
      return reading
    },
  }
}

const lines = (reading: BodyReading): unknown[] =>
  reading.text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)

const script: TaskScript = [
  { atMs: 0, set: { status: 'received' } },
  { atMs: 10, set: { status: 'running', progress: { current: 1, total: 2 } }, logs: ['über 🌙', 'b'] },
  { atMs: 20, delta: { response: 'He' } },
  { atMs: 30, set: { partialOutput: { response: 'He' } }, logs: ['c'] },
  { atMs: 40, set: { status: 'uploading' } },
  { atMs: 50, set: { status: 'completed', output: { response: 'Hello' } } },
]

/** What a client knows at the end: the fields, the log and the deltas. */
interface Known {
  readonly fields: TaskFields
  readonly log: readonly string[]
  readonly deltas: readonly unknown[]
  readonly ends: number
  readonly skipped: number
}

/** Reads bytes with the decoders of the client. */
function understand(bytes: Uint8Array, framing: 'sse' | 'ndjson', isLive: boolean): Known {
  const frames = framing === 'sse' ? createSseDecoder() : createNdjsonDecoder()
  const decode = createTaskDecoder(isLive ? liveStatusCodes : referenceStatusCodes)
  const events = [...frames.push(bytes), ...frames.end()].flatMap(decode).map(({ event }) => event)
  return events.reduce<Known>(fold, { fields: {}, log: [], deltas: [], ends: 0, skipped: 0 })
}

function fold(known: Known, event: TaskEvent): Known {
  switch (event.type) {
    case 'task-fields':
      return { ...known, fields: { ...known.fields, ...event.fields } }
    case 'log-lines':
      return { ...known, log: event.origin === 'increment' ? [...known.log, ...event.lines] : event.lines }
    case 'log-content':
      return { ...known, log: readContent(event.content).split('\n').slice(0, -1) }
    case 'output-delta':
      return { ...known, deltas: [...known.deltas, event.delta] }
    case 'stream-end':
      return { ...known, ends: known.ends + 1 }
    case 'position-moved':
      return known
    case 'frame-skipped':
      return { ...known, skipped: known.skipped + 1 }
  }
}

const readContent = (content: string): string =>
  /^[\w+/]+=*$/.test(content) ? new TextDecoder().decode(fromBase64(content)) : content

const anyWire = fc.record({
  dialect: fc.constantFrom('reference', 'live'),
  statusStyle: fc.constantFrom('name', 'code', 'numeric-string'),
  statusText: fc.constantFrom('nowhere', 'results', 'everywhere'),
  framing: fc.constantFrom('sse', 'ndjson'),
  logs: fc.constantFrom('lines', 'base64', 'text'),
  snapshotOnConnect: fc.boolean(),
  partials: fc.constantFrom('sparse', 'full-with-fields', 'whole'),
  sseNames: fc.constantFrom('unnamed', 'update', 'tasks'),
  form: fc.constantFrom('bare', 'wrapped', 'typed', 'mixed'),
  sendDone: fc.constantFrom('never', 'once', 'twice'),
  finalNewline: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  chunkBytes: fc.nat({ max: 9 }),
  noise: fc.subarray(['blank', 'null', 'unknown-event', 'heartbeat', 'junk'] as const),
  giantLineBytes: fc.constantFrom(0, 5000),
} as const)

describe('every form of the wire', () => {
  it('tells the client the same life (L1)', async () => {
    await fc.assert(
      fc.asyncProperty(anyWire, async (wire) => {
        const { clock, open } = await start({ ...wire, script })
        const reading = await open()
        await clock.advance(100)
        expect(reading.outcome).toBe('end')
        expect(clock.pendingCount).toBe(0)
        const known = understand(reading.bytes, wire.framing, wire.dialect === 'live')
        // Without its last newline, the last block of SSE is no event: `done`, or the end of the task.
        const isLastLost = wire.framing === 'sse' && !wire.finalNewline
        const isTaskEndLost = isLastLost && wire.sendDone === 'never'
        expect(known.fields.status).toBe(isTaskEndLost ? 'uploading' : 'completed')
        if (!isTaskEndLost) expect(known.fields.output).toEqual({ response: 'Hello' })
        expect(known.log).toEqual(['über 🌙', 'b', 'c'])
        expect(known.deltas).toEqual([{ response: 'He' }])
        const dones = wire.framing === 'sse' ? { never: 0, once: 1, twice: 2 }[wire.sendDone] : 0
        expect(known.ends).toBe(Math.max(0, dones - (isLastLost ? 1 : 0)))
        if (!wire.noise.includes('junk') && !wire.noise.includes('null')) expect(known.skipped).toBe(0)
        if (wire.dialect === 'reference' && !isTaskEndLost) {
          expect(known.fields).toMatchObject({
            progress: { value: 0.5, current: 1, total: 2 },
            partialOutput: { response: 'He' },
          })
        }
      }),
      { numRuns: 300 },
    )
  }, 60_000)

  it('is the same bytes for the same options, clock and seed', async () => {
    await fc.assert(
      fc.asyncProperty(anyWire, async (wire) => {
        const [one, two] = await Promise.all(
          [0, 1].map(async () => {
            const { clock, open } = await start({ ...wire, script })
            const reading = await open()
            await clock.advance(100)
            return reading.text
          }),
        )
        expect(one).toBe(two)
      }),
      { numRuns: 20 },
    )
  }, 60_000)

  it('pads the first message only', async () => {
    const { clock, open } = await start({ script, giantLineBytes: 3000 })
    const reading = await open()
    await clock.advance(100)
    const sizes = reading.text
      .trimEnd()
      .split('\n')
      .map((line) => line.length)
    expect(sizes.filter((size) => size > 3000)).toEqual([sizes[0]])
  })

  it('is, in the reference dialect, updates with a status and whatever changed', async () => {
    const { clock, open, id } = await start({ script })
    const reading = await open()
    await clock.advance(100)
    expect(lines(reading).slice(1)).toEqual([
      { id, status: 'running', progress: { current: 1, total: 2 }, logs: ['über 🌙', 'b'] },
      { event: 'delta', data: { delta: { response: 'He' }, seq: 1 } },
      { id, status: 'running', partial_output: { response: 'He' }, logs: ['c'] },
      { id, status: 'uploading' },
      { id, status: 'completed', output: { response: 'Hello' } },
    ])
  })

  it('is, in the live dialect, fields by name, codes, one log row and an output that grows', async () => {
    const { clock, open, id } = await start({ script, dialect: 'live' })
    const reading = await open()
    await clock.advance(100)
    const at = (ms: string): object => ({ updated_at: `2026-01-01T00:00:00.${ms}Z` })
    const row = { task_id: id, log_type: 4, content: expect.any(String) as unknown }
    const fields = (...names: string[]): string[] => [...names, 'updated_at']
    expect(lines(reading).slice(1)).toMatchObject([
      { data: { id, status: 7, logs: [row], ...at('01') }, fields: fields('status', 'logs') },
      { event: 'delta', data: { delta: { response: 'He' }, seq: 1 } },
      {
        data: { id, output: { response: 'He' }, logs: [row], ...at('03') },
        fields: fields('output', 'logs'),
      },
      { data: { id, status: 9, ...at('04') }, fields: fields('status') },
      {
        data: { id, status: 10, output: { response: 'Hello' }, ...at('05') },
        fields: fields('status', 'output'),
      },
    ])
  })
})

describe('a connection', () => {
  it('begins with the task as it is now, and goes on from there', async () => {
    const { clock, open } = await start({ script })
    await clock.advance(25)
    const reading = await open()
    expect(lines(reading)).toMatchObject([
      { status: 'running', logs: ['über 🌙', 'b'], progress: { current: 1 } },
    ])
    await clock.advance(5)
    expect(lines(reading).at(-1)).toMatchObject({ logs: ['c'] })
  })

  it('begins with nothing where there is no snapshot', async () => {
    const { clock, open } = await start({ script, snapshotOnConnect: false })
    await clock.advance(25)
    const reading = await open()
    expect(reading.text).toBe('')
    await clock.advance(5)
    expect(lines(reading)).toHaveLength(1)
  })

  it('ends at once for a task that has ended', async () => {
    const { clock, open } = await start({ script })
    await clock.advance(100)
    const reading = await open('text/event-stream')
    expect(reading.outcome).toBe('end')
    expect(reading.text).toMatch(/^data: \{.*"status":"completed".*\}\n\nevent: done\ndata: \{\}\n\n$/)
  })

  it('stays open after the end of the task where the server does not close, until the client does', async () => {
    const { clock, open, simulator } = await start({ script, closeAfterTerminal: false })
    const reading = await open('text/event-stream')
    await clock.advance(60_000)
    expect(reading.outcome).toBe('open')
    expect(reading.text.match(/event: done/g)).toHaveLength(1)
    expect(reading.text.match(/^:$/gm)).toHaveLength(6)
    await reading.cancel()
    expect(clock.pendingCount).toBe(0)
    expect(simulator.counters).toMatchObject({ openStreams: 0, streamsOpened: 1, streamsAborted: 1 })
  })

  it('beats at its interval, and not when it is told not to', async () => {
    const life: TaskScript = [{ atMs: 0, set: { status: 'running' } }]
    const beating = await start({ script: life, heartbeatMs: 1000 })
    const reading = await beating.open()
    await beating.clock.advance(3500)
    expect(lines(reading).slice(1)).toEqual([
      { type: 'heartbeat' },
      { type: 'heartbeat' },
      { type: 'heartbeat' },
    ])
    const silent = await start({ script: life, heartbeatMs: 0 })
    await silent.open()
    expect(silent.clock.pendingCount).toBe(0)
  })

  it('is independent of another one to the same task', async () => {
    const { clock, open, simulator } = await start({ script })
    const first = await open()
    await clock.advance(15)
    const second = await open('text/event-stream')
    expect(simulator.counters.openStreams).toBe(2)
    await first.cancel()
    expect(simulator.counters.openStreams).toBe(1)
    await clock.advance(100)
    expect(second.text).toContain('"status":"completed"')
    expect(first.text).not.toContain('uploading')
  })

  it('holds no timer before it is opened and none after it was given up', async () => {
    const { clock, open } = await start({ script: taskScript.endless() })
    expect(clock.pendingCount).toBe(0)
    const reading = await open()
    expect(clock.pendingCount).toBe(1)
    await reading.cancel()
    expect(clock.pendingCount).toBe(0)
  })

  it('holds no timer while the reader is behind, and catches up when it reads', async () => {
    const { clock, simulator, id } = await start({
      script: taskScript.chatty({ lines: 4000, perSecond: 1000 }),
    })
    const answer = await simulator(`${API}/tasks/${id}/stream`, {
      headers: { accept: 'application/x-ndjson' },
    })
    await clock.advance(60_000)
    expect(clock.pendingCount).toBe(0)
    const reading = readBody(answer)
    await clock.advance(0)
    expect(understand(reading.bytes, 'ndjson', false)).toMatchObject({ fields: { status: 'completed' } })
    expect(understand(reading.bytes, 'ndjson', false).log).toHaveLength(4000)
  })

  it('keeps the pace of the speed that was set', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.05, max: 50, noNaN: true }), async (speed) => {
        const { clock, open } = await start({ script, speed })
        const reading = await open()
        await clock.advance(Math.floor(50 / speed) - 1 < 0 ? 0 : Math.floor(50 / speed) - 1)
        expect(reading.outcome).toBe('open')
        await clock.advance(2)
        expect(reading.outcome).toBe('end')
      }),
      { numRuns: 40 },
    )
  })

  it('ends when the task is deleted', async () => {
    const { open, simulator, id, clock } = await start({ script })
    const reading = await open()
    await simulator(`${API}/tasks/${id}`, { method: 'DELETE' })
    await clock.advance(0)
    expect(reading.outcome).toBe('end')
    expect(clock.pendingCount).toBe(0)
  })

  it('ends when the simulator is closed, and holds nothing then', async () => {
    const { open, simulator, clock } = await start({ script })
    const reading = await open()
    simulator.close()
    await clock.advance(0)
    expect(reading.outcome).toBe('end')
    expect(clock.pendingCount).toBe(0)
    expect(simulator.counters.openStreams).toBe(0)
  })

  it('numbers deltas on, though it was opened late', async () => {
    const { clock, open } = await start({
      script: taskScript.deltas({ text: 'abcdefgh', pieceChars: 2, everyMs: 10 }),
    })
    await clock.advance(625)
    const reading = await open()
    await clock.advance(100)
    expect(
      lines(reading).filter((line) => typeof line === 'object' && line !== null && 'event' in line),
    ).toEqual([
      { event: 'delta', data: { delta: { response: 'ef' }, seq: 3 } },
      { event: 'delta', data: { delta: { response: 'gh' }, seq: 4 } },
    ])
  })
})

describe('a long stream', () => {
  /** A script that counts how often its steps are read. */
  function counted(steps: TaskScript): { readonly script: TaskScript; readonly reads: () => number } {
    let reads = 0
    const script = steps.map((step) =>
      Object.defineProperty({ ...step }, 'logs', {
        get() {
          reads++
          return step.logs
        },
      }),
    )
    return { script, reads: () => reads }
  }

  it.each(['sparse', 'full-with-fields', 'whole'] as const)(
    'reads each step a few times, however many there are: %s',
    async (partials) => {
      const readsPerStep = []
      for (const lines of [200, 2000]) {
        const { script: life, reads } = counted(taskScript.chatty({ lines, perSecond: 100 }))
        const { clock, open } = await start({ script: life, partials })
        const reading = await open()
        await clock.advance(lines * 10 + 2000)
        expect(reading.outcome).toBe('end')
        readsPerStep.push(reads() / life.length)
      }
      expect(Math.max(...readsPerStep)).toBeLessThan(8)
    },
  )

  it('of 100,000 lines tells each line once, in messages and bytes that grow with the lines', async () => {
    const lines = 100_000
    const { clock, simulator, id } = await start({
      script: taskScript.chatty({ lines, perSecond: 20_000 }),
    })
    const answer = await simulator(`${API}/tasks/${id}/stream`, {
      headers: { accept: 'application/x-ndjson' },
    })
    const text = answer.text()
    await clock.advance(6000)
    const messages = (await text).trimEnd().split('\n')
    // The task, six statuses, 500 bundles of 200 lines, the end.
    expect(messages).toHaveLength(1 + 6 + 500 + 1)
    const told = messages.flatMap(
      (message) => (JSON.parse(message) as { readonly logs?: string[] }).logs ?? [],
    )
    expect(told).toEqual(Array.from({ length: lines }, (_, index) => `line ${index + 1} of ${lines}`))
    const lineBytes = told.reduce((bytes, line) => bytes + line.length, 0)
    expect((await text).length).toBeLessThan(lineBytes + lines * 3 + messages.length * 200)
  })
})
