import { describe, expect, it } from 'vitest'
import { isStreamError } from '../../errors.ts'
import type { CancelOptions, RunConfig } from '../protocol.ts'
import { inferenceRequests, taskStream } from './requests.ts'

function misuseOf(act: () => unknown): string {
  try {
    act()
  } catch (thrown) {
    if (isStreamError(thrown) && thrown.code === 'misuse' && !thrown.retryable) return thrown.message
    throw thrown
  }
  throw new Error('It threw nothing.')
}

describe('inferenceRequests', () => {
  it('sends a run with the names of the wire (appendix A1)', () => {
    const config: RunConfig = {
      app: 'acme/flux@k3f9x2ab:run',
      function: 'run',
      input: { prompt: 'a fox', image: 'https://cloud.inference.sh/app/files/u/abc.png' },
      infra: 'cloud',
    }
    expect(inferenceRequests.run(config)).toEqual({
      method: 'POST',
      path: '/apps/run',
      body: {
        app: 'acme/flux@k3f9x2ab:run',
        function: 'run',
        input: { prompt: 'a fox', image: 'https://cloud.inference.sh/app/files/u/abc.png' },
        infra: 'cloud',
      },
    })
  })

  it('translates every field of a run', () => {
    const config: Required<RunConfig> = {
      app: 'a/b',
      appId: 'id',
      versionId: 'v',
      function: 'f',
      input: 1,
      setup: { s: 1 },
      infra: 'private',
      workers: ['w'],
      webhook: 'https://hook.example',
      session: 'new',
      sessionTimeoutSeconds: 3600,
      runAt: Date.UTC(2026, 9, 1, 9),
      metadata: { m: 1 },
    }
    expect(inferenceRequests.run(config).body).toEqual({
      app: 'a/b',
      app_id: 'id',
      version_id: 'v',
      function: 'f',
      input: 1,
      setup: { s: 1 },
      infra: 'private',
      workers: ['w'],
      webhook: 'https://hook.example',
      session: 'new',
      session_timeout: 3600,
      run_at: '2026-10-01T09:00:00.000Z',
      metadata: { m: 1 },
    })
  })

  it('sends an empty input for an app that takes nothing, and no key that was left out', () => {
    expect(inferenceRequests.run({ appId: 'id' }).body).toStrictEqual({ app_id: 'id', input: {} })
  })

  it.each([0, false, ''])('sends the input %j as it is', (input) => {
    expect(inferenceRequests.run({ app: 'a/b', input }).body).toEqual({ app: 'a/b', input })
  })

  it.each<[string, RunConfig, RegExp]>([
    ['no app', {}, /names no app.*namespace\/name/],
    ['an empty app', { app: '', appId: '' }, /names no app/],
    ['a version alone', { versionId: 'v' }, /names no app/],
    ...[0, 3601, -1, 1.5, NaN, Infinity].map((sessionTimeoutSeconds): [string, RunConfig, RegExp] => [
      `a session timeout of ${sessionTimeoutSeconds}`,
      { app: 'a/b', session: 'new', sessionTimeoutSeconds },
      /1 to 3600/,
    ]),
    [
      'a timeout for a session that exists',
      { app: 'a/b', session: 's1', sessionTimeoutSeconds: 60 },
      /session: 'new'/,
    ],
    ['a timeout without a session', { app: 'a/b', sessionTimeoutSeconds: 60 }, /session: 'new'/],
    ['a start that is no time', { app: 'a/b', runAt: NaN }, /epoch milliseconds/],
  ])('refuses %s', (_, config, message) => {
    expect(misuseOf(() => inferenceRequests.run(config))).toMatch(message)
  })

  it.each([1, 3600])('takes a session timeout of %d s', (sessionTimeoutSeconds) => {
    expect(inferenceRequests.run({ app: 'a/b', session: 'new', sessionTimeoutSeconds }).body).toMatchObject({
      session_timeout: sessionTimeoutSeconds,
    })
  })

  const asked = inferenceRequests
  const routes: readonly (readonly [string, (id: string) => { readonly path: string }, string, string])[] = [
    ['task', (id) => asked.task(id), 'GET', ''],
    ['taskStatus', (id) => asked.taskStatus(id), 'GET', '/status'],
    ['taskLogs', (id) => asked.taskLogs(id), 'GET', '/logs'],
    ['taskTimings', (id) => asked.taskTimings(id), 'GET', '/timings'],
    ['taskStream', taskStream, 'GET', '/stream'],
    ['cancelTask', (id) => asked.cancelTask(id, {}), 'POST', '/cancel'],
  ]

  it.each(routes)('%s asks its route, the id percent-encoded', (_, request, method, suffix) => {
    expect(request('t1')).toStrictEqual({ method, path: `/tasks/t1${suffix}` })
    expect(request('../a?b#c/é').path).toBe(`/tasks/..%2Fa%3Fb%23c%2F%C3%A9${suffix}`)
  })

  it.each(routes)('%s refuses an id that cannot be one', (_, request) => {
    for (const id of ['', ' ', '.', '..', '\uD800']) {
      expect(misuseOf(() => request(id))).toMatch(/id of a task/)
    }
  })

  it.each<[CancelOptions, unknown]>([
    [{ force: true }, { force: true }],
    [{ timeoutMs: 10_000 }, { timeout: 10_000 }],
    [
      { force: false, timeoutMs: 0 },
      { force: false, timeout: 0 },
    ],
  ])('cancelTask sends %j', (options, body) => {
    expect(asked.cancelTask('t1', options)).toStrictEqual({ method: 'POST', path: '/tasks/t1/cancel', body })
  })

  it.each([-1, NaN, Infinity])('cancelTask refuses to wait %d ms', (timeoutMs) => {
    expect(misuseOf(() => asked.cancelTask('t1', { timeoutMs }))).toMatch(/timeoutMs/)
  })

  it('createFile announces one file (appendix A8)', () => {
    const file = { filename: 'a.png', contentType: 'image/png', sizeBytes: 1234 }
    expect(inferenceRequests.createFile(file)).toEqual({
      method: 'POST',
      path: '/files',
      body: { files: [{ uri: '', filename: 'a.png', content_type: 'image/png', size: 1234 }] },
    })
  })
})
