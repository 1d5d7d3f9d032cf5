import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fault, type CutHow, type Fault } from '../src/testing/faults.ts'
import type { TaskScript } from '../src/testing/script.ts'
import { expectUndisturbed, inOrder, outcomes, recordStream, type Cell, type Setting } from './disturbed.ts'

// L6: whatever goes wrong on the line, the task ends as it does when nothing goes wrong.

/** A life of eleven messages, slow enough that a line that was lost is back before it is over, and sometimes not. */
const whole = 'a fox and an owl'
const script: TaskScript = [
  { atMs: 0, set: { status: 'received' } },
  { atMs: 500, set: { status: 'queued' }, logs: ['line 1'] },
  { atMs: 1000, set: { status: 'running' } },
  { atMs: 1500, set: { progress: { current: 1, total: 2 } }, logs: ['line 2', 'line 3 żółw 🦊'] },
  { atMs: 2000, delta: { response: 'a fox ' } },
  { atMs: 2500, delta: { response: 'and an owl' } },
  { atMs: 3000, set: { partialOutput: { response: whole } }, logs: ['line 4'] },
  { atMs: 3500, set: { progress: { current: 2, total: 2 } } },
  { atMs: 4000, logs: ['line 5', 'line 6'] },
  { atMs: 4500, set: { status: 'uploading' } },
  { atMs: 5000, set: { status: 'completed', output: { response: whole } }, logs: ['line 7'] },
]

/** The same with lines that nobody can tell apart. */
const repeating: TaskScript = script.map((step) =>
  step.logs === undefined
    ? step
    : { ...step, logs: step.logs.map((_, index) => (index === 0 ? 'same' : 'other')) },
)

/** The same in short, for tests that try everything. */
const shortScript: TaskScript = [
  { atMs: 0, set: { status: 'received' } },
  { atMs: 500, set: { status: 'running' }, logs: ['żółw 🦊'] },
  { atMs: 1000, set: { status: 'completed', output: { response: whole } }, logs: ['b'] },
]
const lines = ['line 1', 'line 2', 'line 3 żółw 🦊', 'line 4', 'line 5', 'line 6', 'line 7']

const settings: readonly Setting[] = (['reference', 'live'] as const).flatMap((dialect) =>
  (['sse', 'ndjson'] as const).map((framing) => ({
    name: `${dialect} over ${framing}`,
    server: { dialect, framing, script },
  })),
)

const hows: readonly CutHow[] = ['eof', 'reset']
const eventCounts = Array.from({ length: script.length + 2 }, (_, count) => count)

describe.each(settings)(
  '$name › L6: the task ends as if nothing had happened',
  { timeout: 30_000 },
  (setting) => {
    it('when the line ends after any message', async () => {
      await expectUndisturbed(
        setting,
        eventCounts.flatMap((count) =>
          hows.flatMap((how): readonly Cell[] => [
            [`${how} after ${count}`, [fault.cutAfterEvents(count, { on: 'stream', how })]],
            [
              `${how} after ${count}, three times`,
              [fault.cutAfterEvents(count, { on: 'stream', how, times: 3 })],
            ],
          ]),
        ),
      )
    })

    it('when the line ends after any byte', async () => {
      const server = { ...setting.server, script: shortScript, snapshotOnConnect: false, heartbeatMs: 0 }
      const plain = { ...setting, server }
      const size = await recordStream(plain)
      expect(size).toBeGreaterThan(150)
      const cells = Array.from({ length: size + 1 }, (_, count): Cell => {
        const how = hows[count % 2] ?? 'reset'
        return [`${how} after ${count} bytes`, [fault.cutAfterBytes(count, { on: 'stream', how })]]
      })
      await expectUndisturbed(plain, cells)
    })

    it('when the line ends in the middle of the present, which is said first', async () => {
      const size = await recordStream(setting)
      const cells = Array.from({ length: Math.ceil(size / 41) }, (_, index): Cell => {
        const how = hows[index % 2] ?? 'reset'
        return [`${how} after ${index * 41} bytes`, [fault.cutAfterBytes(index * 41, { on: 'stream', how })]]
      })
      await expectUndisturbed(setting, cells)
    })

    it('L8: when the line falls silent after any message, the last one too', async () => {
      await expectUndisturbed(
        setting,
        eventCounts.map((afterEvents): Cell => [
          `silent after ${afterEvents}`,
          [fault.stall({ on: 'stream', afterEvents })],
        ]),
      )
    })

    it('when a request is refused, or does not arrive', async () => {
      const aims = (['stream', 'task'] as const).flatMap((on) =>
        [{ on }, { on, nth: 2 }, { on, times: 4 }].map((aim) => aim),
      )
      const wrongs = aims.flatMap((aim): readonly Cell[] => {
        const at = JSON.stringify(aim)
        return [
          ...[408, 425, 429, 500, 502, 503, 504].map((status): Cell => [
            `${status} ${at}`,
            [fault.refuse({ ...aim, status })],
          ]),
          [`429 with a wait ${at}`, [fault.refuse({ ...aim, status: 429, retryAfterSeconds: 3 })]],
          [`unreachable ${at}`, [fault.unreachable(aim)]],
          [`a web page ${at}`, [fault.html(aim)]],
          [`slow ${at}`, [fault.slowHeaders(2000, aim)]],
          [`too slow ${at}`, [fault.slowHeaders(31_000, aim)]],
        ]
      })
      // A second request there is only after a first that broke off.
      const broken = fault.cutAfterEvents(4, { on: 'stream' })
      await expectUndisturbed(
        setting,
        wrongs.map(([name, faults]): Cell => [name, [...faults, broken]]),
      )
    })

    it('when the answer to the question for the task breaks off, falls silent or cannot be read', async () => {
      await expectUndisturbed(setting, [
        ...[0, 1, 100, 500].flatMap((bytes) =>
          hows.map((how): Cell => [`${how} ${bytes}`, [fault.cutAfterBytes(bytes, { on: 'task', how })]]),
        ),
        ['stall', [fault.stall({ on: 'task', afterEvents: 0 })]],
        ['garbled', [fault.garbleLine({ on: 'task' })]],
      ])
    })

    it('when a message cannot be read: no line is lost, though one may come late', async () => {
      const cells = eventCounts.slice(1).flatMap((line): readonly Cell[] => [
        [`garbled ${line}`, [fault.garbleLine({ on: 'stream', line })]],
        [`not UTF-8 ${line}`, [fault.invalidUtf8({ on: 'stream', line })]],
      ])
      const results = await outcomes(setting, [['still', []], ...cells])
      const told = Object.entries(results).map(([name, result]) => [name, inOrder(result)] as const)
      expect(Object.fromEntries(told)).toEqual(
        Object.fromEntries(told.map(([name]) => [name, results.still])),
      )
    })

    it('when messages are said again, late, after the end, or from an older time', async () => {
      const cells = eventCounts.slice(1).flatMap((line): readonly Cell[] => [
        [`stale ${line}`, [fault.staleSnapshot({ on: 'stream', line })]],
        [`problem after ${line}`, [fault.errorEvent({ on: 'stream', afterEvents: line })]],
        // Lines that are only listed cannot be told apart from the same lines said anew.
        ...(setting.server.dialect === 'reference'
          ? []
          : [
              [`again ${line}`, [fault.duplicate({ on: 'stream', line })]] as const,
              [`three again ${line}`, [fault.duplicate({ on: 'stream', line, count: 3 })]] as const,
              [`late ${line}`, [fault.reorder({ on: 'stream', line })]] as const,
              [`lost ${line}`, [fault.gap({ on: 'stream', line })]] as const,
            ]),
      ])
      await expectUndisturbed(setting, [...cells, ['after the end', [fault.deltaAfterEnd({ on: 'stream' })]]])
    })

    it('when something between here and the server rewrites the answer', async () => {
      await expectUndisturbed(setting, [
        ...[null, 'text/plain', 'application/json', 'text/html; charset=utf-8'].flatMap(
          (type): readonly Cell[] => [
            [`stream as ${type}`, [fault.wrongContentType(type, { on: 'stream', times: 2 })]],
            [`task as ${type}`, [fault.wrongContentType(type, { on: 'task', times: 2 })]],
          ],
        ),
        ['all at the end', [fault.gzip({ on: 'stream' })]],
        ['drop by drop', [fault.drip({ on: 'stream', bytes: 100, everyMs: 200 })]],
        ['the answer drop by drop', [fault.drip({ on: 'task', bytes: 100, everyMs: 200 })]],
      ])
    })
  },
)

