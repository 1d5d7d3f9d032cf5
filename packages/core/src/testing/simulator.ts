import { answerEffectOf } from './answer-effects.ts'
import { isBodyFault } from './body-effects.ts'
import { createChats } from './chats.ts'
import { chooseAgentScript } from './choose-script.ts'
import { createCounters, type SimulatorCounters } from './counters.ts'
import { createChatEncoder } from './encode-chat.ts'
import { createTaskEncoder } from './encode-task.ts'
import { eventIdsOf } from './event-ids.ts'
import type { AnswerFault, Fault } from './fault-kinds.ts'
import { createFaultPlan } from './fault-plan.ts'
import { createRandom, randomId } from './random.ts'
import { createRequestLog, type LoggedRequest } from './request-log.ts'
import { createResponder } from './respond.ts'
import { matchRoute, type RouteMatch, type RouteName } from './route-table.ts'
import { handlers, openRoutes } from './routes.ts'
import { createRuns } from './runs.ts'
import type { Call, Server } from './server.ts'
import { createSessions } from './sessions.ts'
import { settleOptions, type SimulatorOptions } from './simulator-options.ts'
import { spoilAnswer } from './spoil-answer.ts'
import { isStreamAnswer } from './stream-route.ts'
import { createStoredFiles } from './stored-files.ts'
import { connectionLost, createWaits } from './waits.ts'

/** A server in one function: give it to a client in place of `fetch`, or serve it with `serveNode`. */
export interface Simulator {
  /** Answers as a server would. Rejects where `fetch` would: aborted, or no way to the server. */
  (input: Request | URL | string, init?: RequestInit): Promise<Response>
  /** Live numbers. */
  readonly counters: SimulatorCounters
  /** The last 10,000 requests, oldest first; live. */
  readonly requests: readonly LoggedRequest[]
  /** Replaces what goes wrong, and counts requests from 1 again. */
  setFaults(faults: readonly Fault[]): void
  /**
   * Restarts the server's process: open bodies end in an error, and requests that wait are rejected. Tasks, chats, sessions
   * and files live on, as in a database; the events of streams do not. Under `resume: 'cursor'` ids count from 1 again, and
   * there and under `replay` the first event of a task that lives on is the whole of it, as it is at this moment.
   */
  restart(): void
  /** Ends every open body cleanly, rejects every request that waits, and every later one. */
  close(): void
}

/**
 * Makes a simulated server. Each request meets the task, or the chat, as its script has made it by now; nothing runs between requests,
 * and no timer is held but for open bodies and waiting answers.
 */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const settings = settleOptions(options)
  const { clock, latencyMs, apiKey } = settings
  const random = createRandom(settings.seed)
  const newId = (): string => randomId(random)
  const runs = createRuns(settings)
  const chats = createChats({
    ...settings,
    scriptOf: ({ head }) => chooseAgentScript(options.agents, head.agent) ?? [],
  })
  const server: Server = {
    settings,
    script: options.script,
    agents: options.agents,
    runs,
    chats,
    files: createStoredFiles(settings.maxRuns),
    sessions: createSessions({ clock, newId, maxSessions: settings.maxRuns }),
    chatEncoder: createChatEncoder(settings),
    encoder: createTaskEncoder(settings, (run, atMs) => runs.momentMs(run, atMs)),
    responder: createResponder(settings),
    counters: createCounters(),
    waits: createWaits(),
    openBodies: new Set(),
    eventIds: eventIdsOf(settings.resumeIds),
    // Why: what goes wrong must not change the ids of what comes after it.
    faultRandom: createRandom(settings.seed),
    newId,
  }
  const log = createRequestLog()
  const plan = createFaultPlan<Fault, RouteName>(
    ({ on }, route) => on === route,
    () => 1,
  )
  plan.set(options.faults ?? [])
  let isClosed = false

  const respond = (route: RouteMatch, call: Call): Response | Promise<Response> => {
    const isAllowed = call.request.headers.get('authorization') === `Bearer ${apiKey}`
    if (apiKey !== null && !openRoutes.has(route.name) && !isAllowed) {
      return server.responder.problem(401, 'the API key is missing or not valid')
    }
    return handlers[route.name](call, server)
  }

  const answer = async (route: RouteMatch, call: Call, faults: readonly AnswerFault[]): Promise<Response> => {
    const effects = faults.map(answerEffectOf)
    const place = { ...server, clock, signal: call.signal }
    const waitMs = effects.reduce((ms, { delayMs = 0 }) => ms + delayMs, latencyMs)
    if (waitMs > 0) await server.waits.until(call.signal, (finish) => clock.after(waitMs, finish))
    const instead = effects.find((effect) => effect.instead !== undefined)?.instead
    const whole = instead === undefined ? await respond(route, call) : instead(place)
    const isSpoilt = call.faults.length > 0 && !isStreamAnswer(whole)
    const right = isSpoilt ? await spoilAnswer(whole, call, server) : whole
    return effects.reduce((sent, { dress }) => dress?.(sent, place) ?? sent, right)
  }

  const simulate = async (input: Request | URL | string, init?: RequestInit): Promise<Response> => {
    if (isClosed) throw connectionLost()
    const request = new Request(input, init)
    // Why: a request's own signal may stop following the given one once nobody holds the request.
    const signal = init?.signal ?? (input instanceof Request ? input.signal : request.signal)
    signal.throwIfAborted()
    const url = new URL(request.url)
    const route = matchRoute(request.method, url.pathname)
    server.counters.requests[route.name]++
    log.add({ route: route.name, request, url, atMs: clock.now() })
    const faults = plan.take(route.name)
    const call: Call = { request, url, params: route.params, signal, faults: faults.filter(isBodyFault) }
    const response = await answer(
      route,
      call,
      faults.filter((one) => !isBodyFault(one)),
    )
    signal.throwIfAborted()
    return response
  }

  return Object.assign(simulate, {
    counters: server.counters,
    requests: log.requests,
    setFaults: (faults: readonly Fault[]): void => plan.set(faults),
    restart(): void {
      runs.forgetEvents()
      chats.forgetEvents()
      server.waits.close()
      for (const end of server.openBodies) end('reset')
    },
    close(): void {
      isClosed = true
      server.waits.close()
      for (const end of server.openBodies) end('eof')
    },
  })
}
