import { afterEach, describe, expect, it, vi } from 'vitest'
import { catchUncaught } from '../../test/catch-uncaught.ts'
import { API, config, createWorld, linesOf, watch } from '../../test/world.ts'
import type { RunConfig } from '../protocol/protocol.ts'
import type { Frame } from '../wire/frame.ts'
import { inferenceProtocol } from '../protocol/inference/index.ts'
import { fault } from '../testing/faults.ts'
import { taskScript } from '../testing/task-script.ts'
import { createClient } from './client.ts'
import type { UploadProgress } from './task-view.ts'

const endless = taskScript.endless({ everyMs: 1000 })
const fiveSteps = ['step 1/5', 'step 2/5', 'step 3/5', 'step 4/5', 'step 5/5']

afterEach(() => vi.restoreAllMocks())

describe('client.run', () => {
  it('resolves with the completed task, whole', async () => {
    const world = createWorld()
    expect(await world.drive(world.client.run(config))).toMatchObject({
      status: 'completed',
      phase: 'success',
      app: 'acme/flux',
      input: { prompt: 'a fox' },
      output: { text: 'A fox went over the snow.' },
      progress: { value: 1, current: 5, total: 5 },
      logs: fiveSteps,
      error: null,
    })
  })

  it.each<[string, RunConfig]>([
    ['names no app', {}],
    ['holds a function', { app: 'acme/flux', input: { onDone: () => {} } }],
    ['holds itself', cyclic()],
    ['has a session that lasts too long', { app: 'a/b', session: 'new', sessionTimeoutSeconds: 4000 }],
    ['starts at no time', { app: 'a/b', runAt: Number.NaN }],
  ])('throws at once when the config %s, and sends nothing', (_name, wrong) => {
    const { client, server } = createWorld()
    expect(() => client.run(wrong)).toThrow('[misuse]')
    expect(() => client.run(wrong, { stream: true })).toThrow('[misuse]')
    expect(server.requests).toEqual([])
  })

  it('runs each call as a task of its own, the same config too', async () => {
    const world = createWorld()
    const tasks = await world.drive(Promise.all([1, 2, 3].map(() => world.client.run(config))))
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(3)
    expect(world.server.counters).toMatchObject({ runs: 3, openStreams: 0 })
  })

  it('sends the key, and asks for both framings', async () => {
    const world = createWorld({ apiKey: 'inf_test' }, { apiKey: 'inf_test' })
    await world.drive(world.client.run(config))
    expect(world.server.requests.map(({ headers }) => headers.authorization)).toEqual(
      world.server.requests.map(() => 'Bearer inf_test'),
    )
    expect(world.server.requests.find(({ route }) => route === 'stream')?.headers.accept).toBe(
      'text/event-stream, application/x-ndjson',
    )
  })

  it('decodes no more than chunkSize bytes at a time', async () => {
    const counts: { readonly chunkSize: number | undefined; readonly batches: number }[] = []
    for (const chunkSize of [undefined, 64, 16]) {
      let batches = 0
      const base = inferenceProtocol()
      const world = createWorld(
        {},
        {
          protocol: {
            ...base,
            connectTask(id, env) {
              const source = base.connectTask(id, env)
              return (reach) => counted(source(reach))
            },
          },
        },
      )
      const count = (): number => batches++
      async function* counted(line: AsyncIterable<readonly Frame[]>): AsyncGenerator<readonly Frame[]> {
        for await (const batch of line) {
          count()
          yield batch
        }
      }
      const work = world.client.run(config, chunkSize === undefined ? {} : { chunkSize })
      expect(await world.drive(work)).toMatchObject({ status: 'completed', logs: fiveSteps })
      counts.push({ chunkSize, batches })
    }
    const [whole, fine, finer] = counts.map(({ batches }) => batches)
    expect(fine).toBeGreaterThan(2 * (whole ?? 0))
    expect(finer).toBeGreaterThan(2 * (fine ?? 0))
  })

  it('tries again as often, and as soon, as the run says', async () => {
    for (const maxRetries of [0, 3]) {
      const world = createWorld({ faults: [fault.unreachable({ on: 'stream', times: Infinity })] })
      const begunAt = world.clock.now()
      const run = world.run({ maxRetries, retryDelay: 10 })
      await expect(world.drive(run.result)).rejects.toMatchObject({ code: 'network' })
      const streams = world.server.requests.filter(({ route }) => route === 'stream')
      expect(streams).toHaveLength(1 + maxRetries)
      // No delay is shorter than 50 ms, and none needs to be longer here.
      const tookMs = (streams.at(-1)?.atMs ?? 0) - begunAt
      expect(tookMs).toBeGreaterThanOrEqual(maxRetries * 50)
      expect(tookMs).toBeLessThan(maxRetries * 50 + 100)
      expect((await world.client.tasks.status(await run.id)).status).not.toBe('failed')
    }
  })
})

