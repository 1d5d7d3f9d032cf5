import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isStreamError } from '../errors.ts'
import type { Clock } from '../store/clock.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { putBytes, type PutBytes } from './put-bytes.ts'

const address = 'https://storage.test/uploads/1?sig=s'
const blob = new Blob(['abc'], { type: 'image/png' })

function putting(more: Partial<PutBytes> = {}): { readonly put: PutBytes; readonly sent: Request[] } {
  const sent: Request[] = []
  return {
    sent,
    put: {
      url: address,
      blob,
      onSent: () => {},
      signal: new AbortController().signal,
      fetch(request) {
        sent.push(request)
        return Promise.resolve(new Response(null, { status: 200 }))
      },
      ...more,
    },
  }
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'none',
    (thrown: unknown) =>
      isStreamError(thrown)
        ? { code: thrown.code, status: thrown.status, retryable: thrown.retryable, message: thrown.message }
        : thrown,
  )
}

afterEach(() => vi.unstubAllGlobals())

describe('putBytes', () => {
  it('sends the bytes with their type, and neither key nor cookie', async () => {
    const { put, sent } = putting()
    await putBytes(put)
    const [request] = sent
    expect(request).toMatchObject({ method: 'PUT', url: address, credentials: 'omit' })
    expect([...(request?.headers ?? [])]).toEqual([['content-type', 'image/png']])
    expect(await request?.text()).toBe('abc')
  })

  it('names bytes of no type', async () => {
    const { put, sent } = putting({ blob: new Blob(['x']) })
    await putBytes(put)
    expect(sent[0]?.headers.get('content-type')).toBe('application/octet-stream')
  })

  it('uses the global fetch where it is given none', async () => {
    const calls: Request[] = []
    vi.stubGlobal('fetch', (request: Request) => {
      calls.push(request)
      return Promise.resolve(new Response('stored', { status: 201 }))
    })
    await putBytes(putting({ fetch: null }).put)
    expect(calls).toHaveLength(1)
  })

  it.each([
    [403, false],
    [404, false],
    [413, false],
    [429, true],
    [500, true],
    [503, true],
  ])('fails when the storage answers %i', async (status, retryable) => {
    const answer = (): Promise<Response> => Promise.resolve(new Response('no', { status }))
    expect(await errorOf(putBytes(putting({ fetch: answer }).put))).toMatchObject({
      code: 'upload-failed',
      status,
      retryable,
      message: expect.stringMatching(
        `could not be uploaded: the storage answered ${status}.*not started`,
      ) as unknown,
    })
  })

  it('fails when the line breaks, and may be tried again', async () => {
    const broken = (): Promise<Response> => Promise.reject(new TypeError('fetch failed'))
    expect(await errorOf(putBytes(putting({ fetch: broken }).put))).toMatchObject({
      code: 'upload-failed',
      retryable: true,
    })
  })

  it('stops with its signal, before and on the way, and says that nothing was run', async () => {
    const stop = new AbortController()
    const { put } = putting({
      signal: stop.signal,
      fetch: (request) =>
        new Promise((_, reject) => {
          request.signal.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')))
        }),
    })
    const work = putBytes(put)
    stop.abort()
    expect(await errorOf(work)).toMatchObject({ code: 'aborted' })
    const { put: late, sent } = putting({ signal: stop.signal })
    expect(await errorOf(putBytes(late))).toMatchObject({ code: 'aborted' })
    expect(sent).toEqual([])
  })

  it.each([
    ['http://storage.test/1'],
    ['ftp://storage.test/1'],
    ['file:///etc/passwd'],
    ['javascript:alert(1)'],
    ['data:text/plain,x'],
    ['/uploads/1'],
    [''],
    ['http://localhost.evil.test/1'],
  ])('sends nothing to %s', async (url) => {
    const { put, sent } = putting({ url })
    expect(await errorOf(putBytes(put))).toMatchObject({ code: 'upload-failed', retryable: false })
    expect(sent).toEqual([])
  })

  it.each([
    ['http://localhost:3000/1'],
    ['http://127.0.0.1/1'],
    ['http://[::1]:80/1'],
    ['https://any.test/1'],
  ])('sends to %s', async (url) => {
    const { put, sent } = putting({ url })
    await putBytes(put)
    expect(sent).toHaveLength(1)
  })
})

