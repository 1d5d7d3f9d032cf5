import { describe, expect, it } from 'vitest'
import { StreamError } from '../src/errors.ts'
import { fault } from '../src/testing/faults.ts'
import type { TaskScript } from '../src/testing/script.ts'
import { taskScript } from '../src/testing/task-script.ts'
import { concatBytes, utf8 } from './bytes.ts'
import { createScriptedTask, ndjson } from './scripted-task.ts'
import { createWorld, linesOf, watch } from './world.ts'

const output = { text: 'a fox' }
const script: TaskScript = [
  { atMs: 0, set: { status: 'running' } },
  { atMs: 100, set: { progress: 0.5 }, logs: ['secret-in-a-log'] },
  { atMs: 200, set: { status: 'completed', output }, logs: ['done'] },
]

describe('invalid-json', () => {
  const done = { id: 't1', status: 'completed', output }
  it.each([
    ['broken', '{"id":"t1","status":"run secret-payload\n'],
    ['cut short', '{"id":"t1","logs":["secret-payload"\n'],
    ['a web page', '<html><body>secret-payload</body></html>\n'],
    ['a word', 'secret-payload\n'],
  ])('%s: it is counted, nothing of it is quoted, and what comes after it is read', async (_what, wrong) => {
    const running = { id: 't1', status: 'running', progress: 0.5 }
    const server = createScriptedTask({
      streams: [ndjson(running) + wrong + ndjson(done)],
      task: done,
      staysOpen: true,
    })
    const world = createWorld({}, { fetch: server })
    const follower = world.client.follow.task('t1')
    const seen: string[] = []
    follower.live.subscribe((view) => void seen.push(JSON.stringify(view) + String(view.connection.error)))
    await world.clock.advance(1000)
    const { task, connection } = follower.live.getState()
    expect([task.status, task.output, connection.skippedCount]).toEqual(['completed', output, 1])
    expect(seen.join('')).not.toContain('secret')
  })
})

describe('huge-event', () => {
  it('a line without an end is given up at the limit, in memory and time that the limit bounds', async () => {
    const maxMessageLength = 1024 * 1024
    const piece = utf8('x'.repeat(64 * 1024))
    let sentBytes = 0
    const world = createWorld(
      {},
      {
        maxMessageLength,
        maxRetries: 0,
        transport: 'stream',
        async fetch(request) {
          if (!request.url.endsWith('/stream')) return Response.json({ id: 't1', status: 'running' })
          const body = new ReadableStream<Uint8Array>({
            pull(controller) {
              sentBytes += piece.length
              controller.enqueue(piece)
            },
          })
          return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
        },
      },
    )
    const follower = world.client.follow.task('t1')
    follower.live.subscribe(() => {})
    for (let turn = 0; turn < 100 && follower.live.getState().connection.state !== 'closed'; turn++) {
      await world.settle()
    }
    const { error } = follower.live.getState().connection
    expect(error).toMatchObject({ code: 'frame-too-large', retryable: true })
    expect(error).toBeInstanceOf(StreamError)
    expect(error?.message.length).toBeLessThan(500)
    expect(sentBytes).toBeLessThanOrEqual(2 * maxMessageLength)
    const before = sentBytes
    await world.clock.advance(60_000)
    expect(sentBytes).toBe(before)
  })
})

describe('flood', () => {
  it(
    '100,000 lines in a second are published once a frame, none is lost, and their order stays',
    { timeout: 30_000 },
    async () => {
      const count = 100_000
      const world = createWorld(
        { script: taskScript.chatty({ lines: count, perSecond: count, line: String }) },
        { publish: (flush) => world.clock.after(16, flush) },
      )
      const follower = world.client.follow.task(await world.startElsewhere())
      let renders = 0
      follower.store.subscribe(() => renders++)
      await world.clock.advance(1000)
      expect(renders).toBeLessThanOrEqual(1000 / 16 + 10)
      await world.clock.advance(10_000)
      const { task } = follower.store.getState()
      expect(task.status).toBe('completed')
      expect(task.logs.lines.length).toBe(count)
      expect([...task.logs.lines].every((line, index) => line === String(index + 1))).toBe(true)
    },
  )
})

describe('heartbeat-only', () => {
  it('signs of life keep the line, and are no progress: how long nothing was said can be seen', async () => {
    const world = createWorld({ script: script.slice(0, 2), heartbeatMs: 2000 }, { idleTimeout: 5000 })
    const follower = world.client.follow.task(await world.startElsewhere())
    follower.live.subscribe(() => {})
    await world.clock.advance(1000)
    const { task, connection } = follower.live.getState()
    const saidAtMs = world.clock.now() - 900
    expect(connection.lastEventAt).toBe(saidAtMs)
    await world.clock.advance(600_000)
    const later = follower.live.getState()
    expect(later.task).toBe(task)
    expect(later.connection).toEqual({ ...connection, state: 'live', lastEventAt: saidAtMs })
    expect(world.server.counters.streamsOpened).toBe(1)
  })

  it.each(['sse', 'ndjson'] as const)('the task goes on after a long silence of it (%s)', async (framing) => {
    const late = script.map((step, index) => (index === 0 ? step : { ...step, atMs: step.atMs + 900_000 }))
    const world = createWorld({ script: late, heartbeatMs: 2000, framing }, { idleTimeout: 5000 })
    const run = world.run()
    const { updates, ended } = watch(run)
    expect(await world.drive(ended)).toBe('quietly')
    expect(linesOf(updates)).toEqual(['secret-in-a-log', 'done'])
    expect(world.server.counters.streamsOpened).toBe(1)
  })
})

describe('invalid-utf8', () => {
  it.each([
    ['FF', [0xff]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half a pair of surrogates', [0xed, 0xa0, 0x80]],
    ['the beginning of a character', [0xf0, 0x9f, 0xa6]],
  ])('%s in an event stream becomes U+FFFD, and throws nothing', async (_what, bytes) => {
    const head = utf8('data: {"id":"t1","status":"completed","output":{"text":"a')
    const tail = utf8('b"}}\n\n')
    const world = createWorld(
      {},
      {
        async fetch(request) {
          if (!request.url.endsWith('/stream')) return Response.json({ id: 't1', status: 'running' })
          return new Response(concatBytes([head, Uint8Array.from(bytes), tail]).slice(), {
            headers: { 'content-type': 'text/event-stream' },
          })
        },
      },
    )
    const run = world.client.tasks.stream('t1')
    const { output: read } = await world.drive(run.result)
    expect(read).toMatchObject({ text: expect.stringMatching(/^a�+b$/) as unknown })
  })

  it('bytes that are not UTF-8 in any message of the log leave the others as they are', async () => {
    for (let line = 1; line <= script.length; line++) {
      const world = createWorld({ script, faults: [fault.invalidUtf8({ on: 'stream', line })] })
      const task = await world.drive(world.client.run({ app: 'acme/flux', input: null }))
      expect([line, task.status, task.output, task.logs.includes('done')]).toEqual([
        line,
        'completed',
        output,
        true,
      ])
    }
  })
})
