import { afterEach, describe, expect, it, vi } from 'vitest'
import { expectNoise } from '../../../../test/setup/fail-on-noise.ts'
import { StreamError } from '../errors.ts'
import { type HttpRequest, type SendConfig, createSend } from './send.ts'

afterEach(() => vi.unstubAllGlobals())

const GET: HttpRequest = { method: 'GET', path: '/tasks/t1' }
const POST: HttpRequest = { method: 'POST', path: '/apps/run', body: { app: 'a/b' } }
const misuse: unknown = expect.objectContaining({ code: 'misuse', retryable: false })
const never = <T>(): Promise<T> => new Promise(() => {})

/** A send whose requests are kept; answered by `answer`, in order, and 200 without one. */
function record(
  config: SendConfig,
  answer: (request: Request, index: number) => Response | Promise<Response> = () => new Response('{}'),
) {
  const requests: Request[] = []
  const send = createSend({
    ...config,
    async fetch(request) {
      requests.push(request.clone())
      return await answer(request, requests.length - 1)
    },
  })
  return { requests, send }
}

describe('createSend › what it sends', () => {
  it('sends to the API, with the key, and asks for JSON', async () => {
    const { requests, send } = record({ apiKey: 'inf_1' })
    await send(GET)
    const [request] = requests
    expect(request).toMatchObject({
      url: 'https://api.inference.sh/tasks/t1',
      method: 'GET',
      cache: 'no-store',
    })
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      accept: 'application/json',
      authorization: 'Bearer inf_1',
    })
  })

  it('sends a body as JSON, and says so only then', async () => {
    const { requests, send } = record({})
    await send(POST)
    expect(await requests[0]?.json()).toEqual({ app: 'a/b' })
    expect(requests[0]?.headers.get('content-type')).toBe('application/json')
    await send({ method: 'POST', path: '/x' })
    expect([requests[1]?.headers.get('content-type'), await requests[1]?.text()]).toEqual([null, ''])
    await send({ method: 'POST', path: '/x', body: null })
    expect(await requests[2]?.text()).toBe('null')
  })

  it('asks for the headers with every request, and its own stand above them', async () => {
    let count = 0
    const headers = async () => ({
      'x-team-id': `team ${++count}`,
      accept: 'text/html',
      authorization: 'Basic x',
    })
    const { requests, send } = record({ apiKey: 'k', headers })
    await send(GET)
    await send({ ...GET, accept: 'text/event-stream' }, { headers: { 'last-event-id': '7' } })
    expect(requests.map((request) => Object.fromEntries(request.headers))).toEqual([
      { 'x-team-id': 'team 1', accept: 'application/json', authorization: 'Bearer k' },
      { 'x-team-id': 'team 2', accept: 'text/event-stream', authorization: 'Bearer k', 'last-event-id': '7' },
    ])
  })

  it('takes fixed headers, and an authorization of the application where there is no key', async () => {
    const { requests, send } = record({ headers: { authorization: 'Basic x' } })
    await send(GET)
    expect(requests[0]?.headers.get('authorization')).toBe('Basic x')
  })

  it.each<[string, SendConfig, string]>([
    ['a key', { apiKey: 'k' }, 'omit'],
    ['a token', { getToken: () => 't' }, 'omit'],
    ['nothing', {}, 'omit'],
    ['an absolute proxy', { proxyUrl: 'https://app.example.com/api' }, 'include'],
    ['a relative proxy', { proxyUrl: '/api' }, 'same-origin'],
    ['a wish', { proxyUrl: '/api', credentials: 'omit' }, 'omit'],
  ])('with %s, cookies go by the rule', async (_, config, credentials) => {
    vi.stubGlobal('location', new URL('https://app.example.com/tasks'))
    const { requests, send } = record(config)
    await send(GET)
    expect(requests[0]?.credentials).toBe(credentials)
  })

  it('puts the proxy in place of the API and sends no key there', async () => {
    const { requests, send } = record({ proxyUrl: 'https://app.example.com/api/inference/' })
    await send(GET)
    expect(requests[0]?.url).toBe('https://app.example.com/api/inference/tasks/t1')
    expect(requests[0]?.headers.has('authorization')).toBe(false)
  })

  it('looks the global fetch up with every request', async () => {
    const send = createSend({})
    vi.stubGlobal('fetch', async (request: Request) => new Response(request.url))
    expect(await (await send(GET)).text()).toBe('https://api.inference.sh/tasks/t1')
  })

  it('hands out whatever the server says', async () => {
    const { send } = record({}, () => new Response('no', { status: 503 }))
    expect((await send(GET)).status).toBe(503)
  })
})

