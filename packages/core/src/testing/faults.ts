import type { ProblemWire } from '../protocol/inference/wire-types.ts'
import type {
  CutHow,
  Fault,
  FaultAim,
  Refusal,
  SplitAt,
  StreamAim,
  TransportAim,
  TransportFault,
} from './fault-kinds.ts'

export type {
  AnswerFault,
  BodyFault,
  CutHow,
  Fault,
  FaultAim,
  OrderFault,
  Refusal,
  SplitAt,
  StreamAim,
  StreamFault,
  TaskFault,
  TransportAim,
  TransportFault,
  TransportRequest,
} from './fault-kinds.ts'

/** Builds a fault for a simulator, whose aim names a route with `on`, or for `withFaults`, whose aim does not. */
export interface FaultBuilder<Options = unknown, Aim extends FaultAim = FaultAim> {
  (aim: Aim & Options): Fault
  (aim?: TransportAim & Options): TransportFault
}

/** As {@link FaultBuilder}, of a fault that needs to know something. */
export interface FaultBuilderOf<Needed, Options = unknown> {
  (needed: Needed, aim: FaultAim & Options): Fault
  (needed: Needed, aim?: TransportAim & Options): TransportFault
}

/** As {@link FaultBuilder}, of a fault some of whose options are needed. */
export interface FaultBuilderWith<Options> {
  (aim: FaultAim & Options): Fault
  (aim: TransportAim & Options): TransportFault
}

/**
 * Builders of faults. Each answers plain data: for a simulator, such as `fault.cutAfterEvents(3, { on: 'stream' })`, or for
 * `withFaults`, such as `fault.cutAfterEvents(3, { url: '/stream', nth: 1 })`.
 *
 * Messages are counted from 1. To a simulator its messages are those about the task or the chat, and `done`. To `withFaults` they are
 * the blocks of SSE that hold data, and the lines of NDJSON that are not blank; a body that is neither counts as one.
 */
