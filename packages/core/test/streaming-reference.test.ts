import { afterEach, describe, expect, it } from 'vitest'
import {
  collectLogs,
  createClient,
  isTerminalStatus,
  referenceStatusCodes,
  StreamProcessor,
  type Client,
  type RunConfig,
  type TaskStatus,
} from '../src/index.ts'
import type { ClientOptions } from '../src/store/client-options.ts'
import { fault } from '../src/testing/faults.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import { serveNode, type NodeServer } from '../src/testing/serve-node.ts'
import { createSimulator, type Simulator } from '../src/testing/simulator.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'
import { taskScript } from '../src/testing/task-script.ts'
import { statusesOf } from './world.ts'

// Each test is named after a section of the streaming reference and says the same in our words, over real HTTP.

const config: RunConfig = { app: 'google/veo-3-1-fast', input: { prompt: 'A sunset timelapse' } }
const output = { video: 'https://files.test/sunset.mp4' }
const wholeLife: readonly TaskStatus[] = [
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
const usual = taskScript.usual({ stepMs: 10, output, partials: ['a draft', 'a better draft'] })
const fails = taskScript.fails({ stepMs: 10, error: 'no memory is left' })
const endless = taskScript.endless({ everyMs: 20 })

const running: { readonly simulator: Simulator; readonly server: NodeServer; readonly client: Client }[] = []

afterEach(async () => {
  for (const { simulator, server, client } of running.splice(0)) {
    client.close()
    simulator.close()
    await server.close()
  }
})

interface Served {
  readonly simulator: Simulator
  readonly client: Client
  readonly printed: string[]
}

/**
 * A server over HTTP and a client of it. The server's time begins when `streams` lines are open and have read the present,
 * and goes as fast as the machine does, so that what is printed does not depend on how fast that is.
 */
async function serve(
  options: SimulatorOptions,
  streams = 1,
  clientOptions: ClientOptions = {},
): Promise<Served> {
  const clock = createManualClock()
  const simulator = createSimulator({ apiKey: 'inf_test', clock, ...options })
  const server = await serveNode(simulator)
  const client = createClient({
    baseUrl: server.url,
    apiKey: 'inf_test',
    resumeStorage: null,
    ...clientOptions,
  })
  const all = { simulator, server, client }
  running.push(all)
  const play = async (): Promise<void> => {
    while (running.includes(all)) {
      await new Promise((resolve) => void setImmediate(resolve))
      const { streamsOpened, openStreams, requests } = simulator.counters
      const isListening = openStreams > 0 && streamsOpened >= streams && requests.task >= streamsOpened
      if (isListening) await clock.advance(10)
    }
  }
  void play()
  return { simulator, client, printed: [] }
}

/** Waits until the server has heard of an end: the other side of a socket hears of it a little later. */
async function heard(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => void setImmediate(resolve))
}

