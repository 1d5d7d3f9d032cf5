import { afterEach, describe, expect, it } from 'vitest'
import { readBody } from '../../test/read-body.ts'
import type { Fault } from './fault-kinds.ts'
import { fault } from './faults.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { createSimulator, type Simulator } from './simulator.ts'
import { taskScript } from './task-script.ts'

interface World {
  readonly clock: ManualClock
  readonly simulate: Simulator
  readonly follow: (init?: RequestInit) => Promise<Response>
}

const simulators: Simulator[] = []

afterEach(() => {
  for (const simulator of simulators.splice(0)) simulator.close()
})

async function world(faults: readonly Fault[], script = taskScript.usual({ stepMs: 10 })): Promise<World> {
  const clock = createManualClock()
  const simulate = createSimulator({ clock, script, framing: 'ndjson', envelope: 'v2' })
  simulators.push(simulate)
  const run = await simulate('https://api.test/run', { method: 'POST', body: '{"app":"a/b"}' })
  const { id } = (await run.json()) as { readonly id: string }
  simulate.setFaults(faults)
  return { clock, simulate, follow: (init) => simulate(`https://api.test/tasks/${id}/stream`, init) }
}

/** The body as it is without a fault. */
async function rightBody(): Promise<string> {
  const { clock, follow } = await world([])
  const reading = readBody(await follow())
  await clock.advance(1000)
  return reading.text
}

describe('a wrong content type', () => {
  it.each([['text/html'], ['application/json; charset=utf-8'], [null]])(
    'is %s, over the right body',
    async (type) => {
      const { clock, follow } = await world([fault.wrongContentType(type, { on: 'stream' })])
      const answer = await follow()
      expect(answer.headers.get('content-type')).toBe(type)
      const reading = readBody(answer)
      await clock.advance(1000)
      expect(reading.text).toBe(await rightBody())
    },
  )

  it('stands over a refusal as well', async () => {
    const { simulate } = await world([
      fault.wrongContentType('text/plain', { on: 'task' }),
      fault.refuse({ on: 'task', status: 503 }),
    ])
    const answer = await simulate('https://api.test/tasks/x')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/plain'])
    expect(await answer.json()).toMatchObject({ status: 503 })
  })
})

describe('gzip', () => {
  it('lets nothing through before the end, and then everything, decoded as fetch would', async () => {
    const { clock, follow, simulate } = await world([fault.gzip({ on: 'stream' })])
    const answer = await follow()
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    const reading = readBody(answer)
    await clock.advance(120)
    expect(reading).toMatchObject({ text: '', outcome: 'open' })
    await clock.advance(20)
    expect(reading).toMatchObject({ text: await rightBody(), outcome: 'end' })
    expect(simulate.counters.openStreams).toBe(0)
  })

  it('delivers nothing of a body that breaks', async () => {
    const { clock, follow } = await world([
      fault.gzip({ on: 'stream' }),
      fault.cutAfterEvents(3, { on: 'stream', how: 'reset' }),
    ])
    const reading = readBody(await follow())
    await clock.advance(1000)
    expect(reading).toMatchObject({ text: '', outcome: 'error' })
  })

  it.each(['abort', 'cancel'] as const)('frees the stream on %s', async (how) => {
    const { clock, follow, simulate } = await world([fault.gzip({ on: 'stream' })])
    const abort = new AbortController()
    const reading = readBody(await follow({ signal: abort.signal }))
    await clock.advance(30)
    if (how === 'abort') abort.abort(new Error('enough'))
    else await reading.cancel()
    await clock.advance(0)
    expect(reading.outcome).toBe(how === 'abort' ? 'error' : 'end')
    expect(simulate.counters).toMatchObject({ openStreams: 0, streamsAborted: 1 })
    expect(clock.pendingCount).toBe(0)
  })
})

