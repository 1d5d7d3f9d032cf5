import * as fc from 'fast-check'
import type { ResumeMode } from '../src/protocol/stamp-frames.ts'
import { fault, type Fault } from '../src/testing/faults.ts'
import type { ScriptStatus, TaskScript, TaskStep } from '../src/testing/script.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'

/** Something that happens to the world, or that somebody does. */
export type Act =
  | { readonly kind: 'restart' }
  /** The network goes; `isSaid`: the browser says so, `isReal`: it is true. */
  | { readonly kind: 'offline'; readonly forMs: number; readonly isSaid: boolean; readonly isReal: boolean }
  | { readonly kind: 'hidden'; readonly forMs: number }
  /** The page stands still, and so does everything that it does by timers. */
  | { readonly kind: 'frozen'; readonly forMs: number }
  /** The machine sleeps; a clock that measures durations may sleep too. */
  | { readonly kind: 'sleep'; readonly forMs: number; readonly isSaid: boolean; readonly isMeasured: boolean }
  | { readonly kind: 'wall-clock'; readonly byMs: number }
  | { readonly kind: 'leave'; readonly forMs: number }
  | { readonly kind: 'disconnect'; readonly forMs: number }
  | { readonly kind: 'retry' }
  | { readonly kind: 'cancel' }

/** A server, a client, a task, and everything that goes wrong between them: data, so that it can be shrunk. */
export interface FaultSchedule {
  readonly server: Readonly<
    Required<Pick<SimulatorOptions, 'dialect' | 'framing' | 'resume' | 'resumeIds'>>
  > &
    Pick<SimulatorOptions, 'unknownId' | 'sendDone' | 'closeAfterTerminal' | 'snapshotOnConnect'>
  readonly resumeMode: ResumeMode
  readonly transport: 'auto' | 'stream' | 'polling'
  readonly whenHidden: 'keep' | 'disconnect'
  /** Whether stores publish only what cannot wait, see L10. */
  readonly isFrameless: boolean
  readonly script: TaskScript
  readonly faults: readonly Fault[]
  readonly acts: readonly { readonly atMs: number; readonly act: Act }[]
  /** Of chance on the client's side. */
  readonly seed: number
}

type Way = Pick<FaultSchedule, 'server' | 'resumeMode'>

const ids = fc.constantFrom('number' as const, 'opaque' as const)
const dialect = fc.constantFrom('reference' as const, 'live' as const)

/** How a server lets clients come back, and a client that is told so or finds out. */
const way: fc.Arbitrary<Way> = fc
  .record({
    dialect,
    resumeIds: ids,
    resume: fc.constantFrom('snapshot' as const, 'cursor' as const, 'replay' as const),
    isNdjson: fc.boolean(),
    isTold: fc.boolean(),
    unknownId: fc.constantFrom(409 as const, 410 as const, 412 as const, 'ignore' as const),
    sendDone: fc.constantFrom('never' as const, 'once' as const, 'twice' as const),
    closeAfterTerminal: fc.boolean(),
    snapshotOnConnect: fc.boolean(),
  })
  .map(({ isNdjson, isTold, ...server }) => ({
    // NDJSON has no ids.
    server: { ...server, framing: isNdjson && server.resume !== 'cursor' ? 'ndjson' : 'sse' },
    // A replay cannot be told from anything else by looking.
    resumeMode: isTold || server.resume === 'replay' ? server.resume : 'auto',
  }))

const statuses: readonly ScriptStatus[] = [
  'queued',
  'scheduled',
  'preparing',
  'serving',
  'setting_up',
  'running',
  'uploading',
]

interface Draft {
  readonly waitMs: number
  readonly what: 'status' | 'lines' | 'delta' | 'progress' | 'store' | 'both'
  readonly amount: number
}

const draft: fc.Arbitrary<Draft> = fc.record({
  waitMs: fc.constantFrom(0, 10, 200, 900, 3000),
  what: fc.constantFrom('status', 'lines', 'delta', 'progress', 'store', 'both'),
  amount: fc.integer({ min: 1, max: 3 }),
})

/** A script from a few words about each step: statuses go forward, the text grows, and it is stored at the end. */
function toScript(drafts: readonly Draft[], ends: 'completed' | 'failed', repeats: boolean): TaskScript {
  const steps: TaskStep[] = []
  let atMs = 0
  let status = -1
  let lineCount = 0
  let text = ''
  let done = 0
  const lines = (count: number): readonly string[] =>
    Array.from({ length: count }, () => (repeats ? 'żółw' : `line ${++lineCount} 🦊`))
  for (const { waitMs, what, amount } of drafts) {
    atMs += waitMs
    if (what === 'status') status = Math.min(status + amount, statuses.length - 1)
    if (what === 'delta') text += `${'ż🦊x'.repeat(amount)} `
    const set = {
      ...(what === 'status' ? { status: statuses[status] ?? 'queued' } : {}),
      ...(what === 'progress' || what === 'both'
        ? { progress: { current: (done += amount), total: 99 } }
        : {}),
      ...(what === 'store' && text !== '' ? { partialOutput: { response: text } } : {}),
    }
    steps.push({
      atMs,
      ...(Object.keys(set).length === 0 ? {} : { set }),
      ...(what === 'lines' || what === 'both' ? { logs: lines(amount) } : {}),
      ...(what === 'delta' ? { delta: { response: `${'ż🦊x'.repeat(amount)} ` } } : {}),
    })
  }
  const end = ends === 'completed' ? { output: { response: `${text}!` } } : { error: 'out of memory' }
  return [...steps, { atMs: atMs + 500, set: { status: ends, ...end }, logs: lines(1) }]
}

