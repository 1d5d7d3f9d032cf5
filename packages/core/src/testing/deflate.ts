/**
 * Compresses bytes as one block of DEFLATE with fixed codes: enough for pictures that repeat themselves, in little code.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1951
 */
export function deflate(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = createBitWriter(bytes.length)
  // Last block, fixed codes.
  out.write(0b011, 3)
  const latest = new Int32Array(1 << 15).fill(-1)
  let at = 0
  while (at < bytes.length) {
    const key = at + 2 < bytes.length ? hashAt(bytes, at) : null
    const from = key === null ? -1 : (latest[key] ?? -1)
    if (key !== null) latest[key] = at
    const length = from === -1 || at - from > MAX_DISTANCE ? 0 : matchLength(bytes, from, at)
    if (length < MIN_LENGTH) writeSymbol(out, bytes[at++] ?? 0)
    else {
      writeMatch(out, length, at - from)
      at += length
    }
  }
  writeSymbol(out, END)
  return out.finish()
}

const MIN_LENGTH = 3
const MAX_LENGTH = 258
const MAX_DISTANCE = 32_768
const END = 256

interface BitWriter {
  /** Writes the lowest `count` bits, the lowest first. */
  write(bits: number, count: number): void
  finish(): Uint8Array<ArrayBuffer>
}

function createBitWriter(sizeHint: number): BitWriter {
  let buffer = new Uint8Array(Math.max(64, sizeHint >> 2))
  let size = 0
  let held = 0
  let heldBits = 0
  const put = (byte: number): void => {
    if (size === buffer.length) {
      const larger = new Uint8Array(buffer.length * 2)
      larger.set(buffer)
      buffer = larger
    }
    buffer[size++] = byte
  }
  return {
    write(bits, count) {
      held |= bits << heldBits
      heldBits += count
      for (; heldBits >= 8; heldBits -= 8) {
        put(held & 0xff)
        held >>>= 8
      }
    },
    finish() {
      if (heldBits > 0) put(held)
      return buffer.slice(0, size)
    },
  }
}

function hashAt(bytes: Uint8Array, at: number): number {
  const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
  return Math.imul(three, 0x9e_37_79_b1) >>> 17
}

function matchLength(bytes: Uint8Array, from: number, at: number): number {
  const most = Math.min(MAX_LENGTH, bytes.length - at)
  let length = 0
  while (length < most && bytes[from + length] === bytes[at + length]) length++
  return length
}

// [spec] RFC 1951 3.2.6: literals and lengths have fixed codes, whose highest bit comes first.
function writeSymbol(out: BitWriter, symbol: number): void {
  if (symbol < 144) out.write(reversed(0x30 + symbol, 8), 8)
  else if (symbol < 256) out.write(reversed(0x190 + symbol - 144, 9), 9)
  else if (symbol < 280) out.write(reversed(symbol - 256, 7), 7)
  else out.write(reversed(0xc0 + symbol - 280, 8), 8)
}

// [spec] RFC 1951 3.2.5: from 4 codes on, each further 4 lengths, or 2 distances, have one more extra bit.
function writeMatch(out: BitWriter, length: number, distance: number): void {
  if (length === MAX_LENGTH) writeSymbol(out, 285)
  else {
    const [code, extra, bits] = classOf(length - MIN_LENGTH, 2)
    writeSymbol(out, 257 + code)
    out.write(extra, bits)
  }
  const [code, extra, bits] = classOf(distance - 1, 1)
  out.write(reversed(code, 5), 5)
  out.write(extra, bits)
}

/** The code of a value, its extra bits and how many they are. There are `2 ** stepBits` codes for each power of two. */
function classOf(value: number, stepBits: number): readonly [code: number, extra: number, bits: number] {
  const bits = Math.max(0, 31 - Math.clz32(value) - stepBits)
  return [(bits << stepBits) + (value >>> bits), value & ((1 << bits) - 1), bits]
}

function reversed(code: number, count: number): number {
  let result = 0
  for (let bit = 0; bit < count; bit++) result |= ((code >>> bit) & 1) << (count - 1 - bit)
  return result
}
