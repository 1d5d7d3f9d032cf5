import { describe, expect, it } from 'vitest'
import { browserSurroundings, type SurroundingsWorld } from '../src/store/browser-surroundings.ts'
import type { ClientOptions } from '../src/store/client-options.ts'
import type { Clock } from '../src/store/clock.ts'
import type { TaskFollower } from '../src/store/task-follower.ts'
import { fault } from '../src/testing/faults.ts'
import { createManualClock, type ManualClock } from '../src/testing/manual-clock.ts'
import type { TaskScript } from '../src/testing/script.ts'
import type { Simulator } from '../src/testing/simulator.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'
import { createWorldAround, type WorldAround } from './world-around.ts'
import { config, createWorld, linesOf, watch } from './world.ts'

const output = { text: 'a fox' }
/** Half an hour, a line in each half minute. */
const script: TaskScript = [
  { atMs: 0, set: { status: 'running' } },
  ...Array.from({ length: 60 }, (_, index) => ({
    atMs: (index + 1) * 30_000,
    set: { progress: { current: index + 1, total: 60 } },
    logs: [`line ${index + 1}`],
  })),
  { atMs: 1_810_000, set: { status: 'completed', output } },
]
const logs = Array.from({ length: 60 }, (_, index) => `line ${index + 1}`)
const whole = { status: 'completed', output, logs }

const servers: readonly (readonly [string, SimulatorOptions])[] = [
  ['a server that tells the present', {}],
  ['a server that resumes', { resume: 'cursor' }],
]

interface Followed {
  readonly clock: ManualClock
  readonly server: Simulator
  readonly around: WorldAround
  readonly follower: TaskFollower
  readonly states: readonly string[]
  streamsAtMs(): readonly number[]
}

/** `clock` as another machine has it: it runs alike, but nobody sets it. */
function elsewhere(clock: Clock): Clock {
  const startMs = clock.now()
  return { ...clock, now: () => startMs + clock.monotonic() }
}

/** A task that is followed for a while, with the world around in the test's hand. */
async function followed(
  serverOptions: SimulatorOptions,
  options: ClientOptions = {},
  forMs = 60_000,
): Promise<Followed> {
  const clock = createManualClock()
  const around = createWorldAround()
  const world = createWorld(
    { script, clock: elsewhere(clock), ...serverOptions },
    { clock, surroundings: around, ...options },
  )
  const { server } = world
  const follower = world.client.follow.task(await world.startElsewhere())
  const states: string[] = []
  follower.live.subscribe(({ connection }) => {
    if (connection.state !== states.at(-1)) states.push(connection.state)
  })
  await clock.advance(forMs)
  return {
    clock,
    server,
    around,
    follower,
    states,
    streamsAtMs: () => server.requests.filter(({ route }) => route === 'stream').map(({ atMs }) => atMs),
  }
}

/** Lets the task come to its end, and says what it became. */
async function ended({ clock, follower }: Followed): Promise<unknown> {
  await clock.advance(3_600_000)
  const { task, connection } = follower.live.getState()
  expect(connection).toMatchObject({ state: 'closed', error: null })
  return { status: task.status, output: task.output, logs: [...task.logs.lines] }
}

describe.each(servers)('offline-online › %s', (_name, server) => {
  it('R13: nothing is tried without a network, for however long, and at once when there is one', async () => {
    const cut = fault.cutAfterEvents(3, { on: 'stream', how: 'reset' })
    const all = await followed({ ...server, faults: [cut] }, {}, 59_000)
    all.around.say('offline')
    await all.clock.advance(1000)
    expect(all.states.at(-1)).toBe('offline')
    const before = all.server.requests.length
    await all.clock.advance(600_000)
    expect([all.server.requests.length, all.server.counters.openStreams]).toEqual([before, 0])
    const sinceMs = all.clock.now()
    all.around.say('online')
    await all.clock.advance(1000)
    expect(all.streamsAtMs()).toHaveLength(2)
    expect((all.streamsAtMs()[1] ?? 0) - sinceMs).toBeLessThan(1000)
    expect(await ended(all)).toEqual(whole)
  })

  it('R13: the same where requests fail before the network is said to be gone', async () => {
    const faults = [
      fault.cutAfterEvents(3, { on: 'stream', how: 'reset' }),
      fault.unreachable({ on: 'stream', nth: 2, times: 2 }),
    ]
    const all = await followed({ ...server, faults }, {}, 60_000)
    await all.clock.advance(1200)
    expect(all.states.at(-1)).toBe('reconnecting')
    all.around.say('offline')
    const before = all.server.requests.length
    await all.clock.advance(600_000)
    expect([all.server.requests.length, all.states.at(-1)]).toEqual([before, 'offline'])
    all.server.setFaults([])
    all.around.say('online')
    await all.clock.advance(1000)
    expect(all.states.at(-1)).toBe('live')
    expect(await ended(all)).toEqual(whole)
  })
})

