import type { ProblemWire } from '../protocol/inference/wire-types.ts'
import type { CutHow, Fault, FaultAim, Refusal, StreamAim } from './fault-kinds.ts'

export type {
  AnswerFault,
  BodyFault,
  CutHow,
  Fault,
  FaultAim,
  Refusal,
  StreamAim,
  StreamFault,
} from './fault-kinds.ts'

/** Builders of faults, such as `fault.cutAfterEvents(3, { on: 'stream' })`. Each answers plain data. */
export interface FaultBuilders {
  /** Ends the body after `n` bytes, in the middle of whatever it is; default with an error. */
  cutAfterBytes(n: number, aim: FaultAim & { readonly how?: CutHow }): Fault
  /** Ends the body after `n` messages; default cleanly (P§4.7). */
  cutAfterEvents(n: number, aim: FaultAim & { readonly how?: CutHow }): Fault
  /** Sends nothing more after so many messages (default 1), heartbeats neither, and keeps the line open. */
  stall(aim: FaultAim & { readonly afterEvents?: number }): Fault
  /** Answers with a status that is not 2xx, or with whatever is given. */
  refuse(refusal: FaultAim & Refusal): Fault
  /** Rejects as `fetch` does when there is no way to the server: with a `TypeError`. */
  unreachable(aim: FaultAim): Fault
  /** Answers 200 with a web page, as a captive portal does. */
  html(aim: FaultAim): Fault
  /** Lets the headers wait for `ms` milliseconds. */
  slowHeaders(ms: number, aim: FaultAim): Fault
  /** Spoils the JSON of one message, counted from 1; default the second of a stream, the first of any other body. */
  garbleLine(aim: FaultAim & { readonly line?: number }): Fault
  /** Puts bytes that are not UTF-8 into a string of one message, counted as in `garbleLine`. */
  invalidUtf8(aim: FaultAim & { readonly line?: number }): Fault
  /** Sends `count` messages (default 1) from the `line`th on (default the second) a second time, right after them. */
  duplicate(aim: StreamAim & { readonly line?: number; readonly count?: number }): Fault
  /**
   * Sends the `line`th message (default the second) `by` messages late; by 1, the default, two neighbours are swapped.
   * A body that ends before that ends with it.
   */
  reorder(aim: StreamAim & { readonly line?: number; readonly by?: number }): Fault
  /** Loses `count` messages (default 1) from the `line`th on (default the second). */
  gap(aim: StreamAim & { readonly line?: number; readonly count?: number }): Fault
  /** Sends a delta and an update with the last status that was not terminal after the end of the task (P§3.1). */
  deltaAfterEnd(aim: StreamAim): Fault
  /**
   * Sends the whole task after the `line`th message (default the second): first as it is then, then as it was at its
   * start. Neither has lines that are new in its log.
   */
  staleSnapshot(aim: StreamAim & { readonly line?: number }): Fault
  /**
   * Reports a problem in the stream after so many messages (default 1) and ends the body (P§4.8): `event: error` in SSE,
   * `{"event":"error","data":…}` in NDJSON. Default: a problem of status 500.
   */
  errorEvent(aim: StreamAim & { readonly problem?: ProblemWire; readonly afterEvents?: number }): Fault
  /** Declares the body, which is right, as something else; `null` as nothing at all. */
  wrongContentType(contentType: string | null, aim: FaultAim): Fault
  /**
   * Compresses the body and never flushes, as a proxy does that buffers: all of it comes at its end, a body without end
   * never does.
   *
   * The simulator itself stands where `fetch` does, behind the decoding: its answer has `content-encoding: gzip` and the
   * plain bytes, all at the end. `serveNode` really compresses them, and the client's own `fetch` decodes.
   */
  gzip(aim: FaultAim): Fault
  /** Hands out the body in pieces of `bytes` bytes, 1 or more, each after `everyMs` milliseconds of the clock. */
  drip(aim: FaultAim & { readonly bytes: number; readonly everyMs: number }): Fault
}

const BROKEN: ProblemWire = {
  type: 'https://inference.sh/problems/internal_error',
  title: 'Internal Server Error',
  status: 500,
  detail: 'the stream broke off',
}

/** Builders of faults: data that says what goes wrong with which request. */
export const fault: FaultBuilders = {
  cutAfterBytes: (afterBytes, { how = 'reset', ...aim }) => ({ ...aim, kind: 'cut-bytes', afterBytes, how }),
  cutAfterEvents: (afterEvents, { how = 'eof', ...aim }) => ({
    ...aim,
    kind: 'cut-events',
    afterEvents,
    how,
  }),
  stall: ({ afterEvents = 1, ...aim }) => ({ ...aim, kind: 'stall', afterEvents }),
  refuse: ({ on, nth, times, ...refusal }) => ({
    on,
    ...(nth === undefined ? {} : { nth }),
    ...(times === undefined ? {} : { times }),
    kind: 'refuse',
    refusal,
  }),
  unreachable: (aim) => ({ ...aim, kind: 'unreachable' }),
  html: (aim) => ({ ...aim, kind: 'html' }),
  slowHeaders: (ms, aim) => ({ ...aim, kind: 'slow-headers', ms }),
  garbleLine: ({ line, ...aim }) => ({ ...aim, kind: 'garble-line', line: line ?? usualLine(aim) }),
  invalidUtf8: ({ line, ...aim }) => ({ ...aim, kind: 'invalid-utf8', line: line ?? usualLine(aim) }),
  duplicate: ({ line = 2, count = 1, ...aim }) => ({ ...aim, kind: 'duplicate', line, count }),
  reorder: ({ line = 2, by = 1, ...aim }) => ({ ...aim, kind: 'reorder', line, by }),
  gap: ({ line = 2, count = 1, ...aim }) => ({ ...aim, kind: 'gap', line, count }),
  deltaAfterEnd: (aim) => ({ ...aim, kind: 'delta-after-end' }),
  staleSnapshot: ({ line = 2, ...aim }) => ({ ...aim, kind: 'stale-snapshot', line }),
  errorEvent: ({ problem = BROKEN, afterEvents = 1, ...aim }) => ({
    ...aim,
    kind: 'error-event',
    problem,
    afterEvents,
  }),
  wrongContentType: (contentType, aim) => ({ ...aim, kind: 'wrong-content-type', contentType }),
  gzip: (aim) => ({ ...aim, kind: 'gzip' }),
  drip: ({ bytes, everyMs, ...aim }) => ({ ...aim, kind: 'drip', bytes, everyMs }),
}

function usualLine(aim: FaultAim): number {
  return aim.on === 'stream' ? 2 : 1
}
