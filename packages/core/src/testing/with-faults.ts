import { systemClock, type Clock } from '../store/clock.ts'
import { decoderFor } from '../wire/content-type.ts'
import { answerEffectOf, type AnswerPlace } from './answer-effects.ts'
import { effectOf, isBodyFault } from './body-effects.ts'
import type { TransportAim, TransportFault, TransportRequest } from './fault-kinds.ts'
import { createFaultPlan } from './fault-plan.ts'
import { createRandom } from './random.ts'
import { redress } from './redress.ts'
import { relayBody } from './relay-body.ts'
import { createResponder } from './respond.ts'
import { connectionLost, createWaits } from './waits.ts'

/** What stands where `fetch` does. */
export type FetchLike = (input: Request | URL | string, init?: RequestInit) => Promise<Response>

/** A request that was sent, or should have been. */
export interface SentRequest extends Pick<TransportRequest, 'method' | 'url'> {
  /** Wall time in epoch milliseconds. */
  readonly atMs: number
}

/** What drives the faults. */
export interface FaultyTransportOptions {
  /** Where time comes from; default `systemClock`, the real one. */
  readonly clock?: Clock
  /** Seed of what happens by chance; default 1. */
  readonly seed?: number
}

/** A `fetch` on a line that fails as it is told. */
export interface FaultyTransport {
  /** Fetches; rejects where `fetch` would. */
  (input: Request | URL | string, init?: RequestInit): Promise<Response>
  /** The last 10,000 requests, oldest first, those that failed too; live. */
  readonly requests: readonly SentRequest[]
  /** Bodies that have neither ended nor been given up, those that nobody reads too; live. */
  readonly openBodies: number
  /** Replaces what goes wrong, and counts requests from 1 again. Requests under way keep their faults. */
  setFaults(faults: readonly TransportFault[]): void
  /**
   * Takes the network away: requests under way and later ones reject with a `TypeError`, as `fetch` does, and open bodies
   * fail with one at once. The server's bodies are given up.
   */
  goOffline(): void
  /** Gives it back, to later requests. */
  goOnline(): void
}

const MAX_REQUESTS = 10_000

/**
 * Puts a line that fails between a client and any server: your own or a simulated one.
 *
 * Faults are the `fault.*` of the simulator with another aim (`url`, `method`, `nth`, `times`), and without one they meet
 * every request. What a fault counts as a message is told by the content type (see `FaultBuilders`); several faults
 * of one request all happen, those of the body first. A request's signal ends everything, and nothing is left then: no
 * timer, no reader, no request to the server.
 *
 * @example
 * const line = withFaults(fetch, [
 *   fault.slowHeaders(3000, { method: 'POST' }),
 *   fault.cutAfterEvents(4, { url: '/stream', nth: 1, how: 'reset' }),
 *   fault.refuse({ url: '/stream', nth: 2, times: 3, status: 503, retryAfterSeconds: 2 }),
 * ])
 * const client = createClient({ fetch: line })
 * line.goOffline()
 */
export function withFaults(
  fetch: FetchLike,
  faults: readonly TransportFault[] = [],
  { clock = systemClock, seed = 1 }: FaultyTransportOptions = {},
): FaultyTransport {
  const random = createRandom(seed)
  const responder = createResponder({ envelope: 'v3', cors: false })
  const waits = createWaits()
  const underWay = new Set<AbortController>()
  const requests: SentRequest[] = []
  const plan = createFaultPlan<TransportFault, TransportRequest>(isAimedAt, usualTimes)
  plan.set(faults)
  let isOnline = true

  /** The answer with its faults, as long as the signal is not aborted. */
  const exchange = async (
    request: () => Promise<Response>,
    met: readonly TransportFault[],
    signal: AbortSignal,
  ): Promise<Response> => {
    const effects = met.filter((one) => !isBodyFault(one)).map(answerEffectOf)
    const instead = effects.find((effect) => effect.instead !== undefined)?.instead
    const place: AnswerPlace = { responder, clock, signal, openBodies: new Set() }
    const later = instead ?? (await unlessAborted(request(), signal))
    const waitMs = effects.reduce((ms, { delayMs = 0 }) => ms + delayMs, 0)
    if (waitMs > 0) await waits.until(signal, (finish) => clock.after(waitMs, finish))
    const whole = typeof later === 'function' ? later(place) : later
    const format = decoderFor(whole.headers.get('content-type'))
    const bodyPlace = { isStream: format !== null, updates: null, random }
    const bodyEffects = met.filter(isBodyFault).map((one) => effectOf(one, bodyPlace))
    const spoilt =
      whole.body === null || bodyEffects.length === 0
        ? whole
        : redress(whole, relayBody({ body: whole.body, format, effects: bodyEffects, signal, onEnd() {} }))
    return effects.reduce((answer, { dress }) => dress?.(answer, place) ?? answer, spoilt)
  }

  const send = async (input: Request | URL | string, init?: RequestInit): Promise<Response> => {
    const request = describe(input, init)
    const signal = init?.signal ?? (input instanceof Request ? input.signal : null)
    signal?.throwIfAborted()
    if (requests.length >= MAX_REQUESTS) requests.shift()
    requests.push({ method: request.method, url: request.url, atMs: clock.now() })
    const met = plan.take(request)
    if (!isOnline) throw connectionLost()

    const abort = new AbortController()
    const follow = (): void => abort.abort(signal?.reason)
    const end = (): void => {
      underWay.delete(abort)
      signal?.removeEventListener('abort', follow)
    }
    underWay.add(abort)
    signal?.addEventListener('abort', follow)
    try {
      const fetched = (): Promise<Response> => fetch(input, { ...init, signal: abort.signal })
      const answer = await exchange(fetched, met, abort.signal)
      abort.signal.throwIfAborted()
      if (answer.body === null) {
        end()
        return answer
      }
      transport.openBodies++
      const body = relayBody({
        body: answer.body,
        format: null,
        effects: [],
        signal: abort.signal,
        onEnd() {
          transport.openBodies--
          end()
        },
      })
      return redress(answer, body)
    } catch (error) {
      end()
      throw error
    }
  }

  const transport = Object.assign(send, {
    requests,
    openBodies: 0,
    setFaults: (next: readonly TransportFault[]): void => plan.set(next),
    goOffline(): void {
      isOnline = false
      for (const abort of underWay) abort.abort(connectionLost())
    },
    goOnline(): void {
      isOnline = true
    },
  })
  return transport
}

function describe(input: Request | URL | string, init: RequestInit | undefined): TransportRequest {
  const given = input instanceof Request ? input : null
  return {
    method: (init?.method ?? given?.method ?? 'GET').toUpperCase(),
    url: input instanceof Request ? input.url : input.toString(),
    headers: new Headers(init?.headers ?? given?.headers),
  }
}

function isAimedAt({ url, method }: TransportAim, request: TransportRequest): boolean {
  if (method !== undefined && method.toUpperCase() !== request.method) return false
  if (url === undefined) return true
  if (typeof url === 'function') return url(request)
  return typeof url === 'string' ? request.url.includes(url) : request.url.search(url) !== -1
}

function usualTimes({ nth }: TransportAim): number {
  return nth === undefined ? Infinity : 1
}

/** The answer; rejects when the signal is aborted before, though whoever answers may not listen to it. */
async function unlessAborted(answer: Promise<Response>, signal: AbortSignal): Promise<Response> {
  let onAbort = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([answer, aborted])
  } catch (error) {
    answer.then(({ body }) => body?.cancel()).catch(() => {})
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
