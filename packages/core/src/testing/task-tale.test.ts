import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { readBody, type BodyReading } from '../../test/read-body.ts'
import { createSseDecoder } from '../wire/sse.ts'
import { fault, type Fault } from './faults.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import type { TaskScript } from './script.ts'
import { createSimulator, type Simulator } from './simulator.ts'
import type { SimulatorOptions } from './simulator-options.ts'
import { taskScript } from './task-script.ts'

const API = 'https://api.test'

interface World {
  readonly clock: ManualClock
  readonly simulate: Simulator
  readonly ask: (lastId?: string) => Promise<Response>
  /** Opens a stream; `accept` decides about its framing. */
  readonly open: (lastId?: string, accept?: string) => Promise<BodyReading>
}

const simulators: Simulator[] = []

afterEach(() => {
  for (const simulator of simulators.splice(0)) simulator.close()
})

/** Six events of five steps: one has a delta and an update. */
const script: TaskScript = [
  { atMs: 0, set: { status: 'running' } },
  { atMs: 10, logs: ['über 🌙'] },
  { atMs: 20, delta: { response: 'He' }, set: { partialOutput: { response: 'He' } } },
  { atMs: 30, set: { status: 'uploading' } },
  { atMs: 40, set: { status: 'completed', output: 1 } },
]
const LIFE_MS = 100

