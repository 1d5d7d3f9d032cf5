import { StreamError } from '../../errors.ts'
import { parseJson } from '../../wire/json.ts'
import { hasKey, isRecord, readList, readRecord, readString, readValue, type JsonRecord } from '../json.ts'
import { isV1Error } from './envelope.ts'
import { failureOf } from './failure.ts'
import { readPlainProblem, readProblem, type Problem } from './read-problem.ts'

/** What a frame holds, before anybody asks what it means. */
export type Opened =
  /**
   * A resource or a delta, under the name that the server gave it; `message` where it gave none. `named` lists the keys
   * that changed, `null` when the server did not say: then those that `data` holds.
   */
  | {
      readonly type: 'event'
      readonly event: string
      readonly data: JsonRecord
      readonly named: ReadonlySet<string> | null
    }
  /** The server will send no more. */
  | { readonly type: 'end' }
  /** The server reports an error of the stream. */
  | { readonly type: 'error'; readonly error: StreamError }
  /** It cannot be read. */
  | { readonly type: 'unreadable'; readonly error: StreamError }
  /** A heartbeat, or something that is not for us. */
  | { readonly type: 'nothing' }

const nothing: Opened = { type: 'nothing' }

/**
 * Opens one message of a stream: forms a to g of P§4.2 in NDJSON, and the same inside the names of SSE (P§4.3).
 *
 * Events outside `known` and control lines with a `type` that we do not know are nothing, so that a foreign event is
 * never taken for the resource. `done` and `error` are always known.
 *
 * @param event - the name of the frame, `message` where it has none
 * @param known - the names that the reader understands; `message` is always one of them
 */
export function openFrame(event: string, text: string, known: ReadonlySet<string>): Opened {
  if (event === 'done') return { type: 'end' }
  if (event !== 'message' && event !== 'error' && !known.has(event)) return nothing
  if (text.trim() === '') return event === 'error' ? failed(readPlainProblem('')) : nothing

  const json = parseJson(text)
  if (event === 'error') return failed(json.ok ? readProblem(json.value) : readPlainProblem(text))
  if (!json.ok) return { type: 'unreadable', error: json.error }
  if (!isRecord(json.value)) return { type: 'unreadable', error: notAnObject() }
  return event === 'message' ? openLine(json.value, known) : openResource(event, json.value)
}

/** A message without a name of its own: the line says what it is. */
function openLine(line: JsonRecord, known: ReadonlySet<string>): Opened {
  const event = readString(line, 'event')
  if (event === 'done') return { type: 'end' }
  if (event === 'error') return failed(readProblem(hasKey(line, 'data') ? readValue(line, 'data') : line))
  if (event !== null) {
    return event === 'message' || known.has(event) ? openResource(event, line) : nothing
  }
  const type = readString(line, 'type')
  if (type !== null && type !== 'error' && !isTypedMessage(line, known)) return nothing
  if (type === 'error' || isStreamFailure(line)) return failed(readProblem(line))
  return openResource(isBareDelta(line) ? 'delta' : 'message', line)
}

/** The resource may be wrapped in `data`; with `fields` beside it, these keys of it changed (P§4.5). */
function openResource(event: string, holder: JsonRecord): Opened {
  const isWrapped =
    hasKey(holder, 'data') && (hasKey(holder, 'event') || hasKey(holder, 'fields') || !hasKey(holder, 'id'))
  if (!isWrapped || isBareDelta(holder)) return { type: 'event', event, data: holder, named: null }

  const names = readList(holder, 'fields')?.filter((name) => typeof name === 'string')
  const named = names === undefined ? null : new Set(names)
  const data = readValue(holder, 'data')
  if (isRecord(data)) {
    // SSE may name the event and wrap the resource, NDJSON may do both in one line.
    const isTwiceWrapped = named === null && hasKey(holder, 'event') && hasKey(data, 'fields')
    return isTwiceWrapped ? openResource(event, data) : { type: 'event', event, data, named }
  }
  if (data !== null) return { type: 'unreadable', error: notAnObject() }
  return named === null ? nothing : { type: 'event', event, data: {}, named }
}

/** Whether `type` says of what kind the content of a chat message is, as in the streaming reference (P§0a.1). */
function isTypedMessage(line: JsonRecord, known: ReadonlySet<string>): boolean {
  return known.has('chat_message') && readString(line, 'content') !== null && readValue(line, 'id') !== null
}

function isBareDelta(line: JsonRecord): boolean {
  return hasKey(line, 'delta') && !hasKey(line, 'id')
}

/**
 * Whether the line is an error of the stream. A task may have an `error` too, but then it has an id or a status of its
 * own (P§3.3); a number from 400 is a status of HTTP.
 */
function isStreamFailure(line: JsonRecord): boolean {
  if (isV1Error(line)) return true
  if (readRecord(line, 'error') === null || readRecord(line, 'data') !== null) return false
  const status = readValue(line, 'status') ?? readValue(line, 'status_text')
  return readValue(line, 'id') === null && (status === null || (typeof status === 'number' && status >= 400))
}

function failed(problem: Problem): Opened {
  return { type: 'error', error: failureOf(problem, { status: null, retryAfterMs: null }) }
}

function notAnObject(): StreamError {
  return new StreamError(
    'malformed',
    'The server sent a frame whose JSON is not an object, so it says nothing that can be applied. It is skipped and the ' +
      'state is asked for again; if it happens often, look at what sits between here and the server.',
    { retryable: true },
  )
}
