import { getEventListeners } from 'node:events'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import { type ManualClock, createManualClock } from '../testing/manual-clock.ts'
import type { Frame } from '../wire/frame.ts'
import { type HttpEnv, httpSource } from './http.ts'
import type { HttpRequest, SendOptions } from './send.ts'
import type { Source } from './source.ts'

const IDLE_MS = 45_000
const CONNECT_MS = 10_000
const STREAM: HttpRequest = { method: 'GET', path: '/tasks/t1/stream' }
const NDJSON = 'application/x-ndjson'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const messages = (batches: readonly (readonly Frame[])[]): string[] =>
  batches.flat().flatMap((frame) => (frame.type === 'message' ? [frame.data] : []))

/** A body that a test feeds by hand and that tells who closed it. */
function createBody() {
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null
  const body = {
    cancelCount: 0,
    push: (text: string): void => controller?.enqueue(bytes(text)),
    end: (): void => controller?.close(),
    breakOff: (reason: unknown = new TypeError('terminated')): void => controller?.error(reason),
    stream: new ReadableStream<Uint8Array>({
      start(own) {
        controller = own
      },
      cancel() {
        body.cancelCount++
      },
    }),
  }
  return body
}

interface Setup {
  readonly clock?: ManualClock
  readonly chunkSizeBytes?: number | null
  readonly cursor?: string | null
  readonly readError?: (response: Response) => Promise<StreamError>
  readonly onIdleLimit?: (limitMs: number) => void
  /** Asked instead of a new one. */
  readonly source?: Source
}

/** Listens until the line ends, and keeps what came. */
function listen(answer: () => Response | Promise<Response>, setup: Setup = {}) {
  const clock = setup.clock ?? createManualClock()
  const owner = new AbortController()
  const sent: { request: HttpRequest; options: SendOptions | undefined }[] = []
  const env: HttpEnv = {
    clock,
    idleMs: IDLE_MS,
    connectTimeoutMs: CONNECT_MS,
    chunkSizeBytes: setup.chunkSizeBytes ?? null,
    maxFrameChars: 1_000,
    readError: setup.readError ?? (async ({ status }) => new StreamError('http', 'Refused.', { status })),
    async send(request, options) {
      sent.push({ request, options })
      return await answer()
    },
  }
  const source = setup.source ?? httpSource(STREAM, env)
  const { cursor = null, onIdleLimit = () => {} } = setup
  const iterator = source({ cursor, signal: owner.signal, onIdleLimit })[Symbol.asyncIterator]()
  const batches: (readonly Frame[])[] = []
  const drain = async (): Promise<StreamError | null> => {
    try {
      for await (const batch of { [Symbol.asyncIterator]: () => iterator }) batches.push(batch)
      return null
    } catch (thrown) {
      return StreamError.from(thrown)
    }
  }
  const held = () => ({
    timers: clock.pendingCount,
    listeners: getEventListeners(owner.signal, 'abort').length,
  })
  return { clock, owner, source, sent, batches, iterator, drain, held }
}

const stream = (body: ReadableStream<Uint8Array>, type: string = NDJSON): Response =>
  new Response(body, { headers: { 'content-type': type } })
const NOTHING = { timers: 0, listeners: 0 }
const never = (): Promise<Response> => new Promise(() => {})

describe('httpSource › asking', () => {
  it('asks for both formats', async () => {
    const line = listen(() => stream(new Blob([]).stream()))
    await line.drain()
    expect(line.sent[0]?.request).toEqual({ ...STREAM, accept: 'text/event-stream, application/x-ndjson' })
  })

  it.each([
    [null, {}],
    ['', {}],
    ['7', { 'last-event-id': '7' }],
    ['…', { 'last-event-id': 'â\u0080¦' }],
    ['a\0', {}],
  ])('continues after cursor %j with the headers %j, and is never stopped by it', async (cursor, headers) => {
    const line = listen(() => stream(new Blob([]).stream()), { cursor })
    expect(await line.drain()).toBeNull()
    expect(line.sent[0]?.options?.headers).toEqual(headers)
  })

  it.each([0, -1, Number.NaN])('refuses a chunk size of %d at once', (chunkSizeBytes) => {
    expect(() => listen(never, { chunkSizeBytes })).toThrow(expect.objectContaining({ code: 'misuse' }))
  })
})

