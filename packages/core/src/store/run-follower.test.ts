import { afterEach, describe, expect, it, vi } from 'vitest'
import { catchUncaught } from '../../test/catch-uncaught.ts'
import { API, config, createWorld, type World } from '../../test/world.ts'
import { shownStatus, toTask } from '../state/task.ts'
import { fault } from '../testing/faults.ts'
import { taskScript } from '../testing/task-script.ts'
import type { SharedRunOptions } from './followers.ts'
import type { RunFollower } from './run-follower.ts'
import { selectError, selectPhase, selectStatus } from './task-view.ts'

const ignore = (): void => {}
const endless = taskScript.endless({ everyMs: 1000 })

function follow(world: World, options: SharedRunOptions = {}): RunFollower {
  return world.client.follow.run(config, options)
}

function statusOf(run: RunFollower): string {
  return shownStatus(run.live.getState().task)
}

afterEach(() => vi.restoreAllMocks())

describe('a run follower › starting', () => {
  it('L11: sends one request and opens one line, however many watch', async () => {
    const world = createWorld({ script: endless })
    const run = follow(world)
    await world.clock.advance(5000)
    expect(world.server.counters.requests.run).toBe(0)
    const leave = [run.store.subscribe(ignore), run.live.subscribe(ignore), run.store.subscribe(ignore)]
    await world.clock.advance(500)
    expect(world.server.counters).toMatchObject({ runs: 1, streamsOpened: 1, openStreams: 1 })
    for (const stop of leave) stop()
    await world.clock.advance(1500)
    expect(world.server.counters).toMatchObject({ runs: 1, openStreams: 0, cancels: 0 })
  })

  it('starts once when it is left and watched again, before and after the answer (StrictMode)', async () => {
    const world = createWorld({ script: endless, latencyMs: 100 })
    const run = follow(world)
    for (let round = 0; round < 4; round++) {
      const stop = run.live.subscribe(ignore)
      await world.clock.advance(40)
      stop()
    }
    run.live.subscribe(ignore)
    await world.clock.advance(1000)
    expect(world.server.counters).toMatchObject({ runs: 1, openStreams: 1, streamsOpened: 1 })
  })

  it('is pending from the first watcher on, and then what the server says', async () => {
    const world = createWorld({ latencyMs: 100 })
    const run = follow(world)
    expect(selectPhase(run.live.getState())).toBe('idle')
    run.live.subscribe(ignore)
    expect(selectPhase(run.live.getState())).toBe('pending')
    expect(run.live.getState().submission.status).toBe('sending')
    await world.clock.advance(60_000)
    expect(selectPhase(run.live.getState())).toBe('success')
    expect(run.store.getState()).toEqual(run.live.getState())
  })

  it('reads a task whole that has ended before the answer was written: its log is not in the answer', async () => {
    const world = createWorld({ script: taskScript.instant({ logs: ['a', 'b'], output: 7 }) })
    const run = follow(world)
    const seen: string[] = []
    run.observe((next) => seen.push(next.status))
    run.live.subscribe(ignore)
    await world.clock.advance(100)
    expect(toTask(run.live.getState().task)).toMatchObject({
      status: 'completed',
      output: 7,
      logs: ['a', 'b'],
    })
    expect(seen).toEqual(['idle', 'completed'])
    expect(world.server.counters.openStreams).toBe(0)
  })

  it('follows nothing, and says why, when it is not accepted; retry sends it again', async () => {
    const world = createWorld({ faults: [fault.refuse({ on: 'run', status: 402 })] })
    const run = follow(world)
    run.live.subscribe(ignore)
    await world.settle()
    const rejected = run.live.getState()
    expect(rejected.submission).toMatchObject({ status: 'rejected', error: { code: 'payment-required' } })
    expect([selectPhase(rejected), selectError(rejected)?.code]).toEqual(['error', 'payment-required'])
    run.retry()
    expect(run.live.getState().submission).toMatchObject({ status: 'sending', error: null })
    await world.clock.advance(1000)
    expect(statusOf(run)).toBe('completed')
    expect(world.server.counters).toMatchObject({ runs: 1, requests: { run: 2 } })
  })

  it('is not sent again by watchers that come after it was not accepted', async () => {
    const world = createWorld({ faults: [fault.refuse({ on: 'run', status: 402 })] })
    const run = follow(world)
    run.live.subscribe(ignore)()
    await world.settle()
    run.live.subscribe(ignore)
    await world.clock.advance(60_000)
    expect(world.server.counters.requests.run).toBe(1)
  })
})