async function start(options: SimulatorOptions): Promise<World> {
  const clock = createManualClock()
  const simulate = createSimulator({ clock, script, envelope: 'v2', heartbeatMs: 0, ...options })
  simulators.push(simulate)
  const answer = await simulate(`${API}/run`, { method: 'POST', body: '{"app":"a/b"}' })
  const { id } = (await answer.json()) as { id: string }
  const ask = (lastId?: string, accept = 'text/event-stream'): Promise<Response> =>
    simulate(`${API}/tasks/${id}/stream`, {
      headers: { accept, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
    })
  return {
    clock,
    simulate,
    ask,
    async open(lastId, accept) {
      const reading = readBody(await ask(lastId, accept))
      await clock.advance(0)
      return reading
    },
  }
}

interface ReadEvent {
  readonly id: string | null
  readonly event: string
  readonly data: string
}

/** The events of a body that have come whole. */
function eventsOf({ bytes }: BodyReading): readonly ReadEvent[] {
  const decoder = createSseDecoder()
  return [...decoder.push(bytes), ...decoder.end()].flatMap((frame) =>
    frame.type === 'message' ? [{ id: frame.id, event: frame.event, data: frame.data }] : [],
  )
}

const idsOf = (reading: BodyReading): readonly (string | null)[] => eventsOf(reading).map(({ id }) => id)

const anyHistory = fc.record({
  dialect: fc.constantFrom('reference', 'live'),
  logs: fc.constantFrom('lines', 'base64', 'text'),
  partials: fc.constantFrom('sparse', 'full-with-fields', 'whole'),
  form: fc.constantFrom('bare', 'wrapped', 'typed', 'mixed'),
  sseNames: fc.constantFrom('unnamed', 'update', 'tasks'),
  sendDone: fc.constantFrom('never', 'once', 'twice'),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  chunkBytes: fc.nat({ max: 9 }),
  giantLineBytes: fc.constantFrom(0, 400),
  resumeIds: fc.constantFrom('number', 'opaque'),
} as const)

describe('a stream with a cursor', () => {
  it('numbers what the script makes from 1, without holes', async () => {
    const { clock, open } = await start({ resume: 'cursor' })
    const reading = await open()
    await clock.advance(LIFE_MS)
    expect(idsOf(reading)).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    expect(eventsOf(reading).map(({ event }) => event)).toEqual([
      'message',
      'message',
      'delta',
      'message',
      'message',
      'message',
      'done',
    ])
    expect(reading.outcome).toBe('end')
  })

  it('tells the same events with the same ids to whoever comes, whenever', async () => {
    const { clock, open } = await start({ resume: 'cursor' })
    const first = await open()
    await clock.advance(25)
    const second = await open()
    expect(idsOf(second)).toEqual(['1', '2', '3', '4'])
    await clock.advance(LIFE_MS)
    const third = await open()
    expect(second.text).toBe(first.text)
    expect(third.text).toBe(first.text)
  })

  it('goes on after the id that it is given, and says what happens next', async () => {
    const { clock, open } = await start({ resume: 'cursor' })
    await clock.advance(25)
    const reading = await open('3')
    expect(idsOf(reading)).toEqual(['4'])
    await clock.advance(LIFE_MS)
    expect(idsOf(reading)).toEqual(['4', '5', '6', '7'])
  })

  it('has nothing to say after the last one, and ends', async () => {
    const { clock, open } = await start({ resume: 'cursor' })
    await clock.advance(LIFE_MS)
    expect(await open('7')).toMatchObject({ text: '', outcome: 'end' })
  })

  it('has the whole history for who has read nothing', async () => {
    const { clock, open } = await start({ resume: 'cursor' })
    await clock.advance(LIFE_MS)
    expect((await open('0')).text).toBe((await open()).text)
    expect((await open('')).text).toBe((await open()).text)
  })

  it('is the uncut sequence when the parts are put together, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyHistory,
        fc.array(fc.record({ afterBytes: fc.nat({ max: 3000 }), pauseMs: fc.nat({ max: 30 }) }), {
          maxLength: 8,
        }),
        async (options, cuts) => {
          const uncut = await start({ ...options, resume: 'cursor' })
          const whole = await uncut.open()
          await uncut.clock.advance(LIFE_MS)

          const faults = cuts.map(({ afterBytes }, index) =>
            fault.cutAfterBytes(afterBytes, { on: 'stream', nth: index + 1 }),
          )
          const { clock, open } = await start({ ...options, resume: 'cursor', faults })
          const read: ReadEvent[] = []
          for (const { pauseMs } of [...cuts, { pauseMs: LIFE_MS }]) {
            const reading = await open(read.at(-1)?.id ?? undefined)
            await clock.advance(pauseMs)
            await reading.cancel().catch(() => {})
            read.push(...eventsOf(reading))
          }
          expect(read).toEqual(eventsOf(whole))
          expect(clock.pendingCount).toBe(0)
        },
      ),
      { numRuns: 80 },
    )
  }, 60_000)

  it('keeps the noise after an event where it is, whoever reads it', async () => {
    const { clock, open } = await start({ resume: 'cursor', noise: ['blank', 'unknown-event'] })
    await clock.advance(LIFE_MS)
    const { text } = await open()
    for (const id of ['1', '2', '3', '4', '5']) {
      expect(text.endsWith((await open(id)).text)).toBe(true)
    }
  })

  it('counts on when the task is cancelled', async () => {
    const { clock, simulate, open } = await start({ resume: 'cursor', script: taskScript.endless() })
    const reading = await open()
    await clock.advance(3000)
    const before = idsOf(reading).length
    const [{ path } = { path: '' }] = simulate.requests.slice(-1)
    await simulate(`${API}${path.replace('/stream', '/cancel')}`, { method: 'POST' })
    await clock.advance(1000)
    expect(idsOf(reading)).toEqual(Array.from({ length: before + 2 }, (_, index) => String(index + 1)))
    expect((await open(String(before))).text).toContain('cancelled')
  })

  it('stays open after the end where the server does not close', async () => {
    const { clock, open } = await start({ resume: 'cursor', closeAfterTerminal: false })
    await clock.advance(LIFE_MS)
    const reading = await open('6')
    expect(idsOf(reading)).toEqual(['7'])
    expect(reading.outcome).toBe('open')
  })

  it('has no ids in NDJSON, and begins with the present there', async () => {
    const { clock, open } = await start({ resume: 'cursor' })
    await clock.advance(25)
    const reading = await open('99', 'application/x-ndjson')
    expect(reading.text.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(reading.text)).toMatchObject({ status: 'running', partial_output: { response: 'He' } })
  })

  it('begins a run with its first event, whatever id comes along', async () => {
    const simulate = createSimulator({ clock: createManualClock(), script, resume: 'cursor' })
    simulators.push(simulate)
    const answer = await simulate(`${API}/run`, {
      method: 'POST',
      headers: { 'last-event-id': '57' },
      body: '{"app":"a/b","stream":true}',
    })
    expect(answer.status).toBe(200)
  })
})

