import { StreamError } from '../errors.ts'
import type { Frame, FrameDecoder } from './frame.ts'

/** What a format adds to {@link createLimitedDecoder}. */
export interface FrameReader {
  /** Adds the frames that `bytes` complete to `out`. Returns `false` at the first frame over the limit. */
  read(bytes: Uint8Array, out: Frame[]): boolean
  /** Adds what the end of the body completes to `out`. Not called once `read` has returned `false`. */
  finish(out: Frame[]): void
}

/**
 * Makes a decoder that hands out all frames before the one that is too large, and only then fails.
 *
 * Why: failing at once would lose them where they share a push with the large one, and so the frames would depend on how
 * the bytes were cut.
 */
export function createLimitedDecoder(maxFrameChars: number, reader: FrameReader): FrameDecoder {
  let failure: StreamError | null = null
  return {
    push(bytes) {
      if (failure !== null) throw failure
      const frames: Frame[] = []
      if (!reader.read(bytes, frames)) {
        failure = frameTooLarge(maxFrameChars)
        if (frames.length === 0) throw failure
      }
      return frames
    },
    end() {
      if (failure !== null) throw failure
      const frames: Frame[] = []
      reader.finish(frames)
      return frames
    },
  }
}

function frameTooLarge(maxFrameChars: number): StreamError {
  return new StreamError(
    'frame-too-large',
    `The server sent a frame of more than ${maxFrameChars} UTF-16 units. It was not kept, because a frame without an ` +
      'end would fill the memory. Raise maxFrameChars if the server is meant to send frames of this size.',
    { retryable: true },
  )
}