describe('a body that drips', () => {
  const drip = fault.drip({ on: 'stream', bytes: 100, everyMs: 50 })

  it('comes in pieces of that size, one each time, and is the same in the end', async () => {
    const { clock, follow } = await world([drip])
    const reading = readBody(await follow())
    await clock.advance(49)
    expect(reading.text).toBe('')
    await clock.advance(1)
    expect(reading.pieceBytes).toEqual([100])
    await clock.advance(100)
    expect(reading.pieceBytes).toEqual([100, 100, 100])
    await clock.advance(60_000)
    expect(reading).toMatchObject({ text: await rightBody(), outcome: 'end' })
    expect(reading.pieceBytes.every((bytes) => bytes <= 100)).toBe(true)
    expect(clock.pendingCount).toBe(0)
  })

  it('drips in any answer', async () => {
    const { clock, simulate } = await world([fault.drip({ on: 'task', bytes: 1000, everyMs: 10 })])
    const reading = readBody(await simulate('https://api.test/tasks/x'))
    await clock.advance(9)
    expect(reading.text).toBe('')
    await clock.advance(1)
    expect(reading).toMatchObject({ text: expect.stringContaining('not found') as unknown, outcome: 'end' })
  })

  it.each(['abort', 'cancel', 'close'] as const)('holds no timer after %s', async (how) => {
    const { clock, follow, simulate } = await world([drip], taskScript.endless())
    const abort = new AbortController()
    const reading = readBody(await follow({ signal: abort.signal }))
    await clock.advance(75)
    expect(reading.pieceBytes).toEqual([100])
    if (how === 'abort') abort.abort(new Error('enough'))
    else if (how === 'cancel') await reading.cancel()
    else simulate.close()
    await clock.advance(0)
    expect(clock.pendingCount).toBe(0)
    expect(reading.outcome).toBe(how === 'abort' ? 'error' : 'end')
    expect(reading.error).toEqual(how === 'abort' ? new Error('enough') : null)
    expect(simulate.counters.openStreams).toBe(0)
  })

  it('passes an error on, after the bytes that came before it', async () => {
    const { clock, follow } = await world([drip, fault.cutAfterBytes(150, { on: 'stream' })])
    const reading = readBody(await follow())
    await clock.advance(1000)
    expect(reading).toMatchObject({ pieceBytes: [100, 50], outcome: 'error' })
  })
})

describe('pieces of another size', () => {
  it('are single bytes, after which an error comes where it came before', async () => {
    const { clock, follow } = await world([
      fault.split({ on: 'stream' }),
      fault.cutAfterBytes(30, { on: 'stream' }),
    ])
    const reading = readBody(await follow())
    await clock.advance(1000)
    expect(reading).toMatchObject({
      text: (await rightBody()).slice(0, 30),
      pieceBytes: Array.from({ length: 30 }, () => 1),
      outcome: 'error',
    })
  })

  it('are held back until a buffer is full', async () => {
    const { clock, follow } = await world([fault.buffer({ on: 'stream', bytes: 1000 })])
    const reading = readBody(await follow())
    await clock.advance(0)
    expect(reading.text).toBe('')
    await clock.advance(1000)
    expect(reading).toMatchObject({ text: await rightBody(), outcome: 'end' })
  })

  it.each([fault.split({ on: 'stream' }), fault.buffer({ on: 'stream' })])(
    'leave nothing behind after abort: $kind',
    async (one) => {
      const { clock, follow, simulate } = await world([one], taskScript.endless())
      const abort = new AbortController()
      const reading = readBody(await follow({ signal: abort.signal }))
      await clock.advance(500)
      abort.abort(new Error('enough'))
      await clock.advance(0)
      expect(reading).toMatchObject({ outcome: 'error', error: new Error('enough') })
      expect(simulate.counters.openStreams).toBe(0)
      expect(clock.pendingCount).toBe(0)
    },
  )
})

describe('a captive portal', () => {
  it('answers 200 with its page, from another address', async () => {
    const { follow } = await world([fault.captivePortal({ on: 'stream', loginUrl: 'http://hotel.test/' })])
    const answer = await follow()
    expect(answer).toMatchObject({ status: 200, redirected: true, url: 'http://hotel.test/' })
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
  })
})

describe('flipped bytes', () => {
  it('are the same for the same seed, and change no id of what comes after', async () => {
    const flip = fault.flipBytes({ on: 'stream' })
    const texts = []
    for (const faults of [[flip], [flip], []]) {
      const { clock, follow, simulate } = await world(faults)
      const reading = readBody(await follow())
      await clock.advance(1000)
      const later = await simulate('https://api.test/run', { method: 'POST', body: '{"app":"a/b"}' })
      texts.push({ stream: reading.text, later: await later.text() })
    }
    const [one, two, right] = texts
    expect(one).toEqual(two)
    expect(one?.stream).not.toBe(right?.stream)
    expect(one?.stream.split('\n')[0]).toBe(right?.stream.split('\n')[0])
    expect(one?.later).toBe(right?.later)
  })
})
