import { describe, expect, it } from 'vitest'
import { config, createWorld, linesOf, watch } from '../../test/world.ts'
import { toTask } from '../state/task.ts'
import { taskScript } from '../testing/task-script.ts'

const ignore = (): void => {}
const endless = taskScript.endless()

describe('followers', () => {
  it('are one per task and one per config, whatever object it stands in', () => {
    const { client } = createWorld()
    const { task, run } = client.follow
    expect(task('t1')).toBe(task('t1'))
    expect(task('t1')).not.toBe(task('t2'))
    expect(run(config)).toBe(run({ input: { prompt: 'a fox' }, app: 'acme/flux' }))
    expect(run(config)).not.toBe(run(config, { key: 'second' }))
    expect(run(config)).not.toBe(run({ ...config, input: { prompt: 'an owl' } }))
  })

  it('L11: three ways to watch one task share one line', async () => {
    const world = createWorld({ script: endless })
    const run = world.client.follow.run(config)
    run.live.subscribe(ignore)
    await world.clock.advance(1000)
    const { id } = run.live.getState().task
    world.client.follow.task(id ?? '').store.subscribe(ignore)
    world.client.tasks.stream(id ?? '')
    await world.clock.advance(1000)
    expect(world.server.counters).toMatchObject({ streamsOpened: 1, openStreams: 1, requests: { task: 1 } })
  })

  it('lose no line, nor its place, when a stream takes over from asking and lines repeat', async () => {
    const logs = ['same', 'same', 'same', 'same', 'end']
    const script = taskScript.usual({ stepMs: 1000, logs })
    const world = createWorld({ script, snapshotOnConnect: false }, { maxStreams: 1 })
    const first = world.run()
    const second = world.run()
    const { updates } = watch(second)
    // A line a second from the seventh on: two are asked for, the others are streamed.
    await world.clock.advance(8500)
    const asked = linesOf(updates).length
    first.disconnect()
    await world.clock.advance(3000)
    expect([asked, linesOf(updates)]).toEqual([2, logs])
    await world.drive(second.result)
    expect(linesOf(updates)).toEqual(logs)
  })

  it('keep the line of one task while anybody watches it, and no longer', async () => {
    const world = createWorld({ script: endless })
    const id = await world.startElsewhere()
    const stream = world.client.tasks.stream(id)
    const stop = world.client.follow.task(id).live.subscribe(ignore)
    await world.clock.advance(1000)
    stream.disconnect()
    await world.clock.advance(5000)
    expect(world.server.counters.openStreams).toBe(1)
    stop()
    await world.clock.advance(1000)
    expect(world.server.counters.openStreams).toBe(0)
  })

  it('of a loop leave at once, without a grace', async () => {
    const world = createWorld({ script: endless })
    const stream = world.client.tasks.stream(await world.startElsewhere())
    await world.clock.advance(1000)
    stream.disconnect()
    await world.settle()
    expect(world.server.counters.openStreams).toBe(0)
  })

  it('are forgotten some time after the last watcher', async () => {
    const world = createWorld()
    const first = world.client.follow.run(config)
    first.live.subscribe(ignore)()
    await world.clock.advance(299_999)
    expect(world.client.follow.run(config)).toBe(first)
    await world.clock.advance(1)
    expect(world.client.follow.run(config)).not.toBe(first)
  })

  it('go with their client: no line, no timer, watched or not', async () => {
    const world = createWorld({ script: endless })
    world.client.follow.run(config).live.subscribe(ignore)
    world.client.follow.run(config, { key: 'left' }).live.subscribe(ignore)()
    world.client.follow.task(await world.startElsewhere()).store.subscribe(ignore)
    world.client.follow.task('never watched')
    await world.clock.advance(500)
    expect(world.server.counters.openStreams).toBe(2)
    world.client.close()
    await world.settle()
    expect([world.server.counters.openStreams, world.clock.pendingCount]).toEqual([0, 0])
  })

  it('settle each task once, whole', async () => {
    const world = createWorld()
    const settled: unknown[] = []
    const stop = world.client.onSettled((task) => settled.push(task))
    const run = world.client.follow.run(config)
    run.live.subscribe(ignore)
    run.store.subscribe(ignore)
    await world.clock.advance(5000)
    expect(settled).toEqual([toTask(run.live.getState().task)])
    await world.client.tasks.get(run.live.getState().task.id ?? '')
    expect(settled).toHaveLength(1)
    stop()
    world.client.follow.run(config, { key: 'second' }).live.subscribe(ignore)
    await world.clock.advance(5000)
    expect(settled).toHaveLength(1)
  })
})