export interface FaultBuilders {
  /** Ends the body after `n` bytes, in the middle of whatever it is; default with an error. */
  readonly cutAfterBytes: FaultBuilderOf<number, { readonly how?: CutHow }>
  /** Ends the body after `n` messages; default cleanly (P§4.7). */
  readonly cutAfterEvents: FaultBuilderOf<number, { readonly how?: CutHow }>
  /** Ends every body cleanly after its first message, as a server does that wants to be asked again each time. */
  readonly closeAfterEach: FaultBuilder
  /** Sends nothing more after so many messages (default 1), heartbeats neither, and keeps the line open. */
  readonly stall: FaultBuilder<{ readonly afterEvents?: number }>
  /** As `stall`, after `n` bytes. */
  readonly stallAfterBytes: FaultBuilderOf<number>
  /** Answers with a status that is not 2xx, or with whatever is given. */
  readonly refuse: FaultBuilderWith<Refusal>
  /** Rejects as `fetch` does when there is no way to the server: with a `TypeError`. */
  readonly unreachable: FaultBuilder
  /** Answers 200 with a web page. */
  readonly html: FaultBuilder
  /**
   * Answers as a captive portal does that redirects to its login page, after `fetch` has followed: 200, a web page,
   * `redirected`, and the page's address. Default `http://login.portal.test/`. A browser rejects the redirect instead when
   * the page does not allow other origins: that is `unreachable`.
   */
  readonly captivePortal: FaultBuilder<{ readonly loginUrl?: string }>
  /**
   * Lets the headers wait for `ms` milliseconds. A simulator does its work after them, `withFaults` sends the request
   * before, so that the server does what it is asked though the answer may come too late.
   */
  readonly slowHeaders: FaultBuilderOf<number>
  /** Spoils the JSON of one message; default the second of a simulated stream, otherwise the first. */
  readonly garbleLine: FaultBuilder<{ readonly line?: number }>
  /**
   * Puts other bytes in place of `count` bytes (default 3) of one message, counted as in `garbleLine`, chosen by the seed.
   * Line endings stay as they are.
   */
  readonly flipBytes: FaultBuilder<{ readonly line?: number; readonly count?: number }>
  /** Puts bytes that are not UTF-8 into one message, counted as in `garbleLine`. */
  readonly invalidUtf8: FaultBuilder<{ readonly line?: number }>
  /** Sends `count` messages (default 1) from the `line`th on (default the second) a second time, right after them. */
  readonly duplicate: FaultBuilder<{ readonly line?: number; readonly count?: number }, StreamAim>
  /**
   * Sends the `line`th message (default the second) `by` messages late; by 1, the default, two neighbours are swapped.
   * A body that ends before that ends with it.
   */
  readonly reorder: FaultBuilder<{ readonly line?: number; readonly by?: number }, StreamAim>
  /** Loses `count` messages (default 1) from the `line`th on (default the second). */
  readonly gap: FaultBuilder<{ readonly line?: number; readonly count?: number }, StreamAim>
  /**
   * Sends a delta and an update with the last status that was not terminal after the end of the task (P§3.1), or of each
   * message of the assistant.
   */
  readonly deltaAfterEnd: (aim: StreamAim) => Fault
  /**
   * Sends the whole task after the `line`th message (default the second): first as it is then, then as it was at its
   * start. Neither has lines that are new in its log. Of a chat: the message of which was told last.
   */
  readonly staleSnapshot: (aim: StreamAim & { readonly line?: number }) => Fault
  /**
   * Reports a problem in the stream after so many messages (default 1) and ends the body (P§4.8): `event: error` in SSE,
   * `{"event":"error","data":…}` in NDJSON. Default: a problem of status 500.
   */
  readonly errorEvent: (
    aim: StreamAim & { readonly problem?: ProblemWire; readonly afterEvents?: number },
  ) => Fault
  /** Declares the body, which is right, as something else; `null` as nothing at all. */
  readonly wrongContentType: FaultBuilderOf<string | null>
  /**
   * Compresses the body and never flushes, as a proxy does that buffers: all of it comes at its end, a body without end
   * never does.
   *
   * Simulator and `withFaults` stand where `fetch` does, behind the decoding: the answer has `content-encoding: gzip` and
   * the plain bytes, all at the end. `serveNode` really compresses them, and the client's own `fetch` decodes.
   */
  readonly gzip: FaultBuilder
  /** Holds the body back until `bytes` bytes have collected, again and again; default until its end. */
  readonly buffer: FaultBuilder<{ readonly bytes?: number }>
  /** Hands out the body in pieces of `bytes` bytes, 1 or more, each after `everyMs` milliseconds of the clock. */
  readonly drip: FaultBuilderWith<{ readonly bytes: number; readonly everyMs: number }>
  /**
   * Cuts the body into other pieces, as a network may: single bytes, the default, or cuts inside every character of
   * several bytes and every CRLF.
   */
  readonly split: FaultBuilder<{ readonly at?: SplitAt }>
}

const BROKEN: ProblemWire = {
  type: 'https://inference.sh/problems/internal_error',
  title: 'Internal Server Error',
  status: 500,
  detail: 'the stream broke off',
}