describe('httpSource › opening', () => {
  it('opens with an empty batch when the headers are there, before any byte', async () => {
    const body = createBody()
    const line = listen(() => stream(body.stream))
    expect(await line.iterator.next()).toEqual({ done: false, value: [] })
    expect(line.clock.pendingCount).toBe(0)
    await line.iterator.return?.()
  })

  it.each([204, 205])('takes an answer %i for one that will never bring anything', async (status) => {
    const line = listen(() => new Response(null, { status, headers: { 'content-type': NDJSON } }))
    const error = await line.drain()
    expect(error).toMatchObject({ code: 'gone', retryable: false, status })
    expect(error?.message).toMatch(/nothing to stream.*Ask for the state itself/)
    expect([line.batches, line.sent.length, line.held()]).toEqual([[], 1, NOTHING])
  })

  it.each([200, 202, 206])('does not take an answer %i of no stream for one', async (status) => {
    const line = listen(() => new Response('{}', { status, headers: { 'content-type': 'application/json' } }))
    expect(await line.drain()).toMatchObject({ code: 'wrong-content-type', retryable: true, status })
    expect(line.held()).toEqual(NOTHING)
  })

  it.each([300, 302, 304, 307, 308])(
    'takes a redirection %i that leads nowhere for a refusal, and asks once',
    async (status) => {
      const line = listen(() => new Response(null, { status }))
      expect(await line.drain()).toMatchObject({ code: 'http', retryable: false, status })
      expect([line.batches, line.sent.length, line.held()]).toEqual([[], 1, NOTHING])
    },
  )

  it('gives up when no answer comes in time, and aborts the request', async () => {
    const line = listen(never)
    const drained = line.drain()
    await line.clock.advance(CONNECT_MS - 1)
    expect(line.sent[0]?.options?.signal?.aborted).toBe(false)
    await line.clock.advance(1)
    expect(await drained).toMatchObject({ code: 'connect-timeout', retryable: true, status: null })
    expect(line.sent[0]?.options?.signal?.aborted).toBe(true)
    expect([line.batches, line.held()]).toEqual([[], NOTHING])
  })

  it('throws what the protocol makes of a refusal', async () => {
    const refusal = new StreamError('unauthorized', 'Who are you?', { status: 401 })
    const line = listen(() => new Response('no', { status: 401 }), { readError: async () => refusal })
    expect(await line.drain()).toBe(refusal)
    expect([line.batches, line.held()]).toEqual([[], NOTHING])
  })

  it('waits for the reason of a refusal no longer than for an answer', async () => {
    const line = listen(() => new Response('no', { status: 503 }), { readError: () => new Promise(() => {}) })
    const drained = line.drain()
    await line.clock.advance(CONNECT_MS)
    expect(await drained).toMatchObject({ code: 'connect-timeout', retryable: true, status: 503 })
    expect(line.held()).toEqual(NOTHING)
  })

  it('takes a request that fails for a fault of the network', async () => {
    const line = listen(() => Promise.reject(new TypeError('fetch failed')))
    expect(await line.drain()).toMatchObject({ code: 'network', retryable: true })
    expect(line.held()).toEqual(NOTHING)
  })

  it.each(['text/html; charset=utf-8', 'application/json', null])(
    'does not read an answer of type %s, names the type, and closes the body',
    async (type) => {
      const body = createBody()
      const line = listen(
        () => new Response(body.stream, { headers: type === null ? {} : { 'content-type': type } }),
      )
      const error = await line.drain()
      expect(error).toMatchObject({ code: 'wrong-content-type', retryable: true, status: 200 })
      expect(error?.message).toContain(type ?? 'no declared type')
      expect([line.batches, body.cancelCount, line.held()]).toEqual([[], 1, NOTHING])
    },
  )
})

