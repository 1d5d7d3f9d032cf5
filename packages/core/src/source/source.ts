import type { Clock } from '../store/clock.ts'
import type { Frame } from '../wire/frame.ts'
import type { Send } from './send.ts'

/** From where, and for how long, a {@link Source} is asked to listen. */
export interface Reach {
  /**
   * The last event id that was applied, or `null` to start wherever the server starts. It moves on while the attempt
   * lasts, and so does `canResume`: whoever opens something reads both then, and hands a reach on with `narrowReach`.
   */
  readonly cursor: string | null
  /** Whether a server that continues after `cursor` leaves no hole that nobody would see; then nothing else is asked. */
  readonly canResume?: boolean
  /** Ends the attempt silently. Only the owner of the attempt aborts it. */
  readonly signal: AbortSignal
  /**
   * Told how the source listens, by sources that can do it in more than one way: before the first batch, and again before
   * each batch from which on it listens anew. What counts from the start of a connection then starts over.
   */
  readonly onTransport?: (transport: Transport) => void
  /**
   * Told how long the line may be silent before it is dead, in milliseconds, when it opens and whenever that changes.
   * `Infinity` where silence says nothing, because each question bounds itself in time.
   */
  readonly onIdleLimit?: (limitMs: number) => void
}

/** How something is followed: by a stream, or by asking again and again. */
export type Transport = 'stream' | 'polling'

/**
 * One attempt to listen, as an async iterable of batches of frames: one batch per read, in the order of arrival.
 *
 * - The first batch, perhaps empty, means that the line is open.
 * - It returns at the end of the bytes and throws a `StreamError` for every other end, except that an aborted `signal`
 *   ends it without a word.
 * - It holds nothing once it has ended, thrown, or been returned: no reader, no timer, no listener, no open body.
 * - It knows no meaning: whether the end was the end is for the reader of the frames to say.
 */
export type Source = (reach: Reach) => AsyncIterable<readonly Frame[]>

/** What is needed to build a {@link Source}. */
export interface SourceEnv {
  readonly send: Send
  readonly clock: Clock
  /** A line without a byte for this long is dead, in milliseconds, until the server has shown a rhythm of its own. */
  readonly idleMs: number
  /** How long to wait for the answer's headers, in milliseconds. */
  readonly connectTimeoutMs: number
  /** Most bytes that are decoded at a time, or `null` for whatever one read brings. */
  readonly chunkSizeBytes: number | null
  /** Longest frame, in UTF-16 units. */
  readonly maxFrameChars: number
}