/** Builders of faults: data that says what goes wrong with which request. */
export const fault: FaultBuilders = {
  cutAfterBytes: <A extends { readonly how?: CutHow }>(afterBytes: number, aim?: A) =>
    aimed(aim, { kind: 'cut-bytes', afterBytes, how: aim?.how ?? 'reset' }),
  cutAfterEvents: <A extends { readonly how?: CutHow }>(afterEvents: number, aim?: A) =>
    aimed(aim, { kind: 'cut-events', afterEvents, how: aim?.how ?? 'eof' }),
  closeAfterEach: <A extends object>(aim?: A) =>
    aimed(aim, { kind: 'cut-events', afterEvents: 1, how: 'eof', times: Infinity }),
  stall: <A extends { readonly afterEvents?: number }>(aim?: A) =>
    aimed(aim, { kind: 'stall', afterEvents: aim?.afterEvents ?? 1 }),
  stallAfterBytes: <A extends object>(afterBytes: number, aim?: A) =>
    aimed(aim, { kind: 'stall-bytes', afterBytes }),
  refuse,
  unreachable: <A extends object>(aim?: A) => aimed(aim, { kind: 'unreachable' }),
  html: <A extends object>(aim?: A) => aimed(aim, { kind: 'html' }),
  captivePortal: <A extends { readonly loginUrl?: string }>(aim?: A) =>
    aimed(aim, { kind: 'captive-portal', loginUrl: aim?.loginUrl ?? 'http://login.portal.test/' }),
  slowHeaders: <A extends object>(ms: number, aim?: A) => aimed(aim, { kind: 'slow-headers', ms }),
  garbleLine: <A extends LineAim>(aim?: A) => aimed(aim, { kind: 'garble-line', line: usualLine(aim) }),
  flipBytes: <A extends LineAim & { readonly count?: number }>(aim?: A) =>
    aimed(aim, { kind: 'flip-bytes', line: usualLine(aim), count: aim?.count ?? 3 }),
  invalidUtf8: <A extends LineAim>(aim?: A) => aimed(aim, { kind: 'invalid-utf8', line: usualLine(aim) }),
  duplicate: <A extends StretchAim>(aim?: A) =>
    aimed(aim, { kind: 'duplicate', line: aim?.line ?? 2, count: aim?.count ?? 1 }),
  reorder: <A extends { readonly line?: number; readonly by?: number }>(aim?: A) =>
    aimed(aim, { kind: 'reorder', line: aim?.line ?? 2, by: aim?.by ?? 1 }),
  gap: <A extends StretchAim>(aim?: A) =>
    aimed(aim, { kind: 'gap', line: aim?.line ?? 2, count: aim?.count ?? 1 }),
  deltaAfterEnd: (aim) => ({ ...aim, kind: 'delta-after-end' }),
  staleSnapshot: ({ line = 2, ...aim }) => ({ ...aim, kind: 'stale-snapshot', line }),
  errorEvent: ({ problem = BROKEN, afterEvents = 1, ...aim }) => ({
    ...aim,
    kind: 'error-event',
    problem,
    afterEvents,
  }),
  wrongContentType: <A extends object>(contentType: string | null, aim?: A) =>
    aimed(aim, { kind: 'wrong-content-type', contentType }),
  gzip: <A extends object>(aim?: A) => aimed(aim, { kind: 'gzip' }),
  buffer: <A extends { readonly bytes?: number }>(aim?: A) =>
    aimed(aim, { kind: 'buffer', bytes: aim?.bytes ?? null }),
  drip: <A extends { readonly bytes: number; readonly everyMs: number }>(aim: A) =>
    aimed(aim, { kind: 'drip', bytes: aim.bytes, everyMs: aim.everyMs }),
  split: <A extends { readonly at?: SplitAt }>(aim?: A) =>
    aimed(aim, { kind: 'split', at: aim?.at ?? 'bytes' }),
}

interface LineAim {
  readonly on?: FaultAim['on']
  readonly line?: number
}

interface StretchAim {
  readonly line?: number
  readonly count?: number
}

/** What goes wrong, with its aim. Options that are part of both are the fault's. */
function aimed<A extends object, const Kind extends object>(aim: A | undefined, kind: Kind): A & Kind {
  return { ...aim, ...kind } as A & Kind
}

function refuse(given: FaultAim & Refusal): Fault
function refuse(given: TransportAim & Refusal): TransportFault
function refuse(given: (FaultAim | TransportAim) & Refusal): Fault | TransportFault {
  if ('on' in given) {
    const { on, nth, times, ...refusal } = given
    return { on, ...turns({ nth, times }), kind: 'refuse', refusal }
  }
  const { url, method, nth, times, ...refusal } = given
  return {
    ...(url === undefined ? {} : { url }),
    ...(method === undefined ? {} : { method }),
    ...turns({ nth, times }),
    kind: 'refuse',
    refusal,
  }
}

function turns({ nth, times }: { readonly nth: number | undefined; readonly times: number | undefined }): {
  readonly nth?: number
  readonly times?: number
} {
  return { ...(nth === undefined ? {} : { nth }), ...(times === undefined ? {} : { times }) }
}

function usualLine(aim: LineAim | undefined): number {
  return aim?.line ?? (aim?.on === 'stream' || aim?.on === 'chat-stream' ? 2 : 1)
}
