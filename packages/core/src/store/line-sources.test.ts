import { afterEach, describe, expect, it, vi } from 'vitest'
import { createWorldAround } from '../../test/world-around.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { taskScript } from '../testing/task-script.ts'
import { createSimulator } from '../testing/simulator.ts'
import { createClient } from './client.ts'
import type { ClientOptions } from './client-options.ts'

afterEach(() => void vi.unstubAllGlobals())

/** Ten followed tasks on a server that takes 100 ms for each answer, and how many connections that takes. */
async function setUp({ isPage, ...options }: ClientOptions & { readonly isPage: boolean }) {
  if (isPage) vi.stubGlobal('document', {})
  const clock = createManualClock()
  const simulate = createSimulator({ clock, script: taskScript.endless(), latencyMs: 100 })
  /** Ids of tasks about which no question is answered. */
  const hanging = new Set<string>()
  const asked: string[] = []
  const most = { connections: 0, questions: 0 }
  let questionCount = 0
  const client = createClient({
    baseUrl: 'https://api.example',
    clock,
    publish: 'sync',
    resumeStorage: null,
    surroundings: createWorldAround(),
    async fetch(request) {
      const [, id] = /\/tasks\/([^/]+)$/.exec(request.url) ?? []
      if (request.method !== 'GET' || id === undefined) return await simulate(request)
      asked.push(id)
      questionCount++
      most.questions = Math.max(most.questions, questionCount)
      most.connections = Math.max(most.connections, simulate.counters.openStreams + questionCount)
      try {
        if (hanging.has(id))
          await new Promise((_, reject) => request.signal.addEventListener('abort', reject))
        return await simulate(request)
      } finally {
        questionCount--
      }
    },
    ...options,
  })
  const runs = Array.from({ length: 10 }, () => client.run({ app: 'a/b', input: {} }, { stream: true }))
  await clock.advance(1000)
  const ids = await Promise.all(runs.map(({ id }) => id))
  const forget = (): void => {
    asked.length = 0
    Object.assign(most, { connections: 0, questions: 0 })
  }
  await clock.advance(10_000)
  forget()
  return { client, clock, ids, hanging, asked, most, counters: simulate.counters }
}

describe('createLineSources', () => {
  it('leaves a connection of six free in a page, while nine of ten tasks need theirs', async () => {
    const { client, clock, most, counters, asked } = await setUp({ isPage: true })
    expect(counters.openStreams).toBe(4)
    await clock.advance(20_000)
    expect([most.connections, most.questions, new Set(asked).size]).toEqual([5, 1, 6])
    client.close()
  })

  it('asks about all the others while one question hangs', async () => {
    const { client, clock, ids, hanging, asked, most } = await setUp({ isPage: true })
    await clock.advance(2000)
    const hung = asked.at(-1) ?? ids[0] ?? ''
    hanging.add(hung)
    await clock.advance(6000)
    asked.length = 0
    await clock.advance(4000)
    expect(new Set(asked).size).toBeGreaterThanOrEqual(5)
    expect(asked).not.toContain(hung)
    expect(most.connections).toBe(6)
    client.close()
  })

  it.each([
    ['without a page', { isPage: false, maxStreams: 4 }],
    [
      'where nothing limits the streams',
      { isPage: true, maxStreams: Infinity, transport: 'polling' as const },
    ],
  ])('asks up to six questions at a time %s', async (_, options) => {
    const { client, clock, most } = await setUp(options)
    await clock.advance(20_000)
    expect(most.questions).toBe(6)
    client.close()
  })
})
