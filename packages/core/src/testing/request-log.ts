import type { RouteName } from './route-table.ts'

/** A request that has come in. */
export interface LoggedRequest {
  readonly route: RouteName
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Lower-case names; the headers that a test may ask about, where they were sent. */
  readonly headers: Readonly<Partial<Record<LoggedHeader, string>>>
  /** Epoch milliseconds. */
  readonly atMs: number
}

/** A header that is kept. */
export type LoggedHeader =
  | 'accept'
  | 'authorization'
  | 'content-type'
  | 'last-event-id'
  | 'x-api-version'
  | 'x-client-source'
  | 'x-team-id'

const KEPT: readonly LoggedHeader[] = [
  'accept',
  'authorization',
  'content-type',
  'last-event-id',
  'x-api-version',
  'x-client-source',
  'x-team-id',
]

const MAX_REQUESTS = 10_000

/** The requests of a simulator, the oldest first. @internal */
export interface RequestLog {
  readonly requests: readonly LoggedRequest[]
  add(entry: {
    readonly route: RouteName
    readonly request: Request
    readonly url: URL
    readonly atMs: number
  }): void
}

/** Makes an empty log; it forgets the oldest beyond 10,000. @internal */
export function createRequestLog(): RequestLog {
  const requests: LoggedRequest[] = []
  return {
    requests,
    add({ route, request, url, atMs }) {
      if (requests.length >= MAX_REQUESTS) requests.shift()
      const headers: Partial<Record<LoggedHeader, string>> = {}
      for (const name of KEPT) {
        const value = request.headers.get(name)
        if (value !== null) headers[name] = value
      }
      requests.push({ route, method: request.method, path: url.pathname + url.search, headers, atMs })
    },
  }
}