describe('any faults at once', { timeout: 30_000 }, () => {
  const aim = fc.record({
    on: fc.constantFrom('stream' as const, 'task' as const),
    nth: fc.integer({ min: 1, max: 4 }),
    times: fc.integer({ min: 1, max: 2 }),
  })
  /** An answer without a byte is no broken line but a server that says nothing, and no attempt mends that. */
  const streamAim = aim.map((at) => ({ ...at, on: 'stream' as const }))
  const anyFault: fc.Arbitrary<Fault> = fc.oneof(
    fc
      .tuple(fc.nat({ max: 13 }), streamAim, fc.constantFrom(...hows))
      .map(([count, at, how]) => fault.cutAfterEvents(count, { ...at, how })),
    fc
      .tuple(fc.integer({ min: 1, max: 2500 }), aim, fc.constantFrom(...hows))
      .map(([count, at, how]) => fault.cutAfterBytes(count, { ...at, how })),
    fc.tuple(fc.nat({ max: 13 }), aim).map(([afterEvents, at]) => fault.stall({ ...at, afterEvents })),
    fc.tuple(fc.constantFrom(408, 429, 500, 503), aim).map(([status, at]) => fault.refuse({ ...at, status })),
    aim.map((at) => fault.unreachable(at)),
    aim.map((at) => fault.html(at)),
    fc.tuple(fc.constantFrom(100, 1000, 31_000), aim).map(([ms, at]) => fault.slowHeaders(ms, at)),
  )

  it('L6: leave the task, its log and its promises as they are without any', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyFault, { minLength: 1, maxLength: 4 }), { minLength: 12, maxLength: 12 }),
        fc.constantFrom(...settings),
        fc.boolean(),
        fc.boolean(),
        async (lists, setting, snapshotOnConnect, repeats) => {
          const cells = lists.map((faults, index): Cell => [String(index), faults])
          const server = { ...setting.server, snapshotOnConnect, script: repeats ? repeating : script }
          const all = { ...setting, server }
          const results = await outcomes(all, cells)
          const { still } = await outcomes(all, [['still', []]])
          expect(still?.told).toHaveLength(lines.length)
          // Without a present in the stream, and with lines that repeat, some are told at the end.
          const told = Object.entries(results).map(
            ([name, result]) => [name, snapshotOnConnect && !repeats ? result : inOrder(result)] as const,
          )
          const wanted = repeats && still !== undefined ? inOrder(still) : still
          expect(Object.fromEntries(told)).toEqual(Object.fromEntries(cells.map(([name]) => [name, wanted])))
        },
      ),
      { numRuns: 20 },
    )
  })
})
