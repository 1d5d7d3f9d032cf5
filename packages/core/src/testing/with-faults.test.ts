import { getEventListeners } from 'node:events'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { readBody, type BodyReading } from '../../test/read-body.ts'
import { createClient } from '../store/client.ts'
import { fault, type TransportFault } from './faults.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { serveNode } from './serve-node.ts'
import { createSimulator } from './simulator.ts'
import { taskScript } from './task-script.ts'
import { withFaults, type FaultyTransport, type FetchLike } from './with-faults.ts'

const URL = 'https://any.test/stream'

type Format = 'sse' | 'ndjson' | 'json'

const contentTypes: Readonly<Record<Format, string>> = {
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson; charset=utf-8',
  json: 'application/json',
}

const frame = (format: Format, data: string): string =>
  format === 'sse' ? `id: ${data}\r\ndata: "${data}"\r\n\r\n` : `"${data}"\n`
const beat = (format: Format): string => (format === 'sse' ? ':\r\n\r\n' : '\n')

/** What the server sends: four messages, a heartbeat after the second; or one document. */
const textOf = (format: Format): string =>
  format === 'json'
    ? '{"status":"ü🌙"}'
    : ['a', 'ü🌙', null, 'c', 'd']
        .map((data) => (data === null ? beat(format) : frame(format, data)))
        .join('')

interface Upstream {
  readonly fetch: FetchLike
  /** Bodies that the server still holds open. */
  readonly open: () => number
  readonly calls: () => number
}

/** A server that has nothing to do with this library; its bodies end only where that is asked for. */
function upstream(format: Format, isEndless = false, pieceBytes = 7): Upstream {
  let open = 0
  let calls = 0
  return {
    open: () => open,
    calls: () => calls,
    async fetch(_input, init) {
      calls++
      const bytes = new TextEncoder().encode(textOf(format))
      let at = 0
      let isOver = false
      const end = (): void => {
        if (!isOver) open--
        isOver = true
      }
      open++
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
        {
          start(controller) {
            init?.signal?.addEventListener('abort', () => {
              if (!isOver) controller.error(init.signal?.reason)
              end()
            })
          },
          pull(controller) {
            if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += pieceBytes)))
            else if (!isEndless) {
              controller.close()
              end()
            }
          },
          cancel: end,
        },
        { highWaterMark: 0 },
      )
      return new Response(body, { headers: { 'content-type': contentTypes[format], 'x-own': 'yes' } })
    },
  }
}

interface World {
  readonly clock: ManualClock
  readonly server: Upstream
  readonly line: FaultyTransport
}

function world(faults: readonly TransportFault[], server: Upstream): World {
  const clock = createManualClock()
  return { clock, server, line: withFaults(server.fetch, faults, { clock }) }
}

/** Reads one answer for a minute; whatever is left open then is given up. */
async function read(
  faults: readonly TransportFault[],
  format: Format,
  isEndless = false,
): Promise<BodyReading & World & { readonly outcomeThen: BodyReading['outcome'] }> {
  const here = world(faults, upstream(format, isEndless))
  const { signal } = new AbortController()
  const reading = readBody(await here.line(URL, { signal }))
  await here.clock.advance(60_000)
  const outcomeThen = reading.outcome
  await reading.cancel().catch(() => {})
  await here.clock.advance(0)
  expect(here.line.openBodies).toBe(0)
  expect(here.server.open()).toBe(0)
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(here.clock.pendingCount).toBe(0)
  return Object.assign(reading, { ...here, outcomeThen })
}

