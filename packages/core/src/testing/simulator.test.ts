import { describe, expect, it } from 'vitest'
import { readBody } from '../../test/read-body.ts'
import { readLogsAnswer, readStatusAnswer, readTimingsAnswer } from '../protocol/inference/read-answers.ts'
import { liveStatusCodes, referenceStatusCodes } from '../protocol/task-status.ts'
import { asset } from './assets.ts'
import { fault } from './faults.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { createSimulator, type Simulator } from './simulator.ts'
import type { SimulatorOptions } from './simulator-options.ts'
import { taskScript } from './task-script.ts'

const API = 'https://api.test'
const usual = taskScript.usual({ stepMs: 10 })

interface World {
  readonly clock: ManualClock
  readonly simulate: Simulator
  /** Status and JSON of an answer. */
  readonly ask: (method: string, path: string, body?: unknown, headers?: HeadersInit) => Promise<Answer>
  /** Starts a task and answers its id. */
  readonly start: () => Promise<string>
}
interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: unknown
}

function world(options: SimulatorOptions = {}): World {
  const clock = createManualClock()
  const simulate = createSimulator({ clock, script: usual, envelope: 'v2', ...options })
  const ask: World['ask'] = async (method, path, body, headers = {}) => {
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const answer = await simulate(`${API}${path}`, init)
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, json: text === '' ? null : JSON.parse(text) }
  }
  const start = async (): Promise<string> => {
    const { json } = await ask('POST', '/apps/run', { app: 'acme/flux', input: { prompt: 'a fox' } })
    return (json as { readonly id: string }).id
  }
  return { clock, simulate, ask, start }
}

describe('POST /apps/run', () => {
  it('starts a task and answers its result so far', async () => {
    const { ask, simulate } = world()
    const { status, json } = await ask('POST', '/apps/run', { app: 'acme/flux@1:run', input: {} })
    expect(status).toBe(200)
    expect(json).toEqual({
      id: expect.stringMatching(/^[0-9a-hjkmnp-tv-z]{26}$/) as unknown,
      short_id: (json as { readonly id: string }).id.slice(0, 8),
      status: 'received',
      status_text: 'received',
      output: null,
      error: null,
      session_id: null,
      created_at: '2026-01-01T00:00:00Z',
      updated_at: '2026-01-01T00:00:00Z',
      run_at: null,
    })
    expect(simulate.counters).toMatchObject({ runs: 1, openStreams: 0 })
  })

  it.each([
    ['no JSON', '{"app"', 400],
    ['a list', '[]', 400],
    ['no app', '{"input":{}}', 400],
    ['an app that is no name', '{"app":"flux","input":{}}', 400],
    ['an id that is no text', '{"app_id":7}', 400],
    ['a session that is too long', '{"app":"a/b","session":"new","session_timeout":3601}', 400],
    ['a timeout without a new session', '{"app":"a/b","session_timeout":60}', 400],
    ['a time that is none', '{"app":"a/b","run_at":"soon"}', 400],
    ['an id', '{"app_id":"x"}', 200],
    ['a new session', '{"app":"a/b","session":"new","session_timeout":60}', 200],
  ])('answers %s', async (_name, body, status) => {
    const { simulate } = world()
    expect((await simulate(`${API}/run`, { method: 'POST', body })).status).toBe(status)
  })

  it('does not know an app for which there is no script', async () => {
    const { ask } = world({ script: { 'demo/*': usual } })
    expect(await ask('POST', '/apps/run', { app: 'demo/any' })).toMatchObject({ status: 200 })
    expect(await ask('POST', '/apps/run', { app: 'other/any' })).toMatchObject({
      status: 404,
      json: { type: 'https://inference.sh/problems/not_found' },
    })
  })

  it('is over before the answer where the script says so', async () => {
    const { ask } = world({ script: taskScript.instant({ output: 7 }) })
    expect(await ask('POST', '/apps/run', { app: 'a/b' })).toMatchObject({
      json: { status: 'completed', output: 7 },
    })
  })

  it.each([
    ['completed', usual, 200, { status: 'completed' }],
    ['failed', taskScript.fails({ stepMs: 10, error: 'no disk' }), 422, { detail: 'no disk' }],
  ])('waits for the end of a task that is %s', async (_name, script, status, json) => {
    const { ask, clock } = world({ script })
    let answer: Answer | null = null
    void ask('POST', '/apps/run', { app: 'a/b', wait: true }).then((given) => (answer = given))
    await clock.advance(50)
    expect(answer).toBeNull()
    await clock.advance(200)
    expect(answer).toMatchObject({ status, json })
    expect(clock.pendingCount).toBe(0)
  })

  it('answers 422 to who waits for a task that somebody cancels', async () => {
    const { ask, clock } = world({ script: taskScript.endless() })
    const answer = ask('POST', '/apps/run', { app: 'a/b', wait: true })
    await clock.advance(1000)
    const { json } = await ask('POST', '/tasks/list', {})
    const { id } = (json as { readonly items: readonly [{ readonly id: string }] }).items[0]
    await ask('POST', `/tasks/${id}/cancel`)
    await clock.advance(500)
    expect(await answer).toMatchObject({
      status: 422,
      json: { type: expect.stringContaining('task_cancelled') as unknown },
    })
  })

  it('answers with the stream itself when asked to', async () => {
    const { simulate, clock } = world()
    const body = '{"app":"a/b","stream":true}'
    const reading = readBody(await simulate(`${API}/apps/run`, { method: 'POST', body }))
    await clock.advance(1000)
    expect(reading.outcome).toBe('end')
    expect(reading.text).toContain('"status":"completed"')
  })

  it('lets a scheduled task wait for its time', async () => {
    const { ask, clock } = world()
    const { json } = await ask('POST', '/apps/run', { app: 'a/b', run_at: '2026-01-01T00:01:00Z' })
    const { id } = json as { readonly id: string }
    await clock.advance(59_999)
    expect(await ask('GET', `/tasks/${id}`)).toMatchObject({ json: { status: 'received', events: [] } })
    await clock.advance(1000)
    expect(await ask('GET', `/tasks/${id}`)).toMatchObject({ json: { status: 'completed' } })
  })
})