describe('a run follower › retry', () => {
  it('is a new task and a second request when the last one has ended', async () => {
    const world = createWorld({ script: taskScript.fails({ stepMs: 10 }) })
    const run = follow(world)
    run.live.subscribe(ignore)
    await world.clock.advance(1000)
    const first = run.live.getState().task
    expect(first.status).toBe('failed')
    run.retry()
    expect(run.live.getState().task.status).toBe('idle')
    await world.clock.advance(1000)
    const second = run.live.getState().task
    expect([second.status, second.id === first.id]).toEqual(['failed', false])
    expect(world.server.counters).toMatchObject({ runs: 2, openStreams: 0 })
  })

  it('is nothing while the task runs, or while it is on its way', async () => {
    const world = createWorld({ script: endless, latencyMs: 100 })
    const run = follow(world)
    run.retry()
    run.live.subscribe(ignore)
    run.retry()
    await world.clock.advance(1000)
    run.retry()
    await world.clock.advance(1000)
    expect(world.server.counters.requests.run).toBe(1)
  })

  it('does not cancel the new task for a wish that the old one was given', async () => {
    const world = createWorld({ faults: [fault.refuse({ on: 'run', status: 429, retryAfterSeconds: 5 })] })
    const run = follow(world)
    run.live.subscribe(ignore)
    await world.settle()
    await run.cancel()
    await world.settle()
    expect(run.live.getState().submission).toMatchObject({ status: 'cancelled', error: { code: 'aborted' } })
    run.retry()
    await world.clock.advance(60_000)
    expect(statusOf(run)).toBe('completed')
    expect(world.server.counters.cancels).toBe(0)
  })
})

describe('a run follower › cancel', () => {
  it('while the request is under way cancels the task once it has an id', async () => {
    const world = createWorld({ script: endless, faults: [fault.slowHeaders(1000, { on: 'run' })] })
    const run = follow(world)
    run.live.subscribe(ignore)
    await world.clock.advance(500)
    await run.cancel({ force: true })
    expect(selectStatus(run.live.getState())).toBe('cancelling')
    await world.clock.advance(400)
    expect(world.server.counters.cancels).toBe(0)
    await world.clock.advance(5000)
    expect(statusOf(run)).toBe('cancelled')
    expect(world.server.counters).toMatchObject({ runs: 1, cancels: 1, openStreams: 0 })
  })

  it('between two requests sends none any more', async () => {
    const world = createWorld({
      faults: [fault.refuse({ on: 'run', status: 429, retryAfterSeconds: 10, times: 3 })],
    })
    const run = follow(world)
    run.live.subscribe(ignore)
    await world.clock.advance(5000)
    await run.cancel()
    await world.clock.advance(60_000)
    expect([selectStatus(run.live.getState()), selectError(run.live.getState())]).toEqual(['cancelled', null])
    expect(run.live.getState().submission).toMatchObject({ status: 'cancelled', error: { code: 'aborted' } })
    expect(world.server.counters.requests.run).toBe(1)
  })

  it('before and after everything is harmless', async () => {
    const world = createWorld()
    const run = follow(world)
    await run.cancel()
    run.live.subscribe(ignore)
    await world.clock.advance(1000)
    await run.cancel()
    expect(statusOf(run)).toBe('completed')
    expect(world.server.counters.requests.cancel).toBe(0)
  })

  it('shows until the end, and is taken back when it is refused', async () => {
    const world = createWorld({ script: endless, faults: [fault.refuse({ on: 'cancel', status: 403 })] })
    const run = follow(world)
    run.live.subscribe(ignore)
    await world.clock.advance(1000)
    const refused = run.cancel()
    expect(statusOf(run)).toBe('cancelling')
    await expect(refused).rejects.toMatchObject({ code: 'forbidden' })
    expect(statusOf(run)).toBe('running')
    await run.cancel()
    expect(statusOf(run)).toBe('cancelling')
    await world.clock.advance(1000)
    expect(statusOf(run)).toBe('cancelled')
  })
})

