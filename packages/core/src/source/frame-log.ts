import type { Frame } from '../wire/frame.ts'
import type { Transport } from './source.ts'

/** How a line began to listen, or began to listen anew. */
export interface Beginning {
  /** How it said that it listens; `null` where it did not say. */
  readonly transport: Transport | null
  /** Whether what follows tells everything from the present or the first event on, rather than what came after a cursor. */
  readonly isWhole: boolean
}

/** The bounds of a {@link FrameLog}. */
export interface FrameLogLimits {
  readonly maxFrames: number
  /** UTF-16 units of all the frames' data together. */
  readonly maxChars: number
}

/** 2,000 frames and 1 Mi UTF-16 units. */
export const defaultFrameLogLimits: FrameLogLimits = { maxFrames: 2_000, maxChars: 1024 * 1024 }

/** What a line has brought since it last began to listen, as long as that is short enough to be told again. */
export interface FrameLog {
  readonly beginning: Beginning
  /** Everything but heartbeats, in order; `null` where it does not tell everything, or is too much. */
  readonly frames: readonly Frame[] | null
  begin(beginning: Beginning): void
  add(frames: readonly Frame[]): void
}

/** An empty log. One that has grown beyond its limits is dropped, and stays so until the line begins anew. */
export function createFrameLog(limits: FrameLogLimits): FrameLog {
  let beginning: Beginning = { transport: null, isWhole: true }
  let frames: Frame[] | null = []
  let sizeChars = 0

  return {
    get beginning() {
      return beginning
    },
    get frames() {
      return frames
    },
    begin(next) {
      beginning = next
      frames = next.isWhole ? [] : null
      sizeChars = 0
    },
    add(added) {
      for (const frame of added) {
        if (frames === null) return
        if (frame.type === 'beat') continue
        frames.push(frame)
        sizeChars += charsOf(frame)
        if (frames.length > limits.maxFrames || sizeChars > limits.maxChars) frames = null
      }
    },
  }
}

/** Whether frames are within `limits`. */
export function fitsLog(frames: readonly Frame[], limits: FrameLogLimits): boolean {
  if (frames.length > limits.maxFrames) return false
  return frames.reduce((sum, frame) => sum + charsOf(frame), 0) <= limits.maxChars
}

function charsOf(frame: Frame): number {
  return frame.type === 'message' ? frame.data.length : 0
}
