import type { StreamError } from '../../errors.ts'
import { readBodyText } from '../../source/body-text.ts'
import { retryAfterMs } from '../../source/retry-after.ts'
import { parseJson } from '../../wire/json.ts'
import { failureOf } from './failure.ts'
import { readPlainProblem, readProblem, type Problem } from './read-problem.ts'

/** Most bytes that are read of an error body. A reason is short; what is longer is somebody's page. */
const MAX_ERROR_BODY_BYTES = 256 * 1024

/**
 * Turns an answer that is not a success into the error that it means (P§2). Never rejects: a body that is too long,
 * broken or cut off costs only the server's own words.
 *
 * @param nowMs - epoch milliseconds, for a `Retry-After` that is a date
 */
export async function readErrorAnswer(response: Response, nowMs: number): Promise<StreamError> {
  return failureOf(await readErrorBody(response), {
    // A 2xx whose body is an error has not said its status.
    status: response.ok ? null : response.status,
    retryAfterMs: retryAfterMs(response.headers, nowMs),
  })
}

async function readErrorBody(response: Response): Promise<Problem> {
  let text = ''
  try {
    text = await readBodyText(response, { maxBytes: MAX_ERROR_BODY_BYTES })
  } catch {
    // The status alone says most of it.
  }
  const json = parseJson(text)
  return json.ok ? readProblem(json.value) : readPlainProblem(text)
}