describe('reading a task', () => {
  it('answers it as it is at each moment, by either id, with /v1 or without', async () => {
    const { ask, clock, start } = world()
    const id = await start()
    for (const [ms, status] of [
      [0, 'received'],
      [10, 'queued'],
      [50, 'running'],
      [1000, 'completed'],
    ] as const) {
      await clock.advance(ms)
      for (const path of [`/tasks/${id}`, `/v1/tasks/${id}`, `/tasks/${id.slice(0, 8)}`]) {
        expect(await ask('GET', path)).toMatchObject({ status: 200, json: { id, status } })
      }
    }
  })

  it('holds what the dialect has: the reference', async () => {
    const { ask, clock, start } = world({ script: taskScript.usual({ stepMs: 10, partials: [{ a: 1 }] }) })
    const id = await start()
    await clock.advance(110)
    expect((await ask('GET', `/tasks/${id}`)).json).toMatchObject({
      app: 'acme/flux',
      status: 'running',
      progress: { current: 5, total: 5 },
      partial_output: { a: 1 },
      output: null,
      logs: ['step 1/5', 'step 2/5', 'step 3/5', 'step 4/5', 'step 5/5'],
      input: { prompt: 'a fox' },
    })
  })

  it('holds what the dialect has: the live service', async () => {
    const script = taskScript.usual({ stepMs: 10, partials: [{ a: 1 }], logs: ['ü'] })
    const { ask, clock, start } = world({ dialect: 'live', script })
    const id = await start()
    await clock.advance(20)
    expect((await ask('GET', `/tasks/${id}`)).json).toMatchObject({ status: 3, output: {}, logs: [] })
    await clock.advance(90)
    const { json } = await ask('GET', `/tasks/${id}`)
    expect(json).toMatchObject({
      app: null,
      status: 7,
      output: { a: 1 },
      logs: [{ log_type: 4, content: 'w7wK' }],
    })
    expect(json).not.toHaveProperty('progress')
    expect(json).not.toHaveProperty('partial_output')
  })

  it.each([
    [{}, { status: 'uploading' }],
    [{ statusStyle: 'code' }, { status: 8 }],
    [{ statusStyle: 'numeric-string' }, { status: '8' }],
    [{ dialect: 'live' }, { status: 9 }],
    [
      { dialect: 'live', statusStyle: 'numeric-string', statusText: 'everywhere' },
      { status: '9', status_text: 'uploading' },
    ],
    [{ dialect: 'live', statusStyle: 'name' }, { status: 'uploading' }],
  ] as const)('writes the status as %j says', async (options, expected) => {
    const { ask, clock, start } = world(options)
    const id = await start()
    await clock.advance(120)
    expect((await ask('GET', `/tasks/${id}`)).json).toMatchObject(expected)
  })

  it.each(['reference', 'live'] as const)('is understood by the client: %s', async (dialect) => {
    const { ask, clock, start } = world({ dialect })
    const codes = dialect === 'live' ? liveStatusCodes : referenceStatusCodes
    const id = await start()
    await clock.advance(85)
    const text = async (path: string): Promise<string> => JSON.stringify((await ask('GET', path)).json)
    expect(readStatusAnswer(await text(`/tasks/${id}/status`), codes)).toEqual({
      id,
      status: 'running',
      updatedAt: clock.now() - 5,
    })
    expect(readLogsAnswer(await text(`/tasks/${id}/logs`), codes)).toHaveLength(2)
    const timings = readTimingsAnswer(await text(`/tasks/${id}/timings`), codes)
    expect(timings).toMatchObject({ status: 'running', totalDurationMs: 85 })
    expect(timings.groups.map(({ label, durationMs, endAt }) => [label, durationMs, endAt === null])).toEqual(
      [
        ['queue', 30, false],
        ['setup', 30, false],
        ['run', 25, true],
      ],
    )
    expect(timings.events.map(({ status }) => status)).toEqual([
      'received',
      'queued',
      'scheduled',
      'preparing',
      'serving',
      'setting_up',
      'running',
    ])
    await clock.advance(1000)
    expect(readTimingsAnswer(await text(`/tasks/${id}/timings`), codes)).toMatchObject({
      status: 'completed',
      totalDurationMs: 130,
    })
  })

  it('puts addresses of its assets, or their content, into outputs', async () => {
    const script = taskScript.instant({ output: { image: { uri: asset('image.svg') } } })
    const url = await world({ script }).ask('POST', '/apps/run', { app: 'a/b' })
    expect(url.json).toMatchObject({ output: { image: { uri: `${API}/assets/image.svg` } } })
    const data = await world({ script, assetsAs: 'data' }).ask('POST', '/apps/run', { app: 'a/b' })
    expect(data.json).toMatchObject({
      output: { image: { uri: expect.stringMatching(/^data:image\/svg\+xml;base64,/) as unknown } },
    })
  })

  it('lists the newest first, in pages', async () => {
    const { ask, start } = world()
    const ids = [await start(), await start(), await start()]
    const first = await ask('POST', '/tasks/list', { limit: 2 })
    expect(first.json).toMatchObject({
      items: [{ id: ids[2] }, { id: ids[1] }],
      has_next: true,
      has_previous: false,
      total_items: 3,
    })
    const { next_cursor: cursor } = first.json as { readonly next_cursor: string }
    expect((await ask('POST', '/tasks/list', { limit: 2, cursor })).json).toMatchObject({
      items: [{ id: ids[0] }],
      has_next: false,
      has_previous: true,
    })
  })

  it('tells of each moment in its telemetry', async () => {
    const { ask, start } = world()
    expect((await ask('GET', `/tasks/${await start()}/telemetry`)).json).toHaveLength(1)
  })

  it('forgets a task that was deleted, and the oldest when there are too many', async () => {
    const { ask, start } = world({ maxRuns: 2 })
    const [one, two, three] = [await start(), await start(), await start()]
    expect((await ask('GET', `/tasks/${one}`)).status).toBe(404)
    expect((await ask('DELETE', `/tasks/${two}`)).status).toBe(200)
    expect((await ask('GET', `/tasks/${two}`)).status).toBe(404)
    expect((await ask('GET', `/tasks/${three}`)).status).toBe(200)
  })
})

