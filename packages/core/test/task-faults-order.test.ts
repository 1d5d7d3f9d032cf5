import { describe, expect, it } from 'vitest'
import { liveStatusCodes, taskStatuses } from '../src/protocol/task-status.ts'
import type { ClientOptions } from '../src/store/client-options.ts'
import type { Task } from '../src/state/task.ts'
import { fault, type Fault } from '../src/testing/faults.ts'
import type { TaskScript } from '../src/testing/script.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'
import { taskScript } from '../src/testing/task-script.ts'
import { createScriptedTask, ndjson } from './scripted-task.ts'
import { createWorld, linesOf, statusesOf, watch, type World } from './world.ts'

const output = { text: 'a fox' }
const logs = ['line 1', 'line 2', 'line 3', 'line 4', 'line 5']
const script: TaskScript = [
  { atMs: 0, set: { status: 'received' } },
  { atMs: 500, set: { status: 'queued' }, logs: ['line 1'] },
  { atMs: 1000, set: { status: 'running' }, logs: ['line 2'] },
  { atMs: 1500, set: { progress: 0.25 } },
  { atMs: 2000, set: { progress: 0.5 }, logs: ['line 3'] },
  { atMs: 2500, set: { progress: 0.75 }, logs: ['line 4'] },
  { atMs: 3000, set: { status: 'uploading', progress: 1 } },
  { atMs: 3500, set: { status: 'completed', output }, logs: ['line 5'] },
]
const whole = { status: 'completed', output, logs }
const allCounts = script.map((_, index) => index + 1)

interface Told {
  readonly task: Pick<Task, 'status' | 'output' | 'logs'>
  readonly lines: readonly string[]
  readonly statusWentBack: boolean
  readonly progressWentBack: boolean
  readonly world: World
}

/** Follows a task of `server` to its end. */
async function follow(
  server: SimulatorOptions,
  client: ClientOptions = {},
  faults: readonly Fault[] = [],
): Promise<Told> {
  const world = createWorld({ script, ...server, faults }, client)
  const run = world.client.tasks.stream(await world.startElsewhere())
  const { updates, ended } = watch(run)
  expect(await world.drive(ended)).toBe('quietly')
  const { status, output, logs } = await run.result
  const order = statusesOf(updates).map((status) => taskStatuses.findIndex((known) => known === status))
  const shares = updates.flatMap(({ task }) => task.progress?.value ?? [])
  const falls = (list: readonly number[]): boolean =>
    list.some((value, index) => value < (list[index - 1] ?? 0))
  return {
    task: { status, output, logs },
    lines: linesOf(updates),
    statusWentBack: falls(order),
    progressWentBack: falls(shares),
    world,
  }
}

/** Servers that number their events, and how a client comes back to them. */
const numbered: readonly (readonly [name: string, server: SimulatorOptions, client: ClientOptions])[] = [
  ['ids, continued from where they show no hole', { resume: 'cursor' }, {}],
  ['ids alone', { resume: 'cursor' }, { resumeMode: 'cursor' }],
  ['opaque ids', { resume: 'cursor', resumeIds: 'opaque' }, { resumeMode: 'cursor' }],
  ['a replay', { resume: 'replay' }, { resumeMode: 'replay' }],
]

describe('duplicate-replay', () => {
  it.each(numbered)(
    'L4: %s: what comes again after a cut at any place is applied once',
    async (_name, server, client) => {
      for (const count of allCounts) {
        for (const how of ['eof', 'reset'] as const) {
          const told = await follow(server, client, [fault.cutAfterEvents(count, { on: 'stream', how })])
          expect([count, how, told.task, told.lines]).toEqual([count, how, whole, logs])
        }
      }
    },
  )

  // Not among them: a replay, whose events are counted here, so that one that comes twice is another one.
  it.each(numbered.slice(0, 3))(
    'L4: %s: what is said twice in one connection is applied once',
    async (_name, server, client) => {
      for (const line of allCounts) {
        const told = await follow(server, client, [fault.duplicate({ on: 'stream', line, count: 3 })])
        expect([line, told.task, told.lines]).toEqual([line, whole, logs])
      }
    },
  )

  it('L4: a server that goes back k events, from one to all, before the last one heard', async () => {
    for (const back of allCounts) {
      const cutAt = 6
      const world: World = createWorld(
        { script, resume: 'cursor', faults: [fault.cutAfterEvents(cutAt, { on: 'stream', how: 'reset' })] },
        {
          async fetch(request) {
            const id = Number(request.headers.get('last-event-id') ?? 0)
            const headers = new Headers(request.headers)
            if (id > back) headers.set('last-event-id', String(id - back))
            else headers.delete('last-event-id')
            return await world.server(new Request(request, { headers }), { signal: request.signal })
          },
        },
      )
      const run = world.run()
      const { updates, ended } = watch(run)
      expect(await world.drive(ended)).toBe('quietly')
      expect([back, await run.result, linesOf(updates)]).toMatchObject([back, whole, logs])
      expect(world.server.counters.streamsOpened).toBe(2)
    }
  })
})