describe('httpSource › reading', () => {
  it.each([
    [NDJSON, '{"a":1}\n{"a":', '2}\n', [['{"a":1}'], ['{"a":2}']]],
    ['text/event-stream', 'data: 1\n\ndata: ', '2\n\n', [['1'], ['2']]],
  ])('reads %s, one batch per read', async (type, first, second, expected) => {
    const body = createBody()
    const line = listen(() => stream(body.stream, type))
    const drained = line.drain()
    await line.clock.advance(0)
    body.push(first)
    await line.clock.advance(0)
    body.push(second)
    body.end()
    expect(await drained).toBeNull()
    expect(line.batches.map((batch) => messages([batch]))).toEqual([[], ...expected])
  })

  it('yields an empty batch for a read that completes no frame, so that life is seen', async () => {
    const body = createBody()
    const line = listen(() => stream(body.stream))
    body.push('{"a":')
    await line.iterator.next()
    expect(await line.iterator.next()).toEqual({ done: false, value: [] })
    await line.iterator.return?.()
  })

  it('hands out what is left at the end of the bytes', async () => {
    const line = listen(() => stream(new Blob(['{"a":1}\n{"a":2}']).stream()))
    expect(await line.drain()).toBeNull()
    expect(messages(line.batches)).toEqual(['{"a":1}', '{"a":2}'])
  })

  it('reads the same frames in pieces of any size, one batch per piece (L1)', async () => {
    const lines = fc.array(
      fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
      { minLength: 1 },
    )
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 40 }), async (sent, chunkSizeBytes) => {
        const all = bytes(sent.map((text) => `${text}\n`).join(''))
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            controller.enqueue(all)
            controller.close()
          },
        })
        const line = listen(() => stream(body), { chunkSizeBytes })
        expect(await line.drain()).toBeNull()
        expect(messages(line.batches)).toEqual(sent)
        expect(line.batches).toHaveLength(1 + Math.ceil(all.length / chunkSizeBytes))
      }),
    )
  })

  it.each([
    ['a TypeError', new TypeError('terminated')],
    ['an abort that is not ours', new DOMException('The operation was aborted.', 'AbortError')],
    ['a timeout that is not ours', new DOMException('The operation timed out.', 'TimeoutError')],
    ['an error of a name that nobody knows', Object.assign(new Error(''), { name: 'BodyStreamError' })],
    ['a text', 'Load failed'],
    ['nothing', undefined],
    ['null', null],
  ])('takes a body that breaks off with %s for a fault of the network', async (_, reason) => {
    const body = createBody()
    const line = listen(() => stream(body.stream))
    const drained = line.drain()
    body.push('{"a":1}\n')
    await line.clock.advance(0)
    body.breakOff(reason)
    expect(await drained).toMatchObject({ code: 'network', retryable: true })
    expect([messages(line.batches), line.held()]).toEqual([['{"a":1}'], NOTHING])
  })

  it('closes a line whose frame is too large', async () => {
    const body = createBody()
    const line = listen(() => stream(body.stream))
    body.push('x'.repeat(1_001))
    expect(await line.drain()).toMatchObject({ code: 'frame-too-large' })
    expect([body.cancelCount, line.held()]).toEqual([1, NOTHING])
  })
})