describe('createSend › mistakes', () => {
  it.each<[string, SendConfig]>([
    ['a key and a proxy', { apiKey: 'k', proxyUrl: '/api' }],
    ['a key and a token', { apiKey: 'k', getToken: () => 't' }],
    ['an empty key', { apiKey: '' }],
    ['a key in clear text', { apiKey: 'k', baseUrl: 'http://api.example.com' }],
    ['a token in clear text', { getToken: () => 't', baseUrl: 'http://api.example.com' }],
    ['a token to a proxy in clear text', { getToken: () => 't', proxyUrl: 'http://app.example.com' }],
    ['a base address that is none', { baseUrl: 'api.example.com' }],
  ])('refuses %s at once', (_, config) => {
    expect(() => createSend(config)).toThrow(misuse)
  })

  it('refuses a relative proxy outside of pages with the first request, not when the client is made', async () => {
    const { requests, send } = record({ proxyUrl: '/api' })
    await expect(send(GET)).rejects.toThrow(misuse)
    expect(requests).toHaveLength(0)
  })

  it.each<[string, HttpRequest, Readonly<Record<string, string>>]>([
    ['a path that leaves the address', { ...GET, path: '/tasks/../admin' }, {}],
    ['a line break in a header', GET, { 'x-a': 'a\r\nx-b: c' }],
    ['a character outside Latin-1 in a header', GET, { 'x-a': '…' }],
    ['a header name that is none', GET, { 'x a': 'b' }],
    ['a body in a GET', { ...GET, body: {} }, {}],
    ['a body with a bigint', { ...POST, body: { n: 1n } }, {}],
    ['a body that is a function', { ...POST, body: () => {} }, {}],
  ])('refuses %s and sends nothing', async (_, request, headers) => {
    const { requests, send } = record({})
    await expect(send(request, { headers })).rejects.toThrow(misuse)
    expect(requests).toHaveLength(0)
  })

  it('never repeats a key that cannot be sent', async () => {
    const { send } = record({ apiKey: 's3cret\r\nx' })
    const error = await send(GET).catch((thrown: unknown) => StreamError.from(thrown))
    expect(error).toBeInstanceOf(StreamError)
    expect(error).toMatchObject({ code: 'misuse' })
    expect(error).not.toHaveProperty('cause')
    expect(error).not.toHaveProperty('message', expect.stringContaining('s3cret'))
  })

  it('warns of a key in a page once per client, and not where it is meant', async () => {
    vi.stubGlobal('document', {})
    const { send } = record({ apiKey: 'k', dangerouslyAllowBrowser: true })
    await send(GET)
    record({ proxyUrl: '/api' })
    record({ getToken: () => 't' })
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const own = record({ apiKey: 'k' })
    await own.send(GET)
    await own.send(GET)
    expect(warn).toHaveBeenCalledTimes(1)
    warn.mockRestore()
    expectNoise('warn', /API key/)
    createSend({ apiKey: 'k' })
  })
})

