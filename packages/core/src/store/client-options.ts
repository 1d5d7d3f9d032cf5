import { StreamError } from '../errors.ts'
import { inferenceProtocol } from '../protocol/inference/index.ts'
import type { Protocol } from '../protocol/protocol.ts'
import type { ResumeMode } from '../protocol/stamp-frames.ts'
import type { StatusCodes } from '../protocol/task-status.ts'
import type { Transport } from '../source/source.ts'
import type { SendConfig } from '../source/send.ts'
import { defaultRetryPolicy, type RetryPolicy } from '../state/retry-delay.ts'
import { defaultMaxLogLines } from '../state/logs.ts'
import { DEFAULT_MAX_FRAME_CHARS } from '../wire/frame.ts'
import { browserSurroundings } from './browser-surroundings.ts'
import { systemClock, type Clock } from './clock.ts'
import { frameSchedule, syncSchedule, type Schedule } from './frame-loop.ts'
import { defaultLifetimes, type Lifetimes } from './registry.ts'
import type { Surroundings } from './surroundings.ts'
import { tabStorage, type ResumeStorage } from './resume-storage.ts'
import { browserStorage } from './tool-ledger.ts'

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
   * Most streams that are open at a time, at least 1; further tasks are asked for, one after the other, until there is a
   * place. Default 4 in a page, because over HTTP/1.1 a browser has six connections to a server for everything, and no
   * limit once the browser tells that the server speaks HTTP/2 or 3; no limit outside of pages. A server of another
   * origin than the page's is known to speak them only if it sends `Timing-Allow-Origin`: else give `Infinity`.
   */
  readonly maxStreams?: number
  /**
   * How tasks are followed: `auto` (default) by a stream, and by asking every few seconds where a stream is blocked,
   * buffered or cut again and again; `stream` or `polling` pins one, `stream` without `maxStreams`.
   */
  readonly transport?: 'auto' | Transport
  /** Milliseconds from one answer to the next question of a task that is polled, at least 1; default 2,000. */
  readonly pollInterval?: number
  /** How the server lets a client come back to a stream; default `auto`. Not for a `protocol` of your own. */
  readonly resumeMode?: ResumeMode
  /** Whether lines are kept while the page is hidden: `keep` (default), or `disconnect` until it is seen again. */
  readonly whenHidden?: 'keep' | 'disconnect'
  /**
   * Whether the tabs of a browser share one stream per task; default `false`. Where several users may be signed in at a
   * time, give a string that tells them apart: a task is then shared only among tabs of the same. Needs Web Locks and
   * BroadcastChannel, so `https:` or localhost; without them, and with `resumeMode: 'replay'`, each tab has its own.
   */
  readonly shareTabs?: boolean | string
  /** Longest single message, in UTF-16 units; default 16 Mi. A longer one counts as a fault of the line. */
  readonly maxMessageLength?: number
  /** Most log lines that are kept of a task; the oldest are dropped and counted. Default 200,000. */
  readonly maxLogLines?: number
  /** When changes are published: once a frame (default), at each change, or as a function says. */
  readonly publish?: 'frame' | 'sync' | Schedule
  /** Where ids of runs are kept for a reload; default `sessionStorage`, `null` for nowhere. */
  readonly resumeStorage?: ResumeStorage | null
  /**
   * Where ids of tool calls are kept that ran in this browser, so that none runs twice, also after a reload and in another
   * tab; default `localStorage`, `null` for nowhere. Ids only.
   */
  readonly toolStorage?: ResumeStorage | null
  /**
   * What becomes of a call of a client tool that nobody here has: `wait` (default) leaves it to whoever has it, such as
   * another tab or `onToolCall`; `answer` tells the agent after a second that it is not available here.
   */
  readonly missingTools?: 'wait' | 'answer'
  /** How long what nobody watches is kept. */
  readonly lifetimes?: Partial<Lifetimes>
  /** Network, page and machine; default those of the browser. Give your own where there is no page, or in tests. */
  readonly surroundings?: Surroundings
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
  /** Whether the limit of streams goes where the browser tells that the server speaks HTTP/2 or 3. */
  readonly isMaxStreamsGuessed: boolean
  readonly transport: 'auto' | Transport
  readonly pollMs: number
  readonly isKeptHidden: boolean
  /** Whether any id of the server is trusted to be continued after. */
  readonly isCursorTrusted: boolean
  /** Who shares lines with other tabs; `null` for nobody. */
  readonly sharedAs: string | null
  readonly surroundings: Surroundings
  readonly maxLogLines: number
  readonly schedule: Schedule
  readonly storage: ResumeStorage | null
  readonly toolStorage: ResumeStorage | null
  readonly isMissingToolAnswered: boolean
  /** Tells the runs of one server apart from those of another. */
  readonly scope: string
  readonly lifetimes: Lifetimes
}

/** @throws {StreamError} `misuse` for a number out of its range */
export function readSettings(options: ClientOptions): ClientSettings {
  const { publish = 'frame', clock = systemClock, statusCodes, resumeMode, shareTabs = false } = options
  const named = { frame: frameSchedule, sync: syncSchedule }
  return {
    protocol:
      options.protocol ??
      inferenceProtocol({
        ...(statusCodes === undefined ? {} : { statusCodes }),
        ...(resumeMode === undefined ? {} : { resume: resumeMode }),
        now: () => clock.now(),
      }),
    clock,
    ...readLine(options, { policy: defaultRetryPolicy, chunkSizeBytes: null }),
    idleMs: atLeast(1, 'idleTimeout', options.idleTimeout ?? 45_000),
    connectTimeoutMs: atLeast(1, 'connectTimeout', options.connectTimeout ?? 30_000),
    maxFrameChars: atLeast(1, 'maxMessageLength', options.maxMessageLength ?? DEFAULT_MAX_FRAME_CHARS),
    maxStreams: atLeast(1, 'maxStreams', options.maxStreams ?? ('document' in globalThis ? 4 : Infinity)),
    isMaxStreamsGuessed: options.maxStreams === undefined,
    transport: options.transport ?? 'auto',
    pollMs: atLeast(1, 'pollInterval', options.pollInterval ?? 2000),
    isKeptHidden: options.whenHidden !== 'disconnect',
    isCursorTrusted: resumeMode === 'cursor',
    // A replay is counted from the start of a connection, so that nobody can join in the middle of one.
    sharedAs: shareTabs === false || resumeMode === 'replay' ? null : String(shareTabs),
    surroundings: options.surroundings ?? browserSurroundings(clock),
    maxLogLines: atLeast(1, 'maxLogLines', options.maxLogLines ?? defaultMaxLogLines),
    schedule: typeof publish === 'function' ? publish : named[publish],
    storage: options.resumeStorage === undefined ? tabStorage() : options.resumeStorage,
    toolStorage: options.toolStorage === undefined ? browserStorage() : options.toolStorage,
    isMissingToolAnswered: options.missingTools === 'answer',
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