describe('client.run › files', () => {
  it('are uploaded first, wherever they stand, each once, and told of', async () => {
    const bodies: unknown[] = []
    const world = createWorld({
      script(body) {
        bodies.push(body.input)
        return taskScript.instant()
      },
    })
    const blob = new Blob(['abc'], { type: 'image/png' })
    const file = new File(['defgh'], 'a.txt', { type: 'text/plain' })
    const told: UploadProgress[] = []
    const input = {
      image: blob,
      list: [file, { deep: blob }],
      text: 'data:image/png;base64,AAAA',
      path: './a.png',
    }
    await world.drive(
      world.client.run({ app: 'acme/flux', input }, { onUpload: (upload) => told.push(upload) }),
    )
    const [sent] = bodies as [{ image: string; list: [string, { deep: string }] }]
    expect(sent).toEqual({
      image: expect.stringContaining('https://') as unknown,
      list: [expect.stringContaining('https://') as unknown, { deep: sent.image }],
      text: 'data:image/png;base64,AAAA',
      path: './a.png',
    })
    expect(world.server.counters).toMatchObject({ uploads: 2, uploadedBytes: 8, runs: 1 })
    expect(told[0]).toEqual({ fileCount: 2, sentBytes: 0, totalBytes: 8 })
    expect(told.at(-1)).toEqual({ fileCount: 2, sentBytes: 8, totalBytes: 8 })
    const routes = world.server.requests.map(({ route }) => route)
    expect(routes.lastIndexOf('upload')).toBeLessThan(routes.indexOf('run'))
    expect(
      world.server.requests.find(({ route }) => route === 'upload')?.headers.authorization,
    ).toBeUndefined()
  })

  it.each([
    ['the address', fault.refuse({ on: 'files', status: 403 }), 'forbidden'],
    ['the bytes', fault.refuse({ on: 'upload', status: 500 }), 'upload-failed'],
    ['the line to the storage', fault.unreachable({ on: 'upload' }), 'upload-failed'],
  ])('that fail on their way run nothing: %s', async (_name, wrong, code) => {
    const world = createWorld({ faults: [wrong] })
    const run = world.run({}, { app: 'acme/flux', input: { image: new Blob(['x']) } })
    await expect(world.drive(run.result)).rejects.toMatchObject({ code })
    await world.clock.advance(60_000)
    expect(world.server.counters.requests.run).toBe(0)
  })

  it('stop with a cancelled run, which is not sent then', async () => {
    const world = createWorld({ faults: [fault.slowHeaders(5000, { on: 'upload' })] })
    const run = world.run({}, { app: 'acme/flux', input: { image: new Blob(['x']) } })
    await world.clock.advance(1000)
    await run.cancel()
    await expect(world.drive(run.result)).rejects.toMatchObject({ code: 'aborted' })
    await world.clock.advance(60_000)
    expect(world.server.counters).toMatchObject({ requests: { run: 0 }, uploads: 0 })
  })

  it('are uploaded by hand too; anything else is a mistake', async () => {
    const world = createWorld()
    const told: UploadProgress[] = []
    const upload = world.client.upload(new Blob(['abc']), { onProgress: (progress) => told.push(progress) })
    const address = await world.drive(upload)
    expect(await (await world.server(address)).text()).toBe('abc')
    expect(told.at(-1)).toEqual({ fileCount: 1, sentBytes: 3, totalBytes: 3 })
    const noFile: unknown = { size: 3 }
    await expect(world.client.upload(noFile as Blob)).rejects.toMatchObject({ code: 'misuse' })
  })
})