describe('a run follower › disconnect', () => {
  it('stops watching and leaves the task alone; reconnect goes on where it is by then', async () => {
    const world = createWorld({ script: endless })
    const run = follow(world)
    run.live.subscribe(ignore)
    await world.clock.advance(2000)
    run.disconnect()
    expect(run.live.getState().connection.state).toBe('idle')
    await world.clock.advance(5000)
    const then = toTask(run.live.getState().task).logs.length
    expect(world.server.counters).toMatchObject({ openStreams: 0, cancels: 0 })
    run.reconnect()
    await world.clock.advance(10)
    expect(run.live.getState().connection.state).toBe('live')
    expect(toTask(run.live.getState().task).logs.length).toBeGreaterThan(then)
    expect(world.server.counters).toMatchObject({ runs: 1, openStreams: 1 })
  })

  it('of a run that is on its way shows it when it is reconnected', async () => {
    const world = createWorld({ script: endless, latencyMs: 100 })
    const run = follow(world)
    run.live.subscribe(ignore)
    run.disconnect()
    await world.clock.advance(3000)
    expect(world.server.counters).toMatchObject({ runs: 1, openStreams: 0 })
    run.reconnect()
    await world.clock.advance(3000)
    expect([statusOf(run), world.server.counters.openStreams]).toEqual(['running', 1])
  })
})

describe('a run follower › timeout', () => {
  it('stops watching with a timeout error and leaves the task alone', async () => {
    const world = createWorld({ script: endless })
    const run = follow(world, { timeoutMs: 5000 })
    run.live.subscribe(ignore)
    await world.clock.advance(4999)
    expect(run.live.getState().connection.state).toBe('live')
    await world.clock.advance(1)
    expect(run.live.getState().connection).toMatchObject({ state: 'closed', error: { code: 'timeout' } })
    expect(selectError(run.live.getState())?.code).toBe('timeout')
    await world.clock.advance(1000)
    expect([statusOf(run), world.server.counters.cancels, world.server.counters.openStreams]).toEqual([
      'running',
      0,
      0,
    ])
    run.reconnect()
    await world.clock.advance(10)
    expect(run.live.getState().connection.state).toBe('live')
  })

  it('cancels the task when it is told to, on its way too', async () => {
    for (const faults of [[], [fault.slowHeaders(7000, { on: 'run' })]]) {
      const world = createWorld({ script: endless, faults })
      const run = follow(world, { timeoutMs: 5000, cancelOnTimeout: true })
      run.live.subscribe(ignore)
      await world.clock.advance(10_000)
      expect(run.live.getState().connection).toMatchObject({ state: 'closed', error: { code: 'timeout' } })
      expect(world.server.counters).toMatchObject({ cancels: 1, openStreams: 0 })
    }
  })

  it('counts from the start, and only while somebody watches', async () => {
    const world = createWorld({ script: endless })
    const run = follow(world, { timeoutMs: 5000, cancelOnTimeout: true })
    const stop = run.live.subscribe(ignore)
    await world.clock.advance(3000)
    stop()
    await world.clock.advance(60_000)
    expect(world.server.counters.cancels).toBe(0)
    run.live.subscribe(ignore)
    await world.clock.advance(0)
    expect(run.live.getState().connection.error?.code).toBe('timeout')
  })

  it('means nothing after the end, and holds no timer then', async () => {
    const world = createWorld({}, { lifetimes: { disconnectAfterMs: 0, forgetAfterMs: 0 } })
    const run = follow(world, { timeoutMs: 5000 })
    run.live.subscribe(ignore)
    await world.clock.advance(1000)
    expect([statusOf(run), world.clock.pendingCount]).toEqual(['completed', 0])
    await world.clock.advance(10_000)
    expect(run.live.getState().connection).toMatchObject({ state: 'closed', error: null })
  })
})

