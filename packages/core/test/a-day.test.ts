import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { newLines } from '../src/store/task-update.ts'
import type { TaskScript } from '../src/testing/script.ts'
import { browserSurroundings } from '../src/store/browser-surroundings.ts'
import { withFaults } from '../src/testing/with-faults.ts'
import { config, createWorld } from './world.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const cutEveryMs = 120_000

/** A line of log every ten minutes, progress every hour, and the end after a day. */
const script: TaskScript = [
  { atMs: 0, set: { status: 'running' } },
  ...Array.from({ length: 143 }, (_, index) => ({
    atMs: (index + 1) * 600_000,
    logs: [`line ${index + 1}`],
    ...(index % 6 === 5 ? { set: { progress: { current: (index + 1) / 6, total: 24 } } } : {}),
  })),
  { atMs: dayMs, set: { status: 'completed', output: { text: 'done' } }, logs: ['the end'] },
]

function usedBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

it(
  'L6, L11, L13, R9: a task of 24 hours behind a proxy that cuts every 120 seconds is one run with one end, and leaves nothing behind',
  { timeout: 120_000 },
  async () => {
    const world = createWorld({ script, heartbeatMs: 10_000 })
    const network = withFaults(world.server, [], { clock: world.clock })
    const client = world.connect({ fetch: network, surroundings: browserSurroundings(world.clock) })
    const run = client.follow.run(config)
    const told: string[] = []
    let endCount = 0
    let settledCount = 0
    client.onSettled(() => settledCount++)
    run.observe((next, before) => {
      told.push(...newLines(next.logs.lines, before.logs.lines))
      if (next.status === 'completed' && before.status !== 'completed') endCount++
    })
    const stop = run.store.subscribe(() => {})
    const timers: number[] = []
    const heaps: number[] = []
    const states = new Set<string>()

    for (let cut = 0; cut * cutEveryMs <= dayMs; cut++) {
      await world.clock.advance(cutEveryMs)
      timers.push(world.clock.pendingCount)
      states.add(run.live.getState().task.status)
      expect(network.openBodies).toBeLessThanOrEqual(1)
      if (cut % 90 === 89) heaps.push(usedBytes())
      network.goOffline()
      network.goOnline()
    }
    await world.clock.advance(60_000)

    const { task, connection } = run.live.getState()
    expect([task.status, connection.state, connection.error]).toEqual(['completed', 'closed', null])
    expect([...states]).toEqual(['running', 'completed'])
    expect(told).toEqual(script.flatMap(({ logs = [] }) => logs))
    expect([endCount, settledCount, world.server.counters.runs]).toEqual([1, 1, 1])
    expect(world.server.counters.requests.stream).toBeGreaterThan(700)
    // What is held does not grow with the number of cuts.
    expect(Math.max(...timers)).toBeLessThan(12)
    expect((heaps.at(-1) ?? 0) - (heaps[1] ?? 0)).toBeLessThan(2 * 1024 * 1024)

    stop()
    client.close()
    await world.clock.advance(0)
    expect([network.openBodies, world.server.counters.openStreams]).toEqual([0, 0])
    world.server.close()
    world.client.close()
    expect(world.clock.pendingCount).toBe(0)
  },
)
