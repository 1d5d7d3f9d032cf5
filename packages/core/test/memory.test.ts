import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createClient } from '../src/store/client.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import { createSimulator } from '../src/testing/simulator.ts'
import { taskScript } from '../src/testing/task-script.ts'
import { API, config, createWorld, type World } from './world.ts'

/** The garbage collector, where this runtime lets itself be asked for it. */
function findCollector(): (() => void) | null {
  try {
    setFlagsFromString('--expose-gc')
    return runInNewContext('() => gc()') as () => void
  } catch {
    return null
  }
}
const collect = findCollector()

/** Collects until the object is gone, which takes a few turns; whether it is. */
async function isCollected(held: WeakRef<object>): Promise<boolean> {
  for (let turn = 0; turn < 20 && held.deref() !== undefined; turn++) {
    await new Promise((resolve) => void setImmediate(resolve))
    collect?.()
  }
  return held.deref() === undefined
}

describe.skipIf(collect === null)('memory (needs a collector that can be asked)', () => {
  /** Follows a run to its end and lets go of it; what may stay is only what the client keeps. */
  async function finished(world: World): Promise<WeakRef<object>> {
    const follower = world.client.follow.run(config)
    const stop = follower.store.subscribe(() => {})
    await world.clock.advance(1000)
    expect(follower.store.getState().task.status).toBe('completed')
    stop()
    return new WeakRef(follower.store.getState().task)
  }

  it('L11: a task that has ended is collectable once it is forgotten, and not before', async () => {
    const world = createWorld()
    const task = await finished(world)
    expect(await isCollected(task)).toBe(false)
    await world.clock.advance(300_000)
    expect(await isCollected(task)).toBe(true)
    expect(world.client).toBeDefined()
  })

  it('a task is collectable once its client is closed', async () => {
    const world = createWorld()
    const task = await finished(world)
    world.client.close()
    expect(await isCollected(task)).toBe(true)
    expect(world.client).toBeDefined()
  })

  it('a run that was left is collectable while its task goes on', async () => {
    const world = createWorld({ script: taskScript.endless() })
    const leave = async (): Promise<WeakRef<object>> => {
      const run = world.run({ signal: new AbortController().signal, timeout: 60_000 })
      await world.clock.advance(2000)
      for await (const update of run) if (update.status === 'running') break
      return new WeakRef(run)
    }
    const run = await leave()
    await world.clock.advance(300_000)
    expect(await isCollected(run)).toBe(true)
    expect(world.client).toBeDefined()
  })
})

describe('a thousand runs', () => {
  it('leave no timer and no open body, however they end', { timeout: 30_000 }, async () => {
    const clock = createManualClock()
    const server = createSimulator({
      clock,
      latencyMs: 5,
      script: ({ input }) => (input === 'endless' ? taskScript.endless() : taskScript.usual({ stepMs: 10 })),
    })
    for (let round = 0; round < 20; round++) {
      const clients = Array.from({ length: 50 }, (_, index) => {
        const client = createClient({
          baseUrl: API,
          fetch: server,
          clock,
          publish: 'sync',
          resumeStorage: null,
        })
        const stop = new AbortController()
        const run = client.run(
          { app: 'acme/flux', input: index % 2 === 0 ? 'endless' : 'usual' },
          { stream: true, timeout: 60_000, signal: stop.signal },
        )
        return { client, stop, run, index }
      })
      // Some are closed before anything was sent, some before the answer, some on the way, some after the end.
      if (round % 4 > 0) await clock.advance([0, 1, 50, 200][round % 4] ?? 0)
      for (const { client, stop, run, index } of clients) {
        if (index % 5 === 0) stop.abort()
        if (index % 5 === 1) run.disconnect()
        if (index % 5 === 2) void run.cancel().catch(() => {})
        client.close()
      }
      await clock.advance(5)
      expect([round, clock.pendingCount, server.counters.openStreams]).toEqual([round, 0, 0])
    }
    expect(server.counters.runs).toBe(750)
  })

  it('of one client leave neither, once they are forgotten', async () => {
    const world = createWorld()
    const warnings: Error[] = []
    const hear = (warning: Error): void => void warnings.push(warning)
    process.on('warning', hear)
    for (let round = 0; round < 3; round++) {
      const tasks = Promise.all(Array.from({ length: 100 }, () => world.client.run(config)))
      await world.clock.advance(2000)
      expect((await tasks).every(({ status }) => status === 'completed')).toBe(true)
    }
    expect(world.server.counters).toMatchObject({ runs: 300, openStreams: 0 })
    await world.clock.advance(300_000)
    process.off('warning', hear)
    // A runtime warns of listeners that pile up.
    expect([world.clock.pendingCount, warnings]).toEqual([0, []])
  })
})