describe('marking a task', () => {
  it('changes who may see it', async () => {
    const { ask, start } = world()
    const id = await start()
    expect(await ask('GET', `/tasks/${id}`)).toMatchObject({ json: { visibility: 'private' } })
    expect(await ask('POST', `/tasks/${id}/visibility`, { visibility: 'team' })).toMatchObject({
      status: 200,
      json: { id, visibility: 'team' },
    })
    expect(await ask('GET', `/tasks/${id}`)).toMatchObject({ json: { visibility: 'team' } })
  })

  it('lists those that are featured, the newest first, in pages', async () => {
    const { ask, start } = world()
    const ids = [await start(), await start(), await start(), await start()]
    for (const id of ids.slice(0, 3)) {
      expect(await ask('POST', `/tasks/${id}/featured`, { is_featured: true })).toMatchObject({
        status: 200,
        json: { id, is_featured: true },
      })
    }
    await ask('POST', `/tasks/${ids[1]}/featured`, { is_featured: false })
    expect((await ask('GET', '/tasks/featured')).json).toMatchObject({
      items: [{ id: ids[2] }, { id: ids[0] }],
      items_per_page: 50,
      total_items: 2,
      has_next: false,
    })
    const first = await ask('GET', '/tasks/featured?limit=1')
    expect(first.json).toMatchObject({ items: [{ id: ids[2] }], has_next: true })
    const { next_cursor: cursor } = first.json as { readonly next_cursor: string }
    expect(await ask('GET', `/tasks/featured?limit=1&cursor=${encodeURIComponent(cursor)}`)).toMatchObject({
      json: { items: [{ id: ids[0] }], has_next: false, has_previous: true },
    })
  })

  it.each([
    ['visibility', {}],
    ['visibility', { visibility: 'secret' }],
    ['featured', {}],
    ['featured', { is_featured: 1 }],
  ])('refuses %s of %j', async (path, body) => {
    const { ask, start } = world()
    expect((await ask('POST', `/tasks/${await start()}/${path}`, body)).status).toBe(400)
    expect((await ask('POST', `/tasks/nobody/${path}`, body)).status).toBe(404)
  })
})

