import { describe, expect, it } from 'vitest'
import { fault, type CutHow } from '../src/testing/faults.ts'
import type { TaskScript } from '../src/testing/script.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'
import { expectUndisturbed, recordStream, type Cell, type Setting } from './disturbed.ts'

const script: TaskScript = [
  { atMs: 300, set: { status: 'running', progress: { current: 1, total: 2 } }, logs: ['żółw 🦊'] },
  { atMs: 600, delta: { response: 'lis' }, set: { partialOutput: { response: 'lis' } } },
  { atMs: 900, set: { status: 'completed', output: { response: 'lis 🦊' } }, logs: ['b'] },
]

type Resuming = Required<Pick<SimulatorOptions, 'framing' | 'resume'>> & Pick<SimulatorOptions, 'resumeIds'>

/** Every way of coming back that a server can offer. */
const ways: readonly Resuming[] = [
  { framing: 'sse', resume: 'snapshot' },
  { framing: 'sse', resume: 'cursor', resumeIds: 'number' },
  { framing: 'sse', resume: 'cursor', resumeIds: 'opaque' },
  { framing: 'sse', resume: 'replay' },
  { framing: 'ndjson', resume: 'snapshot' },
  { framing: 'ndjson', resume: 'replay' },
]

/** Servers before which a client that is told nothing is tried as well. */
const defaultsMeet: readonly Resuming['resume'][] = ['snapshot', 'cursor']

const settings: readonly (Setting & { readonly first: CutHow })[] = (['reference', 'live'] as const).flatMap(
  (dialect) =>
    ways.flatMap((way) => {
      const { framing, resume, resumeIds } = way
      const ids = resumeIds === undefined ? '' : ` with ${resumeIds} ids`
      const setting = { server: { dialect, script, heartbeatMs: 0, ...way } }
      const named = `${dialect} over ${framing}, ${resume}${ids}`
      const alike = { ...setting, name: named, client: { resumeMode: resume }, first: 'eof' as const }
      // The other half of the ends: each byte is cut in both ways.
      const byDefault = {
        ...setting,
        name: `${named}, a client that was told nothing`,
        first: 'reset' as const,
      }
      return defaultsMeet.includes(resume) && framing === 'sse' ? [alike, byDefault] : [alike]
    }),
)

describe.each(settings)('$name', { timeout: 60_000 }, ({ first, ...setting }) => {
  it('L6: a stream that is cut after any byte is told as one that was not', async () => {
    const sizeBytes = await recordStream(setting)
    expect(sizeBytes).toBeGreaterThan(300)
    const hows: readonly CutHow[] = first === 'eof' ? ['eof', 'reset'] : ['reset', 'eof']
    const cells = Array.from({ length: sizeBytes + 1 }, (_, count): Cell => {
      const how = hows[count % 2] ?? first
      return [`${how} after ${count} bytes`, [fault.cutAfterBytes(count, { on: 'stream', how })]]
    })
    await expectUndisturbed(setting, cells)
  })
})
