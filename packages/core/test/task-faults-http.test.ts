import { afterEach, describe, expect, it } from 'vitest'
import { createClient, type Client } from '../src/store/client.ts'
import type { ClientOptions } from '../src/store/client-options.ts'
import { fault, type Fault } from '../src/testing/faults.ts'
import type { RouteName } from '../src/testing/route-table.ts'
import type { TaskScript } from '../src/testing/script.ts'
import { serveNode } from '../src/testing/serve-node.ts'
import { createSimulator } from '../src/testing/simulator.ts'
import { createWorldAround } from './world-around.ts'
import { config, createWorld, watch, type World } from './world.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const output = { text: 'a fox' }
const script: TaskScript = [
  { atMs: 0, set: { status: 'running', partialOutput: { text: 'a' } }, logs: ['one'] },
  { atMs: 60_000, set: { status: 'completed', output }, logs: ['two'] },
]

function requestsOf(world: World, route: RouteName): readonly { readonly atMs: number }[] {
  return world.server.requests.filter((request) => request.route === route)
}

/** Milliseconds between each request for the stream and the next one. */
function pausesOf(world: World): readonly number[] {
  const at = requestsOf(world, 'stream').map(({ atMs }) => atMs)
  return at.slice(1).map((atMs, index) => atMs - (at[index] ?? 0))
}

describe('5xx-burst', () => {
  const burst = [500, 502, 503, 504, 500]

  it('is weathered by pauses that grow, by chance, within their bounds; what is known stays', async () => {
    const world = createWorld({
      script,
      faults: [
        fault.cutAfterEvents(1, { on: 'stream', how: 'reset' }),
        ...burst.map((status, index) => fault.refuse({ on: 'stream', nth: index + 2, status })),
      ],
    })
    const { updates, ended } = watch(world.run())
    expect(await world.drive(ended)).toBe('quietly')
    const pauses = pausesOf(world)
    expect(pauses).toHaveLength(burst.length + 1)
    for (const [index, pauseMs] of pauses.slice(1).entries()) {
      expect(pauseMs).toBeGreaterThanOrEqual(100)
      expect(pauseMs).toBeLessThanOrEqual(Math.min(30_000, 1000 * 2 ** (index + 1)))
    }
    expect(Math.max(...pauses)).toBeGreaterThan(1000)
    expect(new Set(pauses).size).toBe(pauses.length)
    const known = updates.slice(updates.findIndex(({ task }) => task.logs.includes('one')))
    expect(known.every(({ task }) => task.logs.includes('one') && task.status !== 'failed')).toBe(true)
    expect(known.slice(0, -1).every(({ task }) => task.partialOutput !== null)).toBe(true)
    expect(updates.at(-1)?.task).toMatchObject({ status: 'completed', output, logs: ['one', 'two'] })
  })

  it('that is longer than the budget ends in an error that can be tried again, never in a failed task', async () => {
    const world = createWorld(
      { script, faults: [fault.refuse({ on: 'stream', status: 503, times: Infinity })] },
      { maxRetries: 5 },
    )
    const run = world.run()
    await expect(world.drive(run.result)).rejects.toMatchObject({
      code: 'http',
      status: 503,
      retryable: true,
    })
    expect(requestsOf(world, 'stream')).toHaveLength(6)
  })
})

describe('4xx-fatal', () => {
  const refused: readonly (readonly [status: number, code: string])[] = [
    [400, 'invalid-request'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [410, 'gone'],
    [422, 'unprocessable'],
  ]

  it.each(refused)(
    '%i to a run is told at once, with the words of the server, and sent once',
    async (status, code) => {
      const detail = `no, because ${status}`
      const world = createWorld({ faults: [fault.refuse({ on: 'run', status, detail, times: Infinity })] })
      await expect(world.drive(world.client.run(config))).rejects.toMatchObject({
        code,
        status,
        retryable: false,
        detail,
      })
      expect(world.server.requests).toHaveLength(1)
    },
  )

  it.each(refused)(
    '%i to a task and its stream ends the line, one request of each kind at most',
    async (status, code) => {
      const world = createWorld({
        script,
        faults: (['stream', 'task'] as const).map((on) => fault.refuse({ on, status, times: Infinity })),
      })
      const run = world.run()
      await expect(world.drive(run.result)).rejects.toMatchObject({ code, status, retryable: false })
      await world.clock.advance(60_000)
      expect(requestsOf(world, 'stream').length).toBe(1)
      expect(requestsOf(world, 'task').length).toBeLessThanOrEqual(1)
    },
  )

  it.each([404, 405, 410, 501])(
    '%i to a stream alone is asked for once in a while: the task is followed by asking',
    async (status) => {
      const world = createWorld({ script, faults: [fault.refuse({ on: 'stream', status, times: Infinity })] })
      const run = world.client.run(config)
      await world.clock.advance(30_000)
      expect(requestsOf(world, 'stream')).toHaveLength(1)
      expect(await world.drive(run)).toMatchObject({ status: 'completed', output })
      expect(requestsOf(world, 'stream').length).toBeLessThanOrEqual(2)
    },
  )

  it('keeps a short piece of a long body only', async () => {
    const body = `<html>${'x'.repeat(1024 * 1024)}</html>`
    const world = createWorld({ faults: [fault.refuse({ on: 'run', status: 422, body })] })
    const error: unknown = await world.drive(world.client.run(config)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'unprocessable', status: 422 })
    expect(String(error).length).toBeLessThan(1000)
  })
})