describe.each(['sse', 'ndjson'] as const)('a stream of %s', (format) => {
  const [a, u, c, d] = ['a', 'ü🌙', 'c', 'd'].map((data) => frame(format, data)) as [
    string,
    string,
    string,
    string,
  ]
  const pause = beat(format)
  const whole = textOf(format)
  const prefix = (bytes: number): string =>
    new TextDecoder().decode(new TextEncoder().encode(whole).slice(0, bytes))
  const garbled = format === 'sse' ? 'id: a\r\ndata: "a#\r\n\r\n' : '"a#\n'

  interface Case {
    readonly name: string
    readonly faults: readonly TransportFault[]
    readonly text: string
    readonly outcome: BodyReading['outcome']
  }
  const cases: readonly Case[] = [
    { name: 'is whole without a fault', faults: [], text: whole, outcome: 'end' },
    {
      name: 'breaks after a byte',
      faults: [fault.cutAfterBytes(10)],
      text: prefix(10),
      outcome: 'error',
    },
    {
      name: 'ends cleanly after a byte, in the middle of a character',
      faults: [fault.cutAfterBytes(whole.indexOf('ü') + 1, { how: 'eof' })],
      text: prefix(whole.indexOf('ü') + 1),
      outcome: 'end',
    },
    { name: 'breaks before any byte', faults: [fault.cutAfterBytes(0)], text: '', outcome: 'error' },
    { name: 'ends after a message', faults: [fault.cutAfterEvents(2)], text: a + u, outcome: 'end' },
    {
      name: 'breaks after a message, whatever stands between',
      faults: [fault.cutAfterEvents(3, { how: 'reset' })],
      text: a + u + pause + c,
      outcome: 'error',
    },
    { name: 'ends after each message', faults: [fault.closeAfterEach()], text: a, outcome: 'end' },
    { name: 'falls silent after a message', faults: [fault.stall()], text: a, outcome: 'open' },
    {
      name: 'falls silent after a byte',
      faults: [fault.stallAfterBytes(5)],
      text: prefix(5),
      outcome: 'open',
    },
    {
      name: 'says the second message twice',
      faults: [fault.duplicate()],
      text: a + u + u + pause + c + d,
      outcome: 'end',
    },
    {
      name: 'says a stretch twice',
      faults: [fault.duplicate({ line: 1, count: 3 })],
      text: a + u + pause + c + a + u + c + d,
      outcome: 'end',
    },
    {
      name: 'swaps two neighbours',
      faults: [fault.reorder({ line: 3 })],
      text: a + u + pause + d + c,
      outcome: 'end',
    },
    {
      name: 'says at its end what would have come later still',
      faults: [fault.reorder({ line: 1, by: 99 })],
      text: u + pause + c + d + a,
      outcome: 'end',
    },
    { name: 'loses messages', faults: [fault.gap({ count: 2 })], text: a + pause + d, outcome: 'end' },
    {
      name: 'has one message that is no JSON',
      faults: [fault.garbleLine()],
      text: garbled + u + pause + c + d,
      outcome: 'end',
    },
    {
      name: 'has several faults at once, each by its own count',
      faults: [fault.gap({ line: 1 }), fault.duplicate({ line: 2 }), fault.cutAfterEvents(3)],
      text: u + u + pause + c,
      outcome: 'end',
    },
    {
      name: 'is the same in single bytes',
      faults: [fault.split()],
      text: whole,
      outcome: 'end',
    },
    {
      name: 'is the same with cuts inside characters',
      faults: [fault.split({ at: 'characters' })],
      text: whole,
      outcome: 'end',
    },
    {
      name: 'is the same when it drips',
      faults: [fault.drip({ bytes: 3, everyMs: 10 })],
      text: whole,
      outcome: 'end',
    },
    { name: 'is the same when it is held back', faults: [fault.buffer()], text: whole, outcome: 'end' },
    { name: 'is the same when it is compressed', faults: [fault.gzip()], text: whole, outcome: 'end' },
    {
      name: 'loses what is held back when it breaks',
      faults: [fault.buffer(), fault.cutAfterEvents(2, { how: 'reset' })],
      text: '',
      outcome: 'error',
    },
    {
      name: 'is not met by a fault with another aim',
      faults: [
        fault.cutAfterBytes(1, { url: '/other' }),
        fault.html({ method: 'POST' }),
        fault.html({ nth: 2 }),
      ],
      text: whole,
      outcome: 'end',
    },
  ]

  it.each(cases)('$name', async ({ faults, text, outcome }) => {
    const reading = await read(faults, format)
    expect(reading.text).toBe(text)
    expect(reading.outcomeThen).toBe(outcome)
  })

  it('has bytes that are not UTF-8 in the middle of a message', async () => {
    const { bytes, text } = await read([fault.invalidUtf8({ line: 2 })], format)
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow(TypeError)
    expect(text.startsWith(a)).toBe(true)
    expect(text.endsWith(pause + c + d)).toBe(true)
    expect(text.split('\uFFFD').length).toBeGreaterThan(3)
  })

  it('has other bytes in one message, and the same ones for the same seed', async () => {
    const faults = [fault.flipBytes({ line: 1, count: 2 })]
    const one = await read(faults, format)
    const two = await read(faults, format)
    expect(one.bytes).toEqual(two.bytes)
    expect(one.bytes).toHaveLength(new TextEncoder().encode(whole).length)
    const right = new TextEncoder().encode(whole)
    const changed = [...right.keys()].filter((index) => one.bytes[index] !== right[index])
    expect(changed).toHaveLength(2)
    expect(Math.max(...changed)).toBeLessThan(a.length)
  })

  it('passes bytes on as they come, where no fault counts messages', async () => {
    const { pieceBytes } = await read([fault.cutAfterBytes(20)], format)
    expect(pieceBytes).toEqual([7, 7, 6])
  })

  it('comes in single bytes, or in cuts inside characters and CRLF', async () => {
    expect(new Set((await read([fault.split()], format)).pieceBytes)).toEqual(new Set([1]))
    const here = world([fault.split({ at: 'characters' })], upstream(format, false, 1000))
    const reading = readBody(await here.line(URL))
    await here.clock.advance(0)
    const bytes = new TextEncoder().encode(whole)
    let at = 0
    for (const size of reading.pieceBytes.slice(0, -1)) {
      at += size
      const byte = bytes[at] ?? 0
      expect((byte & 0xc0) === 0x80 || (byte === 10 && bytes[at - 1] === 13)).toBe(true)
    }
    expect(reading.pieceBytes.length).toBeGreaterThan(4)
  })

  it('waits in a buffer for its end, or until the buffer is full', async () => {
    const silent = await read([fault.buffer()], format, true)
    expect(silent).toMatchObject({ text: '', outcomeThen: 'open' })
    const full = await read([fault.buffer({ bytes: 20 })], format, true)
    expect(full.text).toBe(prefix(full.bytes.length))
    // Pieces of 7 bytes fill 20 in threes.
    expect(full.bytes.length % 21).toBe(0)
    expect(full.bytes.length).toBeGreaterThan(0)
  })

  it('drips at its pace', async () => {
    const { line, clock } = world([fault.drip({ bytes: 3, everyMs: 10 })], upstream(format, true))
    const reading = readBody(await line(URL))
    await clock.advance(9)
    expect(reading.text).toBe('')
    await clock.advance(21)
    expect(reading.pieceBytes).toEqual([3, 3, 1])
    await reading.cancel()
    expect(clock.pendingCount).toBe(0)
  })
})