/** Servers whose ids are a count, so that a hole and a late event can be seen. */
const counted = numbered.slice(0, 2)

describe('reorder', () => {
  const places = allCounts.flatMap((line) => [1, 2, 3].map((by) => [line, by] as const))

  it.each<[string, SimulatorOptions, ClientOptions]>([
    ['the reference dialect', {}, {}],
    ['the live dialect', { dialect: 'live' }, { statusCodes: liveStatusCodes }],
    ...numbered.map(([name, server, client]): [string, SimulatorOptions, ClientOptions] => [
      name,
      server,
      client,
    ]),
  ])(
    'L7: %s: swapped over one to three events, the status never goes back, and the end is the same',
    async (_name, server, client) => {
      for (const [line, by] of places) {
        const told = await follow(server, client, [fault.reorder({ on: 'stream', line, by })])
        const { status, output } = told.task
        expect([line, by, told.statusWentBack, status, output]).toEqual([
          line,
          by,
          false,
          'completed',
          whole.output,
        ])
      }
    },
  )

  it.each(counted)(
    'L4, L5: %s: swapped over one to three events, progress never goes back, and each line is there once',
    async (_name, server, client) => {
      for (const [line, by] of places) {
        const told = await follow(server, client, [fault.reorder({ on: 'stream', line, by })])
        expect([line, by, told.progressWentBack, told.lines.toSorted()]).toEqual([line, by, false, logs])
      }
    },
  )
})

describe('gap', () => {
  const gaps = allCounts.flatMap((line) => [1, 2, 3].map((count) => ({ line, count })))

  it.each(counted)(
    'L5: %s: events that are missing from a count are found at the next one, and made good in order',
    async (_name, server, client) => {
      for (const { line, count } of gaps.filter((gap) => gap.line > 3)) {
        const told = await follow(server, client, [fault.gap({ on: 'stream', line, count })])
        expect([line, count, told.task, told.lines]).toEqual([line, count, whole, logs])
      }
    },
  )

  it.each(counted)(
    'L5: %s: events that are missing before it was known for a count are made good at the end at the latest',
    async (_name, server, client) => {
      for (const { line, count } of gaps.filter((gap) => gap.line === 2 || gap.line === 3)) {
        const told = await follow(server, client, [fault.gap({ on: 'stream', line, count })])
        expect([line, count, told.lines.toSorted()]).toEqual([line, count, logs])
      }
    },
  )
})

describe('epoch-change', () => {
  const restarts = [600, 1100, 1600, 2100, 2600, 3100]

  // Not among them: numbers alone, where a server that takes an old id for one of its new ones cannot be found out.
  it.each(numbered.filter(([name]) => name !== 'ids alone'))(
    '%s: a server that begins to count anew is found out, and the task is read anew',
    async (_name, server, client) => {
      for (const atMs of restarts) {
        const world = createWorld({ script, ...server }, client)
        const run = world.run()
        const { updates, ended } = watch(run)
        await world.clock.advance(atMs)
        const askedBefore = world.server.counters.requests.task
        world.server.restart()
        expect(await world.drive(ended)).toBe('quietly')
        expect([atMs, await run.result, linesOf(updates)]).toMatchObject([atMs, whole, logs])
        // Once to read it anew, and once at the end, where what a list of lines begins with was a guess.
        expect(world.server.counters.requests.task - askedBefore).toBeLessThanOrEqual(2)
      }
    },
  )

  it('a server that has said as much again before anybody came back is found out at the end at the latest', async () => {
    const world = createWorld({
      script,
      resume: 'cursor',
      faults: [fault.refuse({ on: 'stream', status: 503, nth: 2, retryAfterSeconds: 2 })],
    })
    const run = world.run()
    const { updates, ended } = watch(run)
    await world.clock.advance(1000)
    world.server.restart()
    expect(await world.drive(ended)).toBe('quietly')
    expect(await run.result).toMatchObject({ status: 'completed', output })
    expect(linesOf(updates).toSorted()).toEqual(logs)
  })
})

describe('unknown-id', () => {
  it.each([409, 410, 412] as const)(
    '%i to an id is answered by one look at the task, and the line goes on',
    async (unknownId) => {
      const world = createWorld({ script, resume: 'cursor', unknownId })
      const run = world.run()
      const { updates, ended } = watch(run)
      await world.clock.advance(2600)
      const askedBefore = world.server.counters.requests.task
      world.server.restart()
      expect(await world.drive(ended)).toBe('quietly')
      expect(await run.result).toMatchObject(whole)
      expect(linesOf(updates)).toEqual(logs)
      const streams = world.server.requests.filter(({ route }) => route === 'stream')
      expect(streams.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '6', undefined])
      expect(world.server.counters.requests.task - askedBefore).toBe(1)
    },
  )
})

