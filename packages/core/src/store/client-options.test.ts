import { describe, expect, it } from 'vitest'
import { API, config, createWorld } from '../../test/world.ts'
import { isStreamError } from '../errors.ts'
import { liveStatusCodes } from '../protocol/task-status.ts'
import { createClient, type RunOptions } from './client.ts'
import { atLeast, readLine, readSettings, type ClientOptions } from './client-options.ts'
import { syncSchedule } from './frame-loop.ts'

const wrongNumbers = [-1, Number.NaN, Number.NEGATIVE_INFINITY, '5' as unknown as number]

describe('readSettings', () => {
  it('fills in what the docs say', () => {
    expect(readSettings({})).toMatchObject({
      policy: { maxRetries: 10, retryDelayMs: 1000, maxDelayMs: 30_000 },
      chunkSizeBytes: null,
      idleMs: 45_000,
      connectTimeoutMs: 30_000,
      maxFrameChars: 16 * 1024 * 1024,
      maxLogLines: 200_000,
      lifetimes: { disconnectAfterMs: 1000, forgetAfterMs: 300_000 },
      storage: null,
      scope: '',
    })
  })

  it('takes what it is given', () => {
    const settings = readSettings({
      maxRetries: 3,
      retryDelay: 5,
      chunkSize: 1024,
      publish: 'sync',
      proxyUrl: '/api',
      statusCodes: liveStatusCodes,
      lifetimes: { disconnectAfterMs: 0 },
    })
    expect(settings).toMatchObject({
      policy: { maxRetries: 3, retryDelayMs: 5 },
      chunkSizeBytes: 1024,
      scope: '/api',
      lifetimes: { disconnectAfterMs: 0, forgetAfterMs: 300_000 },
    })
    expect(settings.schedule).toBe(syncSchedule)
  })

  it('lets a run differ from its client in its line only', () => {
    const base = readSettings({ maxRetries: 3, chunkSize: 10 })
    expect(readLine({ retryDelay: 7 }, base)).toEqual({
      policy: { maxRetries: 3, retryDelayMs: 7, maxDelayMs: 30_000 },
      chunkSizeBytes: 10,
    })
  })
})

describe('options out of range', () => {
  const keys: readonly (keyof ClientOptions)[] = [
    'maxRetries',
    'retryDelay',
    'chunkSize',
    'idleTimeout',
    'connectTimeout',
    'maxMessageLength',
    'maxLogLines',
  ]
  const zeroIsFine = new Set(['maxRetries', 'retryDelay', 'timeout'])

  it.each(keys)('are a mistake of whoever wrote them: %s', (key) => {
    for (const value of [...wrongNumbers, ...(zeroIsFine.has(key) ? [] : [0])]) {
      expectMisuse(() => createClient({ baseUrl: API, [key]: value }), key)
    }
    if (zeroIsFine.has(key)) createClient({ baseUrl: API, [key]: 0 })
  })

  it.each(['maxRetries', 'retryDelay', 'chunkSize', 'timeout'] as const)(
    'are one of the run too, which then sends nothing: %s',
    (key) => {
      const { client, server } = createWorld()
      for (const value of [...wrongNumbers, ...(zeroIsFine.has(key) ? [] : [0])]) {
        const options: RunOptions = { [key]: value }
        expectMisuse(() => client.run(config, options), key)
        expectMisuse(() => client.tasks.stream('t1', options), key)
      }
      expect(server.requests).toEqual([])
    },
  )

  it('say which, what it is and what it has to be', () => {
    expect(() => atLeast(1, 'chunkSize', 0)).toThrow(
      '[misuse] chunkSize is 0, but has to be a number of at least 1.',
    )
  })
})

function expectMisuse(act: () => unknown, name: string): void {
  let thrown: unknown = null
  try {
    act()
  } catch (error) {
    thrown = error
  }
  expect(isStreamError(thrown) ? [thrown.code, thrown.message.includes(name)] : thrown).toEqual([
    'misuse',
    true,
  ])
}
