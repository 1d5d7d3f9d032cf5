import type { Frame, FrameDecoder } from '../src/wire/frame.ts'

/** Text as UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** All parts as one. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Cuts at the given offsets, in any order; one given twice makes an empty chunk. */
export function cutAt(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const stops = [...offsets, bytes.length].sort((a, b) => a - b)
  return stops.map((stop, index) => bytes.slice(stops[index - 1] ?? 0, stop))
}

/** Cuts into chunks of `sizeBytes`, the last one shorter. */
export function cutEvery(bytes: Uint8Array, sizeBytes: number): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += sizeBytes) chunks.push(bytes.slice(at, at + sizeBytes))
  return chunks
}

/** The frames of a body that arrives in these chunks, without those of its end. */
export function pushAll(decoder: FrameDecoder, chunks: readonly Uint8Array[]): Frame[] {
  return chunks.flatMap((chunk) => [...decoder.push(chunk)])
}

/** The frames of a body that arrives in these chunks and then ends. */
export function decodeAll(decoder: FrameDecoder, chunks: readonly Uint8Array[]): Frame[] {
  return [...pushAll(decoder, chunks), ...decoder.end()]
}

/** What a body gives when a frame in it may be too large: the frames handed out, and what was thrown after them. */
export function decodeUntilThrown(
  decoder: FrameDecoder,
  chunks: readonly Uint8Array[],
): { readonly frames: readonly Frame[]; readonly thrown: unknown } {
  const frames: Frame[] = []
  try {
    for (const chunk of chunks) frames.push(...decoder.push(chunk))
    frames.push(...decoder.end())
  } catch (thrown) {
    return { frames, thrown }
  }
  return { frames, thrown: null }
}
