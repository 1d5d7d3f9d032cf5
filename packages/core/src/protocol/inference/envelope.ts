import { StreamError } from '../../errors.ts'
import { parseJson } from '../../wire/json.ts'
import { hasKey, isRecord, readValue, type JsonRecord } from '../json.ts'
import { failureOf } from './failure.ts'
import { readProblem } from './read-problem.ts'

/**
 * Takes the answer out of its envelope, of whichever generation (P§1.4):
 *
 * 1. an object with a boolean `success` and a numeric `status` is V1: its `data`;
 * 2. else an object with `data`, and with `messages` or without an `id`, is V3: its `data`. A bare tool invocation has
 *    both `data` and `id`, and must not be opened;
 * 3. else it is the answer itself (V2).
 *
 * @throws {StreamError} what a V1 envelope with `success: false` means, whatever the HTTP status was
 */
export function unwrap(value: unknown): unknown {
  if (!isRecord(value)) return value
  if (isV1(value)) {
    if (value['success'] === false) throw failureOf(readProblem(value), { status: null, retryAfterMs: null })
    return readValue(value, 'data')
  }
  return isV3(value) ? readValue(value, 'data') : value
}

/**
 * Reads the body of a successful answer: JSON out of its envelope. An empty body, as of a 204, is `null`: a success that
 * says nothing.
 *
 * @throws {StreamError} `malformed` when it is not JSON; else as {@link unwrap}
 */
export function readBody(body: string): unknown {
  if (body.trim() === '') return null
  const json = parseJson(body)
  if (!json.ok) throw json.error
  return unwrap(json.value)
}

/**
 * Reads the body of a successful answer that must be an object.
 *
 * @param what - what was expected, for the message: "a task"
 * @throws {StreamError} `malformed` when it is something else; else as {@link readBody}
 */
export function readBodyRecord(body: string, what: string): JsonRecord {
  const value = readBody(body)
  if (!isRecord(value)) throw unexpectedBody(what)
  return value
}

/** The error for an answer that is JSON but not `what` was asked for. Holds nothing of the answer. */
export function unexpectedBody(what: string): StreamError {
  return new StreamError(
    'malformed',
    `The server's answer is not ${what}, so it cannot be used. Check the base address of the API: another service or ` +
      'another version of it may be answering.',
  )
}

/** Whether a V1 envelope of an error: it may come with HTTP 200, and as a line of a stream. */
export function isV1Error(value: JsonRecord): boolean {
  return isV1(value) && value['success'] === false
}

function isV1(value: JsonRecord): boolean {
  return typeof readValue(value, 'success') === 'boolean' && typeof readValue(value, 'status') === 'number'
}

function isV3(value: JsonRecord): boolean {
  return hasKey(value, 'data') && (hasKey(value, 'messages') || !hasKey(value, 'id'))
}
