import { describe, expect, it } from 'vitest'
import { fault, type CutHow } from '../src/testing/faults.ts'
import { expectSameTurn, recordChat, type AgentCell, type AgentSetting } from './disturbed-agent.ts'

interface CutSetting extends AgentSetting {
  /** Cut after this many bytes, and after each further `step`. */
  readonly from: number
  readonly step: number
}

/** Every way of coming back that a server can offer, over both framings. */
const settings: readonly CutSetting[] = [
  // In parts that end soon: each byte is in one of them.
  ...[0, 1, 2, 3].map((from) => ({
    name: `SSE, the present, part ${from + 1} of 4`,
    server: { framing: 'sse' as const },
    from,
    step: 4,
  })),
  {
    name: 'NDJSON, a server that tells the present',
    server: { framing: 'ndjson' },
    from: 3,
    step: 8,
  },
  {
    name: 'SSE with numbers, a client that was told nothing',
    server: { framing: 'sse', resume: 'cursor' },
    from: 1,
    step: 16,
  },
  {
    name: 'SSE with opaque ids, and a promise to continue',
    server: { framing: 'sse', resume: 'cursor', resumeIds: 'opaque' },
    client: { resumeMode: 'cursor' },
    from: 5,
    step: 16,
  },
  {
    name: 'NDJSON that repeats everything',
    server: { framing: 'ndjson', resume: 'replay' },
    client: { resumeMode: 'replay' },
    from: 9,
    step: 16,
  },
  {
    name: 'SSE in the live dialect, without a present at the begin',
    server: { framing: 'sse', dialect: 'live', snapshotOnConnect: false },
    from: 13,
    step: 16,
  },
]

const hows: readonly CutHow[] = ['eof', 'reset']

describe.each(settings)('$name', { timeout: 100_000 }, ({ from, step, ...setting }) => {
  it('L6, L12: a chat whose stream is cut after any byte is shown as one that was not', async () => {
    const quiet = { ...setting, server: { ...setting.server, heartbeatMs: 0 } }
    const { sizeBytes } = await recordChat(quiet)
    expect(sizeBytes).toBeGreaterThan(3000)
    const cells = Array.from({ length: Math.ceil((sizeBytes + 1 - from) / step) }, (_, index): AgentCell => {
      const count = from + index * step
      const how = hows[index % 2] ?? 'eof'
      return {
        name: `${how} after ${count} bytes`,
        faults: [fault.cutAfterBytes(count, { on: 'chat-stream', how })],
      }
    })
    await expectSameTurn(quiet, cells)
  })
})
