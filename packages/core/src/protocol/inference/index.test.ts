import { describe, expect, it } from 'vitest'
import { StreamError } from '../../errors.ts'
import type { HttpRequest } from '../../source/send.ts'
import { createManualClock, type ManualClock } from '../../testing/manual-clock.ts'
import type { SourceEnv } from '../../source/source.ts'
import type { Protocol } from '../protocol.ts'
import type { TaskEvent } from '../task-event.ts'
import { liveStatusCodes } from '../task-status.ts'
import { inferenceProtocol } from './index.ts'

const protocol = inferenceProtocol()
const AT = '2026-10-01T09:00:00Z'
const AT_MS = Date.UTC(2026, 9, 1, 9)

function thrownBy(act: () => unknown): StreamError {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof StreamError) return thrown
    throw thrown
  }
  throw new Error('It threw nothing.')
}

/** The same data in every envelope (P§1.4). */
const envelopes = (data: unknown): readonly string[] =>
  [{ success: true, status: 200, data }, { data, messages: [] }, { data }, data].map((body) =>
    JSON.stringify(body),
  )

const readers: readonly (keyof Protocol)[] = [
  'readTask',
  'readStatus',
  'readLogs',
  'readTimings',
  'readUploadTarget',
]

describe('answers', () => {
  it('readTask reads the answer of a run (appendix A1)', () => {
    const body =
      '{"data":{"id":"t1","short_id":"t1","status":1,"status_text":"received","output":null,"created_at":"2026-10-01T09:00:00Z","updated_at":"2026-10-01T09:00:00Z"},"messages":[]}'
    expect(protocol.readTask(body)).toEqual([
      {
        type: 'task-fields',
        full: true,
        fields: {
          id: 't1',
          status: 'received',
          rawStatus: 1,
          output: null,
          createdAt: AT_MS,
          updatedAtUs: AT_MS * 1000,
        },
      },
    ])
  })

  it('readTask reads logs as everything so far', () => {
    expect(protocol.readTask('{"id":"t1","logs":["a"]}')).toEqual([
      { type: 'log-lines', origin: 'resource', lines: ['a'] },
      { type: 'task-fields', full: true, fields: { id: 't1' } },
    ])
  })

  it('readStatus reads a status (appendix A1)', () => {
    for (const body of envelopes({ id: 't1', status: 7, updated_at: '2026-10-01T09:00:03.2Z' })) {
      expect(protocol.readStatus(body)).toEqual({ id: 't1', status: 'running', updatedAt: AT_MS + 3200 })
    }
  })

  it('readLogs reads logs, status and history', () => {
    const data = {
      task_id: 't1',
      status: 10,
      events: [{ status: 1, event_time: AT }],
      logs: [{ log_type: 1, content: 'YQ==' }],
    }
    for (const body of envelopes(data)) {
      expect(protocol.readLogs(body)).toEqual([
        { type: 'log-content', source: 'run', content: 'YQ==' },
        {
          type: 'task-fields',
          full: false,
          fields: {
            id: 't1',
            status: 'completed',
            rawStatus: 10,
            history: [{ status: 'received', at: AT_MS }],
          },
        },
      ])
    }
  })

  it('readTimings reads appendix A4', () => {
    const data = {
      task_id: 't1',
      status: 10,
      total_duration: '6.1s',
      total_duration_ms: 6100,
      groups: [
        { label: 'queue', start_at: AT, end_at: '2026-10-01T09:00:01Z', duration: '1s', duration_ms: 1000 },
        { label: 'run', start_at: '2026-10-01T09:00:01Z', end_at: null, duration_ms: 5100 },
        { label: 'no length', start_at: AT, end_at: '2026-10-01T09:00:02Z' },
        { label: 'no start' },
        null,
      ],
      events: [
        { status: 'received', timestamp: AT, duration: '1s', duration_ms: 1000, next_status: 'running' },
      ],
    }
    for (const body of envelopes(data)) {
      expect(protocol.readTimings(body)).toEqual({
        status: 'completed',
        totalDurationMs: 6100,
        groups: [
          { label: 'queue', startAt: AT_MS, endAt: AT_MS + 1000, durationMs: 1000 },
          { label: 'run', startAt: AT_MS + 1000, endAt: null, durationMs: 5100 },
          { label: 'no length', startAt: AT_MS, endAt: AT_MS + 2000, durationMs: 2000 },
        ],
        events: [{ status: 'received', at: AT_MS }],
      })
    }
  })

  it('readUploadTarget reads the first file (appendix A8)', () => {
    const target = {
      uploadUrl: 'https://storage.example/put?sig=1',
      uri: 'https://cloud.inference.sh/f1.png',
    }
    for (const body of envelopes([{ id: 'f1', upload_url: target.uploadUrl, uri: target.uri }])) {
      expect(protocol.readUploadTarget(body)).toEqual(target)
    }
  })

  it.each(['javascript:alert(1)', 'file:///etc/passwd', '/relative', ''])(
    'readUploadTarget refuses to upload to %j',
    (upload_url) => {
      const body = JSON.stringify([{ upload_url, uri: 'https://x.example/f' }])
      expect(thrownBy(() => protocol.readUploadTarget(body)).code).toBe('malformed')
    },
  )

  it.each(readers)('%s throws malformed for what it does not expect, without quoting it', (name) => {
    for (const body of [
      '',
      'secret',
      'null',
      '[]',
      '{}',
      '{"data":null}',
      '{"data":"secret"}',
      '{"secret":1}',
      '{"__proto__":{"id":"t"}}',
    ]) {
      const error = thrownBy(() => call(name, body))
      expect(error.code).toBe('malformed')
      expect(error.message).not.toContain('secret')
    }
  })

  it.each(readers)('%s throws what a V1 error means, on HTTP 200 too', (name) => {
    const body = '{"success":false,"status":401,"error":{"code":"unauthorized","message":"bad key"}}'
    expect(thrownBy(() => call(name, body))).toMatchObject({ code: 'unauthorized', status: 401 })
  })

  function call(name: keyof Protocol, body: string): unknown {
    const read: unknown = protocol[name]
    return typeof read === 'function' ? Reflect.apply(read, protocol, [body]) : null
  }

  it('read numbers by the table that was chosen', () => {
    const body = '{"id":"t1","status":8}'
    expect(protocol.readStatus(body).status).toBe('uploading')
    expect(inferenceProtocol({ statusCodes: liveStatusCodes }).readStatus(body).status).toBe('cancelling')
  })

  it('readError knows what time it is', async () => {
    const response = new Response(null, {
      status: 429,
      headers: { 'retry-after': new Date(AT_MS + 5000).toUTCString() },
    })
    const timed = inferenceProtocol({ now: () => AT_MS })
    expect(await timed.readError(response)).toMatchObject({ code: 'rate-limited', retryAfterMs: 5000 })
  })
})

