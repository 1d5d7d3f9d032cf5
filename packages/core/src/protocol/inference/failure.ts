import { StreamError, type StreamErrorCode } from '../../errors.ts'
import { HTML_PAGE, type Problem } from './read-problem.ts'

/** What the line knows of an answer beside its body. */
export interface AnswerFacts {
  /** HTTP status, or `null` where the error came inside a stream or inside a successful answer. */
  readonly status: number | null
  readonly retryAfterMs: number | null
}

/** What a status means, and what a person can do about it. */
interface Meaning {
  readonly code: StreamErrorCode
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean
  readonly what: string
  readonly fix: string
}

/**
 * Turns an error of the server into the StreamError that it means.
 *
 * The HTTP status decides (P§2.1); without one, the status in the body does, then the server's code; without any, it is
 * a fault of the line that may be retried. Retryable are 408, 425, 429 and 5xx, and nothing else (P§12.3).
 *
 * The message holds the server's own words, cut and without keys, and nothing of the request.
 */
export function failureOf(problem: Problem, facts: AnswerFacts): StreamError {
  const status = facts.status ?? errorStatus(problem.status) ?? statusOfCode(problem.code)
  const meaning = meaningOf(status, problem)
  const evidence = [status === null ? null : `HTTP ${status}`, problem.code].filter((one) => one !== null)
  const where = evidence.length === 0 ? '' : ` (${evidence.join(', ')})`
  const said = quoteOf(problem)
  return new StreamError(meaning.code, `${meaning.what}${where}${said} ${meaning.fix}`, {
    retryable: meaning.retryable,
    status,
    retryAfterMs: facts.retryAfterMs,
    problem: problem.code,
    detail: problem.detail === HTML_PAGE ? null : problem.detail,
    requirements: meaning.code === 'requirements' ? (problem.requirements ?? []) : [],
  })
}

function quoteOf({ requirements, detail }: Problem): string {
  const said = requirements === null ? detail : requirements.map((one) => one.message).join('; ')
  if (said === null || said === '') return '.'
  return said === HTML_PAGE
    ? `, and its answer was ${HTML_PAGE} instead of JSON.`
    : `: ${said.replace(/[.\s]+$/, '')}.`
}

/** A status that names an error. A server that says "200" in an error has not said which one it is. */
function errorStatus(status: number | null): number | null {
  return status !== null && Number.isInteger(status) && status >= 400 && status <= 599 ? status : null
}

/** Codes of the server by the HTTP status that they come with (P§2.2). */
const statusByCode: ReadonlyMap<string, number> = new Map([
  ['invalid_request', 400],
  ['unauthorized', 401],
  ['payment_method_required', 402],
  ['forbidden', 403],
  ['otp_required', 403],
  ['account_deactivated', 403],
  ['account_banned', 403],
  ['impersonation_reason_required', 403],
  ['not_found', 404],
  ['session_not_found', 404],
  ['session_expired', 410],
  ['session_ended', 410],
  ['rate_limited', 429],
  ['internal_error', 500],
])

function statusOfCode(code: string | null): number | null {
  return code === null ? null : (statusByCode.get(code.toLowerCase()) ?? null)
}

function meaningOf(status: number | null, problem: Problem): Meaning {
  if (status === 412 && problem.requirements !== null) return requirements
  if (status === null) return unexplained
  const known = meanings.get(status)
  if (known !== undefined) return known
  if (status >= 500) return serverFault
  return status >= 400 ? invalidRequest : unexpected
}

const invalidRequest: Meaning = {
  code: 'invalid-request',
  retryable: false,
  what: 'The server did not accept the request',
  fix: 'Sending it again will not help: correct what it names.',
}

const requirements: Meaning = {
  code: 'requirements',
  retryable: false,
  what: 'The app cannot run before its requirements are met',
  fix: 'Add what is missing in the account (see `requirements`), then run it again.',
}

const serverFault: Meaning = {
  code: 'http',
  retryable: true,
  what: 'The server could not answer',
  fix: 'This is usually over soon; trying again may help.',
}

const unexplained: Meaning = {
  code: 'http',
  retryable: true,
  what: 'The server reported an error and did not say which',
  fix: 'The work itself may still be going on; asking again will tell.',
}

const unexpected: Meaning = {
  code: 'http',
  retryable: false,
  what: 'The server gave an answer that is no result',
  fix: 'Check the base address of the API: a redirect or another service may be answering.',
}

const meanings: ReadonlyMap<number, Meaning> = new Map([
  [400, invalidRequest],
  [
    401,
    {
      code: 'unauthorized',
      retryable: false,
      what: 'The server does not know who is asking',
      fix: 'Check the API key: it may be missing, mistyped, revoked or expired.',
    },
  ],
  [
    402,
    {
      code: 'payment-required',
      retryable: false,
      what: 'The account cannot pay for this',
      fix: 'Add a payment method or balance to the account, then try again.',
    },
  ],
  [
    403,
    {
      code: 'forbidden',
      retryable: false,
      what: 'The API key may not do this',
      fix: 'Use a key with the scope that this needs, or ask the owner of the account for access.',
    },
  ],
  [
    404,
    {
      code: 'not-found',
      retryable: false,
      what: 'There is no such thing on the server, or this API key may not see it',
      fix: 'Check the name or id, and that the key belongs to the same team.',
    },
  ],
  [
    408,
    {
      code: 'http',
      retryable: true,
      what: 'The server gave up waiting for the request',
      fix: 'The connection was too slow; trying again may help.',
    },
  ],
  [
    409,
    {
      code: 'conflict',
      retryable: false,
      what: 'It has changed on the server in the meantime',
      fix: 'Read its present state and decide again.',
    },
  ],
  [
    410,
    {
      code: 'gone',
      retryable: false,
      what: 'It existed and has ended, such as a session that expired',
      fix: "Start a new one; for a session, run with session: 'new'.",
    },
  ],
  [412, invalidRequest],
  [
    422,
    {
      code: 'unprocessable',
      retryable: false,
      what: 'The server understood the request and could not carry it out',
      fix: 'Check the input against what the app takes.',
    },
  ],
  [
    425,
    {
      code: 'http',
      retryable: true,
      what: 'The server did not take the request this early in the connection',
      fix: 'Trying again will help.',
    },
  ],
  [
    429,
    {
      code: 'rate-limited',
      retryable: true,
      what: 'Too many requests in a short time',
      fix: 'Wait (see `retryAfterMs`, where the server said how long) before the next one.',
    },
  ],
])