describe('createSend › tokens', () => {
  const byToken = (request: Request): Response =>
    new Response('{}', { status: request.headers.get('authorization') === 'Bearer new' ? 200 : 401 })

  it('asks for the token with every request; an empty one is not sent', async () => {
    const values = ['a', 'b', '']
    const { requests, send } = record({ getToken: () => values.shift() ?? '' })
    for (let i = 0; i < 3; i++) await send(GET)
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer a',
      'Bearer b',
      null,
    ])
  })

  it('refreshes once for ten simultaneous 401s and repeats each request once', async () => {
    let refreshes = 0
    const getToken = async ({ forceRefresh }: { forceRefresh: boolean }) => {
      if (!forceRefresh) return 'old'
      refreshes++
      return await Promise.resolve('new')
    }
    const { requests, send } = record({ getToken }, byToken)
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(POST)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    expect([refreshes, requests.length]).toEqual([1, 20])
    expect(await Promise.all(requests.map((request) => request.json()))).toEqual(
      requests.map(() => POST.body),
    )
  })

  it('lets the second 401 stand', async () => {
    const { requests, send } = record({ getToken: () => 'old' }, byToken)
    expect((await send(GET)).status).toBe(401)
    expect(requests).toHaveLength(2)
  })

  it('lets the first 401 stand where there is no getToken', async () => {
    const { requests, send } = record({ apiKey: 'k' }, byToken)
    expect((await send(GET)).status).toBe(401)
    expect(requests).toHaveLength(1)
  })

  it('closes the body of the 401 that it does not hand out (L11)', async () => {
    let cancelCount = 0
    const body = (): ReadableStream =>
      new ReadableStream({
        cancel() {
          cancelCount++
        },
      })
    const answer = (_: Request, index: number): Response =>
      new Response(body(), { status: index === 0 ? 401 : 200 })
    const { send } = record({ getToken: () => 't' }, answer)
    await send(GET)
    expect(cancelCount).toBe(1)
  })

  it.each<[string, SendConfig]>([
    ['getToken', { getToken: () => Promise.reject(new TypeError('offline')) }],
    ['headers', { headers: () => Promise.reject(new TypeError('offline')) }],
  ])('takes a failure of %s for one that may be tried again', async (option, config) => {
    const error = await record(config)
      .send(GET)
      .catch((thrown: unknown) => StreamError.from(thrown))
    expect(error).toMatchObject({ code: 'network', retryable: true })
    expect(error).toHaveProperty('message', expect.stringContaining(option))
  })
})

describe('createSend › the network', () => {
  it('takes a request that fails for a fault of the network', async () => {
    const { send } = record({}, () => Promise.reject(new TypeError('fetch failed')))
    await expect(send(GET)).rejects.toMatchObject({ code: 'network', retryable: true })
  })

  it.each<[string, SendConfig]>([
    ['the request', { fetch: never }],
    ['the token', { getToken: never }],
    ['the headers', { headers: never }],
  ])('ends at the abort while %s is awaited', async (_, config) => {
    const controller = new AbortController()
    const sending = createSend({ fetch: never, ...config })(GET, { signal: controller.signal })
    controller.abort('left')
    await expect(sending).rejects.toMatchObject({ code: 'aborted', retryable: false, cause: 'left' })
  })

  it('gives its signal to the request', async () => {
    const controller = new AbortController()
    let arrive: (signal: AbortSignal) => void = () => {}
    const arrived = new Promise<AbortSignal>((resolve) => {
      arrive = resolve
    })
    const { send } = record({}, (request) => {
      arrive(request.signal)
      return never()
    })
    const sending = send(GET, { signal: controller.signal }).catch((thrown: unknown) =>
      StreamError.from(thrown),
    )
    const signal = await arrived
    controller.abort()
    expect(signal.aborted).toBe(true)
    expect(await sending).toMatchObject({ code: 'aborted' })
  })

  it('closes an answer that comes after the abort (L11)', async () => {
    const controller = new AbortController()
    let cancelCount = 0
    let answer: (response: Response) => void = () => {}
    const { send } = record({}, () => {
      controller.abort()
      return new Promise((resolve) => {
        answer = resolve
      })
    })
    await expect(send(GET, { signal: controller.signal })).rejects.toMatchObject({ code: 'aborted' })
    const body = new ReadableStream({
      cancel() {
        cancelCount++
      },
    })
    answer(new Response(body))
    await new Promise((resolve) => setImmediate(resolve))
    expect(cancelCount).toBe(1)
  })
})