describe('connectTask', () => {
  interface World {
    readonly env: SourceEnv
    readonly clock: ManualClock
    readonly asked: HttpRequest[]
  }

  const world = (answer: (request: HttpRequest) => Response | Promise<Response>): World => {
    const clock = createManualClock()
    const asked: HttpRequest[] = []
    const env: SourceEnv = {
      clock,
      idleMs: 45_000,
      connectTimeoutMs: 10_000,
      chunkSizeBytes: null,
      maxFrameChars: 1 << 20,
      send: async (request) => {
        asked.push(request)
        return await answer(request)
      },
    }
    return { env, clock, asked }
  }

  const isStream = (request: HttpRequest): boolean => request.path.endsWith('/stream')
  const stream = (text: string): Response =>
    new Response(text, { headers: { 'content-type': 'application/x-ndjson' } })

  async function follow(
    env: SourceEnv,
    signal = new AbortController().signal,
  ): Promise<readonly TaskEvent[]> {
    const decode = protocol.decodeTask()
    const events: TaskEvent[] = []
    for await (const batch of protocol.connectTask('t1', env)({ cursor: null, signal })) {
      events.push(...batch.flatMap(decode).map(({ event }) => event))
    }
    return events
  }

  it('opens the stream, asks for the task, and tells the task before what the stream brought', async () => {
    const { env, clock, asked } = world((request) =>
      isStream(request)
        ? stream('{"id":"t1","status":10}\n')
        : new Response('{"data":{"id":"t1","status":7,"updated_at":"2026-10-01T09:00:00Z"}}'),
    )
    const whole: TaskEvent = {
      type: 'task-fields',
      full: true,
      fields: { id: 't1', status: 'running', rawStatus: 7, updatedAtUs: AT_MS * 1000 },
    }
    const update: TaskEvent = {
      type: 'task-fields',
      full: false,
      fields: { id: 't1', status: 'completed', rawStatus: 10 },
    }
    expect((await follow(env)).slice(0, 2)).toEqual([whole, update])
    expect(asked.slice(0, 2).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /tasks/t1/stream',
      'GET /tasks/t1',
    ])
    expect(clock.pendingCount).toBe(0)
  })

  const refused = [
    [401, 'unauthorized', false],
    [403, 'forbidden', false],
    [404, 'not-found', false],
    [503, 'http', true],
  ] as const

  it.each(refused)(
    'ends with HTTP %d of the stream as %s, retryable: %s',
    async (status, code, retryable) => {
      const { env, clock } = world(() => new Response('{"title":"T"}', { status }))
      await expect(follow(env)).rejects.toMatchObject({ code, retryable, status })
      expect(clock.pendingCount).toBe(0)
    },
  )

  it.each(
    // A task that may not be read, or is not there, may have a stream all the same.
    refused.filter(([status]) => status !== 403 && status !== 404),
  )('ends with HTTP %d of the task itself as %s, retryable: %s', async (status, code, retryable) => {
    const refusal = (): Response => new Response('{"title":"T"}', { status })
    const { env, clock } = world((request) =>
      isStream(request) ? stream('{"type":"heartbeat"}\n') : refusal(),
    )
    await expect(follow(env)).rejects.toMatchObject({ code, retryable, status })
    expect(clock.pendingCount).toBe(0)
  })

  it('gives up on a task that does not answer, and closes an answer that comes after all', async () => {
    let answer: (response: Response) => void = () => {}
    const { env, clock } = world((request) =>
      isStream(request) ? stream('{"type":"heartbeat"}\n') : new Promise((resolve) => (answer = resolve)),
    )
    const followed = expect(follow(env)).rejects.toMatchObject({ code: 'connect-timeout', retryable: true })
    await clock.advance(10_000)
    await followed
    let isClosed = false
    answer(new Response(new ReadableStream({ cancel: () => void (isClosed = true) })))
    await clock.advance(0)
    expect(isClosed).toBe(true)
    expect(clock.pendingCount).toBe(0)
  })

  it('gives up on a body that stops, be it an answer or a refusal', async () => {
    for (const status of [200, 500]) {
      const silent = new ReadableStream()
      const { env, clock } = world((request) =>
        isStream(request) ? stream('{"type":"heartbeat"}\n') : new Response(silent, { status }),
      )
      const followed = expect(follow(env)).rejects.toMatchObject({ code: 'connect-timeout', retryable: true })
      await clock.advance(45_000)
      await followed
      expect(clock.pendingCount).toBe(0)
    }
  })

  it('ends without a word when its signal is aborted, at every stage', async () => {
    for (const stage of ['stream', 'task']) {
      const controller = new AbortController()
      const { env, clock } = world((request) => {
        if (isStream(request) && stage === 'task') return stream('{"type":"heartbeat"}\n')
        queueMicrotask(() => controller.abort())
        return new Promise(() => {})
      })
      expect(await follow(env, controller.signal)).toEqual([])
      expect(clock.pendingCount).toBe(0)
    }
  })

  it.each(['', '..'])('refuses the id %j at once', (id) => {
    const { env } = world(() => new Response())
    expect(thrownBy(() => protocol.connectTask(id, env)).code).toBe('misuse')
  })
})
