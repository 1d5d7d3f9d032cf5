import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createClient } from '../src/store/client.ts'
import type { ClientOptions } from '../src/store/client-options.ts'
import { fault } from '../src/testing/faults.ts'
import { serveNode } from '../src/testing/serve-node.ts'
import { taskScript } from '../src/testing/task-script.ts'
import { utf8 } from './bytes.ts'
import { createScriptedTask } from './scripted-task.ts'
import { until } from './until.ts'
import { API, createWorld, watch, type World } from './world.ts'

const endless = taskScript.endless({ everyMs: 1000 })

interface Race {
  /** Milliseconds from the start to the moment at which it is left. */
  readonly atMs: number
  readonly world: () => World
  /** The state of the line at that moment. */
  readonly state: string
}

const open = (): World => createWorld({ script: endless })
const races: Readonly<Record<string, Race>> = {
  'before anything was sent': { atMs: 0, world: open, state: 'idle' },
  'while the run is on its way': {
    atMs: 50,
    world: () => createWorld({ script: endless, latencyMs: 100 }),
    state: 'idle',
  },
  'while the stream is opened': {
    atMs: 150,
    world: () => createWorld({ script: endless, latencyMs: 100 }),
    state: 'connecting',
  },
  'while the present is asked for': {
    atMs: 50,
    world: () => createWorld({ script: endless, faults: [fault.slowHeaders(100, { on: 'task' })] }),
    state: 'live',
  },
  'while it is open': { atMs: 1500, world: open, state: 'live' },
  'while a message comes in pieces': {
    atMs: 1500,
    world: () =>
      createWorld({ script: endless, faults: [fault.drip({ on: 'stream', bytes: 1, everyMs: 10 })] }),
    state: 'live',
  },
  'while it is stalled': {
    atMs: 30_000,
    world: () =>
      createWorld(
        { script: endless, faults: [fault.stall({ on: 'stream', afterEvents: 3, times: Infinity })] },
        { transport: 'stream' },
      ),
    state: 'stalled',
  },
  'while it waits for the next attempt': {
    atMs: 1000,
    world: () =>
      createWorld({
        script: endless,
        faults: [fault.refuse({ on: 'stream', status: 503, retryAfterSeconds: 60 })],
      }),
    state: 'reconnecting',
  },
  'while it asks instead of listening': {
    atMs: 5000,
    world: () => createWorld({ script: endless }, { transport: 'polling' }),
    state: 'polling',
  },
}

const ways: Readonly<
  Record<string, (parts: { world: World; stop: AbortController; leave: () => void }) => void>
> = {
  'client.close': ({ world }) => world.client.close(),
  'run.disconnect': ({ leave }) => leave(),
  'its signal': ({ stop }) => stop.abort(),
}

describe('close-races', () => {
  describe.each(Object.entries(ways))('by %s', (way, close) => {
    it.each(Object.entries(races))(
      '%s: nothing is asked, heard, timed or held after it',
      async (_when, race) => {
        const world = race.world()
        const stop = new AbortController()
        const run = world.run({ signal: stop.signal })
        const { updates, ended } = watch(run)
        if (race.atMs > 0) {
          await world.clock.advance(race.atMs)
          const [item] = world.client.follow.list.getState()
          expect(item?.view.connection.state ?? 'idle').toBe(race.state)
        }
        // Whoever only leaves wants the run all the same: it is sent, and nothing else.
        const counts = (): readonly number[] => {
          const { run: runs, ...others } = world.server.counters.requests
          const asked = Object.values(others).reduce((sum, count) => sum + count, 0)
          return [updates.length, asked, way === 'run.disconnect' ? 0 : runs]
        }
        const before = counts()
        close({ world, stop, leave: () => run.disconnect() })
        await world.clock.advance(600_000)
        expect(counts()).toEqual(before)
        expect([world.server.counters.openStreams, world.clock.pendingCount]).toEqual([0, 0])
        expect(await ended).toEqual(
          way === 'its signal' ? expect.objectContaining({ code: 'aborted' }) : 'quietly',
        )
      },
    )
  })

  it('inside the handler of a message, those that came with it are not told any more', async () => {
    const server = createScriptedTask({
      streams: [
        ['running', 'uploading', 'completed']
          .map((status) => `data: {"id":"t1","status":"${status}"}\n\n`)
          .join(''),
      ],
      staysOpen: true,
    })
    const world = createWorld({}, { fetch: server })
    const follower = world.client.follow.task('t1')
    const told: string[] = []
    follower.observe(({ status }) => {
      told.push(status)
      if (status === 'uploading') world.client.close()
    })
    follower.live.subscribe(() => {})
    await world.clock.advance(60_000)
    expect(told).toEqual(['running', 'uploading'])
    expect([server.asked.length, world.clock.pendingCount]).toEqual([2, 0])
  })

  it('with a signal that is aborted already, nothing is sent at all', async () => {
    const world = open()
    const run = world.run({ signal: AbortSignal.abort() })
    await expect(run.result).rejects.toMatchObject({ code: 'aborted' })
    await world.clock.advance(60_000)
    expect([world.server.requests.length, world.clock.pendingCount]).toEqual([0, 0])
  })
})