describe('httpSource › silence (L8)', () => {
  it('takes a line without a byte for dead, closes it and says how long it was silent', async () => {
    const body = createBody()
    const line = listen(() => stream(body.stream))
    const drained = line.drain()
    await line.clock.advance(IDLE_MS - 1)
    expect(body.cancelCount).toBe(0)
    await line.clock.advance(1)
    const error = await drained
    expect(error).toMatchObject({ code: 'idle', retryable: true })
    expect(error?.message).toContain('45 seconds')
    expect([body.cancelCount, line.held()]).toEqual([1, NOTHING])
  })

  it.each([
    ['{"a":1}\n', IDLE_MS],
    ['{', IDLE_MS],
    // Heartbeats that rare are this server's rhythm.
    ['\n', 3 * (IDLE_MS - 1)],
  ])('lives for as long as bytes come, such as %j, and %i ms after the last', async (text, limitMs) => {
    const body = createBody()
    const line = listen(() => stream(body.stream))
    const drained = line.drain()
    for (let i = 0; i < 5; i++) {
      await line.clock.advance(IDLE_MS - 1)
      body.push(text)
    }
    await line.clock.advance(limitMs - 1)
    expect([body.cancelCount, line.clock.pendingCount]).toEqual([0, 1])
    await line.clock.advance(1)
    expect(await drained).toMatchObject({ code: 'idle' })
  })

  it('is not kept alive by chunks without bytes', async () => {
    const body = createBody()
    const line = listen(() => stream(body.stream))
    const drained = line.drain()
    await line.clock.advance(IDLE_MS - 1)
    body.push('')
    await line.clock.advance(1)
    expect(await drained).toMatchObject({ code: 'idle' })
  })

  it.each([
    [2_000, 15],
    [10_000, 30],
    [30_000, 90],
  ])('after heartbeats each %i ms waits %i seconds, and says so', async (periodMs, waitedSeconds) => {
    const body = createBody()
    const line = listen(() => stream(body.stream))
    const drained = line.drain()
    for (let i = 0; i < 4; i++) {
      await line.clock.advance(periodMs)
      body.push('\n')
    }
    await line.clock.advance(waitedSeconds * 1_000 - 1)
    expect(body.cancelCount).toBe(0)
    await line.clock.advance(1)
    const error = await drained
    expect(error).toMatchObject({ code: 'idle', retryable: true })
    expect(error?.message).toContain(`${waitedSeconds} seconds`)
    expect(line.held()).toEqual(NOTHING)
  })

  it('keeps the rhythm of a server for its next line, until a line dies without a sign of it', async () => {
    const clock = createManualClock()
    const first = createBody()
    let body = first
    const line = listen(() => stream(body.stream), { clock, chunkSizeBytes: 1 })
    const drained = line.drain()
    for (let i = 0; i < 3; i++) {
      await clock.advance(10_000)
      first.push('\n')
    }
    first.end()
    expect(await drained).toBeNull()
    const waitedMs: number[] = []
    for (let i = 0; i < 3; i++) {
      body = createBody()
      const openedAtMs = clock.monotonic()
      const next = listen(never, { clock, source: line.source }).drain()
      await clock.advance(0)
      while (body.cancelCount === 0) await clock.advance(1_000)
      waitedMs.push(clock.monotonic() - openedAtMs)
      expect(await next).toMatchObject({ code: 'idle' })
    }
    expect(waitedMs).toEqual([30_000, IDLE_MS, IDLE_MS])
  })

  it('tells how long it may be silent when it opens, and whenever it has learned better', async () => {
    const clock = createManualClock()
    const limitsMs: number[] = []
    const onIdleLimit = (limitMs: number): void => void limitsMs.push(limitMs)
    let body = createBody()
    const line = listen(() => stream(body.stream), { clock, onIdleLimit })
    const drained = line.drain()
    expect(limitsMs).toEqual([])
    await clock.advance(0)
    expect(limitsMs).toEqual([IDLE_MS])
    for (let i = 0; i < 4; i++) {
      await clock.advance(10_000)
      body.push('\n')
    }
    await clock.advance(0)
    expect(limitsMs).toEqual([IDLE_MS, 30_000])
    body.end()
    expect(await drained).toBeNull()

    body = createBody()
    const next = listen(never, { clock, source: line.source, onIdleLimit })
    const nextDrained = next.drain()
    await clock.advance(0)
    expect(limitsMs).toEqual([IDLE_MS, 30_000, 30_000])
    next.owner.abort()
    await nextDrained
  })

  it.each([86_400_000, -3_600_000])(
    'is not moved by a wall clock that is set by %i ms (R13)',
    async (setMs) => {
      const body = createBody()
      const line = listen(() => stream(body.stream))
      const drained = line.drain()
      for (let i = 0; i < 3; i++) {
        await line.clock.advance(15_000)
        line.clock.setWallClock(setMs)
        await line.clock.advance(15_000)
        body.push('{"a":1}\n')
      }
      line.clock.setWallClock(setMs)
      await line.clock.advance(IDLE_MS - 1)
      expect([body.cancelCount, line.sent.length]).toEqual([0, 1])
      await line.clock.advance(1)
      expect(await drained).toMatchObject({ code: 'idle' })
    },
  )

  it('does not take a slow reader for a dead line', async () => {
    const body = createBody()
    const line = listen(() => stream(body.stream))
    await line.iterator.next()
    body.push('{"a":1}\n')
    await line.iterator.next()
    await line.clock.advance(10 * IDLE_MS)
    body.push('{"a":2}\n')
    expect(await line.iterator.next()).toMatchObject({ done: false, value: [{ data: '{"a":2}' }] })
    await line.iterator.return?.()
  })
})

