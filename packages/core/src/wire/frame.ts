/**
 * One thing that came off the wire, its meaning unknown.
 *
 * - `message`: `event` is never empty and `message` where the server named none (always so in NDJSON); `data` is the
 *   text as sent, JSON not parsed. `id` is the id sent with this very message: `''` when the server cleared it, `null`
 *   when it sent none and the last one stays valid (always so in NDJSON).
 * - `id`: a block that has ended and held an id but no data, so there is no message to carry it; `''` clears.
 * - `retry`: how long the server wants clients to wait before they come back, a whole number of milliseconds, at most
 *   `Number.MAX_SAFE_INTEGER`; whoever sets a timer bounds it.
 * - `unreadable`: a line that is not valid UTF-8, so that it cannot be mistaken for one that was skipped; the lines after
 *   it are still read. `sizeBytes` counts the line without its ending.
 * - `beat`: a comment or a blank line. It says that the line is alive.
 *
 * The last event id of the HTML standard is the `id` of the latest `message` or `id` frame in which it is not `null`. It
 * only moves with a block that has ended.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export type Frame =
  | { readonly type: 'message'; readonly event: string; readonly id: string | null; readonly data: string }
  | { readonly type: 'id'; readonly id: string }
  | { readonly type: 'retry'; readonly delayMs: number }
  | { readonly type: 'unreadable'; readonly reason: 'invalid-utf8'; readonly sizeBytes: number }
  | { readonly type: 'beat' }

/**
 * Turns the bytes of one response body into frames; a fresh one per body. Frames depend on the bytes, never on how they
 * were cut into pushes (law L1), and each is handed out with the push that holds its last byte.
 *
 * When a frame exceeds its limit, the frames before it are handed out first: the call that has none left to hand out
 * throws, and so does every later call.
 */
export interface FrameDecoder {
  /**
   * Takes the next bytes, of any length. They are not kept: the caller may reuse the buffer.
   *
   * @throws {StreamError} `frame-too-large`, retryable; the decoder must then be discarded
   */
  push(bytes: Uint8Array): readonly Frame[]
  /**
   * Says that the body has ended; called once, and nothing is pushed after it.
   *
   * @throws {StreamError} `frame-too-large`, retryable, where the last push still had frames to hand out
   */
  end(): readonly Frame[]
}

/** The bounds of a {@link FrameDecoder}. */
export interface FrameLimits {
  /**
   * The largest frame, in UTF-16 units of its text as sent. For SSE that is each line, and all lines of one block but
   * its comments together, without line endings; for NDJSON each line without its line feed. Default
   * {@link DEFAULT_MAX_FRAME_CHARS}.
   */
  readonly maxFrameChars: number
}

/** 16 Mi UTF-16 units, which is 32 MiB of memory for a text outside Latin-1. */
export const DEFAULT_MAX_FRAME_CHARS: number = 16 * 1024 * 1024
