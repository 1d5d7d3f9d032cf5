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
  /** Chats that were begun, those of sub-agents left out. */
  readonly chats: number
  /** Messages of users that were taken, those that wait for their turn too. */
  readonly messages: number
  /** How often a result came for a call, by the id of the invocation; those that came too late count too. */
  readonly toolAnswers: Readonly<Record<string, number>>
  /** Bodies of streams that have neither ended nor been given up by the client. */
  readonly openStreams: number
  /** Those of them that are about a chat. */
  readonly openChatStreams: number
  /** Bodies of streams that were ever opened. */
  readonly streamsOpened: number
  /** Bodies of streams that the client gave up. */
  readonly streamsAborted: number
}

/** Counters that may be written. @internal */
export type WritableCounters = {
  -readonly [Key in Exclude<keyof SimulatorCounters, 'requests' | 'toolAnswers'>]: number
} & { readonly requests: Record<RouteName, number>; readonly toolAnswers: Record<string, number> }

/** Makes counters at zero. @internal */
export function createCounters(): WritableCounters {
  return {
    requests: Object.fromEntries(routeNames.map((name) => [name, 0])) as Record<RouteName, number>,
    runs: 0,
    cancels: 0,
    uploads: 0,
    uploadedBytes: 0,
    chats: 0,
    messages: 0,
    toolAnswers: {},
    openStreams: 0,
    openChatStreams: 0,
    streamsOpened: 0,
    streamsAborted: 0,
  }
}