describe('sessions', () => {
  const open = { app: 'a/b', session: 'new', session_timeout: 10 }
  const sessionOf = ({ json }: Answer): string => (json as { readonly session_id: string }).session_id

  it('begin with a run that asks for a new one, and count every further run', async () => {
    const { ask, clock } = world()
    const id = sessionOf(await ask('POST', '/apps/run', open))
    await clock.advance(9000)
    const second = await ask('POST', '/apps/run', { app: 'a/b', session: id })
    expect(second).toMatchObject({ status: 200, json: { session_id: id } })
    expect((await ask('GET', `/sessions/${id}`)).json).toEqual({
      id,
      created_at: '2026-01-01T00:00:00Z',
      updated_at: '2026-01-01T00:00:09Z',
      worker_id: expect.any(String) as unknown,
      app_id: null,
      app_version_id: null,
      status: 'active',
      expires_at: '2026-01-01T00:00:19Z',
      ended_at: null,
      task_id: (second.json as { readonly id: string }).id,
      call_count: 2,
      last_call_at: '2026-01-01T00:00:09Z',
      idle_timeout: 10,
    })
  })

  it('last 60 seconds where nothing else was asked for', async () => {
    const { ask } = world()
    const id = sessionOf(await ask('POST', '/apps/run', { app: 'a/b', session: 'new' }))
    expect((await ask('GET', `/sessions/${id}`)).json).toMatchObject({ idle_timeout: 60 })
  })

  it('are kept by whoever asks in time', async () => {
    const { ask, clock } = world()
    const id = sessionOf(await ask('POST', '/apps/run', open))
    for (let round = 0; round < 3; round++) {
      await clock.advance(9999)
      expect(await ask('POST', `/sessions/${id}/keepalive`)).toMatchObject({
        status: 200,
        json: { status: 'active', call_count: 1 },
      })
    }
    await clock.advance(10_000)
    expect((await ask('GET', `/sessions/${id}`)).json).toMatchObject({ status: 'expired' })
    expect((await ask('POST', `/sessions/${id}/keepalive`)).status).toBe(410)
  })

  it.each([
    ['nobody', null, 404, 'SESSION_NOT_FOUND'],
    ['one that has expired', 10_000, 410, 'SESSION_EXPIRED'],
    ['one that was ended', 0, 410, 'SESSION_ENDED'],
  ] as const)('take no run for %s', async (_name, waitMs, status, code) => {
    const { ask, clock, simulate } = world()
    const id = waitMs === null ? 'nobody' : sessionOf(await ask('POST', '/apps/run', open))
    if (waitMs === 0) expect((await ask('DELETE', `/sessions/${id}`)).status).toBe(200)
    await clock.advance(waitMs ?? 0)
    const runs = simulate.counters.runs
    const type = `https://inference.sh/problems/${code}`
    for (const answer of [
      await ask('POST', '/apps/run', { app: 'a/b', session: id }),
      await ask('POST', `/sessions/${id}/keepalive`),
    ]) {
      expect(answer).toMatchObject({ status, json: { type } })
    }
    expect(simulate.counters.runs).toBe(runs)
  })

  it('are listed, the newest first, those that are over too', async () => {
    const { ask, clock } = world()
    const ids = [await ask('POST', '/apps/run', open), await ask('POST', '/apps/run', open)].map(sessionOf)
    await clock.advance(1000)
    await ask('DELETE', `/sessions/${ids[0]}`)
    await clock.advance(1000)
    await ask('DELETE', `/sessions/${ids[0]}`)
    expect((await ask('GET', '/sessions')).json).toMatchObject([
      { id: ids[1], status: 'active', ended_at: null },
      { id: ids[0], status: 'ended', ended_at: '2026-01-01T00:00:01Z' },
    ])
    expect((await ask('DELETE', '/sessions/nobody')).status).toBe(404)
    expect((await ask('GET', '/sessions/nobody')).status).toBe(404)
  })

  it('are forgotten, the oldest first, when there are too many', async () => {
    const { ask } = world({ maxRuns: 1 })
    const ids = [await ask('POST', '/apps/run', open), await ask('POST', '/apps/run', open)].map(sessionOf)
    expect((await ask('GET', '/sessions')).json).toMatchObject([{ id: ids[1] }])
  })
})

