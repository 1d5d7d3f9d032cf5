import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createClient, type Client } from '../src/store/client.ts'
import type { ClientOptions } from '../src/store/client-options.ts'
import { fault } from '../src/testing/faults.ts'
import { createManualClock, type ManualClock } from '../src/testing/manual-clock.ts'
import type { TaskScript } from '../src/testing/script.ts'
import { serveNode } from '../src/testing/serve-node.ts'
import { createSimulator, type Simulator } from '../src/testing/simulator.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'
import { until } from './until.ts'
import { API, config, createWorld, linesOf, statusesOf, watch } from './world.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const script: TaskScript = [
  { atMs: 0, set: { status: 'running' } },
  { atMs: 100, set: { progress: 0.5 }, logs: ['żółw 🦊'] },
  { atMs: 200, set: { status: 'completed', output: { text: 'a fox' } }, logs: ['done'] },
]
const whole = { status: 'completed', output: { text: 'a fox' }, logs: ['żółw 🦊', 'done'] }

/** A task that was started behind the client's back. */
async function startIn(server: Simulator): Promise<string> {
  const answer = await server(`${API}/apps/run`, { method: 'POST', body: JSON.stringify(config) })
  const body = JSON.parse(await answer.text()) as { readonly data: { readonly id: string } }
  return body.data.id
}

/** A client over real HTTP whose time stands still, so that only what is sent makes it go on. */
function connect(url: string, options: ClientOptions = {}): { client: Client; clock: ManualClock } {
  const clock = createManualClock()
  const client = createClient({ baseUrl: url, clock, publish: 'sync', resumeStorage: null, ...options })
  cleanups.push(() => client.close())
  return { client, clock }
}

/** A simulator over real HTTP, in the time of `clock`. */
async function serve(options: SimulatorOptions, port = 0): Promise<{ server: Simulator; url: string }> {
  const server = createSimulator({ script, ...options })
  const host = await serveNode(server, { port })
  cleanups.push(() => host.kill())
  return { server, url: host.url }
}

describe('fin-mid-event', () => {
  it.each(['sse', 'ndjson'] as const)(
    'L8: an end inside any byte of any message of %s is no success, and nothing half is applied',
    { timeout: 30_000 },
    async (framing) => {
      const plain: SimulatorOptions = { framing, script, snapshotOnConnect: false, heartbeatMs: 0 }
      const size = await streamSize(plain)
      expect(size).toBeGreaterThan(150)
      for (let bytes = 0; bytes < size; bytes++) {
        const world = createWorld({
          ...plain,
          faults: [fault.cutAfterBytes(bytes, { on: 'stream', how: 'eof' })],
        })
        const { updates, ended } = watch(world.run())
        expect(await world.drive(ended)).toBe('quietly')
        expect(updates.at(-1)?.task, `after ${bytes} bytes`).toMatchObject(whole)
        expect(linesOf(updates)).toEqual(whole.logs)
        expect(statusesOf(updates)).toEqual(['running', 'completed'])
      }
    },
  )

  async function streamSize(options: SimulatorOptions): Promise<number> {
    const world = createWorld(options)
    const id = await world.startElsewhere()
    const body = world.server(`${API}/tasks/${id}/stream`).then((answer) => answer.arrayBuffer())
    await world.clock.advance(1000)
    return (await body).byteLength
  }
})

describe('truncated-chunked', () => {
  it.each([
    ['without the last chunk', {}],
    ['below its Content-Length', { 'content-length': '100000' }],
  ])(
    'a body that ends %s is a broken connection: it is opened again, and nothing is missing',
    async (_how, headers) => {
      const serverClock = createManualClock()
      const server = createSimulator({
        script,
        clock: serverClock,
        faults: [fault.cutAfterEvents(2, { on: 'stream', how: 'reset' })],
      })
      const host = await serveNode(async (request) => {
        const answer = await server(request)
        if (!request.url.endsWith('/stream') || server.counters.streamsOpened > 1) return answer
        return new Response(answer.body, {
          status: answer.status,
          headers: { ...Object.fromEntries(answer.headers), ...headers },
        })
      })
      cleanups.push(() => host.kill())
      const { client, clock } = connect(host.url)
      const follower = client.follow.task(await startIn(server))
      await until(follower.live, ({ task }) => task.status === 'running')
      await serverClock.advance(100)
      const { connection } = await until(
        follower.live,
        ({ connection: { state } }) => state === 'reconnecting',
      )
      expect(connection).toMatchObject({ attempt: 1, error: { code: 'network', retryable: true } })
      await clock.advance((connection.nextRetryAt ?? 0) - clock.now())
      await until(follower.live, ({ connection: { state } }) => state === 'live')
      await serverClock.advance(100)
      const { task } = await until(follower.live, ({ connection: { state } }) => state === 'closed')
      expect({ ...task, logs: [...task.logs.lines] }).toMatchObject(whole)
      expect(server.counters.streamsOpened).toBe(2)
    },
  )
})

