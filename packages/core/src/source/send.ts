import { StreamError } from '../errors.ts'
import { DEFAULT_BASE_URL, isRelativeUrl, joinPath, resolveAddress } from './address.ts'
import { askApplication } from './ask-application.ts'
import { warnAboutBrowserKey } from './browser-key-warning.ts'
import { cancelBody } from './cancel-body.ts'
import { type GetToken, createTokenSource } from './token.ts'
import { abortedError, untilAborted } from './until-aborted.ts'

/** A request in terms of the API: a path below the base address and a JSON body. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Begins with a slash; every variable part is percent-encoded. */
  readonly path: string
  /** Sent as JSON when it is not `undefined`. */
  readonly body?: unknown
  /** `Accept` header, where the default (`application/json`) is not what is wanted. */
  readonly accept?: string
}

/** What a single call adds to an {@link HttpRequest}. */
export interface SendOptions {
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a request with the address, the key and the headers of a client. Answers whatever the server says, errors too. */
export type Send = (request: HttpRequest, options?: SendOptions) => Promise<Response>

/** Names and values of headers. */
export type HeaderRecord = Readonly<Record<string, string>>

/** Where and as whom a client sends its requests. */
export interface SendConfig {
  /** Default `https://api.inference.sh`. */
  readonly baseUrl?: string | undefined
  /** A route of the application's own server that adds the key; in place of `baseUrl`. May be relative to the page. */
  readonly proxyUrl?: string | undefined
  /** Goes as a bearer token. Never together with `proxyUrl` or `getToken`. */
  readonly apiKey?: string | undefined
  /** Asked before every request; goes as a bearer token, `''` as none. After a 401 it is asked once more, by force. */
  readonly getToken?: GetToken
  /** Further headers; a function is called before every request. What the library sets itself stands above them. */
  readonly headers?: HeaderRecord | (() => HeaderRecord | Promise<HeaderRecord>)
  /** Default: the global `fetch`, looked up with every request. */
  readonly fetch?: (request: Request) => Promise<Response>
  /**
   * Default `same-origin` for a relative `proxyUrl`, `include` for an absolute one, and else `omit`: the API allows no
   * cookies from foreign pages, and a browser then withholds the whole answer (P§1.3).
   */
  readonly credentials?: RequestCredentials
  /** Says that the `apiKey` is meant to be readable in the page, so that nobody is warned. Default `false`. */
  readonly dangerouslyAllowBrowser?: boolean
}

/**
 * A {@link Send} for one client.
 *
 * A 401 is answered with one refresh of the token, shared by all requests that wait for it, and one repetition of the
 * request; the second 401 stands. Without `getToken` the first one does. Nothing else is repeated here.
 *
 * @throws {StreamError} at once `misuse` for options that contradict each other; from the calls `network`, retryable,
 *   when no answer comes, `aborted` when the call's signal was aborted, `misuse` for a path or a header that cannot be sent
 */
export function createSend(config: SendConfig): Send {
  const { apiKey, getToken, proxyUrl, fetch = (request: Request) => globalThis.fetch(request) } = config
  checkSecrets(config)
  const isRelative = proxyUrl !== undefined && isRelativeUrl(proxyUrl)
  const isSecret = apiKey !== undefined || getToken !== undefined
  const resolve = (): URL =>
    resolveAddress({ baseUrl: config.baseUrl ?? DEFAULT_BASE_URL, proxyUrl, isSecret })
  // Why not always now: a page that is rendered on a server makes its client there, but never uses it there.
  let address = isRelative ? null : resolve()
  const proxyCredentials = isRelative ? 'same-origin' : 'include'
  const credentials = config.credentials ?? (proxyUrl === undefined ? 'omit' : proxyCredentials)
  const tokens = getToken === undefined ? null : createTokenSource(getToken)
  if (apiKey !== undefined) warnAboutBrowserKey(config.dangerouslyAllowBrowser === true)

  const exchange = async (
    request: HttpRequest,
    options: SendOptions,
    secret: string | null,
  ): Promise<Response> => {
    const url = joinPath((address ??= resolve()), request.path)
    const body = encodeBody(request)
    const own = await askApplication('headers', () =>
      typeof config.headers === 'function' ? config.headers() : (config.headers ?? {}),
    )
    const headers = collectHeaders(own, {
      accept: request.accept ?? 'application/json',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(secret === null || secret === '' ? {} : { authorization: `Bearer ${secret}` }),
      ...options.headers,
    })
    const { signal } = options
    const init: RequestInit = { method: request.method, headers, body, credentials, cache: 'no-store' }
    const answer = await fetch(createRequest(url, signal === undefined ? init : { ...init, signal }))
    if (signal?.aborted === true) cancelBody(answer)
    return answer
  }

  const send = async (request: HttpRequest, options: SendOptions): Promise<Response> => {
    if (tokens === null) return await exchange(request, options, apiKey ?? null)
    const token = await tokens.current()
    const answer = await exchange(request, options, token.value)
    if (answer.status !== 401) return answer
    cancelBody(answer)
    const renewed = await tokens.renewed(token)
    return await exchange(request, options, renewed.value)
  }

  return async (request, options = {}) => {
    const { signal } = options
    try {
      return await untilAborted(send(request, options), signal)
    } catch (thrown) {
      throw signal?.aborted === true ? abortedError(signal) : StreamError.from(thrown)
    }
  }
}

function checkSecrets({ apiKey, getToken, proxyUrl }: SendConfig): void {
  if (apiKey === '') {
    throw new StreamError(
      'misuse',
      'apiKey is empty, so every request would be refused. Check the variable that it is read from.',
    )
  }
  if (apiKey !== undefined && proxyUrl !== undefined) {
    throw new StreamError(
      'misuse',
      'apiKey and proxyUrl are both given, but the key belongs to the proxy alone and is never sent to it. Leave apiKey out here and add it on the server behind proxyUrl.',
    )
  }
  if (apiKey !== undefined && getToken !== undefined) {
    throw new StreamError(
      'misuse',
      'apiKey and getToken are both given, but a request carries only one of them. Give the one that the server is to see.',
    )
  }
}

function encodeBody({ body, method, path }: HttpRequest): string | null {
  if (body === undefined) return null
  try {
    const text: unknown = JSON.stringify(body)
    if (typeof text === 'string') return text
  } catch {
    // A cycle, a bigint, or a toJSON that throws: the message below says what to do about each.
  }
  throw new StreamError(
    'misuse',
    `The body of ${method} ${path} cannot be written as JSON. Give plain data without functions, cycles or bigints.`,
  )
}

function collectHeaders(...records: readonly HeaderRecord[]): Headers {
  const headers = new Headers()
  for (const [name, value] of records.flatMap((record) => Object.entries(record))) {
    try {
      headers.set(name, value)
    } catch {
      // Why no cause: the runtime's message quotes the value, and the value may be a secret.
      throw new StreamError(
        'misuse',
        `The header ${JSON.stringify(name)} has a name or a value that HTTP does not allow, so the request was not sent. A value holds no line breaks and no characters outside Latin-1; encode them.`,
      )
    }
  }
  return headers
}

function createRequest(url: string, init: RequestInit): Request {
  try {
    return new Request(url, init)
  } catch (cause) {
    throw new StreamError(
      'misuse',
      `No ${init.method} request can be made of what was given for ${url}. A GET has no body, and credentials is one of "omit", "same-origin" and "include".`,
      { cause },
    )
  }
}
