/** Bytes of one message as it was framed. */
type Bytes = Uint8Array<ArrayBuffer>

const LF = 10
const CR = 13

/** What no UTF-8 text holds. */
const NOT_UTF8 = Uint8Array.of(0xff, 0xfe, 0xfd)

/**
 * Where the data of a framed message stands, `from` included and `to` excluded: the value of the last `data` line of an SSE
 * block, else everything up to the last line ending.
 */
export function dataRange(bytes: Uint8Array): { readonly from: number; readonly to: number } {
  let end = bytes.length
  while (end > 0 && isLineEnd(bytes[end - 1])) end--
  for (let to = end; to > 0;) {
    let from = to
    while (from > 0 && !isLineEnd(bytes[from - 1])) from--
    const name = String.fromCharCode(...bytes.subarray(from, from + 6))
    if (name.startsWith('data:')) return { from: from + (name === 'data: ' ? 6 : 5), to }
    to = from - 1
  }
  return { from: 0, to: end }
}

/** Half the data and a `#` in place of the data, so that it is no JSON. */
export function garbleBytes(bytes: Bytes): Bytes {
  const { from, to } = dataRange(bytes)
  return splice(bytes, from + Math.ceil((to - from) / 2), to, Uint8Array.of(0x23))
}

/** Bytes that are not UTF-8 in the middle of the data. */
export function spoilUtf8(bytes: Bytes): Bytes {
  const { from, to } = dataRange(bytes)
  const middle = (from + to) >>> 1
  return splice(bytes, middle, middle, NOT_UTF8)
}

/** Bytes that are not UTF-8 in place of a character that stands in the bytes. */
export function spoilChar(bytes: Bytes, char: string): Bytes {
  const mark = new TextEncoder().encode(char)
  const at = bytes.findIndex((_, index) => mark.every((byte, offset) => bytes[index + offset] === byte))
  return at === -1 ? bytes : splice(bytes, at, at + mark.length, NOT_UTF8)
}

/** Other bytes in place of `count` of them, chosen by chance; the line endings stay, and there are no new ones. */
export function flipBytes(bytes: Bytes, count: number, random: () => number): Bytes {
  const flipped = bytes.slice()
  const open = [...bytes.keys()].filter((index) => !isLineEnd(bytes[index]))
  for (let i = 0; i < count && open.length > 0; i++) {
    const [at = 0] = open.splice(Math.floor(random() * open.length), 1)
    let byte = bytes[at] ?? 0
    while (byte === bytes[at] || isLineEnd(byte)) byte = Math.floor(random() * 256)
    flipped[at] = byte
  }
  return flipped
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR
}

function splice(bytes: Bytes, from: number, to: number, put: Uint8Array): Bytes {
  const spliced = new Uint8Array(from + put.length + bytes.length - to)
  spliced.set(bytes.subarray(0, from))
  spliced.set(put, from)
  spliced.set(bytes.subarray(to), from + put.length)
  return spliced
}