describe.each(servers)('sleep-wake › %s', (_name, server) => {
  it.each([60_000, 600_000])(
    'R13: a machine that slept for %i ms and wakes to a dead line has caught up within two seconds',
    async (sleptMs) => {
      const clock = createManualClock()
      const page: SurroundingsWorld = new EventTarget()
      const world = createWorld(
        { script, heartbeatMs: 0, faults: [fault.stall({ on: 'stream', afterEvents: 3 })], ...server, clock },
        { clock, surroundings: browserSurroundings(clock, page) },
      )
      const follower = world.client.follow.task(await world.startElsewhere())
      follower.live.subscribe(() => {})
      // The third message is that of the first minute.
      await clock.advance(62_000)
      await clock.sleep(sleptMs)
      const wokenAtMs = clock.now()
      await clock.advance(2000)
      const streams = world.server.requests.filter(({ route }) => route === 'stream')
      expect(streams).toHaveLength(2)
      expect((streams[1]?.atMs ?? Infinity) - wokenAtMs).toBeLessThanOrEqual(2000)
      const { task, connection } = follower.live.getState()
      expect(connection).toMatchObject({ state: 'live', attempt: 0 })
      expect(task.logs.lines.length).toBe(Math.floor((62_000 + sleptMs + 2000) / 30_000))
      await clock.advance(3_600_000)
      expect([...follower.live.getState().task.logs.lines]).toEqual(logs)
    },
  )
})

describe.each(servers)('clock-change › %s', (_name, server) => {
  it.each([-3_600_000, 86_400_000])(
    'R13: a wall clock that is set by %i ms makes no request and shows no change',
    async (stepMs) => {
      const still = await followed(server)
      const all = await followed(server)
      all.clock.setWallClock(stepMs)
      for (let minute = 0; minute < 10; minute++) {
        await all.clock.advance(60_000)
        await still.clock.advance(60_000)
        expect([minute, all.server.requests.length]).toEqual([minute, still.server.requests.length])
        const { progress } = all.follower.live.getState().task.track ?? {}
        expect(progress?.value).toBe(still.follower.live.getState().task.track?.progress.value)
        expect(Math.min(progress?.etaMs ?? 0, progress?.rate ?? 0)).toBeGreaterThanOrEqual(0)
      }
      expect(all.states).toEqual(still.states)
      expect(await ended(all)).toEqual(whole)
    },
  )

  it.each([-3_600_000, 86_400_000])(
    'R13: a pause before the next attempt is as long as it was, though the wall clock is set by %i ms',
    async (stepMs) => {
      const all = await followed({
        ...server,
        faults: [
          fault.cutAfterEvents(3, { on: 'stream', how: 'reset' }),
          fault.refuse({ on: 'stream', nth: 2, status: 503, retryAfterSeconds: 20 }),
        ],
      })
      await all.clock.advance(1000)
      const before = all.server.requests.length
      expect(all.streamsAtMs()).toHaveLength(2)
      all.clock.setWallClock(stepMs)
      await all.clock.advance(18_000)
      expect(all.server.requests.length).toBe(before)
      await all.clock.advance(2000)
      expect(all.streamsAtMs()).toHaveLength(3)
    },
  )

  it.each([-3_600_000, 86_400_000])(
    'R13: the time that a run may take is as long as it was, though the wall clock is set by %i ms',
    async (stepMs) => {
      const clock = createManualClock()
      const { client } = createWorld({ script, clock: elsewhere(clock), ...server }, { clock })
      const follower = client.follow.run(config, { timeoutMs: 120_000 })
      const leave = follower.live.subscribe(() => {})
      await clock.advance(30_000)
      clock.setWallClock(stepMs)
      // As in a router that shows the same run on the next page.
      leave()
      follower.live.subscribe(() => {})
      await clock.advance(80_000)
      expect(follower.live.getState().connection).toMatchObject({ state: 'live', error: null })
      await clock.advance(11_000)
      expect(follower.live.getState().connection).toMatchObject({
        state: 'closed',
        error: { code: 'timeout' },
      })
    },
  )
})

describe.each(servers)('tab-hidden › %s', (_name, server) => {
  it.each(['keep', 'disconnect'] as const)(
    'L4: a page that is hidden for five minutes at a time (%s) ends with the state of one that was not',
    async (whenHidden) => {
      const all = await followed(server, { whenHidden })
      for (let turn = 1; turn <= 3; turn++) {
        all.around.say('hidden')
        await all.clock.advance(300_000)
        expect(all.server.counters.openStreams).toBe(whenHidden === 'keep' ? 1 : 0)
        all.around.say('visible')
        await all.clock.advance(2000)
        const { logs: shown } = all.follower.live.getState().task
        expect(shown.lines.length).toBe(Math.floor((60_000 + turn * 302_000) / 30_000))
      }
      expect(all.streamsAtMs()).toHaveLength(whenHidden === 'keep' ? 1 : 4)
      expect(await ended(all)).toEqual(whole)
    },
  )
})

describe('six-connections', () => {
  it('seven tasks are followed over four connections, and all of them to the end', async () => {
    const world = createWorld({ script: script.slice(0, 12).concat(script.at(-1) ?? []) }, { maxStreams: 4 })
    const runs = Array.from({ length: 7 }, () => world.run())
    const watched = runs.map((run) => watch(run))
    await world.clock.advance(10_000)
    expect(world.server.counters.openStreams).toBe(4)
    const states = await Promise.all(
      runs.map(async (run) => world.client.follow.task(await run.id).live.getState().connection.state),
    )
    expect(states.toSorted()).toEqual([...Array<string>(4).fill('live'), ...Array<string>(3).fill('polling')])
    for (const { ended: loop } of watched) expect(await world.drive(loop)).toBe('quietly')
    for (const [index, run] of runs.entries()) {
      expect(await run.result).toMatchObject({ status: 'completed', output })
      expect(linesOf(watched[index]?.updates ?? [])).toEqual(logs.slice(0, 11))
    }
  })
})