describe('an id that the server does not know', () => {
  const unknown = ['5', '999999', '-1', 'x', '1.5', 'evt_1', '01']

  it.each([409, 410, 412] as const)('is refused with %s where that is asked for', async (status) => {
    const { clock, ask, simulate } = await start({ resume: 'cursor', unknownId: status })
    await clock.advance(25)
    for (const id of unknown) {
      const answer = await ask(id)
      expect(answer.status).toBe(status)
      expect(await answer.json()).toMatchObject({
        status,
        type: expect.stringMatching(/event_id_unknown$/) as string,
      })
    }
    expect(simulate.counters.streamsOpened).toBe(0)
  })

  it('is gone by default', async () => {
    expect((await (await start({ resume: 'cursor' })).ask('2')).status).toBe(410)
  })

  it('is as none where it is ignored', async () => {
    const { clock, open } = await start({ resume: 'cursor', unknownId: 'ignore' })
    await clock.advance(25)
    for (const id of unknown) expect(idsOf(await open(id))).toEqual(['1', '2', '3', '4'])
  })

  it.each(['snapshot', 'replay'] as const)('is as none to a server with %s', async (resume) => {
    const { clock, open } = await start({ resume })
    await clock.advance(25)
    expect((await open('57')).text).toBe((await open()).text)
  })
})

describe.each(['text/event-stream', 'application/x-ndjson'])('a replay as %s', (accept) => {
  it('tells every connection everything from the first event on, in the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.nat({ max: 50 }), async (options, afterMs) => {
        const { clock, open } = await start({ ...options, resume: 'replay' })
        const first = await open(undefined, accept)
        await clock.advance(afterMs)
        const second = await open(undefined, accept)
        expect(second.text).toBe(first.text)
        expect(second.text).not.toContain('id: ')
        await clock.advance(LIFE_MS)
        expect(second).toMatchObject({ text: first.text, outcome: 'end' })
      }),
      { numRuns: 40 },
    )
  }, 60_000)
})

