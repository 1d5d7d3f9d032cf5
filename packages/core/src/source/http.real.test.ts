import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import { type ManualClock, createManualClock } from '../testing/manual-clock.ts'
import type { Frame } from '../wire/frame.ts'
import { httpSource } from './http.ts'
import { createSend } from './send.ts'

interface Host {
  readonly baseUrl: string
  close(): Promise<void>
}

const hosts: Host[] = []
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()))
})

async function host(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Host> {
  const server = createServer(handle)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const own: Host = {
    baseUrl: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      if (server.listening) await once(server, 'close')
    },
  }
  hosts.push(own)
  return own
}

function connect(baseUrl: string, clock: ManualClock = createManualClock(), cursor: string | null = null) {
  const owner = new AbortController()
  const source = httpSource(
    { method: 'GET', path: '/tasks/t1/stream' },
    {
      send: createSend({ baseUrl, apiKey: 'k' }),
      clock,
      idleMs: 45_000,
      connectTimeoutMs: 10_000,
      chunkSizeBytes: null,
      maxFrameChars: 1_000,
      readError: async ({ status }) => new StreamError('http', 'Refused.', { status }),
    },
  )
  return { clock, owner, iterator: source({ cursor, signal: owner.signal })[Symbol.asyncIterator]() }
}

function openLine(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  response.flushHeaders()
}

/** A promise that a handler settles. */
function createGate<T>(): { readonly passed: Promise<T>; pass(value: T): void } {
  let pass: (value: T) => void = () => {}
  const passed = new Promise<T>((resolve) => {
    pass = resolve
  })
  return { passed, pass }
}

describe('httpSource › over a real connection', () => {
  it('reads what the server writes, with the key, the formats and the cursor in the request', async () => {
    const seen = createGate<IncomingMessage>()
    const { baseUrl } = await host((request, response) => {
      seen.pass(request)
      openLine(response)
      response.end('{"a":1}\n{"a":2}\n')
    })
    const { iterator } = connect(baseUrl, undefined, 'naïve…')
    const frames: Frame[] = []
    for await (const batch of { [Symbol.asyncIterator]: () => iterator }) frames.push(...batch)
    expect(frames).toMatchObject([{ data: '{"a":1}' }, { data: '{"a":2}' }])
    const { headers } = await seen.passed
    expect(headers).toMatchObject({
      authorization: 'Bearer k',
      accept: 'text/event-stream, application/x-ndjson',
    })
    expect(Buffer.from(String(headers['last-event-id']), 'latin1').toString('utf8')).toBe('naïve…')
  })

  it.each([204, 205])('is told by an answer %i that nothing will ever come', async (status) => {
    const { baseUrl } = await host((_, response) => response.writeHead(status).end())
    await expect(connect(baseUrl).iterator.next()).rejects.toMatchObject({
      code: 'gone',
      retryable: false,
      status,
    })
  })

  it('takes a redirection without a target for a refusal', async () => {
    let count = 0
    const { baseUrl } = await host((_, response) => {
      count++
      response.writeHead(302).end()
    })
    await expect(connect(baseUrl).iterator.next()).rejects.toMatchObject({ code: 'http', retryable: false })
    expect(count).toBe(1)
  })

  it('finds a half-open line by its silence and closes it (L8)', async () => {
    const closed = createGate<null>()
    const { baseUrl } = await host((_, response) => {
      response.on('close', () => closed.pass(null))
      openLine(response)
      response.write('{"a":1}\n')
    })
    const { clock, iterator } = connect(baseUrl)
    await iterator.next()
    expect(await iterator.next()).toMatchObject({ value: [{ data: '{"a":1}' }] })
    const pending = expect(iterator.next()).rejects.toMatchObject({ code: 'idle', retryable: true })
    await clock.advance(45_000)
    await pending
    await closed.passed
    expect(clock.pendingCount).toBe(0)
  })

  it('takes a connection that is reset in the middle of a line for a fault of the network', async () => {
    const open = createGate<ServerResponse>()
    const { baseUrl } = await host((_, response) => {
      openLine(response)
      response.write('{"a":1}\n{"a":')
      open.pass(response)
    })
    const { clock, iterator } = connect(baseUrl)
    await iterator.next()
    expect(await iterator.next()).toMatchObject({ value: [{ data: '{"a":1}' }] })
    const response = await open.passed
    response.socket?.resetAndDestroy()
    await expect(iterator.next()).rejects.toMatchObject({ code: 'network', retryable: true })
    expect(clock.pendingCount).toBe(0)
  })

  it.each(['abort', 'return'])('closes the socket when it is left by %s during a read (L11)', async (way) => {
    const closed = createGate<null>()
    const { baseUrl } = await host((_, response) => {
      response.on('close', () => closed.pass(null))
      openLine(response)
    })
    const { clock, owner, iterator } = connect(baseUrl)
    await iterator.next()
    const pending = iterator.next()
    if (way === 'abort') owner.abort()
    else await iterator.return?.()
    expect(await pending).toEqual({ done: true, value: undefined })
    await closed.passed
    expect(clock.pendingCount).toBe(0)
  })

  it('closes the socket when it is aborted before the server answers (L11)', async () => {
    const [asked, closed] = [createGate<null>(), createGate<null>()]
    const { baseUrl } = await host((_, response) => {
      response.on('close', () => closed.pass(null))
      asked.pass(null)
    })
    const { owner, iterator } = connect(baseUrl)
    const pending = iterator.next()
    await asked.passed
    owner.abort()
    expect(await pending).toEqual({ done: true, value: undefined })
    await closed.passed
  })

  it('gives up on a server that takes the request and never answers', async () => {
    const [asked, closed] = [createGate<null>(), createGate<null>()]
    const { baseUrl } = await host((_, response) => {
      response.on('close', () => closed.pass(null))
      asked.pass(null)
    })
    const { clock, iterator } = connect(baseUrl)
    const pending = expect(iterator.next()).rejects.toMatchObject({
      code: 'connect-timeout',
      retryable: true,
    })
    await asked.passed
    await clock.advance(10_000)
    await pending
    await closed.passed
  })

  it('closes the socket of an answer that is no stream', async () => {
    const closed = createGate<null>()
    const { baseUrl } = await host((_, response) => {
      response.on('close', () => closed.pass(null))
      response.writeHead(200, { 'content-type': 'text/html' })
      response.write('<h1>Sign in to this network</h1>')
    })
    const { iterator } = connect(baseUrl)
    await expect(iterator.next()).rejects.toMatchObject({ code: 'wrong-content-type', retryable: true })
    await closed.passed
  })

  it('takes a refused connection for a fault of the network', async () => {
    const gone = await host(() => {})
    await gone.close()
    const { clock, iterator } = connect(gone.baseUrl)
    await expect(iterator.next()).rejects.toMatchObject({ code: 'network', retryable: true })
    expect(clock.pendingCount).toBe(0)
  })
})
