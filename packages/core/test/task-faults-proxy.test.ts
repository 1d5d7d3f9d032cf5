import { constants, createGzip } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createClient } from '../src/store/client.ts'
import { fault } from '../src/testing/faults.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import type { TaskScript } from '../src/testing/script.ts'
import { serveNode } from '../src/testing/serve-node.ts'
import { createSimulator, type Simulator } from '../src/testing/simulator.ts'
import { until } from './until.ts'
import { API, config, createWorld, watch } from './world.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const output = { text: 'a fox' }
const logs = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`)
/** Two minutes, a line each ten seconds. */
const script: TaskScript = [
  { atMs: 0, set: { status: 'running' } },
  ...logs.map((line, index) => ({ atMs: (index + 1) * 10_000, logs: [line] })),
  { atMs: 121_000, set: { status: 'completed', output } },
]
const whole = { status: 'completed', output, logs }

describe('proxy-buffering', () => {
  it('three streams that are closed after a moment are enough: the task is followed by asking', async () => {
    const world = createWorld({ script, faults: [fault.closeAfterEach({ on: 'stream' })] })
    const run = world.run()
    const { ended } = watch(run)
    await world.clock.advance(20_000)
    const { connection } = world.client.follow.task(await run.id).live.getState()
    expect(connection).toMatchObject({ state: 'polling', transport: 'polling', attempt: 0, error: null })
    expect(world.server.counters.streamsOpened).toBe(3)
    expect(await world.drive(ended)).toBe('quietly')
    expect(await run.result).toMatchObject(whole)
  })

  it('what is held back until its end is found out by asking, and the task is followed so', async () => {
    const world = createWorld({ script, faults: [fault.buffer({ on: 'stream', times: Infinity })] })
    const run = world.run()
    const { ended } = watch(run)
    await world.clock.advance(29_000)
    const { task, connection } = world.client.follow.task(await run.id).live.getState()
    expect(connection).toMatchObject({ state: 'polling', error: null })
    expect([...task.logs.lines]).toEqual(logs.slice(0, 2))
    expect(await world.drive(ended)).toBe('quietly')
    expect(await run.result).toMatchObject(whole)
  })

  it('streams that are cut each half minute are streams all the same', async () => {
    const world = createWorld({
      script,
      faults: [fault.cutAfterEvents(4, { on: 'stream', how: 'reset', times: Infinity })],
    })
    const run = world.run()
    const transports = new Set<string | null>()
    const { ended } = watch(run)
    await world.settle()
    const { live } = world.client.follow.task(await run.id)
    live.subscribe(({ connection }) => void transports.add(connection.transport))
    expect(await world.drive(ended)).toBe('quietly')
    expect(await run.result).toMatchObject(whole)
    expect(transports).toEqual(new Set([null, 'stream']))
  })
})

describe('gzip', () => {
  /** Compresses a body, and flushes after each piece of it. */
  function flushed(answer: Response): Response {
    const gzip = createGzip()
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        gzip.on('data', (bytes: Uint8Array) => controller.enqueue(new Uint8Array(bytes)))
        gzip.on('end', () => controller.close())
        for await (const piece of answer.body ?? []) {
          await new Promise<void>((resolve) => {
            gzip.write(piece)
            gzip.flush(constants.Z_SYNC_FLUSH, resolve)
          })
        }
        gzip.end()
      },
    })
    const headers = new Headers(answer.headers)
    headers.set('content-encoding', 'x-gzip')
    return new Response(body, { status: answer.status, headers })
  }

  async function followed(
    server: Simulator,
    handler: (request: Request) => Promise<Response>,
  ): Promise<ReturnType<ReturnType<typeof createClient>['follow']['task']>> {
    const host = await serveNode(handler)
    const client = createClient({
      baseUrl: host.url,
      clock: createManualClock(),
      publish: 'sync',
      resumeStorage: null,
    })
    cleanups.push(
      () => host.kill(),
      () => client.close(),
    )
    const answer = await server(`${API}/apps/run`, { method: 'POST', body: JSON.stringify(config) })
    const body = JSON.parse(await answer.text()) as { readonly data: { readonly id: string } }
    const follower = client.follow.task(body.data.id)
    cleanups.push(follower.live.subscribe(() => {}))
    return follower
  }

  it('what is compressed and flushed is there within 100 ms', async () => {
    const clock = createManualClock()
    const server = createSimulator({ script, clock })
    const follower = await followed(server, async (request) => {
      const answer = await server(request)
      return request.url.endsWith('/stream') ? flushed(answer) : answer
    })
    await until(follower.live, ({ task }) => task.status === 'running')
    const delaysMs: number[] = []
    for (const [index] of logs.entries()) {
      await clock.advance(10_000)
      const sentAtMs = performance.now()
      await until(follower.live, ({ task }) => task.logs.lines.length === index + 1)
      delaysMs.push(performance.now() - sentAtMs)
    }
    // The middle one, since a busy machine may be late at times.
    expect(delaysMs.toSorted((a, b) => a - b)[6]).toBeLessThan(100)
    expect(server.counters.streamsOpened).toBe(1)
  })

  it('what is compressed and not flushed is late, but whole', async () => {
    const clock = createManualClock()
    const server = createSimulator({ script, clock, faults: [fault.gzip({ on: 'stream' })] })
    const follower = await followed(server, server)
    await until(follower.live, ({ connection: { state } }) => state === 'live')
    await clock.advance(121_000)
    const { task } = await until(follower.live, ({ connection: { state } }) => state === 'closed')
    expect({ status: task.status, output: task.output, logs: [...task.logs.lines] }).toEqual(whole)
    expect(server.counters.streamsOpened).toBe(1)
  })
})
