/** A sound as its samples. */
export interface Sound {
  readonly ms: number
  /** Loudness `seconds` after the start, -1 to 1; what lies beyond is cut off. */
  readonly sample: (seconds: number) => number
}

const RATE = 22_050
const HEADER_BYTES = 44

/**
 * Encodes a sound as a WAV file: mono, 16 bits, 22,050 samples a second.
 *
 * @see https://www.rfc-editor.org/rfc/rfc2361
 */
export function encodeWav({ ms, sample }: Sound): Uint8Array<ArrayBuffer> {
  const count = Math.round((ms / 1000) * RATE)
  const bytes = new Uint8Array(HEADER_BYTES + count * 2)
  const view = new DataView(bytes.buffer)
  const text = (at: number, word: string): void => bytes.set(new TextEncoder().encode(word), at)
  text(0, 'RIFF')
  view.setUint32(4, bytes.length - 8, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  // PCM, one channel.
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, RATE, true)
  view.setUint32(28, RATE * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, count * 2, true)
  for (let i = 0; i < count; i++) {
    const loudness = Math.min(1, Math.max(-1, sample(i / RATE)))
    view.setInt16(HEADER_BYTES + i * 2, Math.round(loudness * 32_767), true)
  }
  return bytes
}