describe('an answer that is no stream', () => {
  it.each([
    ['counts as one message', [fault.cutAfterEvents(1)], '{"status":"ü🌙"}', 'end'],
    ['can be spoilt', [fault.garbleLine()], '{"status":#', 'end'],
    ['can be cut', [fault.cutAfterBytes(3)], '{"s', 'error'],
    [
      'is safe from what happens between messages',
      [fault.gap({ line: 1 }), fault.duplicate({ line: 1 }), fault.reorder({ line: 1 })],
      '{"status":"ü🌙"}',
      'end',
    ],
  ] as const)('%s', async (_name, faults, text, outcome) => {
    expect(await read(faults, 'json')).toMatchObject({ text, outcomeThen: outcome })
  })

  it('keeps its status, its headers and its address', async () => {
    const line = withFaults(async () => {
      const answer = new Response('{}', { status: 201, statusText: 'Made', headers: { 'x-own': 'yes' } })
      return Object.defineProperties(answer, {
        url: { value: 'https://b.test/' },
        redirected: { value: true },
      })
    }, [fault.split()])
    const answer = await line(URL)
    expect(answer).toMatchObject({
      status: 201,
      statusText: 'Made',
      url: 'https://b.test/',
      redirected: true,
    })
    expect(answer.headers.get('x-own')).toBe('yes')
    expect(await answer.json()).toEqual({})
    expect(line.openBodies).toBe(0)
  })

  it('may have no body', async () => {
    const line = withFaults(async () => new Response(null, { status: 204 }), [fault.cutAfterBytes(0)])
    expect((await line(URL)).status).toBe(204)
    expect(line.openBodies).toBe(0)
  })
})

