import { describe, expect, it } from 'vitest'
import { createClient, liveStatusCodes } from '../src/index.ts'
import { fault, type Fault } from '../src/testing/faults.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import type { TaskScript } from '../src/testing/script.ts'
import { createSimulator } from '../src/testing/simulator.ts'
import { createWorldAround } from './world-around.ts'

/** A minute in which something is said each second, so that much is said while a stream is tried beside polling. */
const stepCount = 60
const lines = ['start', ...Array.from({ length: stepCount }, (_, i) => `line ${i}`)]
const script: TaskScript = [
  { atMs: 100, set: { status: 'running' }, logs: ['start'] },
  ...Array.from({ length: stepCount }, (_, i) => ({
    atMs: 1000 * (i + 1),
    set: { progress: { current: i, total: stepCount }, partialOutput: { text: 'x'.repeat(i) } },
    logs: [`line ${i}`],
  })),
  { atMs: 1000 * (stepCount + 1), set: { status: 'completed', output: { a: 1 } } },
]

const reasons: Record<string, readonly Fault[]> = {
  'is held back': [fault.buffer({ on: 'stream', nth: 1 })],
  'is cut early three times': [fault.cutAfterBytes(5, { on: 'stream', nth: 1, times: 3 })],
  'is a page of a proxy twice': [fault.html({ on: 'stream', nth: 1, times: 2 })],
  'is refused': [fault.refuse({ on: 'stream', nth: 1, status: 404 })],
}
const servers = (['reference', 'live'] as const).flatMap((dialect) =>
  (['sse', 'ndjson'] as const).map((framing) => [dialect, framing] as const),
)

describe('down to polling and up again (L6)', () => {
  it.each(
    Object.keys(reasons).flatMap((reason) =>
      servers.map(([dialect, framing]) => [reason, dialect, framing] as const),
    ),
  )('doubles no line and never goes back where the stream %s: %s, %s', async (reason, dialect, framing) => {
    const clock = createManualClock()
    const simulate = createSimulator({ script, clock, dialect, framing, faults: reasons[reason] ?? [] })
    const client = createClient({
      baseUrl: 'https://api.example',
      fetch: simulate,
      clock,
      publish: 'sync',
      resumeStorage: null,
      ...(dialect === 'live' && { statusCodes: liveStatusCodes }),
    })
    const run = client.run({ app: 'a/b', input: {} }, { stream: true })
    const told: string[] = []
    const seen: { readonly progress: number; readonly textLength: number }[] = []
    const reading = (async () => {
      for await (const { task, logs } of run) {
        told.push(...logs)
        const text = task.partialOutput as { readonly text?: string } | null
        seen.push({ progress: task.progress?.current ?? -1, textLength: text?.text?.length ?? 0 })
      }
    })()
    await clock.advance(50)
    const follower = client.follow.task(await run.id)
    const states = new Set<string>()
    follower.onChange(() => states.add(follower.current().connection.state))
    let isPolled = false
    let isClimbed = false
    for (let second = 0; second < 100 && follower.current().connection.state !== 'closed'; second++) {
      await clock.advance(1000)
      const { state } = follower.current().connection
      isPolled ||= state === 'polling'
      isClimbed ||= isPolled && state === 'live'
    }
    await reading
    // Without this the test would say nothing.
    expect([isPolled, isClimbed]).toEqual([true, true])
    expect(told).toEqual(lines)
    expect((await run.result).logs).toEqual(lines)
    for (const [i, { progress, textLength }] of seen.entries()) {
      const before = seen[i - 1]
      expect(progress).toBeGreaterThanOrEqual(before?.progress ?? -1)
      expect(textLength).toBeGreaterThanOrEqual(before?.textLength ?? 0)
    }
    client.close()
    await clock.advance(0)
    expect([simulate.counters.openStreams, clock.pendingCount]).toEqual([0, 0])
  })
})

describe('a stream that is quiet because nothing happens', () => {
  it('is stayed with, though every answer about its task is signed anew', async () => {
    const clock = createManualClock()
    const simulate = createSimulator({
      clock,
      script: [{ atMs: 0, set: { status: 'queued' } }],
      heartbeatMs: 20_000,
      snapshotOnConnect: false,
    })
    let signature = 0
    const client = createClient({
      baseUrl: 'https://api.example',
      clock,
      publish: 'sync',
      resumeStorage: null,
      surroundings: createWorldAround(),
      async fetch(request) {
        const response = await simulate(request)
        if (request.method !== 'GET' || request.url.endsWith('/stream')) return response
        const text = await response.text()
        const signed = `"queued","input_url":"https://files.example/in?sig=${signature++}"`
        return new Response(text.replace('"queued"', signed), response)
      },
    })
    const run = client.run({ app: 'a/b', input: {} }, { stream: true })
    await clock.advance(100)
    const follower = client.follow.task(await run.id)
    const stop = follower.store.subscribe(() => {})
    const states = new Set<string>()
    for (let second = 0; second < 300; second++) {
      await clock.advance(1000)
      states.add(follower.current().connection.state)
    }
    expect(signature).toBeGreaterThan(1)
    expect([...states]).not.toContain('polling')
    stop()
    client.close()
  })
})
