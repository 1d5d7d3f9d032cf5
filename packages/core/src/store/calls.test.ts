import { describe, expect, it } from 'vitest'
import { config, createWorld } from '../../test/world.ts'
import { isStreamError } from '../errors.ts'
import { fault, type Fault } from '../testing/faults.ts'
import { taskScript } from '../testing/task-script.ts'

const endless = taskScript.endless()

describe('calls › submitting a run', () => {
  it('is repeated after 429, which says that nothing was done, no sooner than the server asked', async () => {
    const world = createWorld({
      faults: [fault.refuse({ on: 'run', status: 429, retryAfterSeconds: 20, times: 2 })],
    })
    const task = await world.drive(world.client.run(config))
    const [first, second, third] = world.server.requests.filter(({ route }) => route === 'run')
    expect(task.status).toBe('completed')
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(20_000)
    expect((third?.atMs ?? 0) - (second?.atMs ?? 0)).toBeGreaterThanOrEqual(20_000)
    expect(world.server.counters.runs).toBe(1)
  })

  it('is repeated as often as maxRetries says and no more, at the pace of retryDelay', async () => {
    for (const maxRetries of [0, 1, 4]) {
      const world = createWorld({ faults: [fault.refuse({ on: 'run', status: 429, times: Infinity })] })
      const work = world.client.run(config, { maxRetries, retryDelay: 10 })
      await expect(world.drive(work)).rejects.toMatchObject({ code: 'rate-limited', retryable: true })
      const times = world.server.requests.map(({ atMs }) => atMs)
      expect(times).toHaveLength(maxRetries + 1)
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(4 * 80)
    }
  })

  it.each<[string, string, Fault]>([
    ['400', 'invalid-request', fault.refuse({ on: 'run', status: 400 })],
    ['401', 'unauthorized', fault.refuse({ on: 'run', status: 401 })],
    ['402', 'payment-required', fault.refuse({ on: 'run', status: 402 })],
    ['403', 'forbidden', fault.refuse({ on: 'run', status: 403 })],
    ['404', 'not-found', fault.refuse({ on: 'run', status: 404 })],
    ['408', 'http', fault.refuse({ on: 'run', status: 408 })],
    ['409', 'conflict', fault.refuse({ on: 'run', status: 409 })],
    ['410', 'gone', fault.refuse({ on: 'run', status: 410 })],
    ['412', 'requirements', fault.refuse({ on: 'run', status: 412, requirements: [] })],
    ['422', 'unprocessable', fault.refuse({ on: 'run', status: 422 })],
    ['425', 'http', fault.refuse({ on: 'run', status: 425 })],
    ['500', 'http', fault.refuse({ on: 'run', status: 500, retryAfterSeconds: 1 })],
    ['502', 'http', fault.refuse({ on: 'run', status: 502 })],
    ['503', 'http', fault.refuse({ on: 'run', status: 503, retryAfterSeconds: 1 })],
    ['504', 'http', fault.refuse({ on: 'run', status: 504 })],
    ['no server', 'network', fault.unreachable({ on: 'run' })],
    ['a web page', 'malformed', fault.html({ on: 'run' })],
    ['an answer that breaks off', 'network', fault.cutAfterBytes(20, { on: 'run' })],
    ['an answer that ends early', 'malformed', fault.cutAfterBytes(20, { on: 'run', how: 'eof' })],
    ['an answer that is no JSON', 'malformed', fault.garbleLine({ on: 'run' })],
    ['an answer that never comes', 'connect-timeout', fault.slowHeaders(Infinity, { on: 'run' })],
    ['an answer that never ends', 'connect-timeout', fault.stall({ on: 'run', afterEvents: 0 })],
  ])('is never repeated after %s: nothing is billed twice', async (_name, code, wrong) => {
    const world = createWorld({ faults: [wrong] })
    const error: unknown = await world.drive(world.client.run(config)).catch((thrown: unknown) => thrown)
    expect(isStreamError(error) ? error.code : error).toBe(code)
    await world.clock.advance(600_000)
    expect(world.server.counters.requests.run).toBe(1)
    expect([world.server.counters.openStreams, world.clock.pendingCount]).toEqual([0, 0])
  })

  it('refuses an answer that names no task', async () => {
    const world = createWorld({
      faults: [fault.refuse({ on: 'run', status: 200, body: { data: { status: 'received' } } })],
    })
    await expect(world.drive(world.client.run(config))).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringMatching(/answer/) as unknown,
    })
  })
})

describe('calls › questions', () => {
  it('give up on an answer that does not come, and say that it may have happened', async () => {
    const world = createWorld(
      { script: endless, faults: [fault.slowHeaders(Infinity, { on: 'cancel' })] },
      { connectTimeout: 5000 },
    )
    const id = await world.startElsewhere()
    const work = world.client.tasks.cancel(id)
    await expect(world.drive(work)).rejects.toMatchObject({
      code: 'connect-timeout',
      retryable: true,
      message: expect.stringMatching(/within 5 s.*may have happened/) as unknown,
    })
    expect(world.clock.pendingCount).toBe(0)
  })

  it('end with their own signal', async () => {
    const world = createWorld({ faults: [fault.slowHeaders(Infinity, { on: 'task' })] })
    const id = await world.startElsewhere()
    const stop = new AbortController()
    const work = world.client.tasks.get(id, { signal: stop.signal })
    work.catch(() => {})
    await world.settle()
    stop.abort()
    await expect(work).rejects.toMatchObject({ code: 'aborted' })
    expect(world.clock.pendingCount).toBe(0)
  })

  it.each([
    ['409', fault.refuse({ on: 'cancel', status: 409 })],
    ['410', fault.refuse({ on: 'cancel', status: 410 })],
  ])('cancelling what has ended is no error: %s', async (_name, wrong) => {
    const world = createWorld({ faults: [wrong] })
    const id = await world.startElsewhere()
    await expect(world.drive(world.client.tasks.cancel(id))).resolves.toBeUndefined()
  })

  it('cancelling what does not exist is one', async () => {
    const world = createWorld()
    await expect(world.drive(world.client.tasks.cancel('nothing'))).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})