describe('POST /tasks/{id}/cancel', () => {
  interface Case {
    readonly dialect: 'reference' | 'live'
    readonly body?: object
    readonly now: unknown
    readonly at100: unknown
    readonly at500: unknown
  }
  it.each<Case>([
    { dialect: 'reference', now: 'running', at100: 'running', at500: 'cancelled' },
    { dialect: 'reference', body: { timeout: 100 }, now: 'running', at100: 'cancelled', at500: 'cancelled' },
    { dialect: 'reference', body: { force: true }, now: 'cancelled', at100: 'cancelled', at500: 'cancelled' },
    { dialect: 'live', now: 8, at100: 8, at500: 12 },
    { dialect: 'live', body: { force: true }, now: 12, at100: 12, at500: 12 },
  ])('stops a task: $dialect, $body', async ({ dialect, body, now, at100, at500 }) => {
    const { ask, clock, start, simulate } = world({ dialect, script: taskScript.endless() })
    const id = await start()
    await clock.advance(5000)
    expect((await ask('POST', `/tasks/${id}/cancel`, body)).status).toBe(200)
    for (const [ms, status] of [
      [0, now],
      [100, at100],
      [400, at500],
      [1e6, at500],
    ] as const) {
      await clock.advance(ms)
      // A second request to stop changes nothing.
      await ask('POST', `/tasks/${id}/cancel`)
      expect((await ask('GET', `/tasks/${id}`)).json).toMatchObject({ status })
    }
    expect(simulate.counters.cancels).toBe(5)
  })

  it('is told to everybody who follows the task', async () => {
    const { ask, clock, start, simulate } = world({ dialect: 'live', script: taskScript.endless() })
    const id = await start()
    const reading = readBody(await simulate(`${API}/tasks/${id}/stream`))
    await clock.advance(2000)
    await ask('POST', `/tasks/${id}/cancel`)
    await clock.advance(500)
    expect(reading.outcome).toBe('end')
    expect(reading.text.match(/"status":(8|12)/g)).toEqual(['"status":8', '"status":12'])
    expect(clock.pendingCount).toBe(0)
  })

  it('leaves a task that has ended as it is', async () => {
    const { ask, clock, start } = world()
    const id = await start()
    await clock.advance(1000)
    for (const body of [undefined, { force: true }]) {
      expect((await ask('POST', `/tasks/${id}/cancel`, body)).status).toBe(200)
      await clock.advance(1000)
      expect((await ask('GET', `/tasks/${id}`)).json).toMatchObject({ status: 'completed' })
    }
  })
})