describe('in place of the answer', () => {
  it.each([
    ['a refusal', fault.refuse({ status: 429, retryAfterSeconds: 7 }), 429],
    ['a page', fault.html(), 200],
    ['the page of a captive portal', fault.captivePortal(), 200],
  ])('comes %s, and the server hears of nothing', async (_name, one, status) => {
    const { line, server } = world([one], upstream('sse'))
    expect((await line(URL)).status).toBe(status)
    expect(server.calls()).toBe(0)
  })

  it('refuses as it is told', async () => {
    const { line } = world([fault.refuse({ status: 429, retryAfterSeconds: 7 })], upstream('sse'))
    const answer = await line(URL)
    expect(answer.headers.get('retry-after')).toBe('7')
    expect(await answer.json()).toMatchObject({
      status: 429,
      type: expect.stringContaining('rate_limited') as string,
    })
  })

  it('shows a captive portal as fetch does when it has followed the redirect', async () => {
    const { line } = world([fault.captivePortal({ loginUrl: 'http://hotel.test/login' })], upstream('sse'))
    const answer = await line(URL)
    expect(answer).toMatchObject({ ok: true, redirected: true, url: 'http://hotel.test/login' })
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    expect(await answer.text()).toContain('<!doctype html>')
  })

  it('rejects as fetch does where there is no way', async () => {
    const { line, server } = world([fault.unreachable()], upstream('sse'))
    await expect(line(URL)).rejects.toThrow(TypeError)
    expect(server.calls()).toBe(0)
  })

  it('declares the right body as something else', async () => {
    const { line } = world([fault.wrongContentType('text/html')], upstream('sse'))
    const answer = await line(URL)
    expect(answer.headers.get('content-type')).toBe('text/html')
    expect(await answer.text()).toBe(textOf('sse'))
  })

  it('lets the headers wait, though the server has been asked', async () => {
    const { line, server, clock } = world([fault.slowHeaders(500)], upstream('sse'))
    let isAnswered = false
    const answer = line(URL).then((response) => {
      isAnswered = true
      return response
    })
    await clock.advance(499)
    expect([server.calls(), isAnswered]).toEqual([1, false])
    await clock.advance(1)
    expect(isAnswered).toBe(true)
    expect(await (await answer).text()).toBe(textOf('sse'))
  })
})