describe('httpSource › leaving (L11)', () => {
  const done = { done: true, value: undefined }
  const moments = [
    'before it begins',
    'while it connects',
    'while the reason is read',
    'open',
    'while it reads',
  ]

  it.each(moments.flatMap((moment) => [[moment, 'an abort'] as const, [moment, 'return()'] as const]))(
    'ends without a word and holds nothing when left %s by %s',
    async (moment, way) => {
      const body = createBody()
      const isRefused = moment === 'while the reason is read'
      const answers: Record<string, () => Response | Promise<Response>> = {
        'while it connects': never,
        'while the reason is read': () => new Response(body.stream, { status: 500 }),
      }
      const line = listen(answers[moment] ?? (() => stream(body.stream)), {
        readError: () => new Promise(() => {}),
      })
      let pending: Promise<unknown> | null = null
      if (moment === 'open' || moment === 'while it reads') await line.iterator.next()
      if (moment.startsWith('while')) {
        pending = line.iterator.next()
        await line.clock.advance(1)
      }
      if (way === 'an abort') line.owner.abort()
      else expect(await line.iterator.return?.()).toEqual(done)
      if (pending !== null) expect(await pending).toEqual(done)
      expect(line.held()).toEqual(NOTHING)
      expect(await line.iterator.next()).toEqual(done)
      expect(line.held()).toEqual(NOTHING)
      const isBodyOpened = moment === 'open' || moment === 'while it reads' || isRefused
      expect(body.cancelCount).toBe(isBodyOpened ? 1 : 0)
      expect(line.sent).toHaveLength(moment === 'before it begins' ? 0 : 1)
    },
  )

  it('closes the body of an answer that comes after it was left', async () => {
    const body = createBody()
    let answer: (response: Response) => void = () => {}
    const line = listen(
      () =>
        new Promise<Response>((resolve) => {
          answer = resolve
        }),
    )
    const pending = line.iterator.next()
    line.owner.abort()
    expect(await pending).toEqual(done)
    answer(stream(body.stream))
    await line.clock.advance(0)
    expect(body.cancelCount).toBe(1)
  })

  it('drops the pieces of a read that the consumer has not taken when it is left', async () => {
    const line = listen(() => stream(new Blob(['1\n2\n3\n']).stream()), { chunkSizeBytes: 2 })
    await line.iterator.next()
    expect(await line.iterator.next()).toMatchObject({ value: [{ data: '1' }] })
    line.owner.abort()
    expect(await line.iterator.next()).toEqual(done)
  })

  it('holds nothing after any end, wherever it comes', async () => {
    const step = fc.constantFrom('push', 'beat', 'wait', 'end', 'break', 'abort', 'return', 'silence')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const body = createBody()
        const line = listen(() => stream(body.stream))
        const drained = line.drain()
        let isClosed = false
        for (const one of steps) {
          if (one === 'abort') line.owner.abort()
          else if (one === 'return') await line.iterator.return?.()
          else if (one === 'silence') await line.clock.advance(IDLE_MS)
          else if (one === 'wait') await line.clock.advance(1)
          else if (!isClosed && body.cancelCount === 0) {
            if (one === 'push') body.push('{"a":1}\n')
            else if (one === 'beat') body.push('\n')
            else if (one === 'end') body.end()
            else body.breakOff()
            isClosed = one === 'end' || one === 'break'
          }
        }
        line.owner.abort()
        const error = await drained
        expect(['idle', 'network', undefined]).toContain(error?.code)
        expect(isClosed || body.cancelCount === 1).toBe(true)
        expect(line.held()).toEqual(NOTHING)
      }),
      { numRuns: 300 },
    )
  })
})