describe('putBytes › an upload that stands still', () => {
  const large = new Blob(['x'.repeat(160_000)])

  it.each([
    [new Blob([]), undefined, 60_000],
    [large, undefined, 70_000],
    [large, 5_000, 15_000],
  ])(
    'gives up an answer that never comes, in the time that the bytes may take (%o, %s ms)',
    async (blob, idleMs, limitMs) => {
      const clock = createManualClock()
      const { put, sent } = putting({ clock, blob, ...(idleMs === undefined ? {} : { idleMs }) })
      // Why deaf: a fetch of the caller's need not know signals.
      const deaf = (request: Request): Promise<Response> => {
        sent.push(request)
        return new Promise(() => {})
      }
      const work = errorOf(putBytes({ ...put, fetch: deaf }))
      await clock.advance(limitMs - 1)
      expect(sent[0]?.signal.aborted).toBe(false)
      await clock.advance(1)
      expect(await work).toMatchObject({
        code: 'connect-timeout',
        retryable: true,
        message: expect.stringMatching(`within ${limitMs / 1_000} seconds.*not started`) as unknown,
      })
      expect([sent[0]?.signal.aborted, clock.pendingCount]).toEqual([true, 0])
    },
  )

  it('closes an answer that comes too late', async () => {
    const clock = createManualClock()
    let answer: (response: Response) => void = () => {}
    const late = new Promise<Response>((resolve) => {
      answer = resolve
    })
    const work = errorOf(putBytes(putting({ clock, fetch: () => late, idleMs: 10 }).put))
    await clock.advance(1_000)
    expect(await work).toMatchObject({ code: 'connect-timeout' })
    let cancelCount = 0
    answer(
      new Response(
        new ReadableStream({
          cancel() {
            cancelCount++
          },
        }),
      ),
    )
    await clock.advance(0)
    expect(cancelCount).toBe(1)
  })

  it.each([
    ['an answer', (): Promise<Response> => Promise.resolve(new Response(null, { status: 200 })), 'none'],
    [
      'a refusal',
      (): Promise<Response> => Promise.resolve(new Response(null, { status: 403 })),
      'upload-failed',
    ],
    ['a broken line', (): Promise<Response> => Promise.reject(new TypeError('failed')), 'upload-failed'],
  ])('holds neither timer nor listener after %s', async (_, fetch, code) => {
    const clock = createManualClock()
    const { signal } = new AbortController()
    const ended = await errorOf(putBytes(putting({ clock, signal, fetch }).put))
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(ended).toEqual(code === 'none' ? 'none' : expect.objectContaining({ code }))
    expect(clock.pendingCount).toBe(0)
  })

  it('holds no timer after it was stopped', async () => {
    const clock = createManualClock()
    const stop = new AbortController()
    const work = errorOf(
      putBytes(putting({ clock, signal: stop.signal, fetch: () => new Promise(() => {}) }).put),
    )
    stop.abort()
    expect(await work).toMatchObject({ code: 'aborted', retryable: false })
    expect(clock.pendingCount).toBe(0)
  })
})

describe('putBytes › where the runtime tells how far it is', () => {
  it('tells how many bytes have left, and sends the type alone', async () => {
    const { request, sent } = await byXhr((xhr) => {
      xhr.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded: 1 }))
      xhr.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded: 3 }))
      xhr.answer(200)
    })
    expect(sent).toEqual([1, 3])
    expect(request).toMatchObject({
      method: 'PUT',
      url: address,
      headers: { 'content-type': 'image/png' },
      body: blob,
    })
  })

  it('fails as it does elsewhere', async () => {
    const refused = await byXhr((xhr) => xhr.answer(403))
    expect(refused.error).toMatchObject({ code: 'upload-failed', status: 403, retryable: false })
    const broken = await byXhr((xhr) => xhr.finish('error'))
    expect(broken.error).toMatchObject({ code: 'upload-failed', retryable: true })
  })

  it('stops with its signal', async () => {
    const stop = new AbortController()
    const { error, request } = await byXhr(() => stop.abort(), stop.signal)
    expect(error).toMatchObject({ code: 'aborted' })
    expect(request?.isAborted).toBe(true)
  })

  it('gives up when no byte leaves and no answer comes for a minute, and not while bytes leave', async () => {
    const clock = createManualClock()
    const work = byXhr(() => {}, new AbortController().signal, clock)
    for (let i = 1; i <= 5; i++) {
      await clock.advance(59_999)
      FakeXhr.last?.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded: i }))
    }
    expect(clock.pendingCount).toBe(1)
    await clock.advance(59_999)
    expect(FakeXhr.last?.isAborted).toBe(false)
    await clock.advance(1)
    const { error, request } = await work
    expect(error).toMatchObject({
      code: 'idle',
      retryable: true,
      message: expect.stringMatching(
        'not a byte left and no answer came for 60 seconds.*not started',
      ) as unknown,
    })
    expect([request?.isAborted, clock.pendingCount]).toEqual([true, 0])
  })

  it.each([
    ['an answer', (xhr: FakeXhr): void => xhr.answer(200)],
    ['a broken line', (xhr: FakeXhr): void => xhr.finish('error')],
    ['a stop', (xhr: FakeXhr): void => xhr.abort()],
  ])('holds no timer after %s', async (_, act) => {
    const clock = createManualClock()
    await byXhr(act, new AbortController().signal, clock)
    expect(clock.pendingCount).toBe(0)
  })

  class FakeXhr extends EventTarget {
    static last: FakeXhr | null = null
    readonly upload: EventTarget = new EventTarget()
    readonly headers: Record<string, string> = {}
    method = ''
    url = ''
    body: unknown = null
    status = 0
    isAborted = false
    constructor() {
      super()
      FakeXhr.last = this
    }
    open(method: string, url: string): void {
      this.method = method
      this.url = url
    }
    setRequestHeader(name: string, value: string): void {
      this.headers[name] = value
    }
    send(body: unknown): void {
      this.body = body
    }
    abort(): void {
      this.isAborted = true
      this.finish('abort')
    }
    answer(status: number): void {
      this.status = status
      this.finish('load')
    }
    finish(how: 'load' | 'error' | 'abort'): void {
      this.dispatchEvent(new Event(how))
      this.dispatchEvent(new Event('loadend'))
    }
  }

  async function byXhr(
    act: (xhr: FakeXhr) => void,
    signal: AbortSignal = new AbortController().signal,
    clock: Clock = createManualClock(),
  ): Promise<{
    readonly request: FakeXhr | null
    readonly sent: readonly number[]
    readonly error: unknown
  }> {
    vi.stubGlobal('XMLHttpRequest', FakeXhr)
    const sent: number[] = []
    const work = errorOf(
      putBytes(putting({ fetch: null, onSent: (bytes) => sent.push(bytes), signal, clock }).put),
    )
    const request = FakeXhr.last
    if (request !== null) act(request)
    return { request, sent, error: await work }
  }
})