describe('the aim of a fault', () => {
  const ask = async (
    one: TransportFault,
    requests: readonly (readonly [string, string])[],
  ): Promise<readonly number[]> => {
    const { line } = world([one], upstream('json'))
    const statuses: number[] = []
    for (const [method, url] of requests) statuses.push((await line(url, { method })).status)
    return statuses
  }
  const requests = [
    ['GET', 'https://a.test/tasks/1/stream'],
    ['POST', 'https://a.test/apps/run'],
    ['GET', 'https://b.test/tasks/2/stream?x=1'],
    ['get', 'https://a.test/tasks/1'],
  ] as const
  const no = { status: 503 }

  it.each([
    ['is every request by default', fault.refuse(no), [503, 503, 503, 503]],
    ['is a part of the address', fault.refuse({ ...no, url: '/stream' }), [503, 200, 503, 200]],
    ['is a pattern', fault.refuse({ ...no, url: /stream$/g }), [503, 200, 200, 200]],
    [
      'is whatever decides',
      fault.refuse({ ...no, url: ({ method, url }) => method === 'GET' && url.startsWith('https://b') }),
      [200, 200, 503, 200],
    ],
    ['is a method, however it is written', fault.refuse({ ...no, method: 'get' }), [503, 200, 503, 503]],
    ['is the nth of those alone', fault.refuse({ ...no, method: 'GET', nth: 2 }), [200, 200, 503, 200]],
    ['is several in a row', fault.refuse({ ...no, times: 2 }), [503, 503, 200, 200]],
    ['is several from the nth on', fault.refuse({ ...no, nth: 2, times: 2 }), [200, 503, 503, 200]],
  ])('%s', async (_name, one, expected) => {
    expect(await ask(one, requests)).toEqual(expected)
  })

  it('begins to count again when the faults are set anew', async () => {
    const { line } = world([fault.refuse({ ...no, nth: 1 })], upstream('json'))
    const statuses = [(await line(URL)).status, (await line(URL)).status]
    line.setFaults([fault.refuse({ ...no, nth: 2 })])
    statuses.push((await line(URL)).status, (await line(URL)).status)
    expect(statuses).toEqual([503, 200, 200, 503])
  })

  it('is told by a Request as well, with its headers', async () => {
    const url = ({ headers }: { readonly headers: Headers }): boolean => headers.get('x-team-id') === 't'
    const { line } = world([fault.refuse({ ...no, url })], upstream('json'))
    expect((await line(new Request(URL, { headers: { 'x-team-id': 't' } }))).status).toBe(503)
    expect((await line(new Request(URL))).status).toBe(200)
  })
})

describe('the end of a request', () => {
  const faultsThatWait: readonly (readonly [string, readonly TransportFault[]])[] = [
    ['no fault', []],
    ['a stall', [fault.stall()]],
    ['a stall after bytes', [fault.stallAfterBytes(3)]],
    ['a drip', [fault.drip({ bytes: 1, everyMs: 50 })]],
    ['a buffer', [fault.buffer()]],
    ['single bytes', [fault.split()]],
    ['a message that is late', [fault.reorder({ line: 1, by: 99 })]],
    ['all of them', [fault.stall(), fault.drip({ bytes: 1, everyMs: 50 }), fault.buffer(), fault.split()]],
  ]

  it.each(faultsThatWait)('by abort leaves nothing behind: %s', async (_name, faults) => {
    const { line, server, clock } = world(faults, upstream('sse', true))
    const abort = new AbortController()
    const reading = readBody(await line(URL, { signal: abort.signal }))
    await clock.advance(120)
    expect([line.openBodies, server.open()]).toEqual([1, 1])
    abort.abort()
    await clock.advance(0)
    expect(reading).toMatchObject({ outcome: 'error', error: { name: 'AbortError' } })
    expect([line.openBodies, server.open(), clock.pendingCount]).toEqual([0, 0, 0])
  })

  it.each(faultsThatWait)('by giving the body up leaves nothing behind: %s', async (_name, faults) => {
    const { line, server, clock } = world(faults, upstream('ndjson', true))
    const reading = readBody(await line(URL))
    await clock.advance(120)
    await reading.cancel()
    await clock.advance(0)
    expect([line.openBodies, server.open(), clock.pendingCount]).toEqual([0, 0, 0])
  })

  it('by abort comes before late headers', async () => {
    const { line, server, clock } = world([fault.slowHeaders(500)], upstream('sse', true))
    const abort = new AbortController()
    const answer = line(URL, { signal: abort.signal })
    await clock.advance(100)
    abort.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    expect([line.openBodies, server.open(), clock.pendingCount]).toEqual([0, 0, 0])
  })

  it('by abort does not wait for a server that does not listen', async () => {
    let isCancelled = false
    let answerLate = (_response: Response): void => {}
    const line = withFaults(() => new Promise((resolve) => (answerLate = resolve)))
    const abort = new AbortController()
    const answer = line(URL, { signal: abort.signal })
    abort.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    const body = new ReadableStream({ cancel: () => void (isCancelled = true) })
    answerLate(new Response(body))
    await createManualClock().advance(0)
    expect(isCancelled).toBe(true)
  })

  it('by a signal that was aborted before is at once, and asks nobody', async () => {
    const { line, server } = world([], upstream('sse'))
    await expect(line(URL, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    await expect(line(new Request(URL, { signal: AbortSignal.abort() }))).rejects.toThrow()
    expect(server.calls()).toBe(0)
  })

  it.each([fault.cutAfterBytes(3), fault.cutAfterEvents(1), fault.cutAfterEvents(1, { how: 'reset' })])(
    'by $kind gives the body of the server up',
    async (one) => {
      const { line, server, clock } = world([one], upstream('sse', true))
      readBody(await line(URL))
      await clock.advance(0)
      expect([line.openBodies, server.open()]).toEqual([0, 0])
    },
  )

  it('by the server is an error where the server breaks off, after what came before', async () => {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start(controller) {
          controller.enqueue(new TextEncoder().encode('data: a\n\n'))
        },
        pull(controller) {
          controller.error(new Error('gone'))
        },
      },
      { highWaterMark: 0 },
    )
    const line = withFaults(
      async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
      [fault.duplicate({ line: 1 })],
    )
    const reading = readBody(await line(URL))
    await createManualClock().advance(0)
    expect(reading).toMatchObject({
      text: 'data: a\n\ndata: a\n\n',
      outcome: 'error',
      error: new Error('gone'),
    })
    expect(line.openBodies).toBe(0)
  })

  it('by a failure of the server is that failure', async () => {
    const line = withFaults(async () => {
      throw new TypeError('no route')
    })
    await expect(line(URL)).rejects.toThrow('no route')
  })

  it('is the same for every cut: what is read is what the server sent up to there', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('sse', 'ndjson'),
        fc.nat({ max: 120 }),
        fc.constantFrom('eof', 'reset'),
        fc.subarray([fault.split(), fault.drip({ bytes: 5, everyMs: 1 })]),
        async (format, afterBytes, how, more) => {
          const reading = await read([fault.cutAfterBytes(afterBytes, { how }), ...more], format)
          const bytes = new TextEncoder().encode(textOf(format))
          expect(reading.bytes).toEqual(bytes.slice(0, afterBytes))
          expect(reading.outcomeThen).toBe(how === 'eof' || afterBytes > bytes.length ? 'end' : 'error')
        },
      ),
      { numRuns: 60 },
    )
  }, 30_000)
})