describe('client.tasks', () => {
  it('answers questions about a task that somebody else started', async () => {
    const world = createWorld()
    const id = await world.startElsewhere()
    await world.clock.advance(90)
    const { tasks } = world.client
    expect(await tasks.get(id)).toMatchObject({ id, status: 'running', logs: fiveSteps.slice(0, 3) })
    expect(await tasks.status(id)).toEqual({ id, status: 'running', updatedAt: world.clock.now() })
    expect(await tasks.logs(id)).toEqual(fiveSteps.slice(0, 3))
    const timings = await tasks.timings(id)
    expect(timings).toMatchObject({ status: 'running', totalDurationMs: 90 })
    expect(timings.groups.map(({ label, durationMs }) => [label, durationMs])).toEqual([
      ['queue', 30],
      ['setup', 30],
      ['run', 30],
    ])
  })

  it('cancels a task and follows it from its present on', async () => {
    const world = createWorld({ script: endless })
    const id = await world.startElsewhere()
    await world.clock.advance(5000)
    const stream = world.client.tasks.stream(id)
    const { updates, ended } = watch(stream)
    await world.clock.advance(100)
    expect(linesOf(updates)).toHaveLength(4)
    await world.client.tasks.cancel(id, { force: true })
    expect(await world.drive(ended)).toBe('quietly')
    expect(updates.at(-1)?.status).toBe('cancelled')
  })

  it('cancels a task that nobody follows', async () => {
    const world = createWorld({ script: endless })
    const id = await world.startElsewhere()
    await world.client.tasks.cancel(id)
    await world.clock.advance(1000)
    expect((await world.client.tasks.status(id)).status).toBe('cancelled')
    await world.client.tasks.cancel(id)
  })

  it('tells those who follow a task what a question about it has brought', async () => {
    const world = createWorld({ faults: [fault.stall({ on: 'stream' })] })
    const run = world.run()
    const { updates, ended } = watch(run)
    await world.clock.advance(1000)
    expect(updates.at(-1)?.status).toBe('received')
    await world.client.tasks.get(await run.id)
    expect(await ended).toBe('quietly')
    expect(updates.at(-1)).toMatchObject({ status: 'completed', logs: fiveSteps })
    await world.settle()
    expect(world.server.counters.openStreams).toBe(0)
  })

  it('rejects when there is no such task', async () => {
    const world = createWorld()
    const { tasks } = world.client
    for (const name of ['get', 'status', 'logs', 'timings'] as const) {
      await expect(world.drive<unknown>(tasks[name]('none'))).rejects.toMatchObject({ code: 'not-found' })
    }
    const run = tasks.stream('none')
    expect(await world.drive(watch(run).ended)).toMatchObject({ code: 'not-found' })
    await expect(run.result).rejects.toMatchObject({ code: 'not-found' })
  })

  it('tries a task anew whose line was given up before', async () => {
    const world = createWorld({ faults: [fault.unreachable({ on: 'stream', times: 2 })] })
    const id = await world.startElsewhere()
    const first = world.client.tasks.stream(id, { maxRetries: 1 })
    await expect(world.drive(first.result)).rejects.toMatchObject({ code: 'network' })
    expect(await world.drive(world.client.tasks.stream(id).result)).toMatchObject({ status: 'completed' })
  })

  it('calls it a mistake when the id cannot be one', async () => {
    const { client, server } = createWorld()
    for (const id of ['', ' ', '..', '\uD800']) {
      expect(() => client.tasks.stream(id)).toThrow('[misuse]')
      await expect(client.tasks.get(id)).rejects.toMatchObject({ code: 'misuse' })
      await expect(client.tasks.cancel(id)).rejects.toMatchObject({ code: 'misuse' })
    }
    expect(server.requests).toEqual([])
  })
})

describe('client.close', () => {
  it('ends every line and every loop, keeps no timer, and stops no task', async () => {
    const world = createWorld({ script: endless })
    const run = world.run({ timeout: 60_000, cancelOnTimeout: true })
    const stream = world.client.tasks.stream(await world.startElsewhere(), { timeout: 60_000 })
    const [first, second] = [watch(run), watch(stream)]
    await world.clock.advance(2000)
    expect(world.server.counters.openStreams).toBe(2)
    world.client.close()
    expect(await Promise.all([first.ended, second.ended])).toEqual(['quietly', 'quietly'])
    await expect(run.result).rejects.toMatchObject({ code: 'disconnected' })
    await world.settle()
    expect(world.server.counters).toMatchObject({ openStreams: 0, requests: { cancel: 0 } })
    expect(world.clock.pendingCount).toBe(0)
  })

  it('sends nothing any more that waits to be sent again', async () => {
    const world = createWorld({ faults: [fault.refuse({ on: 'run', status: 429, retryAfterSeconds: 9 })] })
    world.run()
    await world.clock.advance(1000)
    world.client.close()
    await world.settle()
    expect(world.clock.pendingCount).toBe(0)
    await world.clock.advance(60_000)
    expect(world.server.counters.requests.run).toBe(1)
  })

  it('stops uploads, and the run that they were for', async () => {
    const world = createWorld({ faults: [fault.slowHeaders(5000, { on: 'upload' })] })
    world.run({}, { app: 'acme/flux', input: { image: new Blob(['x']) } })
    await world.clock.advance(1000)
    world.client.close()
    await world.settle()
    expect(world.clock.pendingCount).toBe(0)
    await world.clock.advance(60_000)
    expect(world.server.counters.requests.run).toBe(0)
  })

  it('may be used again, as it was', async () => {
    const world = createWorld()
    world.client.close()
    world.client.close()
    expect(await world.drive(world.client.run(config))).toMatchObject({ status: 'completed' })
  })
})

describe('client.onSettled', () => {
  it('keeps nothing from the others, nor from the run, when it throws', async () => {
    const caught = catchUncaught()
    for (const script of [taskScript.usual({ stepMs: 10 }), taskScript.instant()]) {
      const world = createWorld({ script })
      const settled: string[] = []
      world.client.onSettled(() => {
        throw new Error('settled')
      })
      world.client.onSettled(({ status }) => settled.push(status))
      expect(await world.drive(world.client.run(config))).toMatchObject({ status: 'completed' })
      expect(settled).toEqual(['completed'])
    }
    expect(caught.map(String)).toEqual(['Error: settled', 'Error: settled'])
  })
})

describe('createClient', () => {
  it('reaches nothing by itself', () => {
    createClient({ baseUrl: API, fetch: () => Promise.reject(new Error('No request was asked for.')) })
  })
})

function cyclic(): RunConfig {
  const input: Record<string, unknown> = {}
  input.self = input
  return { app: 'acme/flux', input }
}