describe('connect-refused', () => {
  it('a server that comes up after two seconds is found by the next attempt, and nothing has failed until then', async () => {
    const serverClock = createManualClock()
    const server = createSimulator({ script, clock: serverClock })
    const id = await startIn(server)
    const free = await serveNode(server)
    await free.close()
    const { client, clock } = connect(free.url)
    const follower = client.follow.task(id)
    const since = clock.now()
    const states: string[] = []
    cleanups.push(follower.live.subscribe(({ connection }) => void states.push(connection.state)))
    for (let attempt = 1; clock.now() - since < 2000; attempt++) {
      const { connection } = await until(
        follower.live,
        (view) => view.connection.nextRetryAt !== null && view.connection.attempt === attempt,
      )
      expect(connection.error).toMatchObject({ code: 'network', retryable: true })
      await clock.advance((connection.nextRetryAt ?? 0) - clock.now())
    }
    expect(new Set(states)).toEqual(new Set(['connecting', 'reconnecting']))
    const { connection } = await until(follower.live, (view) => view.connection.nextRetryAt !== null)
    const again = await serveNode(server, { port: free.port })
    cleanups.push(() => again.kill())
    expect(server.requests.filter(({ route }) => route === 'stream')).toEqual([])
    await clock.advance((connection.nextRetryAt ?? 0) - clock.now())
    await until(follower.live, ({ connection: { state } }) => state === 'live')
    expect(server.requests.filter(({ route }) => route === 'stream')).toHaveLength(1)
  })
})

describe('headers-never', () => {
  it('an answer that does not come within connectTimeout is given up, and asked for anew one step later', async () => {
    const sockets = new Set<Socket>()
    const asked: (() => void)[] = []
    const mute = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('data', () => asked.shift()?.())
    })
    mute.listen(0, '127.0.0.1')
    await once(mute, 'listening')
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy()
      mute.close()
    })
    const address = mute.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { client, clock } = connect(`http://127.0.0.1:${port}`, { connectTimeout: 5000 })
    const nextRequest = (): Promise<void> => new Promise((resolve) => void asked.push(resolve))
    let request = nextRequest()
    const follower = client.follow.task('t1')
    cleanups.push(follower.live.subscribe(() => {}))
    await request
    await clock.advance(4999)
    expect(follower.live.getState().connection).toMatchObject({ state: 'connecting', error: null })
    await clock.advance(1)
    const { connection } = await until(follower.live, ({ connection: { state } }) => state === 'reconnecting')
    expect(connection).toMatchObject({ attempt: 1, error: { code: 'connect-timeout', retryable: true } })
    expect((connection.nextRetryAt ?? Infinity) - clock.now()).toBeLessThanOrEqual(1000)
    request = nextRequest()
    await clock.advance((connection.nextRetryAt ?? 0) - clock.now())
    await request
  })
})

describe('half-open', () => {
  it.each([10_000, 45_000])(
    'L8, R6: a line that is dead after any message is found within %i ms and one second, and goes on by id',
    async (idleTimeout) => {
      for (let afterEvents = 0; afterEvents < script.length; afterEvents++) {
        const world = createWorld(
          {
            script,
            resume: 'cursor',
            heartbeatMs: 0,
            faults: [fault.stall({ on: 'stream', afterEvents })],
          },
          { idleTimeout, transport: 'stream', resumeMode: 'cursor' },
        )
        const id = await world.startElsewhere()
        const states: string[] = []
        world.client.follow.task(id).live.subscribe(({ connection }) => void states.push(connection.state))
        expect(await world.drive(world.client.tasks.stream(id).result)).toMatchObject(whole)
        const [first, second] = world.server.requests.filter(({ route }) => route === 'stream')
        const saidAtMs = (first?.atMs ?? 0) + (script[afterEvents - 1]?.atMs ?? 0)
        expect((second?.atMs ?? Infinity) - saidAtMs, `after ${afterEvents}`).toBeLessThanOrEqual(
          idleTimeout + 1000,
        )
        expect(second?.headers['last-event-id'] ?? '0').toBe(String(afterEvents))
        expect(states).toContain('reconnecting')
      }
    },
  )
})

describe('slow-loris', () => {
  it('a byte each 50 ms keeps the line, and brings whole messages', async () => {
    const world = createWorld(
      { script, faults: [fault.drip({ on: 'stream', bytes: 1, everyMs: 50 })] },
      { idleTimeout: 100 },
    )
    const run = world.run()
    const { updates, ended } = watch(run)
    expect(await world.drive(ended)).toBe('quietly')
    expect(await run.result).toMatchObject(whole)
    expect(linesOf(updates)).toEqual(whole.logs)
    expect(world.server.counters.streamsOpened).toBe(1)
  })

  it('the same over real HTTP', { timeout: 20_000 }, async () => {
    const { server, url } = await serve({
      snapshotOnConnect: false,
      framing: 'ndjson',
      faults: [fault.drip({ on: 'stream', bytes: 1, everyMs: 5 })],
    })
    const client = createClient({ baseUrl: url, resumeStorage: null, idleTimeout: 1000 })
    cleanups.push(() => client.close())
    expect(await client.run(config)).toMatchObject(whole)
    expect(server.counters.streamsOpened).toBe(1)
  })
})