describe('a restarted server', () => {
  const fields = (reading: BodyReading): readonly Record<string, unknown>[] =>
    eventsOf(reading).map(({ data }) => JSON.parse(data) as Record<string, unknown>)

  it.each(['snapshot', 'cursor', 'replay'] as const)(
    'breaks every open body, and holds nothing of it: %s',
    async (resume) => {
      const { clock, simulate, open } = await start({ resume, heartbeatMs: 1000 })
      const readings = [await open(), await open()]
      simulate.restart()
      await clock.advance(0)
      for (const reading of readings) {
        expect(reading).toMatchObject({ outcome: 'error', error: expect.any(TypeError) as unknown })
      }
      expect(simulate.counters).toMatchObject({ openStreams: 0, streamsAborted: 0 })
      expect(clock.pendingCount).toBe(0)
    },
  )

  it('breaks bodies that drip, and rejects requests that wait', async () => {
    const faults: readonly Fault[] = [
      fault.drip({ on: 'stream', bytes: 1, everyMs: 50 }),
      fault.drip({ on: 'list', bytes: 1, everyMs: 50 }),
      fault.slowHeaders(1000, { on: 'status' }),
    ]
    const { clock, simulate, open } = await start({ resume: 'cursor', faults })
    const readings = [
      await open(),
      readBody(await simulate(`${API}/tasks/list`, { method: 'POST', body: '{}' })),
    ]
    const waiting = simulate(`${API}/tasks/x/status`)
    await clock.advance(100)
    simulate.restart()
    await expect(waiting).rejects.toThrow(TypeError)
    await clock.advance(0)
    expect(readings.map(({ outcome }) => outcome)).toEqual(['error', 'error'])
    expect(clock.pendingCount).toBe(0)
  })

  it('keeps tasks, and begins with the whole of each as event 1', async () => {
    const { clock, simulate, open } = await start({ resume: 'cursor' })
    await clock.advance(25)
    simulate.restart()
    await clock.advance(LIFE_MS)
    const reading = await open()
    expect(idsOf(reading)).toEqual(['1', '2', '3', '4'])
    expect(fields(reading)).toMatchObject([
      { status: 'running', logs: ['über 🌙'], partial_output: { response: 'He' }, input: null },
      { status: 'uploading' },
      { status: 'completed' },
      {},
    ])
    expect((await open('1')).text).toBe(reading.text.slice(reading.text.indexOf('id: 2')))
  })

  it('begins with the whole task in a replay, too', async () => {
    const { clock, simulate, open } = await start({ resume: 'replay' })
    await clock.advance(25)
    simulate.restart()
    await clock.advance(LIFE_MS)
    expect(fields(await open())).toMatchObject([
      { status: 'running', partial_output: { response: 'He' } },
      { status: 'uploading' },
      { status: 'completed' },
      {},
    ])
  })

  it('tells of a task that had ended its end', async () => {
    const { clock, simulate, open } = await start({ resume: 'cursor' })
    await clock.advance(LIFE_MS)
    simulate.restart()
    const reading = await open()
    expect(eventsOf(reading)).toMatchObject([{ id: '1' }, { id: '2', event: 'done' }])
    expect(reading.outcome).toBe('end')
  })

  it('does not know the ids of before that it has not reached again', async () => {
    const { clock, simulate, ask } = await start({ resume: 'cursor' })
    await clock.advance(25)
    simulate.restart()
    expect((await ask('4')).status).toBe(410)
    expect((await ask('1')).status).toBe(200)
  })

  it('does not know any opaque id of before', async () => {
    const { clock, simulate, ask, open } = await start({ resume: 'cursor', resumeIds: 'opaque' })
    await clock.advance(25)
    const ids = idsOf(await open())
    expect((await ask(ids[0] ?? '')).status).toBe(200)
    simulate.restart()
    await clock.advance(LIFE_MS)
    for (const id of ids) expect((await ask(id ?? '')).status).toBe(410)
    for (const id of idsOf(await open())) {
      expect(ids).not.toContain(id)
      expect((await ask(id ?? '')).status).toBe(200)
    }
  })

  it('serves later requests and tasks as before', async () => {
    const { simulate, clock } = await start({ resume: 'cursor' })
    simulate.restart()
    const answer = await simulate(`${API}/run`, { method: 'POST', body: '{"app":"a/b","stream":true}' })
    const reading = readBody(answer)
    await clock.advance(LIFE_MS)
    expect(idsOf(reading)).toEqual(['1', '2', '3', '4', '5', '6', '7'])
  })
})

describe('a long history', () => {
  it('is passed over without a look at the log', async () => {
    let reads = 0
    const steps = taskScript.chatty({ lines: 3000, perSecond: 1000 }).map((step) =>
      Object.defineProperty({ ...step }, 'logs', {
        get() {
          reads++
          return step.logs
        },
      }),
    )
    const { clock, open } = await start({ resume: 'cursor', logs: 'base64', script: steps })
    await clock.advance(60_000)
    const whole = await open()
    const lastId = idsOf(whole).at(-2) ?? ''
    reads = 0
    expect(eventsOf(await open(lastId))).toMatchObject([{ event: 'done' }])
    expect(reads / steps.length).toBeLessThan(12)
  })
})