describe('the streaming reference', () => {
  it('Task Status Flow', async () => {
    expect(Object.entries(referenceStatusCodes)).toEqual(
      Object.entries({
        0: 'unknown',
        1: 'received',
        2: 'queued',
        3: 'scheduled',
        4: 'preparing',
        5: 'serving',
        6: 'setting_up',
        7: 'running',
        8: 'uploading',
        10: 'completed',
        11: 'failed',
        12: 'cancelled',
      }),
    )
    for (const [script, ends] of [
      [usual, wholeLife],
      [fails, [...wholeLife.slice(0, 7), 'failed']],
    ] as const) {
      const { client } = await serve({ script, statusStyle: 'code', statusText: 'nowhere' })
      const seen = []
      for await (const update of client.run(config, { stream: true })) seen.push(update)
      expect(statusesOf(seen)).toEqual(ends)
    }
    const { client } = await serve({
      script: endless,
      statusStyle: 'code',
      statusText: 'nowhere',
      cancelMs: 5,
    })
    const seen = []
    const run = client.run(config, { stream: true })
    for await (const update of run) {
      seen.push(update)
      if (update.status === 'running') void run.cancel()
    }
    expect(statusesOf(seen).at(-1)).toBe('cancelled')
  })

  it('Basic Streaming', async () => {
    const { client, printed, simulator } = await serve({ script: usual })
    for await (const update of client.run(config, { stream: true })) {
      printed.push(`Status: ${update.status}`)
    }
    expect(printed.filter((line, index) => line !== printed[index - 1])).toEqual(
      wholeLife.map((status) => `Status: ${status}`),
    )
    await heard(() => simulator.counters.openStreams === 0)
    expect(simulator.counters.runs).toBe(1)
  })

  it('Handling Different Update Types', async () => {
    const print = async (client: Client): Promise<readonly string[]> => {
      const printed: string[] = []
      let status: TaskStatus = 'idle'
      for await (const update of client.run(config, { stream: true })) {
        if (update.status !== status) {
          if (update.status === 'queued') printed.push('Task queued, waiting for worker...')
          else if (update.status === 'running') printed.push('Task is running...')
        }
        for (const log of update.logs) printed.push(`  Log: ${log}`)
        if (update.partialOutput !== null) printed.push(`  Partial: ${JSON.stringify(update.partialOutput)}`)
        if (update.status === 'completed') printed.push('Done!', `Output: ${JSON.stringify(update.output)}`)
        if (update.status === 'failed') printed.push(`Error: ${update.error}`)
        status = update.status
      }
      return printed
    }
    expect(await print((await serve({ script: usual })).client)).toEqual([
      'Task queued, waiting for worker...',
      'Task is running...',
      '  Log: step 1/5',
      '  Log: step 2/5',
      '  Log: step 3/5',
      '  Partial: "a draft"',
      '  Log: step 4/5',
      '  Log: step 5/5',
      '  Partial: "a better draft"',
      'Done!',
      `Output: ${JSON.stringify(output)}`,
    ])
    expect(await print((await serve({ script: fails })).client)).toEqual([
      'Task queued, waiting for worker...',
      'Task is running...',
      '  Log: step 1/5',
      '  Log: step 2/5',
      '  Log: error: no memory is left',
      'Error: no memory is left',
    ])
  })

  it('Progress Tracking with UI', async () => {
    const { client, printed } = await serve({ script: usual })
    const progressBar = (current: number, total: number, width = 50): string => {
      const filled = Math.trunc((width * current) / total)
      const bar = '█'.repeat(filled) + '░'.repeat(width - filled)
      return `[${bar}] ${((current / total) * 100).toFixed(1)}%`
    }
    for await (const { progress, status } of client.run(config, { stream: true })) {
      if (progress !== null && progress.current !== null && progress.total !== null) {
        printed.push(progressBar(progress.current, progress.total))
      }
      if (status === 'completed') printed.push('✓ Complete!')
    }
    expect(printed).toEqual([
      `[${'█'.repeat(10)}${'░'.repeat(40)}] 20.0%`,
      `[${'█'.repeat(20)}${'░'.repeat(30)}] 40.0%`,
      `[${'█'.repeat(30)}${'░'.repeat(20)}] 60.0%`,
      `[${'█'.repeat(40)}${'░'.repeat(10)}] 80.0%`,
      `[${'█'.repeat(50)}] 100.0%`,
      '✓ Complete!',
    ])
  })

  it('Streaming with Timeout', async () => {
    const clock = createManualClock()
    const { client, printed, simulator } = await serve({ script: endless }, 1, { clock })
    const run = client.run(config, { stream: true, timeout: 300_000 })
    let late = Promise.resolve()
    try {
      for await (const update of run) {
        printed.push(`Status: ${update.status}`)
        if (update.status === 'running') late = late.then(() => clock.advance(150_000))
        if (isTerminalStatus(update.status)) break
      }
    } catch {
      printed.push('Timeout reached')
    }
    await late
    expect(printed).toContain('Status: running')
    expect(printed.at(-1)).toBe('Timeout reached')
    await expect(run.result).rejects.toMatchObject({ code: 'timeout' })
    await heard(() => simulator.counters.openStreams === 0)
    // As in the reference, the task itself goes on.
    expect((await client.tasks.status(await run.id)).status).toBe('running')
    expect(simulator.counters.cancels).toBe(0)

    const { client: quick, printed: all } = await serve({ script: usual })
    for await (const update of quick.run(config, { stream: true, timeout: 300_000 })) {
      all.push(`Status: ${update.status}`)
      if (isTerminalStatus(update.status)) break
    }
    expect(all.at(-1)).toBe('Status: completed')
  })

  it('Async Streaming', async () => {
    const { client, printed } = await serve({ script: usual })
    const streamTask = async (): Promise<unknown> => {
      const run = client.run(
        { app: 'google/veo-3-1-fast', input: { prompt: 'Ocean waves' } },
        { stream: true },
      )
      for await (const update of run) {
        printed.push(`Status: ${update.status}`)
        if (update.status === 'completed') return update.output
      }
      return null
    }
    expect(await streamTask()).toEqual(output)
    expect(new Set(printed)).toEqual(new Set(wholeLife.map((status) => `Status: ${status}`)))
  })

  it('Reconnection Handling', async () => {
    const { client, simulator } = await serve({
      script: usual,
      faults: [
        fault.cutAfterEvents(2, { on: 'stream', nth: 1 }),
        fault.cutAfterBytes(700, { on: 'stream', nth: 2 }),
        fault.refuse({ on: 'stream', nth: 3, status: 503 }),
      ],
    })
    // The reference's retry_delay is in seconds: 1.0 there is 1000 here, and 10 here is a short test.
    const options = { stream: true, maxRetries: 3, retryDelay: 10, chunkSize: 1024 } as const
    const seen = []
    for await (const update of client.run(config, options)) seen.push(update)
    expect(seen.at(-1)).toMatchObject({ status: 'completed', output })
    expect(seen.flatMap(({ logs }) => logs)).toEqual(fiveSteps)
    await heard(() => simulator.counters.openStreams === 0)
    expect(simulator.counters).toMatchObject({ runs: 1, requests: { run: 1 } })
    expect(simulator.counters.requests.stream).toBeGreaterThanOrEqual(4)
  })

  it('Multiple Streams in Parallel', async () => {
    const { client, printed, simulator } = await serve(
      {
        script: ({ input }) => taskScript.usual({ stepMs: 10, output: input }),
      },
      3,
    )
    const configs = ['A mountain', 'An ocean', 'A forest'].map((prompt) => ({
      app: 'infsh/flux-schnell',
      input: { prompt },
    }))
    const streamOne = async (one: RunConfig, index: number): Promise<unknown> => {
      for await (const update of client.run(one, { stream: true })) {
        printed.push(`[${index}] ${update.status}`)
        if (update.status === 'completed') return update.output
      }
      return null
    }
    const results = await Promise.all(configs.map((one, index) => streamOne(one, index)))
    expect(results).toEqual([{ prompt: 'A mountain' }, { prompt: 'An ocean' }, { prompt: 'A forest' }])
    for (const index of [0, 1, 2]) {
      expect(printed.filter((line) => line === `[${index}] completed`)).toHaveLength(1)
      expect(printed).toContain(`[${index}] running`)
    }
    expect(simulator.counters.runs).toBe(3)
  })

  it('Cancelling a Stream', async () => {
    const { client, printed, simulator } = await serve({ script: endless, cancelMs: 5 })
    let taskId: string | null = null
    try {
      for await (const update of client.run(config, { stream: true })) {
        taskId = update.id
        printed.push(`Status: ${update.status}`)
        if (update.status === 'running') break
      }
    } finally {
      if (taskId !== null) {
        await client.tasks.cancel(taskId)
        printed.push('Task cancelled')
      }
    }
    expect(printed.slice(-2)).toEqual(['Status: running', 'Task cancelled'])
    await expect(client.tasks.stream(taskId ?? '').result).rejects.toMatchObject({ code: 'task-cancelled' })
    await heard(() => simulator.counters.openStreams === 0)
    expect(simulator.counters.cancels).toBe(1)
  })

  it('Collecting All Logs', async () => {
    const { client, printed } = await serve({ script: usual })
    const allLogs: string[] = []
    for await (const update of client.run(config, { stream: true })) {
      allLogs.push(...update.logs)
      if (update.status === 'completed') printed.push('Final logs:', ...allLogs.map((log) => `  ${log}`))
    }
    expect(printed).toEqual(['Final logs:', ...fiveSteps.map((log) => `  ${log}`)])
    expect(await collectLogs(client.run(config, { stream: true }))).toEqual(fiveSteps)
  })

  it('Custom Stream Processing', async () => {
    const { client, printed } = await serve({ script: usual })
    const processor = new StreamProcessor()
    for await (const update of client.run(config, { stream: true })) {
      if (processor.process(update)) break
    }
    printed.push(
      `Duration: ${((processor.duration ?? 0) / 1000).toFixed(2)}s`,
      `Logs: ${processor.logs.length}`,
    )
    expect(printed).toEqual([expect.stringMatching(/^Duration: \d\.\d\ds$/), 'Logs: 5'])
    expect(processor.logs).toEqual(fiveSteps)
    expect(processor.duration).toBe((processor.endedAt ?? 0) - (processor.startedAt ?? 0))
  })
})
