import { readErrorAnswer } from '../src/protocol/inference/read-error.ts'
import { httpSource } from '../src/source/http.ts'
import { createSend } from '../src/source/send.ts'
import { defaultRetryPolicy } from '../src/state/retry-delay.ts'
import { systemClock } from '../src/store/clock.ts'
import { createLine } from '../src/store/line.ts'
import { DEFAULT_MAX_FRAME_CHARS } from '../src/wire/frame.ts'
import type { LagMeter } from './lag-meter.ts'
import { scenarioPath, serveScenario, type ScriptedResponse, type SeenRequest } from './scenario-server.ts'
import { createWorldAround } from './world-around.ts'

/** An event as a listener of the HTML standard gets it; `id` is the last event id at that moment. */
export interface HeardEvent {
  readonly event: string
  readonly data: string
  readonly id: string
}

/** What must be seen of a scenario; what is not named is not looked at. Times are milliseconds. */
export interface Expectation {
  readonly events?: readonly HeardEvent[]
  /** Count at the end of the window. */
  readonly requests?: number
  readonly requestsMin?: number
  readonly requestsMax?: number
  /** Of each request; `null` where there was none. */
  readonly lastEventIds?: readonly (string | null)[]
  /** Least and most between the end of an answer and the next request. */
  readonly gaps?: readonly (readonly [leastMs: number, mostMs: number])[]
  /** Whether the line was given up with an error. */
  readonly error?: boolean
  /** Code of the error that is shown at the end. */
  readonly errorCode?: string
  /** A header, with its value in each request. */
  readonly header?: readonly [name: string, values: readonly (string | null)[]]
  /** Since the request. */
  readonly firstEventBeforeMs?: number
  /** Whether the connection of the last request is closed. */
  readonly socketClosed?: boolean
  /** Closes the line inside the handler of this event, from 1. */
  readonly closeAfterEvents?: number
  /** Closes the line so long after the first request. */
  readonly closeAtMs?: number
}

/** What a server answers to the first request, the second, …, and what a client must do. */
export interface Scenario {
  readonly name: string
  readonly client: {
    readonly readTimeoutMs?: number
    readonly headers?: Readonly<Record<string, string>>
    readonly lastEventId?: string
  }
  /** How long it is looked on, from the first request, in milliseconds. */
  readonly windowMs: number
  readonly responses: readonly ScriptedResponse[]
  readonly expect: Expectation
}

/**
 * Runs a scenario over real HTTP and in real time; what was seen, in the words of what is expected. What `lag` says that
 * this process was late is given to the line as well.
 *
 * @param onBegun - called when the first request has come
 */
