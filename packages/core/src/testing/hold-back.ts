import type { Reshape } from './reshape-body.ts'

/**
 * Keeps what comes until so many bytes have collected, or until the end, as something does that buffers. Then begins anew.
 * What ends in an error keeps the rest for good.
 */
export function holdBack(bytes: number = Infinity): Reshape {
  let held: Uint8Array<ArrayBuffer>[] = []
  let heldBytes = 0
  const release = (): readonly Uint8Array<ArrayBuffer>[] => {
    const released = held
    held = []
    heldBytes = 0
    return released
  }
  return {
    take(piece) {
      held.push(piece)
      heldBytes += piece.length
      return heldBytes >= bytes ? release() : []
    },
    end: release,
  }
}
