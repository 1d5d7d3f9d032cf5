import { describe, expect, it } from 'vitest'
import { isStreamError } from '../errors.ts'
import type { Frame } from './frame.ts'
import { createLimitedDecoder } from './limited-decoder.ts'

const beat: Frame = { type: 'beat' }

/** A format in which each byte is a frame, and 0 is too large. */
const decoder = (finished: Frame[] = []) =>
  createLimitedDecoder(7, {
    read(bytes, out) {
      for (const byte of bytes) {
        if (byte === 0) return false
        out.push(beat)
      }
      return true
    },
    finish: (out) => void out.push(...finished),
  })

const tooLarge: unknown = expect.objectContaining({ code: 'frame-too-large', retryable: true })

describe('createLimitedDecoder', () => {
  it('hands out the frames of each push and of the end', () => {
    const whole = decoder([beat])
    expect(whole.push(Uint8Array.of(1, 1))).toStrictEqual([beat, beat])
    expect(whole.push(Uint8Array.of())).toStrictEqual([])
    expect(whole.end()).toStrictEqual([beat])
  })

  it('throws at once when nothing stands before the large frame', () => {
    expect(() => decoder().push(Uint8Array.of(0, 1))).toThrow(tooLarge)
  })

  it('hands out what stands before the large frame, and throws with the next push', () => {
    const broken = decoder()
    expect(broken.push(Uint8Array.of(1, 0, 1))).toStrictEqual([beat])
    expect(() => broken.push(Uint8Array.of(1))).toThrow(tooLarge)
  })

  it('hands out what stands before the large frame, and throws with the end', () => {
    const broken = decoder([beat])
    expect(broken.push(Uint8Array.of(1, 0))).toStrictEqual([beat])
    expect(() => broken.end()).toThrow(tooLarge)
  })

  it('goes on throwing', () => {
    const broken = decoder([beat])
    expect(() => broken.push(Uint8Array.of(0))).toThrow(tooLarge)
    expect(() => broken.push(Uint8Array.of(1))).toThrow(tooLarge)
    expect(() => broken.end()).toThrow(tooLarge)
  })

  it('says how large a frame may be', () => {
    try {
      decoder().push(Uint8Array.of(0))
      expect.unreachable()
    } catch (thrown) {
      expect(isStreamError(thrown) && thrown.message).toContain('more than 7 UTF-16 units')
    }
  })
})
