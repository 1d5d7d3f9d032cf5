import { deflate } from './deflate.ts'

/** Red, green and blue, each 0 to 255; fractions are cut off. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** The colour of a point, counted from the left and from the top. */
export type Pixel = (x: number, y: number) => Rgb

/**
 * Encodes an RGB image.
 *
 * @see https://www.w3.org/TR/png-3/
 */
export function encodePng(width: number, height: number, pixel: Pixel): Uint8Array<ArrayBuffer> {
  return concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    // [spec] 8 bits per channel, colour type 2 (truecolour), not interlaced.
    chunk('IHDR', concat([uint32(width), uint32(height), Uint8Array.of(8, 2, 0, 0, 0)])),
    chunk('IDAT', zlib(filteredRows(width, height, pixel))),
    chunk('IEND', new Uint8Array(0)),
  ])
}

/** Rows as differences from the row above (filter 2), which are small and alike where colours run smoothly. */
function filteredRows(width: number, height: number, pixel: Pixel): Uint8Array {
  const rowBytes = width * 3
  const rows = new Uint8Array((1 + rowBytes) * height)
  for (let y = 0; y < height; y++) {
    const start = y * (1 + rowBytes) + 1
    rows[start - 1] = 2
    for (let x = 0; x < width; x++) rows.set(pixel(x, y), start + x * 3)
  }
  // From below, so that what is taken away is still whole.
  for (let at = rows.length - 1; at > rowBytes; at--) {
    if (at % (1 + rowBytes) !== 0) rows[at] = (rows[at] ?? 0) - (rows[at - 1 - rowBytes] ?? 0)
  }
  return rows
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = concat([new TextEncoder().encode(type), data])
  return concat([uint32(data.length), body, uint32(crc32(body))])
}

/** A zlib stream (RFC 1950). */
function zlib(bytes: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(0x78, 0x01), deflate(bytes), uint32(adler32(bytes))])
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  return crc
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0)
  return ~crc >>> 0
}

function adler32(bytes: Uint8Array): number {
  let a = 1
  let b = 0
  for (const byte of bytes) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  return ((b << 16) | a) >>> 0
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff)
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
