import { StreamError } from '../errors.ts'
import { inferenceProtocol } from '../protocol/inference/index.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { StatusCodes } from '../protocol/task-status.ts'
import type { SendConfig } from '../source/send.ts'
import { defaultRetryPolicy, type RetryPolicy } from '../state/connection.ts'
import { defaultMaxLogLines } from '../state/logs.ts'
import { DEFAULT_MAX_FRAME_CHARS } from '../wire/frame.ts'
import { systemClock, type Clock } from './clock.ts'
import { frameSchedule, syncSchedule, type Schedule } from './frame-loop.ts'
import { defaultLifetimes, type Lifetimes } from './registry.ts'
import { tabStorage, type ResumeStorage } from './resume-storage.ts'

/** How a broken line is tried again; names and meaning follow the streaming reference, in milliseconds. */
export interface LineOptions {
  /** Attempts in a row that bring nothing new before the line is given up; default 10, 0 never retries. */
  readonly maxRetries?: number
  /** First delay in milliseconds, doubled with each further attempt, random below that, at most 30 s; default 1,000. */
  readonly retryDelay?: number
  /** Most bytes that are decoded and folded at a time, at least 1; default: whatever one read brings. */
  readonly chunkSize?: number
}

/** How a client reaches its server and follows its tasks. Times are milliseconds. */
export interface ClientOptions extends SendConfig, LineOptions {
  /** The numbers that the server uses for statuses; default `referenceStatusCodes`. Not for a `protocol` of your own. */
  readonly statusCodes?: StatusCodes
  /** The dialect; default that of inference.sh. */
  readonly protocol?: Protocol
  /** A line without a byte for this long is dead; default 45,000. Half of it shows the line as stalled. */
  readonly idleTimeout?: number
  /** How long to wait for a stream to open, or for the answer to a request; default 30,000. */
  readonly connectTimeout?: number
  /**
   * Most streams that are open at a time, at least 1; further tasks are asked for every two seconds until there is a
   * place. Default 4 in a page, because over HTTP/1.1 a browser has six connections to a server for everything;
   * no limit elsewhere. Give `Infinity` where your server speaks HTTP/2 or 3.
   */
  readonly maxStreams?: number
  /** Longest single message, in UTF-16 units; default 16 Mi. A longer one counts as a fault of the line. */
  readonly maxMessageLength?: number
  /** Most log lines that are kept of a task; the oldest are dropped and counted. Default 200,000. */
  readonly maxLogLines?: number
  /** When changes are published: once a frame (default), at each change, or as a function says. */
  readonly publish?: 'frame' | 'sync' | Schedule
  /** Where ids of runs are kept for a reload; default `sessionStorage`, `null` for nowhere. */
  readonly resumeStorage?: ResumeStorage | null
  /** How long what nobody watches is kept. */
  readonly lifetimes?: Partial<Lifetimes>
  /** Time and chance, for tests. */
  readonly clock?: Clock
}

/** Options with every default filled in. */
export interface ClientSettings {
  readonly protocol: Protocol
  readonly clock: Clock
  readonly policy: RetryPolicy
  readonly chunkSizeBytes: number | null
  readonly idleMs: number
  readonly connectTimeoutMs: number
  readonly maxFrameChars: number
  readonly maxStreams: number
  readonly maxLogLines: number
  readonly schedule: Schedule
  readonly storage: ResumeStorage | null
  /** Tells the runs of one server apart from those of another. */
  readonly scope: string
  readonly lifetimes: Lifetimes
}

/** @throws {StreamError} `misuse` for a number out of its range */
export function readSettings(options: ClientOptions): ClientSettings {
  const { publish = 'frame', clock = systemClock, statusCodes } = options
  const named = { frame: frameSchedule, sync: syncSchedule }
  return {
    protocol:
      options.protocol ??
      inferenceProtocol({ ...(statusCodes === undefined ? {} : { statusCodes }), now: () => clock.now() }),
    clock,
    ...readLine(options, { policy: defaultRetryPolicy, chunkSizeBytes: null }),
    idleMs: atLeast(1, 'idleTimeout', options.idleTimeout ?? 45_000),
    connectTimeoutMs: atLeast(1, 'connectTimeout', options.connectTimeout ?? 30_000),
    maxFrameChars: atLeast(1, 'maxMessageLength', options.maxMessageLength ?? DEFAULT_MAX_FRAME_CHARS),
    maxStreams: atLeast(1, 'maxStreams', options.maxStreams ?? ('document' in globalThis ? 4 : Infinity)),
    maxLogLines: atLeast(1, 'maxLogLines', options.maxLogLines ?? defaultMaxLogLines),
    schedule: typeof publish === 'function' ? publish : named[publish],
    storage: options.resumeStorage === undefined ? tabStorage() : options.resumeStorage,
    scope: options.proxyUrl ?? options.baseUrl ?? '',
    lifetimes: { ...defaultLifetimes, ...options.lifetimes },
  }
}

/** The line's options over `base`. */
export function readLine(
  { maxRetries, retryDelay, chunkSize }: LineOptions,
  base: Pick<ClientSettings, 'policy' | 'chunkSizeBytes'>,
): Pick<ClientSettings, 'policy' | 'chunkSizeBytes'> {
  const { policy } = base
  return {
    policy: {
      maxRetries: atLeast(0, 'maxRetries', maxRetries ?? policy.maxRetries),
      retryDelayMs: atLeast(0, 'retryDelay', retryDelay ?? policy.retryDelayMs),
      maxDelayMs: policy.maxDelayMs,
    },
    chunkSizeBytes: chunkSize === undefined ? base.chunkSizeBytes : atLeast(1, 'chunkSize', chunkSize),
  }
}

/** @throws {StreamError} `misuse` unless `value` is a number from `least` on */
export function atLeast(least: number, name: string, value: number): number {
  if (typeof value === 'number' && value >= least) return value
  throw new StreamError('misuse', `${name} is ${String(value)}, but has to be a number of at least ${least}.`)
}