describe('what is counted', () => {
  it('is every request, and each body until it ends', async () => {
    const { line, clock } = world([fault.unreachable({ nth: 2 })], upstream('sse', true))
    const startMs = clock.now()
    const one = await line(URL)
    await clock.advance(50)
    await line('https://any.test/run', { method: 'post' }).catch(() => {})
    const three = await line(new Request(URL))
    expect(line.requests).toEqual([
      { method: 'GET', url: URL, atMs: startMs },
      { method: 'POST', url: 'https://any.test/run', atMs: startMs + 50 },
      { method: 'GET', url: URL, atMs: startMs + 50 },
    ])
    expect(line.openBodies).toBe(2)
    await one.body?.cancel()
    expect(line.openBodies).toBe(1)
    await three.body?.cancel()
    expect(line.openBodies).toBe(0)
  })
})

describe('offline', () => {
  it('fails open bodies at once, and every request until it is online again', async () => {
    const { line, server, clock } = world(
      [fault.drip({ bytes: 1, everyMs: 50, nth: 2 })],
      upstream('sse', true),
    )
    const readings = [readBody(await line(URL)), readBody(await line(URL))]
    await clock.advance(60)
    line.goOffline()
    await expect(line(URL)).rejects.toThrow(TypeError)
    await clock.advance(0)
    for (const reading of readings) {
      expect(reading).toMatchObject({ outcome: 'error', error: expect.any(TypeError) as unknown })
    }
    expect([line.openBodies, server.open(), server.calls(), clock.pendingCount]).toEqual([0, 0, 2, 0])
    line.goOnline()
    const later = await line(URL)
    expect(later.status).toBe(200)
    await later.body?.cancel()
    expect(line.requests).toHaveLength(4)
  })

  it('rejects what is under way', async () => {
    const { line, server, clock } = world([fault.slowHeaders(500)], upstream('sse', true))
    const answer = line(URL)
    await clock.advance(100)
    line.goOffline()
    await expect(answer).rejects.toThrow(TypeError)
    expect([server.open(), clock.pendingCount]).toEqual([0, 0])
  })
})