describe('many-watchers', () => {
  it('L11: fifty who watch the same task share one line, and the last one to leave ends it', async () => {
    const world = createWorld({ script: endless })
    const id = await world.startElsewhere()
    const leave = Array.from({ length: 50 }, () => world.client.follow.task(id).store.subscribe(() => {}))
    await world.clock.advance(2000)
    expect(world.server.counters).toMatchObject({ streamsOpened: 1, openStreams: 1 })
    for (const stop of leave.slice(1)) stop()
    await world.clock.advance(60_000)
    expect(world.server.counters.openStreams).toBe(1)
    leave[0]?.()
    await world.clock.advance(60_000)
    expect(world.server.counters).toMatchObject({ streamsOpened: 1, openStreams: 0 })
  })
})

/** The garbage collector, where this runtime lets itself be asked for it. */
function findCollector(): (() => void) | null {
  try {
    setFlagsFromString('--expose-gc')
    return runInNewContext('() => gc()') as () => void
  } catch {
    return null
  }
}

describe('leak', () => {
  const collect = findCollector()
  const streamOf = (request: Request): Response => {
    if (!request.url.endsWith('/stream')) return Response.json({ id: 't1', status: 'running' })
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(utf8('data: {"id":"t1","status":"running"}\n\n')),
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }

  /** Follows a task until its stream is open, and lets go of everything. */
  async function cycle(options: ClientOptions): Promise<void> {
    const client = createClient({ publish: 'sync', resumeStorage: null, ...options })
    await until(client.follow.task('t1').live, ({ connection }) => connection.state === 'live')
    client.close()
  }

  it(
    'R9: a thousand connections over HTTP, opened and closed, leave no socket and no listener',
    { timeout: 60_000 },
    async () => {
      const warnings: Error[] = []
      const hear = (warning: Error): void => void warnings.push(warning)
      process.on('warning', hear)
      let openCount = 0
      const closed: (() => void)[] = []
      const host = await serveNode(async (request) => {
        if (request.url.endsWith('/stream')) openCount++
        request.signal.addEventListener('abort', () => {
          if (!request.url.endsWith('/stream')) return
          openCount--
          for (const look of closed.splice(0)) look()
        })
        return streamOf(request)
      })
      const noneOpen = async (): Promise<void> => {
        if (openCount === 0) return
        await new Promise<void>((resolve) => void closed.push(resolve))
        await noneOpen()
      }
      const cycles = async (count: number): Promise<number> => {
        for (let round = 0; round < count; round++) await cycle({ baseUrl: host.url })
        await noneOpen()
        return host.openSockets
      }
      // Those that are left are the runtime's own, idle and ready for the next request.
      const idleCount = await cycles(100)
      expect(await cycles(1000)).toBeLessThanOrEqual(Math.max(idleCount, 8))
      await host.close()
      process.off('warning', hear)
      expect(warnings).toEqual([])
    },
  )

  it.skipIf(collect === null)(
    'R9: a thousand clients, opened and closed, leave a MiB at most in memory',
    { timeout: 60_000 },
    async () => {
      const heapBytes = async (): Promise<number> => {
        for (let turn = 0; turn < 10; turn++) {
          await new Promise((resolve) => void setImmediate(resolve))
          collect?.()
        }
        return process.memoryUsage().heapUsed
      }
      const growths: number[] = []
      for (let batch = 0; batch < 4; batch++) {
        const before = await heapBytes()
        for (let round = 0; round < 1000; round++) {
          await cycle({ baseUrl: API, fetch: async (request) => streamOf(request) })
        }
        growths.push((await heapBytes()) - before)
      }
      // The least of them: what a runtime compiles and caches comes once, and a leak every time.
      expect(Math.min(...growths)).toBeLessThanOrEqual(1024 * 1024)
    },
  )
})

describe('retry-zero', () => {
  it.each([
    ['nothing', 'retry: 0\n\n'],
    ['something', 'retry: 0\ndata: {"id":"t1","status":"running"}\n\n'],
  ])(
    'R7: a server that asks for no pause, says %s and ends, is asked thirty times in 1.5 s at most',
    async (_what, text) => {
      for (const transport of ['auto', 'stream'] as const) {
        const server = createScriptedTask({ streams: [text] })
        const world = createWorld({}, { fetch: server, transport })
        world.client.follow.task('t1').live.subscribe(() => {})
        for (let since = 0; since < 60_000; since += 1500) {
          const before = server.asked.length
          await world.clock.advance(1500)
          expect(server.asked.length - before).toBeLessThanOrEqual(30)
        }
      }
    },
  )
})

describe('thundering-herd', () => {
  it.each([1, 2, 3])(
    'a hundred clients that are cut at once come back spread: no tenth of a second has more than a quarter (%i)',
    async (turn) => {
      const world = createWorld({ script: endless, seed: turn })
      const id = await world.startElsewhere()
      const clients = Array.from({ length: 100 }, () => world.connect())
      for (const client of clients) client.follow.task(id).live.subscribe(() => {})
      await world.clock.advance(1000 * turn)
      expect(world.server.counters.openStreams).toBe(100)
      const before = world.server.requests.length
      const cutAtMs = world.clock.now()
      world.server.restart()
      await world.clock.advance(40_000)
      const back = world.server.requests.slice(before).filter(({ route }) => route === 'stream')
      const buckets = new Map<number, number>()
      for (const { atMs } of back) {
        const bucket = Math.floor((atMs - cutAtMs) / 100)
        buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
      }
      expect(back).toHaveLength(100)
      expect(Math.max(...buckets.values())).toBeLessThanOrEqual(25)
      for (const client of clients) client.close()
    },
  )
})
