import { StreamError } from '../errors.ts'
import { DEFAULT_MAX_FRAME_CHARS, type Frame, type FrameDecoder, type FrameLimits } from './frame.ts'
import { createLimitedDecoder } from './limited-decoder.ts'

const LF = 10

/** No UTF-16 unit takes more bytes in UTF-8. */
const MAX_BYTES_PER_CHAR = 3

/**
 * Makes a decoder of newline-delimited JSON bodies. Each line becomes a `message` with the line as its data.
 *
 * A line ends with `\n` or `\r\n` and nothing else; the last one needs no ending, `end` delivers it. A line of nothing
 * but spaces and tabs becomes `beat`. One byte order mark at the start is skipped. A line that is not UTF-8 becomes
 * `unreadable`, and reading goes on after it.
 *
 * Linear in total input: a held byte is copied a bounded number of times and decoded once.
 *
 * @see https://github.com/ndjson/ndjson-spec
 */
export function createNdjsonDecoder(limits: Partial<FrameLimits> = {}): FrameDecoder {
  const maxFrameChars = limits.maxFrameChars ?? DEFAULT_MAX_FRAME_CHARS
  // [spec] RFC 8259 8.1: JSON text "MUST be encoded using UTF-8"; so a line that is not is never repaired to a value.
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let held = new Uint8Array(0)
  let heldBytes = 0
  let lineChars = 0
  let isFirstLine = true

  const hold = (piece: Uint8Array): void => {
    const neededBytes = heldBytes + piece.length
    if (neededBytes > held.length) {
      const larger = new Uint8Array(Math.max(neededBytes, held.length * 2))
      larger.set(held.subarray(0, heldBytes))
      held = larger
    }
    held.set(piece, heldBytes)
    heldBytes = neededBytes
  }

  const endLine = (line: Uint8Array): Frame => {
    const frame = frameOf(line, utf8, isFirstLine)
    isFirstLine = false
    // Why: one large line must not keep its memory for the rest of a long stream.
    if (heldBytes > 0) held = new Uint8Array(0)
    heldBytes = 0
    lineChars = 0
    return frame
  }

  return createLimitedDecoder(maxFrameChars, {
    read(bytes, out) {
      for (let start = 0; ;) {
        const ending = bytes.indexOf(LF, start)
        const piece = bytes.subarray(start, ending === -1 ? bytes.length : ending)
        lineChars += countChars(piece)
        const lineBytes = heldBytes + piece.length
        if (lineChars > maxFrameChars || lineBytes > maxFrameChars * MAX_BYTES_PER_CHAR) return false
        if (ending === -1) {
          hold(piece)
          return true
        }
        if (heldBytes > 0) hold(piece)
        out.push(endLine(heldBytes > 0 ? held.subarray(0, heldBytes) : piece))
        start = ending + 1
      }
    },
    finish(out) {
      if (heldBytes > 0) out.push(endLine(held.subarray(0, heldBytes)))
    },
  })
}

function frameOf(line: Uint8Array, utf8: TextDecoder, isFirstLine: boolean): Frame {
  let text: string
  try {
    text = utf8.decode(line)
  } catch {
    return { type: 'unreadable', reason: 'invalid-utf8', sizeBytes: line.length }
  }
  if (isFirstLine && text.startsWith('\uFEFF')) text = text.slice(1)
  if (text.endsWith('\r')) text = text.slice(0, -1)
  // [spec] RFC 8259 2: the white space of JSON; `trim` would also remove U+FEFF, U+00A0 and U+2028.
  return /[^ \t\r]/.test(text)
    ? { type: 'message', event: 'message', id: null, data: text }
    : { type: 'beat' }
}

/** UTF-16 units that the bytes begin. A sum over pieces does not depend on the cuts, not even within a character. */
function countChars(bytes: Uint8Array): number {
  let chars = 0
  for (const byte of bytes) {
    const isContinuation = (byte & 0xc0) === 0x80
    if (!isContinuation) chars += byte >= 0xf0 ? 2 : 1
  }
  return chars
}

/**
 * Encodes one value as a line, with its line feed.
 *
 * @throws {StreamError} `misuse` when JSON has no text for the value: `undefined`, a function, a symbol, a bigint, a
 *   cycle, or a `toJSON` that throws
 */
export function encodeNdjson(value: unknown): string {
  let text: string | undefined
  let cause: unknown
  try {
    text = JSON.stringify(value)
  } catch (thrown) {
    cause = thrown
  }
  if (text === undefined) {
    throw new StreamError(
      'misuse',
      'The value has no JSON text, so it cannot be sent as a line. Send plain objects, arrays, strings, finite numbers, ' +
        'booleans and null.',
      { cause },
    )
  }
  return `${text}\n`
}