const script: fc.Arbitrary<TaskScript> = fc
  .tuple(
    fc.oneof(
      { weight: 9, arbitrary: fc.array(draft, { minLength: 2, maxLength: 12, size: 'max' }) },
      { weight: 1, arbitrary: fc.array(draft, { minLength: 30, maxLength: 45, size: 'max' }) },
    ),
    fc.constantFrom('completed' as const, 'failed' as const),
    fc.nat({ max: 4 }),
  )
  .map(([drafts, ends, repeats]) => toScript(drafts, ends, repeats === 0))

const turns = { nth: fc.integer({ min: 1, max: 3 }), times: fc.integer({ min: 1, max: 3 }) }
const onStream = fc.record({ on: fc.constant('stream' as const), ...turns })
const onAny = fc.record({ on: fc.constantFrom('stream' as const, 'task' as const), ...turns })
const how = fc.constantFrom('eof' as const, 'reset' as const)
const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max })
const status = fc.constantFrom(408, 425, 429, 500, 502, 503, 504)

const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  fc
    .tuple(fc.nat({ max: 12 }), onStream, how)
    .map(([n, at, end]) => fault.cutAfterEvents(n, { ...at, how: end })),
  // An answer without a byte is no broken line but a server that says nothing, and no attempt mends that.
  fc.tuple(upTo(2500), onAny, how).map(([n, at, end]) => fault.cutAfterBytes(n, { ...at, how: end })),
  fc.tuple(fc.nat({ max: 12 }), onAny).map(([afterEvents, at]) => fault.stall({ ...at, afterEvents })),
  fc.tuple(upTo(2500), onAny).map(([n, at]) => fault.stallAfterBytes(n, at)),
  fc.tuple(status, onAny).map(([code, at]) => fault.refuse({ ...at, status: code })),
  fc
    .tuple(status, upTo(20), fc.constantFrom('seconds' as const, 'date' as const), onAny)
    .map(([code, retryAfterSeconds, retryAfterAs, at]) =>
      fault.refuse({ ...at, status: code, retryAfterSeconds, retryAfterAs }),
    ),
  onAny.map((at) => fault.unreachable(at)),
  onAny.map((at) => fault.html(at)),
  fc
    .tuple(fc.constantFrom(null, 'text/plain', 'application/json'), onAny)
    .map(([type, at]) => fault.wrongContentType(type, at)),
  fc.tuple(fc.constantFrom(100, 1000, 31_000), onAny).map(([ms, at]) => fault.slowHeaders(ms, at)),
  fc.tuple(upTo(10), upTo(3), onStream).map(([line, count, at]) => fault.duplicate({ ...at, line, count })),
  fc.tuple(upTo(10), upTo(2), onStream).map(([line, by, at]) => fault.reorder({ ...at, line, by })),
  fc.tuple(upTo(10), upTo(2), onStream).map(([line, count, at]) => fault.gap({ ...at, line, count })),
  fc.tuple(upTo(10), onStream).map(([line, at]) => fault.garbleLine({ ...at, line })),
  fc.tuple(upTo(10), onStream).map(([line, at]) => fault.invalidUtf8({ ...at, line })),
  fc.tuple(upTo(10), onStream).map(([afterEvents, at]) => fault.errorEvent({ ...at, afterEvents })),
  fc
    .tuple(fc.integer({ min: 40, max: 400 }), fc.integer({ min: 10, max: 300 }), onAny)
    .map(([bytes, everyMs, at]) => fault.drip({ ...at, bytes, everyMs })),
  fc.tuple(fc.constantFrom(200, 1000), onStream).map(([bytes, at]) => fault.buffer({ ...at, bytes })),
  onStream.map((at) => fault.buffer(at)),
)

const shortMs = fc.constantFrom(0, 50, 700, 1500, 6000, 20_000, 70_000)
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'restart' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('offline' as const),
      forMs: shortMs,
      isSaid: fc.boolean(),
      isReal: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('hidden' as const), forMs: shortMs }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('frozen' as const), forMs: shortMs }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('sleep' as const),
      forMs: fc.constantFrom(300, 5000, 40_000, 3_600_000),
      isSaid: fc.boolean(),
      isMeasured: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wall-clock' as const),
      byMs: fc.constantFrom(-3_600_000, -2000, 2000, 3_600_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), forMs: shortMs }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('disconnect' as const), forMs: shortMs }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'retry' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'cancel' as const }) },
)

/** Seldom none: what is of interest is how one thing goes on with another. */
function several<T>(what: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.array(what, { maxLength: 1 }) },
    { weight: 3, arbitrary: fc.array(what, { minLength: 2, maxLength: 5, size: 'max' }) },
  )
}

/** Anything that can go wrong while a task is followed. */
export const faultSchedule: fc.Arbitrary<FaultSchedule> = fc
  .record({
    way,
    script,
    transport: fc.constantFrom('auto', 'auto', 'auto', 'stream', 'polling'),
    whenHidden: fc.constantFrom('keep', 'disconnect'),
    isFrameless: fc.boolean(),
    faults: several(anyFault),
    acts: several(fc.record({ atMs: fc.integer({ min: 1, max: 10_000 }), act })),
    seed: fc.nat(),
  })
  .map(({ way: chosen, ...rest }) => ({ ...chosen, ...rest }))