describe('files', () => {
  const text = 'hello'
  const announce = {
    files: [{ uri: '', filename: 'a b.txt', content_type: 'text/plain', size: text.length }],
  }
  interface Target {
    readonly uri: string
    readonly upload_url: string
  }

  it('are announced, uploaded without a key, and read from their own address', async () => {
    const { ask, simulate } = world({ apiKey: 'inf_1' })
    const { json } = await ask('POST', '/files', announce, { authorization: 'Bearer inf_1' })
    const [target] = json as readonly [Target]
    expect(target).toMatchObject({ filename: 'a b.txt', content_type: 'text/plain', size: 5 })
    expect((await simulate(target.uri)).status).toBe(404)
    const headers = { 'content-type': 'text/plain' }
    const put = await simulate(target.upload_url, { method: 'PUT', headers, body: text })
    expect(put.status).toBe(200)
    expect(simulate.counters).toMatchObject({ uploads: 1, uploadedBytes: 5 })
    const got = await simulate(target.uri)
    expect([got.headers.get('content-type'), await got.text()]).toEqual(['text/plain', text])
    expect((await simulate(target.uri.replace(/sig=.*/, 'sig=x'))).status).toBe(404)
  })

  it.each<
    [name: string, status: number, init: RequestInit, change?: (url: string) => string, lateMs?: number]
  >([
    ['a key', 400, { headers: { 'content-type': 'text/plain', authorization: 'Bearer inf_1' } }],
    ['another content type', 403, { headers: { 'content-type': 'text/html' } }],
    ['another size', 400, { headers: { 'content-type': 'text/plain' }, body: 'hello!' }],
    ['another signature', 403, { headers: { 'content-type': 'text/plain' } }, (url) => `${url}x`],
    ['a delay over 15 minutes', 403, { headers: { 'content-type': 'text/plain' } }, (url) => url, 900_001],
  ])('are not taken with %s', async (_name, status, init, change = (url) => url, lateMs = 0) => {
    const { ask, simulate, clock } = world()
    const [target] = (await ask('POST', '/files', announce)).json as readonly [Target]
    await clock.advance(lateMs)
    const put = await simulate(change(target.upload_url), { method: 'PUT', body: text, ...init })
    expect(put.status).toBe(status)
    expect(simulate.counters.uploads).toBe(0)
  })

  it('need neither a name nor a size', async () => {
    const { ask, simulate } = world()
    const { json } = await ask('POST', '/files', { files: [{ uri: '', content_type: 'text/plain' }] })
    expect(json).toMatchObject([{ filename: 'file', size: 0 }])
    const [target] = json as readonly [Target]
    const headers = { 'content-type': 'text/plain' }
    expect((await simulate(target.upload_url, { method: 'PUT', headers, body: text })).status).toBe(200)
    expect(await (await simulate(target.uri)).text()).toBe(text)
  })

  it.each([
    {},
    { files: [] },
    { files: [{ filename: 'a' }] },
    { files: [{ content_type: 'a/b', size: -1 }] },
    { files: [null] },
  ])('are not announced by %j', async (body) => {
    expect((await world().ask('POST', '/files', body)).status).toBe(400)
  })

  it('that the simulator makes itself are served without a key', async () => {
    const { simulate } = world({ apiKey: 'inf_1' })
    const image = await simulate(`${API}/assets/image.png`)
    expect(image.headers.get('content-type')).toBe('image/png')
    expect((await simulate(`${API}/assets/none.png`)).status).toBe(404)
  })
})