describe('a client on a line that fails', () => {
  it('follows its task to the end', async () => {
    const clock = createManualClock()
    const script = taskScript.usual({ logs: ['loading', 'drawing'], output: 'a fox' })
    const server = createSimulator({ clock, script })
    const line = withFaults(
      server,
      [
        fault.cutAfterEvents(4, { url: '/stream', nth: 1, how: 'reset' }),
        fault.unreachable({ url: '/stream', nth: 2 }),
        fault.split({ url: '/stream' }),
      ],
      { clock },
    )
    const client = createClient({ fetch: line, clock, publish: 'sync', resumeStorage: null })
    const run = client.run({ app: 'acme/flux', input: { prompt: 'a fox' } })
    await clock.advance(60_000)
    expect(await run).toMatchObject({ status: 'completed', logs: ['loading', 'drawing'], output: 'a fox' })
    expect(server.counters).toMatchObject({ runs: 1, streamsOpened: 2, openStreams: 0 })
    expect(line.openBodies).toBe(0)
  })
})

describe('over HTTP', () => {
  const closing: (() => Promise<void>)[] = []

  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  /** Resolves when it is so: the other side of a socket hears of an end a little later. */
  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => void setImmediate(resolve))
  }

  async function serve(framing: 'sse' | 'ndjson', faults: readonly TransportFault[], isEndless = false) {
    const script = isEndless ? taskScript.endless() : taskScript.instant()
    const simulator = createSimulator({ script, framing, heartbeatMs: 0 })
    const server = await serveNode(simulator)
    closing.push(async () => {
      simulator.close()
      await server.close()
    })
    const line = withFaults(fetch, faults)
    const ask = (init: RequestInit = {}): Promise<Response> =>
      line(`${server.url}/apps/run`, { method: 'POST', body: '{"app":"a/b","stream":true}', ...init })
    return { simulator, line, ask }
  }

  it.each(['sse', 'ndjson'] as const)('a stream of %s is cut, split and said twice', async (framing) => {
    const { ask, line } = await serve(framing, [
      fault.cutAfterBytes(40, { nth: 1, how: 'eof' }),
      fault.cutAfterBytes(40, { nth: 2 }),
      fault.duplicate({ line: 1, nth: 3 }),
      fault.split(),
    ])
    expect(await (await ask()).text()).toHaveLength(40)
    await expect((await ask()).text()).rejects.toThrow(TypeError)
    const said = await (await ask()).text()
    expect(said.match(/"short_id"/g)).toHaveLength(2)
    expect(line.openBodies).toBe(0)
  })

  it('a stalled stream is given up by abort, and the server hears of it', async () => {
    const { ask, line, simulator } = await serve('sse', [fault.stall()], true)
    const abort = new AbortController()
    const reading = readBody(await ask({ signal: abort.signal }))
    await until(() => reading.text.endsWith('\n\n'))
    expect(simulator.counters.openStreams).toBe(1)
    abort.abort()
    await until(() => simulator.counters.openStreams === 0 && reading.outcome === 'error')
    expect(reading.error).toMatchObject({ name: 'AbortError' })
    expect(line.openBodies).toBe(0)
  })

  it('going offline cuts streams and their sockets', async () => {
    const { ask, line, simulator } = await serve('ndjson', [], true)
    const reading = readBody(await ask())
    await until(() => reading.text.endsWith('\n'))
    line.goOffline()
    await until(() => simulator.counters.openStreams === 0 && reading.outcome === 'error')
    expect(reading.error).toBeInstanceOf(TypeError)
    await expect(ask()).rejects.toThrow(TypeError)
    line.goOnline()
    expect((await ask()).status).toBe(200)
  })
})
