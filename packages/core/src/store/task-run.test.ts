import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { config, createWorld, linesOf, statusesOf, watch } from '../../test/world.ts'
import { fault } from '../testing/faults.ts'
import { taskScript } from '../testing/task-script.ts'
import type { RunOptions } from './client.ts'
import { collectLogs } from './collect-logs.ts'
import { createTaskRun } from './task-run.ts'

const endless = taskScript.endless({ everyMs: 1000 })
const wholeLife = [
  'received',
  'queued',
  'scheduled',
  'preparing',
  'serving',
  'setting_up',
  'running',
  'uploading',
  'completed',
]
const fiveSteps = ['step 1/5', 'step 2/5', 'step 3/5', 'step 4/5', 'step 5/5']

afterEach(() => vi.restoreAllMocks())

describe('a task run › its loop', () => {
  it('sees every status and every line once and in order, and ends with the task', async () => {
    const world = createWorld()
    const { updates, ended } = watch(world.run())
    expect(await world.drive(ended)).toBe('quietly')
    expect(statusesOf(updates)).toEqual(wholeLife)
    expect(linesOf(updates)).toEqual(fiveSteps)
    expect(updates.at(-1)).toMatchObject({
      status: 'completed',
      output: { text: 'A fox went over the snow.' },
    })
    expect(updates.filter(({ output }) => output !== null)).toHaveLength(1)
    expect(world.server.counters).toMatchObject({ runs: 1, openStreams: 0 })
  })

  it('ends quietly when the task fails or is cancelled: only the result rejects', async () => {
    const world = createWorld({ script: taskScript.fails({ stepMs: 10, error: 'no memory' }) })
    const run = world.run()
    const { updates, ended } = watch(run)
    expect(await world.drive(ended)).toBe('quietly')
    expect(updates.at(-1)).toMatchObject({ status: 'failed', error: 'no memory', phase: 'error' })
    await expect(run.result).rejects.toMatchObject({
      code: 'task-failed',
      task: { status: 'failed', error: 'no memory', logs: ['step 1/5', 'step 2/5', 'error: no memory'] },
    })
  })

  it('throws when the task could not be started', async () => {
    const world = createWorld({ faults: [fault.refuse({ on: 'run', status: 403 })] })
    const run = world.run()
    const { updates, ended } = watch(run)
    expect(await world.drive(ended)).toMatchObject({ code: 'forbidden' })
    expect(updates).toEqual([])
    await expect(run.result).rejects.toMatchObject({ code: 'forbidden' })
    await expect(run.id).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('throws when the line was given up, and the task is still running then', async () => {
    const world = createWorld({ script: endless })
    const run = world.run({ maxRetries: 2, retryDelay: 10 })
    const { updates, ended } = watch(run)
    await world.clock.advance(1000)
    expect(updates.at(-1)?.status).toBe('running')
    world.server.close()
    expect(await world.drive(ended)).toMatchObject({ code: 'network', retryable: true })
    expect(updates.at(-1)).toMatchObject({ status: 'running', error: null })
  })

  it('begins with the present of a task that somebody follows already', async () => {
    const world = createWorld({ script: taskScript.usual({ stepMs: 1000 }) })
    const first = world.run()
    await world.clock.advance(8500)
    const lines = collectLogs(world.client.tasks.stream(await first.id))
    const { updates, ended } = watch(world.client.tasks.stream(await first.id))
    await world.settle()
    expect(updates).toMatchObject([{ status: 'running', logs: ['step 1/5', 'step 2/5'] }])
    await world.drive(ended)
    expect(await lines).toEqual(fiveSteps)
    expect(linesOf(updates)).toEqual(fiveSteps)
    expect(world.server.counters.streamsOpened).toBe(1)
  })

  it('tells the whole of a task that has ended, known or not', async () => {
    const world = createWorld()
    const id = await world.startElsewhere()
    await world.clock.advance(1000)
    for (const client of [world.client, world.client, world.connect()]) {
      const { updates, ended } = watch(client.tasks.stream(id))
      expect(await world.drive(ended)).toBe('quietly')
      expect(updates.at(-1)).toMatchObject({
        status: 'completed',
        output: { text: expect.any(String) as unknown },
      })
      expect(linesOf(updates)).toEqual(fiveSteps)
    }
    expect(world.server.counters.openStreams).toBe(0)
  })

  it('loses no line to a slow reader, and no status', async () => {
    const lines = 5000
    const world = createWorld({ script: taskScript.chatty({ lines, perSecond: 5000 }) })
    const run = world.run()
    await world.drive(run.result)
    const updates = []
    for await (const update of run) updates.push(update)
    expect(linesOf(updates)).toEqual(
      Array.from({ length: lines }, (_, index) => `line ${index + 1} of ${lines}`),
    )
    expect(statusesOf(updates).slice(-2)).toEqual(['running', 'completed'])
    expect(updates.length).toBeLessThan(400)
  })

  it('keeps updates for whoever comes late, and gives each to one reader', async () => {
    const world = createWorld()
    const run = world.run()
    await world.drive(run.result)
    const [one, two] = [watch(run), watch(run)]
    await Promise.all([one.ended, two.ended])
    expect(linesOf([...one.updates, ...two.updates]).toSorted()).toEqual(fiveSteps)
  })
})

describe('a task run › its promises', () => {
  it('give the id as soon as there is one, and the task at its end', async () => {
    const world = createWorld({ latencyMs: 5 })
    const run = world.run()
    const id = await world.drive(run.id)
    expect(id).toMatch(/^[0-9a-z]{26}$/)
    expect(await world.drive(run.result)).toMatchObject({ id, status: 'completed', logs: fiveSteps })
  })

  it('need no handler', async () => {
    const rejections: unknown[] = []
    const hear = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', hear)
    const world = createWorld({ faults: [fault.refuse({ on: 'run', status: 500, times: Infinity })] })
    world.run()
    void world.client.run(config)
    world.run().disconnect()
    world.run({ signal: AbortSignal.abort() })
    await world.clock.advance(1000)
    await new Promise((resolve) => void setImmediate(resolve))
    process.off('unhandledRejection', hear)
    expect(rejections).toEqual([])
  })
})

describe('a task run › leaving', () => {
  it('the loop stops watching at once and leaves the task alone', async () => {
    const world = createWorld({ script: endless })
    const run = world.run()
    const reading = (async () => {
      for await (const update of run) if (update.status === 'running') break
    })()
    await world.clock.advance(2000)
    await reading
    expect(world.server.counters).toMatchObject({ openStreams: 0, cancels: 0 })
    await expect(run.result).rejects.toMatchObject({ code: 'disconnected' })
    await world.clock.advance(2000)
    expect((await world.client.tasks.status(await run.id)).status).toBe('running')
  })

  it('the loop cancels the task when it is told to', async () => {
    const world = createWorld({ script: endless })
    const run = world.run({ cancelOnBreak: true })
    const reading = (async () => {
      for await (const update of run) if (update.status === 'running') break
    })()
    await world.clock.advance(2000)
    await reading
    expect(world.server.counters).toMatchObject({ openStreams: 0, cancels: 1 })
    expect((await world.client.tasks.get(await run.id)).status).toBe('cancelled')
  })

  it('the loop at its end cancels nothing', async () => {
    const world = createWorld()
    const { ended } = watch(world.run({ cancelOnBreak: true, cancelOnAbort: true }))
    await world.drive(ended)
    await world.clock.advance(2000)
    expect(world.server.counters.requests.cancel).toBe(0)
  })

  it('by disconnect ends the loop quietly; the line goes at once', async () => {
    const world = createWorld({ script: endless })
    const run = world.run()
    const { ended, updates } = watch(run)
    await world.clock.advance(1000)
    run.disconnect()
    run.disconnect()
    expect(await ended).toBe('quietly')
    await world.settle()
    const count = updates.length
    await world.clock.advance(5000)
    expect([world.server.counters.openStreams, updates.length]).toEqual([0, count])
  })

  it('before the server has answered leaves nothing behind, and the id is not known', async () => {
    const world = createWorld({ script: endless, latencyMs: 500 })
    const run = world.run()
    run.disconnect()
    await expect(run.id).rejects.toMatchObject({ code: 'disconnected' })
    await world.clock.advance(5000)
    expect(world.server.counters).toMatchObject({ runs: 1, openStreams: 0, streamsOpened: 0 })
  })

  it('lets a second loop over the same task go on', async () => {
    const world = createWorld()
    const run = world.run()
    await world.clock.advance(30)
    const second = world.client.tasks.stream(await run.id)
    run.disconnect()
    expect(await world.drive(second.result)).toMatchObject({ status: 'completed', logs: fiveSteps })
    expect(world.server.counters.streamsOpened).toBe(1)
  })
})

describe('a task run › its result alone', () => {
  it('keeps no updates, which nobody would take', async () => {
    const world = createWorld()
    const run = createTaskRun({ run: world.client.follow.run(config), release: () => {} }, {}, 'result')
    expect(await world.drive(run.result)).toMatchObject({ status: 'completed', logs: fiveSteps })
    const { updates, ended } = watch(run)
    expect([await ended, updates]).toEqual(['quietly', []])
  })
})

describe('a task run › its signal', () => {
  it('aborted before the start runs nothing', async () => {
    const world = createWorld()
    const run = world.run({ signal: AbortSignal.abort(), cancelOnAbort: true })
    const { ended } = watch(run)
    expect(await ended).toMatchObject({
      code: 'aborted',
      message: expect.stringContaining('Nothing was run') as unknown,
    })
    await expect(run.result).rejects.toMatchObject({ code: 'aborted' })
    await expect(world.client.run(config, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    })
    await world.clock.advance(5000)
    expect([world.server.requests.length, world.clock.pendingCount]).toEqual([0, 0])
  })

  it('stops watching and leaves the task alone', async () => {
    const world = createWorld({ script: endless })
    const stop = new AbortController()
    const run = world.run({ signal: stop.signal })
    const { ended } = watch(run)
    await world.clock.advance(1000)
    stop.abort()
    expect(await ended).toMatchObject({ code: 'aborted' })
    await world.settle()
    expect(world.server.counters).toMatchObject({ openStreams: 0, requests: { cancel: 0 } })
  })

  it.each([
    ['while it runs', 1000],
    ['while the request is under way', 100],
  ])('cancels the task when it is told to, %s', async (_name, atMs) => {
    const world = createWorld({ script: endless, latencyMs: 500 })
    const stop = new AbortController()
    const run = world.run({ signal: stop.signal, cancelOnAbort: true })
    await world.clock.advance(atMs)
    stop.abort()
    await expect(run.result).rejects.toMatchObject({ code: 'aborted' })
    await world.clock.advance(5000)
    expect(world.server.counters).toMatchObject({ runs: 1, cancels: 1, openStreams: 0 })
  })

  it.each<[string, RunOptions]>([
    ['aborted', {}],
    ['timeout', { timeout: 1000 }],
  ])('%s while a run waits to be sent again: it is not sent any more', async (code, options) => {
    const world = createWorld({ faults: [fault.refuse({ on: 'run', status: 429, retryAfterSeconds: 9 })] })
    const stop = new AbortController()
    const run = world.run({ ...options, signal: stop.signal })
    await world.clock.advance(1000)
    stop.abort()
    await expect(run.result).rejects.toMatchObject({ code })
    await world.settle()
    expect(world.clock.pendingCount).toBe(0)
    await world.clock.advance(60_000)
    expect(world.server.counters.requests.run).toBe(1)
  })

  it('may be that of many runs: Node warns of no leak, and nothing is left on it when they have ended', async () => {
    const world = createWorld()
    const stop = new AbortController()
    const warnings: Error[] = []
    const hear = (warning: Error): void => void warnings.push(warning)
    process.on('warning', hear)
    try {
      const runs = Array.from({ length: 40 }, () => world.run({ signal: stop.signal }))
      expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1)
      const results = await world.drive(Promise.all(runs.map((run) => run.result)))
      expect(new Set(results.map(({ id }) => id)).size).toBe(40)
      // A process tells of a warning one turn later.
      await new Promise((resolve) => void setImmediate(resolve))
    } finally {
      process.off('warning', hear)
    }
    expect(warnings).toEqual([])
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  })

  it('ends every run that has it, and nothing is left on it', async () => {
    const world = createWorld({ script: endless })
    const stop = new AbortController()
    const runs = Array.from({ length: 40 }, () => world.run({ signal: stop.signal, cancelOnAbort: true }))
    const ended = Promise.all(runs.map(watch).map((watched) => watched.ended))
    await world.clock.advance(1000)
    stop.abort()
    expect(new Set((await ended).map((end) => (end === 'quietly' ? end : end.name)))).toEqual(
      new Set(['StreamError']),
    )
    await world.clock.advance(5000)
    expect(world.server.counters).toMatchObject({ runs: 40, cancels: 40, openStreams: 0 })
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  })

  it('is not listened to any more after the end', async () => {
    const world = createWorld()
    const stop = new AbortController()
    const run = world.run({ signal: stop.signal, cancelOnAbort: true })
    await world.drive(run.result)
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
    stop.abort()
    await world.clock.advance(1000)
    expect(await run.result).toMatchObject({ status: 'completed' })
    expect(world.server.counters.requests.cancel).toBe(0)
  })
})

describe('a task run › cancel and timeout', () => {
  it('cancel ends the loop quietly, with the status in between', async () => {
    const world = createWorld({ script: endless })
    const run = world.run()
    const { updates, ended } = watch(run)
    await world.clock.advance(2000)
    await run.cancel()
    expect(await world.drive(ended)).toBe('quietly')
    expect(statusesOf(updates).slice(-3)).toEqual(['running', 'cancelling', 'cancelled'])
    await expect(run.result).rejects.toMatchObject({ code: 'task-cancelled', task: { status: 'cancelled' } })
  })

  it('a refused cancel rejects, and the loop goes on', async () => {
    const world = createWorld({
      script: taskScript.usual({ stepMs: 1000 }),
      faults: [fault.refuse({ on: 'cancel', status: 403 })],
    })
    const run = world.run()
    await world.clock.advance(7000)
    await expect(run.cancel()).rejects.toMatchObject({ code: 'forbidden' })
    expect(await world.drive(run.result)).toMatchObject({ status: 'completed' })
  })

  it('a timeout throws what was known, and cancels only when it is told to', async () => {
    for (const cancelOnTimeout of [false, true]) {
      const world = createWorld({ script: endless })
      const run = world.run({ timeout: 3000, cancelOnTimeout })
      const { ended } = watch(run)
      expect(await world.drive(ended)).toMatchObject({
        code: 'timeout',
        task: { id: await run.id, logs: expect.arrayContaining(['still working, round 1']) as unknown },
      })
      expect(world.server.counters).toMatchObject({ openStreams: 0, cancels: cancelOnTimeout ? 1 : 0 })
    }
  })

  it.each(['break', 'end', 'abort'] as const)('a timeout is nothing after %s', async (how) => {
    const world = createWorld({ script: how === 'end' ? taskScript.instant() : endless })
    const stop = new AbortController()
    const run = world.run({ timeout: 10_000, cancelOnTimeout: true, signal: stop.signal })
    await world.clock.advance(2000)
    if (how === 'break') run.disconnect()
    if (how === 'abort') stop.abort()
    await world.settle()
    const timers = world.clock.pendingCount
    await world.clock.advance(20_000)
    expect([world.server.counters.cancels, timers - world.clock.pendingCount]).toEqual([0, 0])
  })
})
