/** How far the cumulative log of one source has been read. */
export interface LogText {
  /** The content as it was last sent, to see what is new in the next one. */
  readonly content: string
  /** Whether the content is base64; decided by the first content there is, then kept while it continues. */
  readonly base64: boolean
  /** Bytes of a character that is not complete yet. */
  readonly carry: Uint8Array
  /** The line that has no end yet, from its last carriage return that something was written behind. */
  readonly tail: string
  /** Whether the last line was closed by the end of the task and not by a line end. */
  readonly closed: boolean
}

/** Before the first content of a source. */
export const emptyLogText: LogText = {
  content: '',
  base64: false,
  carry: new Uint8Array(0),
  tail: '',
  closed: false,
}

/** Where a log stands after {@link readLogText}, and the lines that became complete. */
export interface LogTextStep {
  readonly text: LogText
  readonly lines: readonly string[]
}

/**
 * Reads the next content of a log that is always sent whole (protocol §3.3). Only what is new in it is decoded.
 * Content that is the start of what was read already is late and ignored: the same `text`. Content that neither continues
 * nor starts it was written anew, and gives the lines behind the common ones.
 */
export function readLogText(text: LogText, content: string): LogTextStep {
  if (content === text.content || content === '') return { text, lines: [] }
  if (text.content === '') return readWhole(content)
  if (text.base64) {
    const fresh = bytesAfter(text.content, content)
    if (fresh !== null) return proceed(text, content, decodeUtf8(concat(text.carry, fresh)))
    if (bytesAfter(content, text.content) !== null) return { text, lines: [] }
  } else {
    if (content.startsWith(text.content)) {
      return proceed(text, content, { chars: content.slice(text.content.length), carry: text.carry })
    }
    if (text.content.startsWith(content)) return { text, lines: [] }
  }
  const before = readWhole(text.content).lines
  const anew = readWhole(content)
  let common = 0
  while (common < before.length && before[common] === anew.lines[common]) common++
  return { text: anew.text, lines: anew.lines.slice(common) }
}

/** Ends the unended line of a log, because nothing more will come. */
export function closeLogText(text: LogText): LogTextStep {
  return text.tail === ''
    ? { text, lines: [] }
    : { text: { ...text, tail: '', closed: true }, lines: [visible(text.tail)] }
}

/** What a terminal would show of a line: a carriage return goes back to its start, as progress meters do. */
export function visible(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  return text.slice(text.lastIndexOf('\r') + 1)
}

function readWhole(content: string): LogTextStep {
  const bytes = base64Bytes(content)
  const base64 = bytes !== null && isUtf8(bytes)
  const decoded = base64 ? decodeUtf8(bytes) : { chars: content, carry: emptyLogText.carry }
  return proceed({ ...emptyLogText, base64 }, content, decoded)
}

function proceed(text: LogText, content: string, { chars, carry }: Decoded): LogTextStep {
  const rest = text.closed ? chars.replace(/^\r?\n/, '') : chars
  const parts = (text.tail + rest).split('\n')
  const tail = parts.pop() ?? ''
  // What a carriage return wrote over is never shown: a meter that never ends its line would grow for hours.
  const kept = tail.slice(tail.slice(0, -1).lastIndexOf('\r') + 1)
  const closed = text.closed && chars === ''
  return { text: { ...text, content, carry, tail: kept, closed }, lines: parts.map(visible) }
}

/**
 * Bytes that base64 `newer` has behind those of `older`, or `null` when it does not continue it. Whole groups of four
 * characters stay as they are when bytes are appended; the last, padded one is said anew.
 */
function bytesAfter(older: string, newer: string): Uint8Array | null {
  const kept = Math.floor(older.replace(/=+$/, '').length / 4) * 4
  if (!newer.startsWith(older.slice(0, kept))) return null
  const again = base64Bytes(older.slice(kept))
  const fresh = base64Bytes(newer.slice(kept))
  if (again === null || fresh === null || fresh.length < again.length) return null
  return again.every((byte, index) => fresh[index] === byte) ? fresh.subarray(again.length) : null
}

const base64Shape = /^[A-Za-z0-9+/]*={0,2}$/

function base64Bytes(content: string): Uint8Array | null {
  if (content.length % 4 !== 0 || !base64Shape.test(content)) return null
  const binary = atob(content)
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  return bytes
}

/** Whether bytes are UTF-8, but for a character cut off at the end. Base64 that is not was plain text (protocol §3.3). */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

interface Decoded {
  readonly chars: string
  readonly carry: Uint8Array
}

function decodeUtf8(bytes: Uint8Array): Decoded {
  const end = completeLength(bytes)
  const chars = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, end))
  return { chars, carry: bytes.slice(end) }
}

/** Length of `bytes` without a character that is cut off at the end. */
function completeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return needed > back ? bytes.length - back : bytes.length
    }
  }
  return bytes.length
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second
  const joined = new Uint8Array(first.length + second.length)
  joined.set(first)
  joined.set(second, first.length)
  return joined
}
