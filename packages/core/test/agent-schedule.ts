import * as fc from 'fast-check'
import type { ResumeMode } from '../src/protocol/stamp-frames.ts'
import { fault, type Fault } from '../src/testing/faults.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'

/** Something that happens to a tab, to the network, or to the server. */
export type AgentAct =
  | { readonly kind: 'restart' }
  /** The network of all tabs goes; `isSaid`: the browser says so. */
  | { readonly kind: 'offline'; readonly forMs: number; readonly isSaid: boolean }
  | { readonly kind: 'disconnect'; readonly tab: number; readonly forMs: number }
  /** Nobody looks. */
  | { readonly kind: 'leave'; readonly tab: number; readonly forMs: number }
  /** The page goes, with everything in it, and comes again over the same storage. */
  | { readonly kind: 'reload'; readonly tab: number; readonly forMs: number }
  | { readonly kind: 'retry'; readonly tab: number }

/** A server, tabs that follow one chat on it, and everything that goes wrong between them: data, so that it can be shrunk. */
export interface AgentSchedule {
  readonly server: Pick<
    SimulatorOptions,
    'framing' | 'resume' | 'resumeIds' | 'unknownId' | 'snapshotOnConnect' | 'dialect'
  >
  readonly resumeMode: ResumeMode
  readonly transport: 'auto' | 'stream' | 'polling'
  readonly tabCount: 1 | 2
  /** Whether this browser has locks. */
  readonly hasLocks: boolean
  /** How long the tool takes. */
  readonly toolMs: number
  readonly faults: readonly Fault[]
  readonly acts: readonly { readonly atMs: number; readonly act: AgentAct }[]
  readonly seed: number
}

type Way = Pick<AgentSchedule, 'server' | 'resumeMode'>

const way: fc.Arbitrary<Way> = fc
  .record({
    dialect: fc.constantFrom('reference' as const, 'live' as const),
    resumeIds: fc.constantFrom('number' as const, 'opaque' as const),
    resume: fc.constantFrom('snapshot' as const, 'snapshot' as const, 'cursor' as const, 'replay' as const),
    isNdjson: fc.boolean(),
    isTold: fc.boolean(),
    unknownId: fc.constantFrom(409 as const, 410 as const, 412 as const, 'ignore' as const),
    snapshotOnConnect: fc.boolean(),
  })
  .map(({ isNdjson, isTold, ...server }): Way => ({
    // NDJSON has no ids.
    server: { ...server, framing: isNdjson && server.resume !== 'cursor' ? 'ndjson' : 'sse' },
    // A replay cannot be told from anything else by looking.
    resumeMode: isTold || server.resume === 'replay' ? server.resume : 'auto',
  }))

const turns = { nth: fc.integer({ min: 1, max: 4 }), times: fc.integer({ min: 1, max: 3 }) }
const onStream = fc.record({ on: fc.constant('chat-stream' as const), ...turns })
const onAny = fc.record({
  on: fc.constantFrom('chat-stream' as const, 'chat' as const, 'messages' as const, 'answer-tool' as const),
  ...turns,
})
const how = fc.constantFrom('eof' as const, 'reset' as const)
const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max })
const status = fc.constantFrom(408, 425, 429, 500, 502, 503, 504)

const anyFault: fc.Arbitrary<Fault> = fc.oneof(
  fc
    .tuple(fc.nat({ max: 28 }), onStream, how)
    .map(([n, at, end]) => fault.cutAfterEvents(n, { ...at, how: end })),
  fc.tuple(upTo(9000), onAny, how).map(([n, at, end]) => fault.cutAfterBytes(n, { ...at, how: end })),
  fc.tuple(fc.nat({ max: 28 }), onStream).map(([afterEvents, at]) => fault.stall({ ...at, afterEvents })),
  fc.tuple(status, onAny).map(([code, at]) => fault.refuse({ ...at, status: code })),
  fc
    .tuple(status, upTo(20), onAny)
    .map(([code, retryAfterSeconds, at]) => fault.refuse({ ...at, status: code, retryAfterSeconds })),
  onAny.map((at) => fault.unreachable(at)),
  onStream.map((at) => fault.html(at)),
  fc
    .tuple(fc.constantFrom(null, 'text/plain'), onStream)
    .map(([type, at]) => fault.wrongContentType(type, at)),
  fc.tuple(fc.constantFrom(100, 1000, 31_000), onAny).map(([ms, at]) => fault.slowHeaders(ms, at)),
  fc.tuple(upTo(25), upTo(3), onStream).map(([line, count, at]) => fault.duplicate({ ...at, line, count })),
  fc.tuple(upTo(25), upTo(2), onStream).map(([line, by, at]) => fault.reorder({ ...at, line, by })),
  // What is lost on a line that goes on is found when the line comes again.
  fc.tuple(upTo(25), upTo(2), onStream).map(([line, count, at]) => fault.gap({ ...at, line, count })),
  fc.tuple(upTo(25), onStream).map(([line, at]) => fault.garbleLine({ ...at, line })),
  fc.tuple(upTo(25), onStream).map(([line, at]) => fault.invalidUtf8({ ...at, line })),
  fc.tuple(upTo(25), onStream).map(([line, at]) => fault.staleSnapshot({ ...at, line })),
  fc.tuple(upTo(25), onStream).map(([afterEvents, at]) => fault.errorEvent({ ...at, afterEvents })),
  fc.tuple(fc.constantFrom(200, 2000), onStream).map(([bytes, at]) => fault.buffer({ ...at, bytes })),
)

const shortMs = fc.constantFrom(0, 50, 700, 1500, 6000, 20_000, 70_000)
const tab = fc.constantFrom(0, 0, 1)
const act: fc.Arbitrary<AgentAct> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ kind: 'restart' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('offline' as const), forMs: shortMs, isSaid: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('disconnect' as const), tab, forMs: shortMs }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), tab, forMs: shortMs }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('reload' as const), tab, forMs: shortMs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retry' as const), tab }) },
)

/** Anything that can go wrong while the turn of an agent is followed. */
export const agentSchedule: fc.Arbitrary<AgentSchedule> = fc
  .record({
    way,
    transport: fc.constantFrom(
      'auto' as const,
      'auto' as const,
      'auto' as const,
      'stream' as const,
      'polling' as const,
    ),
    tabCount: fc.constantFrom(1 as const, 2 as const, 2 as const),
    hasLocks: fc.boolean(),
    toolMs: fc.constantFrom(0, 30, 400, 3000),
    faults: fc.array(anyFault, { maxLength: 4, size: 'max' }),
    acts: fc.array(fc.record({ atMs: fc.integer({ min: 1, max: 4000 }), act }), {
      maxLength: 4,
      size: 'max',
    }),
    seed: fc.nat(),
  })
  .map(({ way: chosen, ...rest }) => ({ ...chosen, ...rest }))

/** Beginnings and ends of acts, in order of time. */
export function timeline(
  acts: AgentSchedule['acts'],
  begin: (act: AgentAct) => void,
  end: (act: AgentAct) => void,
): readonly { readonly atMs: number; readonly run: () => void }[] {
  return acts
    .flatMap(({ atMs, act }) => [
      { atMs, run: () => begin(act) },
      ...('forMs' in act ? [{ atMs: atMs + act.forMs, run: () => end(act) }] : []),
    ])
    .toSorted((a, b) => a.atMs - b.atMs)
}
