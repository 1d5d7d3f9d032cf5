import type { SplitAt } from './fault-kinds.ts'
import type { Reshape } from './reshape-body.ts'

const LF = 10
const CR = 13

/** Hands out what comes in smaller pieces: bytes alone, or cut inside each character of several bytes and each CRLF. */
export function splitBytes(at: SplitAt): Reshape {
  return {
    take(piece) {
      const cut: Uint8Array<ArrayBuffer>[] = []
      let from = 0
      for (let index = 1; index <= piece.length; index++) {
        if (index < piece.length && at === 'characters' && !isInside(piece, index)) continue
        cut.push(piece.slice(from, index))
        from = index
      }
      return cut
    },
    end: () => [],
  }
}

/** Whether a cut before this byte goes through a character or a line ending. */
function isInside(bytes: Uint8Array, index: number): boolean {
  const byte = bytes[index] ?? 0
  const isContinuation = (byte & 0xc0) === 0x80
  return isContinuation || (byte === LF && bytes[index - 1] === CR)
}