describe('every answer', () => {
  it.each([
    [
      'v1',
      { success: true, status: 200, data: null },
      { success: false, status: 404, error: { code: 'not_found' } },
    ],
    ['v2', null, { type: 'https://inference.sh/problems/not_found', status: 404, detail: 'task not found' }],
    ['v3', { data: null, messages: [] }, { type: 'https://inference.sh/problems/not_found', status: 404 }],
  ] as const)('comes in the envelope %s', async (envelope, success, error) => {
    const clock = createManualClock()
    const simulate = createSimulator({ clock, envelope, script: taskScript.endless() })
    const run = await simulate(`${API}/apps/run`, { method: 'POST', body: '{"app":"a/b"}' })
    const body = (await run.json()) as { readonly id?: string; readonly data?: { readonly id: string } }
    const id = body.data?.id ?? body.id ?? ''
    const cancelled = await simulate(`${API}/tasks/${id}/cancel`, { method: 'POST' })
    expect(await cancelled.json()).toEqual(success)
    const missing = await simulate(`${API}/tasks/nobody`)
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject(error)
  })

  it('may be read by a page of another origin, unless told not to', async () => {
    const preflight = await world().ask('OPTIONS', '/apps/run')
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
    expect((await world().ask('GET', '/tasks/x')).headers.get('access-control-allow-origin')).toBe('*')
    const closed = await world({ cors: false }).ask('GET', '/tasks/x')
    expect(closed.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('needs the key, where there is one', async () => {
    const { ask } = world({ apiKey: 'inf_1' })
    expect((await ask('GET', '/tasks/x')).status).toBe(401)
    expect((await ask('GET', '/tasks/x', undefined, { authorization: 'Bearer inf_2' })).status).toBe(401)
    expect((await ask('GET', '/tasks/x', undefined, { authorization: 'Bearer inf_1' })).status).toBe(404)
    expect((await ask('OPTIONS', '/tasks/x')).status).toBe(204)
  })

  it('is 404 where there is nothing', async () => {
    expect(await world().ask('GET', '/nowhere')).toMatchObject({
      status: 404,
      json: { detail: 'there is no GET /nowhere' },
    })
  })

  it('takes the latency, which an abort ends', async () => {
    const { ask, clock, simulate } = world({ latencyMs: 50 })
    let status = 0
    void ask('GET', '/tasks/x').then((answer) => (status = answer.status))
    await clock.advance(49)
    expect(status).toBe(0)
    await clock.advance(1)
    expect(status).toBe(404)
    const abort = new AbortController()
    const waiting = simulate(`${API}/tasks/x`, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(clock.pendingCount).toBe(0)
  })

  it('is counted and logged', async () => {
    const { ask, simulate, start } = world()
    const id = await start()
    await ask('GET', `/tasks/${id}?x=1`, undefined, { 'X-Team-ID': 't', 'x-other': 'o' })
    expect(simulate.counters.requests).toMatchObject({ run: 1, task: 1, cancel: 0 })
    expect(simulate.requests.at(-1)).toEqual({
      route: 'task',
      method: 'GET',
      path: `/tasks/${id}?x=1`,
      headers: { 'x-team-id': 't' },
      atMs: 1_767_225_600_000,
    })
  })

  it('is none once the simulator is closed, and for who waits then', async () => {
    const { ask, simulate, clock } = world()
    const waiting = ask('POST', '/apps/run', { app: 'a/b', wait: true })
    await clock.advance(1)
    simulate.close()
    await expect(waiting).rejects.toThrow(TypeError)
    await expect(ask('GET', '/tasks/x')).rejects.toThrow(TypeError)
    expect(clock.pendingCount).toBe(0)
  })
})

describe('faults', () => {
  it('refuse with a problem, and with when to come back, in either form', async () => {
    const { ask, simulate } = world()
    simulate.setFaults([
      fault.refuse({ on: 'task', status: 429, retryAfterSeconds: 7 }),
      fault.refuse({ on: 'task', nth: 2, status: 503, retryAfterSeconds: 7, retryAfterAs: 'date' }),
    ])
    const first = await ask('GET', '/tasks/x')
    expect(first).toMatchObject({ status: 429, json: { type: 'https://inference.sh/problems/rate_limited' } })
    expect(first.headers.get('retry-after')).toBe('7')
    expect(first.headers.get('content-type')).toBe('application/problem+json')
    const second = await ask('GET', '/tasks/x')
    expect(second.headers.get('retry-after')).toBe('Thu, 01 Jan 2026 00:00:07 GMT')
    expect((await ask('GET', '/tasks/x')).status).toBe(404)
  })

  it('refuse with requirements, which are in no envelope', async () => {
    const requirements = [
      { type: 'secret', key: 'K', message: 'K is not set', action: { type: 'add_secret' } },
    ]
    const { ask } = world({
      envelope: 'v1',
      faults: [fault.refuse({ on: 'run', status: 412, requirements })],
    })
    expect(await ask('POST', '/apps/run', { app: 'a/b' })).toMatchObject({
      status: 412,
      json: { satisfied: false, errors: requirements },
    })
  })

  it('refuse with any body and headers', async () => {
    const { simulate } = world({
      faults: [fault.refuse({ on: 'stream', status: 502, body: '<h1>Bad gateway', headers: { 'x-a': 'b' } })],
    })
    const answer = await simulate(`${API}/tasks/x/stream`)
    expect([answer.status, answer.headers.get('x-a'), await answer.text()]).toEqual([
      502,
      'b',
      '<h1>Bad gateway',
    ])
  })

  it('answer a page, reject, or come late', async () => {
    const { simulate, clock, start } = world()
    const id = await start()
    simulate.setFaults([
      fault.html({ on: 'stream' }),
      fault.unreachable({ on: 'stream', nth: 2 }),
      fault.slowHeaders(100, { on: 'stream', nth: 3 }),
    ])
    const follow = (): Promise<Response> => simulate(`${API}/tasks/${id}/stream`)
    expect((await follow()).headers.get('content-type')).toContain('text/html')
    await expect(follow()).rejects.toThrow(TypeError)
    let late: Response | null = null
    void follow().then((answer) => (late = answer))
    await clock.advance(99)
    expect(late).toBeNull()
    await clock.advance(1)
    expect(late).toMatchObject({ status: 200 })
    simulate.close()
  })

  it('cut, stall and spoil a stream, and hold no timer then', async () => {
    const { simulate, clock, start } = world({
      script: taskScript.endless({ everyMs: 10 }),
      framing: 'ndjson',
    })
    const id = await start()
    simulate.setFaults([
      fault.cutAfterBytes(900, { on: 'stream' }),
      fault.cutAfterEvents(3, { on: 'stream', nth: 2 }),
      fault.stall({ on: 'stream', nth: 3, afterEvents: 2 }),
      fault.garbleLine({ on: 'stream', nth: 4 }),
    ])
    const readings = []
    for (let i = 0; i < 3; i++) readings.push(readBody(await simulate(`${API}/tasks/${id}/stream`)))
    await clock.advance(60_000)
    expect(clock.pendingCount).toBe(0)
    expect(readings.map(({ outcome }) => outcome)).toEqual(['error', 'end', 'open'])
    expect(readings[0]?.bytes).toHaveLength(900)
    expect(readings.slice(1).map(({ text }) => text.trimEnd().split('\n').length)).toEqual([3, 2])
    const garbled = readBody(await simulate(`${API}/tasks/${id}/stream`))
    await clock.advance(25)
    const [first = '', second = ''] = garbled.text.split('\n')
    expect(() => JSON.parse(first) as unknown).not.toThrow()
    expect(() => JSON.parse(second) as unknown).toThrow(SyntaxError)
    simulate.close()
    await clock.advance(0)
    expect(readings[2]?.outcome).toBe('end')
    expect(simulate.counters).toMatchObject({ openStreams: 0, streamsOpened: 4, streamsAborted: 0 })
  })

  it('spoil an answer that is no stream, too', async () => {
    const { ask, simulate } = world()
    simulate.setFaults([
      fault.garbleLine({ on: 'task' }),
      fault.cutAfterBytes(5, { on: 'task', nth: 2 }),
      fault.cutAfterBytes(5, { on: 'task', nth: 3, how: 'eof' }),
      fault.stall({ on: 'task', nth: 4, afterEvents: 0 }),
    ])
    await expect(ask('GET', '/tasks/x')).rejects.toThrow(SyntaxError)
    await expect(ask('GET', '/tasks/x')).rejects.toThrow('reset')
    expect(await (await simulate(`${API}/tasks/x`)).text()).toHaveLength(5)
    const stalled = readBody(await simulate(`${API}/tasks/x`))
    simulate.close()
    await createManualClock().advance(0)
    expect(stalled).toMatchObject({ text: '', outcome: 'end' })
  })

  it('end an answer that they spoil, however long it is', async () => {
    const script = [{ atMs: 0, logs: ['x'.repeat(200_000)] }]
    const simulate = createSimulator({ clock: createManualClock(), script, envelope: 'v2' })
    const run = await simulate(`${API}/run`, { method: 'POST', body: '{"app":"a/b"}' })
    const { id } = (await run.json()) as { readonly id: string }
    simulate.setFaults([fault.garbleLine({ on: 'task' })])
    const text = await (await simulate(`${API}/tasks/${id}`)).text()
    expect(text.length).toBeGreaterThan(70_000)
    expect(text.endsWith('x#')).toBe(true)
    simulate.close()
  })
})

describe('as fetch', () => {
  it('takes a request, an address, or a URL', async () => {
    const { simulate } = world()
    const url = `${API}/nowhere`
    for (const input of [url, new URL(url), new Request(url)])
      expect((await simulate(input)).status).toBe(404)
  })

  it('rejects what was aborted before, and errors a body that is aborted later, with the reason', async () => {
    const { simulate, clock, start } = world({ script: taskScript.endless() })
    const id = await start()
    const reason = new Error('enough')
    await expect(simulate(`${API}/tasks/${id}`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const abort = new AbortController()
    const reading = readBody(await simulate(`${API}/tasks/${id}/stream`, { signal: abort.signal }))
    await clock.advance(10)
    abort.abort(reason)
    await clock.advance(0)
    expect(reading).toMatchObject({ outcome: 'error', error: reason })
    expect(simulate.counters).toMatchObject({ openStreams: 0, streamsAborted: 1 })
    expect(clock.pendingCount).toBe(0)
  })
})
