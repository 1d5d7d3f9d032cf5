import { describe, expect, it } from 'vitest'
import { liveStatusCodes, referenceStatusCodes } from '../src/protocol/task-status.ts'
import { createClient } from '../src/store/client.ts'
import type { ClientOptions } from '../src/store/client-options.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import type { TaskScript } from '../src/testing/script.ts'
import { createSimulator } from '../src/testing/simulator.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'
import { API, config, linesOf, watch } from './world.ts'

/** A life with a status that nobody knows in the middle, lines that repeat, and text of several bytes a character. */
const script: TaskScript = [
  { atMs: 0, set: { status: 'received' } },
  { atMs: 10, set: { status: 'queued' }, logs: ['queued…'] },
  { atMs: 20, set: { status: 'unknown' } },
  { atMs: 30, set: { status: 'running' }, logs: ['step', 'step'] },
  { atMs: 40, set: { progress: { current: 1, total: 2 } }, logs: ['step'] },
  { atMs: 50, set: { partialOutput: { text: 'a fox 🦊' } } },
  { atMs: 60, logs: ['', 'żółw', 'queued…'] },
  { atMs: 70, set: { status: 'uploading' } },
  { atMs: 80, set: { status: 'completed', output: { text: 'a fox 🦊 and an owl' } }, logs: ['done'] },
]

const reference = {
  status: 'completed',
  phase: 'success',
  output: { text: 'a fox 🦊 and an owl' },
  logs: ['queued…', 'step', 'step', 'step', '', 'żółw', 'queued…', 'done'],
  error: null,
  loop: 'quietly',
  told: ['queued…', 'step', 'step', 'step', '', 'żółw', 'queued…', 'done'],
}

interface Style {
  readonly server: SimulatorOptions
  readonly client: ClientOptions
}

const styles: Readonly<Record<string, Style>> = {
  'reference names': { server: { dialect: 'reference', statusStyle: 'name' }, client: {} },
  'reference codes': {
    server: { dialect: 'reference', statusStyle: 'code', statusText: 'nowhere' },
    client: { statusCodes: referenceStatusCodes },
  },
  'live codes': {
    server: { dialect: 'live', statusStyle: 'code', statusText: 'nowhere' },
    client: { statusCodes: liveStatusCodes },
  },
  'numeric strings': {
    server: { dialect: 'reference', statusStyle: 'numeric-string', statusText: 'nowhere' },
    client: {},
  },
}
const envelopes = ['v1', 'v2', 'v3'] as const
const framings = ['sse', 'ndjson'] as const
const logForms = ['lines', 'base64', 'text'] as const
const partialForms = ['sparse', 'full-with-fields', 'whole'] as const
const messageForms = ['bare', 'wrapped', 'typed', 'mixed'] as const

/** Every choice of log, of partial and of message. */
const said: readonly (readonly [name: string, options: SimulatorOptions])[] = logForms.flatMap((logs) =>
  partialForms.flatMap((partials) =>
    messageForms.map((form) => [`${logs}, ${partials}, ${form}`, { logs, partials, form }] as const),
  ),
)

/** A third of them, in which every choice stands beside every choice of another kind. */
const someSaid = said.filter((_, index) => index % 3 === 0)

/** What became of one run under each of some options, by name. All of them go by one clock. */
async function outcomes(
  style: Style,
  cells: readonly (readonly [name: string, options: SimulatorOptions])[],
): Promise<Readonly<Record<string, unknown>>> {
  const clock = createManualClock()
  const runs = cells.map(([name, options]) => {
    const server = createSimulator({ script, clock, ...style.server, ...options })
    const client = createClient({
      baseUrl: API,
      fetch: server,
      clock,
      publish: 'sync',
      resumeStorage: null,
      ...style.client,
    })
    const run = client.run(config, { stream: true })
    return { name, run, server, ...watch(run) }
  })
  await clock.advance(5000)
  const results = await Promise.all(
    runs.map(async ({ name, run, updates, ended, server }) => {
      const { status, phase, output, logs, error } = await run.result
      expect(server.counters).toMatchObject({ runs: 1, openStreams: 0, streamsOpened: 1 })
      return [
        name,
        { status, phase, output, logs, error, loop: await ended, told: linesOf(updates) },
      ] as const
    }),
  )
  return Object.fromEntries(results)
}

/** The outcomes that are wanted: all the same. */
function all(cells: readonly (readonly [name: string, options: SimulatorOptions])[]): unknown {
  return Object.fromEntries(cells.map(([name]) => [name, reference]))
}

describe.each(Object.entries(styles))('with %s', { timeout: 20_000 }, (_name, style) => {
  describe.each(envelopes)('in envelope %s', (envelope) => {
    it.each(framings)('a task ends the same whatever is said how over %s', async (framing) => {
      const cells = said.map(([name, options]) => [name, { ...options, envelope, framing }] as const)
      expect(await outcomes(style, cells)).toEqual(all(cells))
    })
  })

  it.each(framings)('a task ends the same however the bytes of %s are cut and ended', async (framing) => {
    const cells = someSaid.flatMap(([name, options], index) => [
      [`${name}, CRLF`, { ...options, framing, lineEnd: '\r\n' }] as const,
      [`${name}, no last newline`, { ...options, framing, finalNewline: false }] as const,
      ...(index % 2 === 0
        ? [[`${name}, 7 bytes at a time`, { ...options, framing, chunkBytes: 7 }] as const]
        : []),
      ...(index % 6 === 0
        ? [[`${name}, byte by byte`, { ...options, framing, chunkBytes: 1 }] as const]
        : []),
    ])
    expect(await outcomes(style, cells)).toEqual(all(cells))
  })

  it.each(framings)('a task ends the same whatever else is said over %s', async (framing) => {
    const cells = someSaid.flatMap(([name, options]) => [
      [
        `${name}, noise`,
        {
          ...options,
          framing,
          noise: ['blank', 'junk', 'null', 'unknown-event', 'heartbeat'],
          heartbeatMs: 15,
          sendDone: 'twice',
        },
      ] as const,
      [`${name}, named`, { ...options, framing, sseNames: 'update', statusText: 'everywhere' }] as const,
      [`${name}, no present`, { ...options, framing, snapshotOnConnect: false, sendDone: 'never' }] as const,
    ])
    expect(await outcomes(style, cells)).toEqual(all(cells))
  })
})