describe('a run follower › resume', () => {
  it('finds the run of another client with the same storage, and sends nothing', async () => {
    const storage = createStorage()
    const world = createWorld({ script: endless }, { resumeStorage: storage })
    const stop = follow(world).live.subscribe(ignore)
    await world.clock.advance(2000)
    stop()
    world.client.close()
    const again = world.connect().follow.run(config)
    again.live.subscribe(ignore)
    expect(selectPhase(again.live.getState())).not.toBe('idle')
    await world.clock.advance(1000)
    expect([statusOf(again), world.server.counters.requests.run]).toEqual(['running', 1])
    expect(toTask(again.live.getState().task).logs.length).toBeGreaterThan(1)
  })

  it('finds a run that has ended meanwhile', async () => {
    const world = createWorld({}, { resumeStorage: createStorage() })
    const stop = follow(world).live.subscribe(ignore)
    await world.clock.advance(50)
    stop()
    world.client.close()
    await world.clock.advance(5000)
    const again = world.connect().follow.run(config)
    again.live.subscribe(ignore)
    await world.clock.advance(1000)
    expect([statusOf(again), world.server.counters.requests.run]).toEqual(['completed', 1])
  })

  it.each([
    ['another config', { app: 'acme/flux', input: { prompt: 'an owl' } }, {}],
    ['another key', config, { key: 'second' }],
    ['resume: false', config, { resume: false }],
  ])('does not take it for %s', async (_name, what, options) => {
    const world = createWorld({ script: endless }, { resumeStorage: createStorage() })
    follow(world).live.subscribe(ignore)
    await world.clock.advance(1000)
    world.connect().follow.run(what, options).live.subscribe(ignore)
    await world.clock.advance(1000)
    expect(world.server.counters.runs).toBe(2)
  })

  it('says so when the server does not know the run any more; only retry starts a new one', async () => {
    const world = createWorld({ script: endless }, { resumeStorage: createStorage() })
    const stop = follow(world).live.subscribe(ignore)
    await world.clock.advance(1000)
    stop()
    world.client.close()
    const { path } = world.server.requests.find(({ route }) => route === 'stream') ?? { path: '' }
    await world.server(`${API}${path.replace('/stream', '')}`, { method: 'DELETE' })
    const again = world.connect().follow.run(config)
    again.live.subscribe(ignore)
    await world.clock.advance(60_000)
    expect(again.live.getState().connection).toMatchObject({ state: 'closed', error: { code: 'not-found' } })
    expect([selectError(again.live.getState())?.code, world.server.counters.runs]).toEqual(['not-found', 1])
    again.retry()
    await world.clock.advance(1000)
    expect([statusOf(again), world.server.counters.runs]).toEqual(['running', 2])
  })

  it('is remembered although the client was closed before the answer came: nothing is billed twice', async () => {
    const world = createWorld({ script: endless, latencyMs: 500 }, { resumeStorage: createStorage() })
    follow(world).live.subscribe(ignore)
    await world.clock.advance(100)
    world.client.close()
    await world.clock.advance(1000)
    expect([world.clock.pendingCount, world.server.counters.openStreams]).toEqual([0, 0])
    world.connect().follow.run(config).live.subscribe(ignore)
    await world.clock.advance(3000)
    expect(world.server.counters).toMatchObject({ runs: 1, openStreams: 1 })
  })

  function createStorage(): Storage {
    const items = new Map<string, string>()
    return {
      get length() {
        return items.size
      },
      clear: () => items.clear(),
      key: () => null,
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, value),
      removeItem: (key) => void items.delete(key),
    }
  }
})

describe('a run follower › code that is not ours', () => {
  it('keeps nothing from the other observers when it throws', async () => {
    const caught = catchUncaught()
    const world = createWorld()
    const run = follow(world)
    const seen: string[] = []
    run.observe(() => {
      throw new Error('observer')
    })
    run.observe((next) => seen.push(next.status))
    run.live.subscribe(ignore)
    await world.clock.advance(1000)
    expect(seen).toEqual(expect.arrayContaining(['received', 'running', 'completed']))
    expect([statusOf(run), caught.length]).toEqual(['completed', seen.length])
  })

  it('that throws when it is told of an upload keeps no file from its way', async () => {
    const caught = catchUncaught()
    const world = createWorld()
    const onUpload = (): never => {
      throw new Error('onUpload')
    }
    const task = await world.drive(
      world.client.run({ app: 'acme/flux', input: { image: new Blob(['x']) } }, { onUpload }),
    )
    expect([task.status, caught.length > 0]).toEqual(['completed', true])
  })
})