export async function runScenario(
  { client, windowMs, responses, expect }: Scenario,
  lag: LagMeter,
  onBegun: () => void,
): Promise<Expectation> {
  const clock = systemClock
  const events: HeardEvent[] = []
  const eventTimesMs: number[] = []
  const heard = new Set<number>()
  const wakes = new Set<() => void>()
  let firstEventAtMs = Infinity
  let lastEventId = client.lastEventId ?? ''
  let opened = -1

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>((resolve) => void wakes.add(resolve))
  }
  const wake = (): void => {
    for (const resume of wakes) resume()
    wakes.clear()
  }
  const server = await serveScenario(responses, {
    onRequest: wake,
    untilHeard: (request) => until(() => heard.has(request)),
  })
  const source = httpSource(
    { method: 'GET', path: scenarioPath },
    {
      send: createSend({
        baseUrl: server.url,
        ...(client.headers === undefined ? {} : { headers: client.headers }),
      }),
      clock,
      idleMs: client.readTimeoutMs ?? 45_000,
      connectTimeoutMs: 30_000,
      chunkSizeBytes: null,
      maxFrameChars: DEFAULT_MAX_FRAME_CHARS,
      readError: (response) => readErrorAnswer(response, clock.now()),
    },
  )
  const line = createLine(
    {
      get cursor() {
        return lastEventId === '' ? null : lastEventId
      },
      canResume: false,
      isOver: false,
      get newsCount() {
        return events.length
      },
      reopened() {
        opened = server.requests.length - 1
      },
      async take(frames, signal) {
        for (const frame of frames) {
          if (frame.type === 'id') lastEventId = frame.id
          if (frame.type === 'message') {
            lastEventId = frame.id ?? lastEventId
            events.push({ event: frame.event, data: frame.data, id: lastEventId })
            eventTimesMs.push(performance.now())
            firstEventAtMs = Math.min(firstEventAtMs, performance.now())
            if (events.length === expect.closeAfterEvents) line.unwant()
          }
          if (signal.aborted) break
        }
        if (frames.length > 0) heard.add(opened)
        wake()
      },
      broke: async () => {},
    },
    {
      source,
      clock,
      policy: defaultRetryPolicy,
      idleMs: client.readTimeoutMs ?? 45_000,
      surroundings: createWorldAround(),
      isKeptHidden: true,
      onChange: () => {},
      onOver: () => {},
    },
  )
  try {
    line.want()
    await until(() => server.requests.length > 0)
    onBegun()
    if (expect.closeAtMs !== undefined) clock.after(expect.closeAtMs, () => line.unwant())
    const begunAtMs = performance.now()
    const pass = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve))
    await pass(windowMs)
    // Time is added only where something has not come yet, and what came after the window is not of it.
    const isShort =
      server.requests.length < (expect.requests ?? expect.requestsMin ?? 0) ||
      events.length < (expect.events?.length ?? 0) ||
      (expect.error === true && line.connection.status !== 'closed')
    const lateMs = isShort ? lag.lateMs(begunAtMs, performance.now()) : 0
    await pass(lateMs)
    const untilMs = begunAtMs + windowMs + lateMs
    const { connection } = line
    const error = 'error' in connection ? connection.error : null
    return inWordsOf(expect, lag, {
      events: events.filter((_, index) => (eventTimesMs[index] ?? 0) <= untilMs),
      requests: server.requests.filter(({ atMs }) => atMs <= untilMs),
      firstEventAtMs,
      isGivenUp: connection.status === 'closed' && error !== null,
      errorCode: error?.code ?? null,
    })
  } finally {
    line.unwant()
    await server.close()
  }
}

interface Seen {
  readonly events: readonly HeardEvent[]
  readonly requests: readonly SeenRequest[]
  readonly firstEventAtMs: number
  readonly isGivenUp: boolean
  readonly errorCode: string | null
}

/** What was seen, so that it equals `expect` if and only if it is as expected. */
function inWordsOf(expect: Expectation, lag: LagMeter, seen: Seen): Expectation {
  const { requests } = seen
  const [first] = requests
  const readers: { readonly [Key in keyof Required<Expectation>]: () => unknown } = {
    events: () => seen.events,
    requests: () => requests.length,
    requestsMin: () => Math.min(requests.length, expect.requestsMin ?? 0),
    requestsMax: () => Math.max(requests.length, expect.requestsMax ?? 0),
    lastEventIds: () => requests.map(({ headers }) => fromByteString(headers['last-event-id'])),
    gaps: () =>
      expect.gaps?.map((range, index) => {
        const untilMs = requests[index + 1]?.atMs ?? Infinity
        const fromMs = requests[index]?.endedAtMs ?? Infinity
        const gapMs = untilMs - fromMs
        const isKept = gapMs >= range[0] && gapMs - lag.lateMs(fromMs, untilMs) <= range[1]
        return isKept ? range : [gapMs, gapMs]
      }),
    error: () => seen.isGivenUp,
    errorCode: () => seen.errorCode,
    header: () => {
      const name = expect.header?.[0] ?? ''
      return [name, requests.map(({ headers }) => headers[name] ?? null)]
    },
    firstEventBeforeMs: () => {
      const fromMs = first?.atMs ?? 0
      const delayMs = seen.firstEventAtMs - fromMs - lag.lateMs(fromMs, seen.firstEventAtMs)
      return Math.max(delayMs, expect.firstEventBeforeMs ?? 0)
    },
    socketClosed: () => requests.at(-1)?.isClosed ?? false,
    closeAfterEvents: () => expect.closeAfterEvents,
    closeAtMs: () => expect.closeAtMs,
  }
  const named = Object.entries(readers).filter(([key]) => key in expect)
  return Object.fromEntries(named.map(([key, read]) => [key, read()]))
}

/** An id that was sent as the bytes of its UTF-8 form. */
function fromByteString(value: string | string[] | undefined): string | null {
  return value === undefined ? null : Buffer.from(String(value), 'latin1').toString('utf8')
}
