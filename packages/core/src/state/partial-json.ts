/** What can be read of JSON that is still being written. */
export interface PartialJson {
  /** What is certain of it so far, see {@link readPartialJson}; `undefined` before anything is. */
  readonly value: unknown
  /** Whether the text is a whole JSON document. */
  readonly isComplete: boolean
}

/** Containers in one another that are read; `JSON.parse` itself has no such bound. */
const maxDepth = 512

/** Where reading has come to. `isCut`: there is no more to be read, because the text ends or is no JSON from here on. */
interface Cursor {
  readonly text: string
  at: number
  isCut: boolean
}

/**
 * Reads JSON that is still being written. Never throws; of a whole document, the value is that of `JSON.parse` (RFC 8259).
 *
 * While the text grows the value only grows: texts get longer, lists and objects get more. So a number is shown once
 * something follows it, a literal once it is whole, a key once its value can be shown, and an escape or half a character
 * at the end of a text is held back. Two exceptions lie in JSON itself: a key that is said twice has its last value, and a
 * document that is nothing but a number may still get digits. What is no JSON is shown up to there, as is what lies deeper
 * than 512 containers. Takes time in proportion to the text.
 */
export function readPartialJson(text: string): PartialJson {
  const cursor: Cursor = { text, at: 0, isCut: false }
  skipSpace(cursor)
  const value = readValue(cursor, 0)
  if (!cursor.isCut) skipSpace(cursor)
  return { value, isComplete: !cursor.isCut && cursor.at === text.length }
}

/** The value at the cursor; `undefined` where nothing of it can be shown. */
function readValue(cursor: Cursor, depth: number): unknown {
  switch (cursor.text.charAt(cursor.at)) {
    case '{':
      return depth === maxDepth ? cut(cursor) : readObject(cursor, depth)
    case '[':
      return depth === maxDepth ? cut(cursor) : readList(cursor, depth)
    case '"':
      return readString(cursor)
    case 't':
      return readLiteral(cursor, 'true', true)
    case 'f':
      return readLiteral(cursor, 'false', false)
    case 'n':
      return readLiteral(cursor, 'null', null)
    default:
      return readNumber(cursor, depth)
  }
}

function readObject(cursor: Cursor, depth: number): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  if (opensEmpty(cursor, '}')) return record
  do {
    skipSpace(cursor)
    const key = cursor.text[cursor.at] === '"' ? readString(cursor) : cut(cursor)
    if (cursor.isCut || key === undefined) return record
    skipSpace(cursor)
    if (!take(cursor, ':')) {
      cut(cursor)
      return record
    }
    skipSpace(cursor)
    const value = readValue(cursor, depth + 1)
    if (value !== undefined) setOwn(record, key, value)
  } while (goesOn(cursor, '}'))
  return record
}

function readList(cursor: Cursor, depth: number): unknown[] {
  const items: unknown[] = []
  if (opensEmpty(cursor, ']')) return items
  do {
    skipSpace(cursor)
    const item = readValue(cursor, depth + 1)
    if (item !== undefined) items.push(item)
  } while (goesOn(cursor, ']'))
  return items
}

/** Steps over the opening bracket, and over the closing one where nothing lies between. */
function opensEmpty(cursor: Cursor, close: string): boolean {
  cursor.at++
  skipSpace(cursor)
  return take(cursor, close)
}

/** Whether another member follows. */
function goesOn(cursor: Cursor, close: string): boolean {
  if (cursor.isCut) return false
  skipSpace(cursor)
  if (take(cursor, ',')) return true
  if (!take(cursor, close)) cut(cursor)
  return false
}

/** The text as far as it is certain; `cursor.isCut` says that its end was not reached. */
function readString(cursor: Cursor): string {
  const { text } = cursor
  let read = ''
  let from = ++cursor.at
  while (cursor.at < text.length) {
    const code = text.charCodeAt(cursor.at)
    if (code === 0x22) {
      read += text.slice(from, cursor.at++)
      return read
    }
    if (code < 0x20) break
    if (code !== 0x5c) {
      cursor.at++
      continue
    }
    read += text.slice(from, cursor.at)
    const escaped = readEscape(text, cursor.at)
    if (escaped === null) {
      cut(cursor)
      return withoutHalf(read)
    }
    read += escaped
    cursor.at += text[cursor.at + 1] === 'u' ? 6 : 2
    from = cursor.at
  }
  read += text.slice(from, cursor.at)
  cut(cursor)
  return withoutHalf(read)
}

/** Its second half may still come. */
function withoutHalf(text: string): string {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

/** What the escape at this place stands for; `null` where it is cut or none. */
function readEscape(text: string, at: number): string | null {
  const name = text[at + 1] ?? ''
  if (name !== 'u') return escapes.get(name) ?? null
  const digits = text.slice(at + 2, at + 6)
  return /^[\da-f]{4}$/i.test(digits) ? String.fromCharCode(Number.parseInt(digits, 16)) : null
}

function readLiteral<T>(cursor: Cursor, word: string, value: T): T | undefined {
  if (!cursor.text.startsWith(word, cursor.at)) return cut(cursor)
  cursor.at += word.length
  return value
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

function readNumber(cursor: Cursor, depth: number): number | undefined {
  numberPattern.lastIndex = cursor.at
  const digits = numberPattern.exec(cursor.text)?.[0]
  if (digits === undefined) return cut(cursor)
  cursor.at += digits.length
  const next = cursor.text[cursor.at]
  const isWhole = next === undefined ? depth === 0 : ' \t\n\r,]}'.includes(next)
  return isWhole ? Number(digits) : cut(cursor)
}

function cut(cursor: Cursor): undefined {
  cursor.isCut = true
}

function take(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false
  cursor.at++
  return true
}

function skipSpace(cursor: Cursor): void {
  while (' \t\n\r'.includes(cursor.text[cursor.at] ?? 'end')) cursor.at++
}

/** Plain assignment to `__proto__` would change what the object inherits, and store nothing. */
function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(record, key, { value, configurable: true, enumerable: true, writable: true })
  } else record[key] = value
}
