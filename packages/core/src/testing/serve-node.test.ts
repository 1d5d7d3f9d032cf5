import { Agent, get } from 'node:http'
import { createConnection, type Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { readBody } from '../../test/read-body.ts'
import { fault } from './faults.ts'
import { createManualClock } from './manual-clock.ts'
import { serveNode, type NodeServer } from './serve-node.ts'
import { createSimulator, type Simulator } from './simulator.ts'
import { taskScript } from './task-script.ts'
import type { SimulatorOptions } from './simulator-options.ts'

const running: { readonly simulator: Simulator; readonly server: NodeServer }[] = []

afterEach(async () => {
  for (const { simulator, server } of running.splice(0)) {
    simulator.close()
    await server.close()
  }
})

async function serve(options: SimulatorOptions = {}): Promise<{ simulator: Simulator; server: NodeServer }> {
  const simulator = createSimulator(options)
  const server = await serveNode(simulator)
  running.push({ simulator, server })
  return { simulator, server }
}

const run = (url: string, body: object = {}): Promise<Response> =>
  fetch(`${url}/apps/run`, { method: 'POST', body: JSON.stringify({ app: 'demo/app', input: {}, ...body }) })

/** Resolves when the counter has the value: the other side of a socket hears of an end a little later. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => void setImmediate(resolve))
}

describe('serveNode', () => {
  it('serves a whole stream over HTTP', async () => {
    const { server, simulator } = await serve({ script: taskScript.usual({ stepMs: 1 }), framing: 'ndjson' })
    const answer = await run(server.url, { stream: true })
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
    const lines = (await answer.text()).trimEnd().split('\n')
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ status: 'completed' })
    expect(simulator.counters.openStreams).toBe(0)
  })

  it('hands over method, query, headers and body', async () => {
    const seen: { method: string; url: string; header: string | null; body: string }[] = []
    const server = await serveNode(async (request) => {
      const body = await request.text()
      seen.push({ method: request.method, url: request.url, header: request.headers.get('x-team-id'), body })
      return new Response(null, { status: 204 })
    })
    const answer = await fetch(`${server.url}/a?b=1`, {
      method: 'PUT',
      headers: { 'x-team-id': 't' },
      body: 'ü',
    })
    expect(answer.status).toBe(204)
    expect(seen).toEqual([{ method: 'PUT', url: `${server.url}/a?b=1`, header: 't', body: 'ü' }])
    await server.close()
  })

  it('shows a reset to the client as an error, after the bytes that came before it', async () => {
    const { server } = await serve({
      script: taskScript.endless(),
      faults: [fault.cutAfterBytes(40, { on: 'run' })],
    })
    const reader = (await run(server.url, { stream: true })).body?.getReader()
    const first = await reader?.read()
    expect(first?.value).toHaveLength(40)
    await expect(reader?.read()).rejects.toThrow()
  })

  it('shows a clean end as an end', async () => {
    const { server } = await serve({
      script: taskScript.endless(),
      faults: [fault.cutAfterBytes(40, { on: 'run', how: 'eof' })],
    })
    expect(await (await run(server.url, { stream: true })).text()).toHaveLength(40)
  })

  it('compresses what a fault says is compressed, and fetch reads it', async () => {
    const life = { script: taskScript.usual({ stepMs: 1 }), framing: 'ndjson' } as const
    const { server } = await serve({ ...life, faults: [fault.gzip({ on: 'run' })] })
    const answer = await run(server.url, { stream: true })
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    const lines = (await answer.text()).trimEnd().split('\n')
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ status: 'completed' })
  })

  it('puts compressed bytes on the wire', async () => {
    const { server } = await serve({ faults: [fault.gzip({ on: 'asset' })] })
    const raw = await new Promise<Uint8Array>((resolve, reject) => {
      get(`${server.url}/assets/text.txt`, (incoming) => {
        const parts: Uint8Array[] = []
        incoming.on('data', (part: Uint8Array) => parts.push(part))
        incoming.on('end', () => resolve(Buffer.concat(parts)))
      }).on('error', reject)
    })
    expect(gunzipSync(raw).toString()).toContain('A fox')
  })

  it('shows an unreachable server as a failed fetch, and serves the next request', async () => {
    const { server } = await serve({ faults: [fault.unreachable({ on: 'run' })] })
    await expect(run(server.url)).rejects.toThrow(TypeError)
    expect((await run(server.url)).status).toBe(200)
  })

  it('frees the body when the client goes away', async () => {
    const { server, simulator } = await serve({ script: taskScript.endless() })
    const abort = new AbortController()
    const { id } = ((await (await run(server.url)).json()) as { data: { id: string } }).data
    const answer = await fetch(`${server.url}/tasks/${id}/stream`, { signal: abort.signal })
    await answer.body?.getReader().read()
    expect(simulator.counters.openStreams).toBe(1)
    abort.abort()
    await until(() => simulator.counters.openStreams === 0)
    expect(simulator.counters.streamsAborted).toBe(1)
  })

  it('frees an answer that waits when the client goes away', async () => {
    const clock = createManualClock()
    const { server } = await serve({ clock })
    const abort = new AbortController()
    const waiting = fetch(`${server.url}/apps/run`, {
      method: 'POST',
      body: '{"app":"a/b","input":{},"wait":true}',
      signal: abort.signal,
    })
    await until(() => clock.pendingCount === 1)
    abort.abort()
    await expect(waiting).rejects.toThrow()
    await until(() => clock.pendingCount === 0)
  })

  it('does not read ahead of a client that does not', async () => {
    let pulls = 0
    const server = await serveNode(async () => {
      const piece = new Uint8Array(256 * 1024)
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulls++
          controller.enqueue(piece)
        },
      })
      return new Response(body)
    })
    const abort = new AbortController()
    const answer = await fetch(server.url, { signal: abort.signal })
    await answer.body?.getReader().read()
    // The buffers of two sockets fill up; then nothing moves.
    let before = -1
    while (pulls !== before) {
      before = pulls
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => void setImmediate(resolve))
    }
    expect(pulls).toBeLessThan(200)
    abort.abort()
    await server.close()
  })

  it('closes with connections open, and counts none afterwards', async () => {
    const { server } = await serve({ script: taskScript.endless() })
    const answer = await run(server.url, { stream: true })
    expect(server.openSockets).toBe(1)
    running.pop()
    await server.close()
    await expect(answer.text()).rejects.toThrow()
    await until(() => server.openSockets === 0)
  })

  it('aborts the signal of a request whose client goes away before the answer and during it', async () => {
    const signals: AbortSignal[] = []
    const server = await serveNode(({ url, signal }) => {
      signals.push(signal)
      return url.endsWith('/body')
        ? Promise.resolve(new Response(new ReadableStream()))
        : new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    const abort = new AbortController()
    const waiting = fetch(`${server.url}/wait`, { signal: abort.signal })
    await until(() => signals.length === 1)
    const body = (await fetch(`${server.url}/body`, { signal: abort.signal })).text()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false])
    abort.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    await expect(body).rejects.toMatchObject({ name: 'AbortError' })
    await until(() => signals.every(({ aborted }) => aborted))
    expect(signals[0]?.reason).toMatchObject({ name: 'AbortError' })
    await server.close()
  })

  it('says when the port is taken', async () => {
    const { server } = await serve()
    await expect(serveNode(async () => new Response(), { port: server.port })).rejects.toThrow(/EADDRINUSE/)
  })
})

describe('a server that is killed', () => {
  it('breaks what is under way, frees it, and comes back on the same port', async () => {
    const { server, simulator } = await serve({ script: taskScript.endless() })
    running.pop()
    const { id } = ((await (await run(server.url)).json()) as { data: { id: string } }).data
    const address = `${server.url}/tasks/${id}/stream`
    const reading = readBody(await fetch(address))
    const waiting = run(server.url, { wait: true })
    const refused = expect(waiting).rejects.toThrow(TypeError)
    await until(() => reading.text !== '' && simulator.counters.requests.run === 2)
    await server.kill()
    await refused
    await until(() => reading.outcome === 'error' && simulator.counters.openStreams === 0)
    expect(server.openSockets).toBe(0)
    await expect(fetch(address)).rejects.toThrow(TypeError)

    const again = await serveNode(simulator, { port: server.port })
    running.push({ simulator, server: again })
    expect(again.url).toBe(server.url)
    const answer = await fetch(address)
    expect(answer.status).toBe(200)
    await answer.body?.cancel()
  })

  it('resets sockets that are kept alive', async () => {
    const { server } = await serve()
    const agent = new Agent({ keepAlive: true })
    const socket = await new Promise<Socket>((resolve, reject) => {
      get(`${server.url}/assets/text.txt`, { agent }, (incoming) => {
        const { socket: used } = incoming
        incoming.resume()
        incoming.on('end', () => resolve(used))
      }).on('error', reject)
    })
    expect(server.openSockets).toBe(1)
    const closed = new Promise((resolve) => void socket.on('close', resolve))
    running.pop()
    await server.kill()
    await closed
    expect(server.openSockets).toBe(0)
    agent.destroy()
  })

  it('resets with an error rather than an end, where nothing was sent yet', async () => {
    let isAsked = false
    const server = await serveNode(() => {
      isAsked = true
      return new Promise(() => {})
    })
    const socket = createConnection(server.port, '127.0.0.1')
    const errors: unknown[] = []
    socket.on('error', (error) => errors.push(error))
    const closed = new Promise((resolve) => void socket.on('close', resolve))
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
    // A socket whose request was not read yet would be reset in any case.
    await until(() => isAsked)
    await server.kill()
    await closed
    expect(errors).toMatchObject([{ code: 'ECONNRESET' }])
  })
})
