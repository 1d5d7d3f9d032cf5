import type { ProblemWire } from '../protocol/inference/wire-types.ts'
import type { Requirement } from '../errors.ts'
import type { RouteName } from './route-table.ts'

/** Which requests a fault meets. Requests are counted for each route, from 1, since the faults were set. */
export interface FaultAim {
  readonly on: Exclude<RouteName, 'preflight' | 'unknown'>
  /** The first request that it meets; default 1. */
  readonly nth?: number
  /** How many requests in a row it meets; default 1, `Infinity` for all that follow. */
  readonly times?: number
}

/**
 * Which streams a fault meets: those of a task or of a chat, or of runs with `stream: true`. Another answer to a run stays
 * whole.
 */
export interface StreamAim extends FaultAim {
  readonly on: 'stream' | 'run' | 'chat-stream' | 'agent-run'
}

/** A request as `withFaults` sees it. */
export interface TransportRequest {
  /** In upper case. */
  readonly method: string
  /** As it was given to `fetch`. */
  readonly url: string
  readonly headers: Headers
}

/**
 * Which requests of `withFaults` a fault meets. Each fault counts the requests that fit its `url` and `method`, from 1,
 * since the faults were set. With neither `nth` nor `times` it meets every one of them.
 */
export interface TransportAim {
  /** A part of the address, a pattern in it, or what decides; default any. */
  readonly url?: string | RegExp | ((request: TransportRequest) => boolean)
  /** Default any. */
  readonly method?: string
  /** The first request that it meets; default 1. */
  readonly nth?: number
  /** How many requests in a row it meets; default 1 with `nth`, otherwise all. */
  readonly times?: number
}

/** How a body ends before its time: `eof` cleanly, `reset` with an error. What was sent before is delivered. */
export type CutHow = 'eof' | 'reset'

/** A refusal in place of the answer. */
export interface Refusal {
  readonly status: number
  /** Last segment of the problem's type; default by status (P§2.2). */
  readonly code?: string
  /** In the server's words; default by status. */
  readonly detail?: string
  /** Seconds in `Retry-After`; default no such header. */
  readonly retryAfterSeconds?: number
  /** Form of `Retry-After`; default `seconds`. */
  readonly retryAfterAs?: 'seconds' | 'date'
  /** Answers the body of a 412 (P§2.3) in place of a problem. */
  readonly requirements?: readonly Requirement[]
  readonly headers?: Readonly<Record<string, string>>
  /** In place of a problem: a string as text, anything else as JSON. */
  readonly body?: unknown
}

/** What goes wrong around the body of an answer: before it, in place of it, or on its way. */
export type AnswerFault =
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'html' }
  | { readonly kind: 'captive-portal'; readonly loginUrl: string }
  | { readonly kind: 'slow-headers'; readonly ms: number }
  | { readonly kind: 'wrong-content-type'; readonly contentType: string | null }
  | { readonly kind: 'gzip' }
  | { readonly kind: 'buffer'; readonly bytes: number | null }
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  | { readonly kind: 'split'; readonly at: SplitAt }

/** Where a body is cut into pieces: between any two bytes, or inside characters and line endings alone. */
export type SplitAt = 'bytes' | 'characters'

/** What goes wrong with the order of the messages of a stream, whatever they say. Messages are counted from 1. */
export type OrderFault =
  | { readonly kind: 'duplicate'; readonly line: number; readonly count: number }
  | { readonly kind: 'reorder'; readonly line: number; readonly by: number }
  | { readonly kind: 'gap'; readonly line: number; readonly count: number }

/** What a server says of a task, or of a chat, when it should not. */
export type TaskFault =
  | { readonly kind: 'delta-after-end' }
  | { readonly kind: 'stale-snapshot'; readonly line: number }
  | { readonly kind: 'error-event'; readonly problem: ProblemWire; readonly afterEvents: number }

/** What goes wrong between the messages of a stream. */
export type StreamFault = OrderFault | TaskFault

/** What goes wrong in the body of an answer. A body that is no stream counts as one message. */
export type BodyFault =
  | { readonly kind: 'cut-bytes'; readonly afterBytes: number; readonly how: CutHow }
  | { readonly kind: 'cut-events'; readonly afterEvents: number; readonly how: CutHow }
  | { readonly kind: 'stall'; readonly afterEvents: number }
  | { readonly kind: 'stall-bytes'; readonly afterBytes: number }
  | { readonly kind: 'garble-line'; readonly line: number }
  | { readonly kind: 'flip-bytes'; readonly line: number; readonly count: number }
  | { readonly kind: 'invalid-utf8'; readonly line: number }
  | StreamFault

/** Something that goes wrong in a simulator, as data. */
export type Fault = FaultAim & (AnswerFault | BodyFault)

/** Something that goes wrong on the way to any server, as data. */
export type TransportFault = TransportAim & (AnswerFault | Exclude<BodyFault, TaskFault>)
