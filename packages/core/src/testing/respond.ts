import type { ProblemWire, RequirementsWire } from '../protocol/inference/wire-types.ts'
import type { Refusal } from './fault-kinds.ts'
import type { SimulatorSettings } from './simulator-options.ts'

/** Writes the answers that are not streams. */
export interface Responder {
  /** A success in the envelope of the settings (P§1.4). */
  ok(data: unknown): Response
  /** An error: problem details, or what the first envelope had for them (P§2.1). */
  problem(
    status: number,
    detail?: string,
    code?: string,
    headers?: Readonly<Record<string, string>>,
  ): Response
  /** An error as a fault describes it. */
  refusal(refusal: Refusal, nowMs: number): Response
  /** Anything else. */
  raw(body: BodyInit | null, status: number, headers: Readonly<Record<string, string>>): Response
}

// [wire] P§1.3.
const CORS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers':
    'authorization, content-type, accept, x-client-source, x-api-version, x-team-id, x-inf-target-url, last-event-id',
  'access-control-allow-methods': 'GET,POST,PUT,PATCH,DELETE,OPTIONS',
  'access-control-expose-headers': 'retry-after, x-ratelimit-remaining, x-ratelimit-reset',
}

interface Meaning {
  readonly code: string
  readonly title: string
}

// [wire] P§2.2.
const meanings: Readonly<Record<number, Meaning>> = {
  400: { code: 'invalid_request', title: 'Bad Request' },
  401: { code: 'unauthorized', title: 'Unauthorized' },
  402: { code: 'payment_method_required', title: 'Payment Required' },
  403: { code: 'forbidden', title: 'Forbidden' },
  404: { code: 'not_found', title: 'Not Found' },
  409: { code: 'conflict', title: 'Conflict' },
  410: { code: 'gone', title: 'Gone' },
  412: { code: 'requirements_not_met', title: 'Precondition Failed' },
  413: { code: 'payload_too_large', title: 'Content Too Large' },
  422: { code: 'unprocessable', title: 'Unprocessable Content' },
  429: { code: 'rate_limited', title: 'Too Many Requests' },
  500: { code: 'internal_error', title: 'Internal Server Error' },
  502: { code: 'bad_gateway', title: 'Bad Gateway' },
  503: { code: 'unavailable', title: 'Service Unavailable' },
  504: { code: 'gateway_timeout', title: 'Gateway Timeout' },
}

/** Statuses whose answer can have no body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

/** Makes the writer of answers. */
export function createResponder({ envelope, cors }: Pick<SimulatorSettings, 'envelope' | 'cors'>): Responder {
  const raw: Responder['raw'] = (body, status, headers) =>
    new Response(body, { status, headers: { ...(cors ? CORS : {}), ...headers } })

  const json = (value: unknown, status: number, headers: Readonly<Record<string, string>> = {}): Response =>
    raw(JSON.stringify(value), status, { 'content-type': 'application/json', ...headers })

  const problem: Responder['problem'] = (status, detail, code, headers = {}) => {
    const meaning = meanings[status] ?? { code: 'error', title: 'Error' }
    const said = { code: code ?? meaning.code, detail: detail ?? meaning.title }
    if (envelope === 'v1') {
      const error = { code: said.code, message: said.detail, suggestions: [], meta: {} }
      return json({ success: false, status, error }, status, headers)
    }
    const body: ProblemWire = {
      type: `https://inference.sh/problems/${said.code}`,
      title: meaning.title,
      status,
      detail: said.detail,
    }
    return json(body, status, { 'content-type': 'application/problem+json', ...headers })
  }

  return {
    raw,
    problem,
    ok(data) {
      if (envelope === 'v1') return json({ success: true, status: 200, data }, 200)
      return json(envelope === 'v2' ? data : { data, messages: [] }, 200)
    },
    refusal(refusal, nowMs) {
      const { status, requirements, body } = refusal
      const headers = { ...retryAfter(refusal, nowMs), ...refusal.headers }
      if (requirements !== undefined) {
        // [wire] P§2.3: not problem details, and never in an envelope.
        const missing: RequirementsWire = { satisfied: false, errors: requirements }
        return json(missing, status, headers)
      }
      if (body === null || bodiless.has(status)) return raw(null, status, headers)
      if (body === undefined) return problem(status, refusal.detail, refusal.code, headers)
      return typeof body === 'string'
        ? raw(body, status, { 'content-type': 'text/plain', ...headers })
        : json(body, status, headers)
    },
  }
}

// [spec] RFC 9110 10.2.3: delay-seconds or an HTTP date.
function retryAfter(refusal: Refusal, nowMs: number): Readonly<Record<string, string>> {
  const { retryAfterSeconds, retryAfterAs = 'seconds' } = refusal
  if (retryAfterSeconds === undefined) return {}
  const value =
    retryAfterAs === 'seconds'
      ? String(retryAfterSeconds)
      : new Date(nowMs + retryAfterSeconds * 1000).toUTCString()
  return { 'retry-after': value }
}
