import type { Requirement } from '../../errors.ts'
import {
  isRecord,
  readList,
  readNumber,
  readRecord,
  readString,
  readText,
  readValue,
  type JsonRecord,
} from '../json.ts'

/** What an error body says, in whichever of its forms. */
export interface Problem {
  /** Status that the body names, which may differ from the answer's own: believe the answer. */
  readonly status: number | null
  /** The server's machine code, such as `payment_method_required`. */
  readonly code: string | null
  /** What happened, in the server's words, at most {@link MAX_DETAIL_CHARS} and without anything like a key. */
  readonly detail: string | null
  /** What is missing before the task may run; `null` unless the body is a list of requirements. */
  readonly requirements: readonly Requirement[] | null
}

/** Longest text that is quoted from an error body, in UTF-16 units (P§2.1). */
export const MAX_DETAIL_CHARS = 500

const MAX_CODE_CHARS = 200

/** What stands for a body that is a page for people. */
export const HTML_PAGE = 'an HTML page'

/**
 * Reads an error from a value that was JSON: RFC 9457 problem details, `{error: {code, message}}`, `{error: "…"}`, a
 * list of requirements (P§2.3, plain or wrapped), or anything at all, which is then quoted.
 */
export function readProblem(value: unknown): Problem {
  if (!isRecord(value)) {
    const text = typeof value === 'string' ? value : value === null ? null : jsonText(value)
    return { status: null, code: null, detail: text === null ? null : quotable(text), requirements: null }
  }
  const error = readRecord(value, 'error')
  const detail =
    firstText(value, 'detail', 'title', 'message') ??
    (error === null ? readText(value, 'error') : firstText(error, 'detail', 'title', 'message')) ??
    (Object.keys(value).length === 0 ? null : jsonText(value))
  return {
    status: readNumber(value, 'status') ?? (error === null ? null : readNumber(error, 'status')),
    code: readCode(value) ?? (error === null ? null : readCode(error)),
    detail: detail === null ? null : quotable(detail),
    requirements: findRequirements(value, error),
  }
}

/** Reads an error from a body that is not JSON. A page of HTML is named, not quoted. */
export function readPlainProblem(text: string): Problem {
  const isPage = /^\s*(<\?xml[^>]*>\s*)?<(!doctype html|html|head|body)\b/i.test(text)
  const detail = isPage ? HTML_PAGE : quotable(text)
  return { status: null, code: null, detail, requirements: null }
}

/**
 * Makes a server's text fit for a message: in one line, cut, and without what looks like a key or a token.
 * `null` when nothing is left.
 */
function quotable(text: string): string | null {
  const line = text
    // Why: a text far over the limit need not be searched to its end.
    .slice(0, MAX_DETAIL_CHARS * 4)
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 …')
    .replace(/\b(inf_|sk_|sk-|pk_)[\w-]{8,}/g, '$1…')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  if (line === '') return null
  if (line.length <= MAX_DETAIL_CHARS) return line
  // Half of a surrogate pair is no character.
  return `${line.slice(0, MAX_DETAIL_CHARS - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/**
 * The last path segment of a problem's `type` (P§2.1), or a plain `code`. `about:blank` is RFC 9457's "no type"; the
 * bare word `error` marks a line of a stream (P§4.8) and says as little.
 */
function readCode(record: JsonRecord): string | null {
  const type = readText(record, 'type')
  if (type !== null && type !== 'about:blank' && type !== 'error') {
    const path = type
      .slice(0, MAX_DETAIL_CHARS)
      .replace(/[?#].*$/s, '')
      .replace(/\/+$/, '')
    const segment = path.slice(path.lastIndexOf('/') + 1)
    if (segment !== '') return segment
  }
  const code = readText(record, 'code')
  return code !== null && code.length <= MAX_CODE_CHARS ? code : null
}

/** The `errors` of the body itself; of its `data`, or of its `error` and that one's `meta`, where an envelope holds it. */
function findRequirements(body: JsonRecord, error: JsonRecord | null): readonly Requirement[] | null {
  const meta = error === null ? null : readRecord(error, 'meta')
  for (const holder of [body, readRecord(body, 'data'), error, meta]) {
    const errors = holder === null ? null : readList(holder, 'errors')
    if (errors !== null) return errors.filter(isRecord).map(readRequirement)
  }
  return null
}

function readRequirement(row: JsonRecord): Requirement {
  const type = readString(row, 'type') ?? 'unknown'
  const key = readString(row, 'key') ?? ''
  const message = quotable(readString(row, 'message') ?? '') ?? `${type} ${key} is missing`.replace('  ', ' ')
  const action = readValue(row, 'action')
  return { type, key, message, action: isRecord(action) ? action : null }
}

function jsonText(value: unknown): string | null {
  try {
    return JSON.stringify(value)
  } catch {
    // A value too deep for the stack was read, but cannot be written.
    return null
  }
}

function firstText(record: JsonRecord, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const text = readText(record, key)
    if (text !== null) return text
  }
  return null
}