describe('204', () => {
  it.each([
    ['first', []],
    ['after a cut', [fault.cutAfterEvents(1, { on: 'stream', how: 'reset' })]],
  ] as readonly [string, readonly Fault[]][])(
    'that is answered %s is asked for once, and is no error: the task is followed by asking',
    async (_when, before) => {
      const world = createWorld({
        script,
        faults: [
          ...before,
          fault.refuse({ on: 'stream', status: 204, nth: before.length + 1, times: Infinity, body: null }),
        ],
      })
      const run = world.run()
      const { ended } = watch(run)
      await world.clock.advance(5000)
      expect(requestsOf(world, 'stream')).toHaveLength(before.length + 1)
      expect(await world.drive(ended)).toBe('quietly')
      expect(await run.result).toMatchObject({ status: 'completed', output })
    },
  )
})

describe('429-retry-after', () => {
  const tenYearsS = 315_360_000
  it.each<[string, { retryAfterSeconds: number; retryAfterAs?: 'seconds' | 'date' }, number]>([
    ['in seconds', { retryAfterSeconds: 7 }, 7000],
    ['as a date', { retryAfterSeconds: 7, retryAfterAs: 'date' }, 7000],
    ['that has passed', { retryAfterSeconds: -3600, retryAfterAs: 'date' }, 0],
    ['in ten years', { retryAfterSeconds: tenYearsS }, 3_600_000],
    ['as a date in ten years', { retryAfterSeconds: tenYearsS, retryAfterAs: 'date' }, 3_600_000],
  ])('a wait %s is kept, at most an hour, and can be seen', async (_how, wait, waitMs) => {
    const world = createWorld({ script, faults: [fault.refuse({ on: 'stream', status: 429, ...wait })] })
    const follower = world.client.follow.task(await world.startElsewhere())
    follower.live.subscribe(() => {})
    await world.settle()
    const { connection } = follower.live.getState()
    expect(connection).toMatchObject({ state: 'reconnecting', error: { code: 'rate-limited' } })
    const shownMs = (connection.nextRetryAt ?? 0) - world.clock.now()
    await world.clock.advance(waitMs + 1600)
    const [pauseMs] = pausesOf(world)
    expect(pauseMs).toBe(shownMs)
    expect(pauseMs).toBeGreaterThanOrEqual(waitMs)
    expect(pauseMs).toBeLessThanOrEqual(waitMs + 1600)
  })
})

describe('401-refresh', () => {
  it('R8: ten streams that are refused at once share one refresh, and go on by id with the new token', async () => {
    const around = createWorldAround()
    let valid = 'token-1'
    let held = 'token-1'
    let forced = 0
    const streams: string[] = []
    const world: World = createWorld(
      { script, resume: 'cursor' },
      {
        resumeMode: 'cursor',
        surroundings: around,
        async getToken({ forceRefresh }) {
          if (!forceRefresh) return held
          forced++
          await new Promise<void>((resolve) => void world.clock.after(100, resolve))
          return (held = valid)
        },
        async fetch(request) {
          const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? ''
          const id = request.headers.get('last-event-id')
          if (request.url.endsWith('/stream')) streams.push(`${token} after ${id}`)
          return token === valid ? await world.server(request) : new Response(null, { status: 401 })
        },
      },
    )
    const runs = Array.from({ length: 10 }, () => world.run())
    await world.clock.advance(1000)
    expect([forced, world.server.counters.openStreams]).toEqual([0, 10])
    valid = 'token-2'
    for (const say of ['offline', 'online'] as const) around.say(say)
    const tasks = await world.drive(Promise.all(runs.map(({ result }) => result)))
    expect(tasks.map(({ status, logs }) => [status, logs.length])).toEqual(tasks.map(() => ['completed', 2]))
    expect(forced).toBe(1)
    expect(streams).toEqual([
      ...runs.map(() => 'token-1 after null'),
      ...runs.map(() => 'token-1 after 1'),
      ...runs.map(() => 'token-2 after 1'),
    ])
  })

  it('R8: a second 401 after the refresh is a failure, and nothing is asked again', async () => {
    let asked = 0
    let forced = 0
    const world = createWorld(
      {},
      {
        getToken({ forceRefresh }) {
          if (forceRefresh) forced++
          return 'no good'
        },
        async fetch() {
          asked++
          return new Response(null, { status: 401 })
        },
      },
    )
    const follower = world.client.follow.task('t1')
    follower.live.subscribe(() => {})
    await world.clock.advance(60_000)
    expect(follower.live.getState().connection).toMatchObject({
      state: 'closed',
      error: { code: 'unauthorized', status: 401, retryable: false },
    })
    expect([asked, forced]).toEqual([2, 1])
  })
})