describe('terminal-then-more', () => {
  it.each<[string, Fault]>([
    ['a delta and an older status', fault.deltaAfterEnd({ on: 'stream' })],
    ['an older whole', fault.staleSnapshot({ on: 'stream', line: allCounts.length })],
  ])('L7: %s after the end changes nothing, and the stream is closed', async (_what, wrong) => {
    for (const dialect of ['reference', 'live'] as const) {
      const told = await follow(
        { dialect, closeAfterTerminal: false },
        dialect === 'live' ? { statusCodes: liveStatusCodes } : {},
        [wrong],
      )
      expect([told.task, told.lines]).toEqual([whole, logs])
      await told.world.settle()
      expect(told.world.server.counters.openStreams).toBe(0)
    }
  })
})

describe('no-terminal', () => {
  it('R7: a server that ends each stream is asked twelve times in ten seconds at most, and the task is never said to have ended', async () => {
    const server = createScriptedTask({ streams: [ndjson({ id: 't1', status: 'running' })] })
    const world = createWorld({}, { fetch: server })
    const follower = world.client.follow.task('t1')
    const statuses = new Set<string>()
    follower.live.subscribe(({ task }) => void statuses.add(task.status))
    const counts: number[] = []
    for (let second = 0; second < 60; second++) {
      const before = server.asked.length
      await world.clock.advance(1000)
      counts.push(server.asked.length - before)
    }
    for (let second = 0; second + 10 <= counts.length; second++) {
      const inTen = counts.slice(second, second + 10).reduce((sum, count) => sum + count, 0)
      expect([second, inTen <= 12 ? 'few' : inTen]).toEqual([second, 'few'])
    }
    expect(statuses).toEqual(new Set(['idle', 'running']))
  })

  it('R7: a line that is given up says so, and can be asked for again', async () => {
    const server = createScriptedTask({ streams: [ndjson({ id: 't1', status: 'running' })] })
    const world = createWorld({}, { fetch: server, transport: 'stream', maxRetries: 5 })
    const follower = world.client.follow.task('t1')
    follower.live.subscribe(() => {})
    await world.clock.advance(600_000)
    expect(follower.live.getState()).toMatchObject({
      task: { status: 'running' },
      connection: { state: 'closed', error: { code: 'truncated', retryable: true } },
    })
    const before = server.asked.length
    await world.clock.advance(600_000)
    expect(server.asked.length).toBe(before)
    follower.reconnect()
    await world.settle()
    expect(server.asked.length).toBeGreaterThan(before)
    expect(await world.client.tasks.get('t1')).toMatchObject({ status: 'running' })
  })
})

describe('double-terminal', () => {
  const done = { id: 't1', status: 'completed', output }
  it.each<[string, unknown]>([
    ['completed', done],
    ['failed', { id: 't1', status: 'failed', error: 'too late' }],
    ['cancelled', { id: 't1', status: 'cancelled' }],
  ])('L7: completed, then %s: the first word counts, and everybody is told once', async (_then, second) => {
    const server = createScriptedTask({
      streams: [ndjson({ id: 't1', status: 'running' }, done, second)],
      staysOpen: true,
    })
    const world = createWorld({}, { fetch: server })
    const settled: string[] = []
    world.client.onSettled(({ status }) => void settled.push(status))
    const run = world.client.tasks.stream('t1')
    const { updates, ended } = watch(run)
    expect(await world.drive(ended)).toBe('quietly')
    expect(await run.result).toMatchObject({ status: 'completed', output, error: null })
    expect(settled).toEqual(['completed'])
    expect(updates.filter(({ status }) => status === 'completed')).toHaveLength(1)
    expect(statusesOf(updates).at(-1)).toBe('completed')
  })
})

describe('stop-vs-cut', () => {
  const endless = taskScript.endless({ everyMs: 1000 })

  it('a cancel while the line is being opened again is sent once, wins, and nothing is asked after the end', async () => {
    const world = createWorld({
      script: endless,
      faults: [
        fault.cutAfterEvents(5, { on: 'stream', how: 'reset' }),
        fault.refuse({ on: 'stream', status: 503, nth: 2, times: 3 }),
      ],
    })
    const run = world.run()
    const { updates, ended } = watch(run)
    await world.clock.advance(1000)
    expect(world.server.counters.openStreams).toBe(0)
    await world.drive(run.cancel())
    expect(updates.at(-1)?.status ?? 'cancelling').toBe('cancelling')
    expect(await world.drive(ended)).toBe('quietly')
    await expect(run.result).rejects.toMatchObject({ code: 'task-cancelled' })
    const count = world.server.requests.length
    await world.clock.advance(600_000)
    expect([world.server.counters.cancels, world.server.requests.length - count]).toEqual([1, 0])
  })

  it.each([1, 100, 499, 501])(
    'a cut %i ms after the cancel loses neither the cancel nor the end',
    async (afterMs) => {
      const world = createWorld({ script: endless })
      const run = world.run()
      const { ended } = watch(run)
      await world.clock.advance(2000)
      await world.drive(run.cancel())
      await world.clock.advance(afterMs)
      world.server.restart()
      expect(await world.drive(ended)).toBe('quietly')
      await expect(run.result).rejects.toMatchObject({ code: 'task-cancelled' })
      const count = world.server.requests.length
      await world.clock.advance(600_000)
      expect([world.server.counters.cancels, world.server.requests.length - count]).toEqual([1, 0])
    },
  )
})
