import { endLine } from './body-line.ts'
import type { BodyEnd } from './drip-body.ts'
import { createUpdateEncoder } from './encode-update.ts'
import { chooseFraming, framingContentType, type Framing } from './frame-text.ts'
import type { TaskRun } from './runs.ts'
import type { Call, Server } from './server.ts'
import { openTaskStream } from './task-stream.ts'
import { countEvents, type HistoryStart } from './task-tale.ts'

/** The stream of a task as an answer (P§4). */
export function answerWithStream(run: TaskRun, call: Call, server: Server): Response {
  const { settings, counters, openBodies } = server
  const framing = chooseFraming(settings.framing, call.request.headers.get('accept'))
  const start = startOf(run, call, server, framing)
  if (start instanceof Response) return start
  const endBy: BodyEnd = (how) => endLine(line, how)
  counters.openStreams++
  counters.streamsOpened++
  openBodies.add(endBy)
  const line = openTaskStream({
    ...call,
    run,
    runs: server.runs,
    encoder: server.encoder,
    settings,
    framing,
    start,
    random: server.faultRandom,
    onEnd(by) {
      counters.openStreams--
      if (by === 'client') counters.streamsAborted++
      openBodies.delete(endBy)
    },
  })
  return server.responder.raw(line.body, 200, {
    'content-type': framingContentType[framing],
    'cache-control': 'no-store',
    [STREAM_HEADER]: 'no',
  })
}

/** Where the stream begins; a refusal when the server does not know the place that the client asks for. */
function startOf(run: TaskRun, call: Call, server: Server, framing: Framing): HistoryStart | Response | null {
  const { settings, eventIds, runs, encoder } = server
  if (settings.resume === 'replay') return { afterEvents: 0, idOf: null }
  if (settings.resume === 'snapshot' || framing === 'ndjson') return null
  const { epoch } = run.history
  const idOf = (event: number): string => eventIds.idOf(epoch, event)
  // [spec] HTML 9.2.4: the header is sent unless the last event id is the empty string.
  const lastId = call.request.headers.get('last-event-id') ?? ''
  if (lastId === '' || call.request.method === 'POST') return { afterEvents: 0, idOf }
  const event = eventIds.eventOf(epoch, lastId)
  const updates = createUpdateEncoder(run, encoder, framing, settings)
  if (event !== null && event <= countEvents({ run, runs, updates, settings, framing })) {
    return { afterEvents: event, idOf }
  }
  if (settings.unknownId === 'ignore') return { afterEvents: 0, idOf }
  return server.responder.problem(
    settings.unknownId,
    `the server has no event with the id ${JSON.stringify(lastId)} of this task`,
    'event_id_unknown',
  )
}

/** Header that only streams have: it asks a proxy not to collect the body. */
export const STREAM_HEADER: string = 'x-accel-buffering'

/** Whether an answer is a stream, which has had its faults already. */
export function isStreamAnswer(answer: Response): boolean {
  return answer.headers.has(STREAM_HEADER)
}