describe('redirect', () => {
  /** A client over real HTTP to a server that answers for streams what `redirect` says. */
  async function served(
    redirect: (url: URL) => Response | null,
    options: ClientOptions = {},
  ): Promise<{ client: Client; seen: Request[]; server: ReturnType<typeof createSimulator> }> {
    const seen: Request[] = []
    const quick = script.map((step) => ({ ...step, atMs: step.atMs / 1000 }))
    const server = createSimulator({ script: quick })
    const host = await serveNode(async (request) => {
      const url = new URL(request.url)
      seen.push(request)
      if (!url.pathname.includes('/stream')) return await server(request)
      const answer = redirect(url)
      if (answer !== null) return answer
      return await server(new Request(request.url.replace('/moved', ''), request), { signal: request.signal })
    })
    const client = createClient({ baseUrl: host.url, resumeStorage: null, ...options })
    cleanups.push(
      () => host.kill(),
      () => client.close(),
    )
    return { client, seen, server }
  }
  const to = (status: number, location: string | null): Response =>
    new Response(null, { status, headers: location === null ? {} : { location } })

  it.each([301, 302, 303, 307, 308])('%i is followed', async (status) => {
    const { client, seen } = await served((url) =>
      url.pathname.startsWith('/moved') ? null : to(status, `/moved${url.pathname}`),
    )
    expect(await client.run(config)).toMatchObject({ status: 'completed', output })
    expect(seen.filter(({ url }) => url.includes('/moved/'))).toHaveLength(1)
  })

  it('without a target is an error, and one request', async () => {
    const { client, seen } = await served(() => to(302, null))
    await expect(client.run(config)).rejects.toMatchObject({ code: 'http', status: 302, retryable: false })
    expect(seen.filter(({ url }) => url.includes('/stream'))).toHaveLength(1)
  })

  it('in a circle is an error, and 21 requests at most in one attempt', async () => {
    const { client, seen } = await served(({ pathname }) => to(302, pathname), { maxRetries: 0 })
    await expect(client.run(config)).rejects.toMatchObject({ code: 'network' })
    expect(seen.filter(({ url }) => url.includes('/stream')).length).toBeLessThanOrEqual(21)
  })

  it('to another origin does not take the key along', async () => {
    const keys: (string | null)[] = []
    const other = await serveNode(async (request) => {
      keys.push(request.headers.get('authorization'))
      return new Response('{"status":"completed"}\n', { headers: { 'content-type': 'application/x-ndjson' } })
    })
    cleanups.push(() => other.kill())
    const { client, seen } = await served((url) => to(307, other.url + url.pathname), {
      apiKey: 'inf_secret',
    })
    await client.run(config)
    expect(seen.every(({ headers }) => headers.get('authorization') === 'Bearer inf_secret')).toBe(true)
    expect(keys.length).toBeGreaterThan(0)
    expect(keys.every((key) => key === null)).toBe(true)
  })
})

describe('wrong-mime', () => {
  it.each([null, 'text/html', 'text/event-streamish', 'application/json'])(
    'what is declared as %s is an error of its own, of which nothing is read',
    async (type) => {
      const world = createWorld(
        { script, faults: [fault.wrongContentType(type, { on: 'stream', times: Infinity })] },
        { transport: 'stream', maxRetries: 2 },
      )
      const follower = world.client.follow.task(await world.startElsewhere())
      const statuses = new Set<string>()
      follower.live.subscribe(({ task }) => void statuses.add(task.status))
      await world.clock.advance(30_000)
      expect(follower.live.getState().connection).toMatchObject({
        state: 'closed',
        error: { code: 'wrong-content-type', status: 200 },
      })
      expect(statuses).toEqual(new Set(['idle']))
      expect(requestsOf(world, 'stream')).toHaveLength(3)
    },
  )

  it('a login page in place of the stream is asked around, and the task is followed by asking', async () => {
    const world = createWorld({ script, faults: [fault.html({ on: 'stream', times: Infinity })] })
    expect(await world.drive(world.client.run(config))).toMatchObject({ status: 'completed', output })
  })
})
