import { routeNames, type RouteName } from './route-table.ts'

/** What a simulator has seen and holds; live numbers, which go on changing. */
export interface SimulatorCounters {
  /** Requests so far by route, those that were refused or failed too. */
  readonly requests: Readonly<Record<RouteName, number>>
  /** Tasks that were started. */
  readonly runs: number
  /** Cancellations of a task that exists. */
  readonly cancels: number
  /** Files whose bytes have arrived. */
  readonly uploads: number
  /** Bytes in them. */
  readonly uploadedBytes: number
  /** Bodies of streams that have neither ended nor been given up by the client. */
  readonly openStreams: number
  /** Bodies of streams that were ever opened. */
  readonly streamsOpened: number
  /** Bodies of streams that the client gave up. */
  readonly streamsAborted: number
}

/** Counters that may be written. @internal */
export type WritableCounters = {
  -readonly [Key in Exclude<keyof SimulatorCounters, 'requests'>]: number
} & { readonly requests: Record<RouteName, number> }

/** Makes counters at zero. @internal */
export function createCounters(): WritableCounters {
  return {
    requests: Object.fromEntries(routeNames.map((name) => [name, 0])) as Record<RouteName, number>,
    runs: 0,
    cancels: 0,
    uploads: 0,
    uploadedBytes: 0,
    openStreams: 0,
    streamsOpened: 0,
    streamsAborted: 0,
  }
}
