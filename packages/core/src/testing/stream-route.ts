import { chooseFraming, framingContentType } from './frame-text.ts'
import type { TaskRun } from './runs.ts'
import type { Call, Server } from './server.ts'
import { openTaskStream } from './task-stream.ts'

/** The stream of a task as an answer (P§4). */
export function answerWithStream(run: TaskRun, call: Call, server: Server): Response {
  const { settings, counters, openBodies } = server
  const framing = chooseFraming(settings.framing, call.request.headers.get('accept'))
  const close = (): void => line.close()
  counters.openStreams++
  counters.streamsOpened++
  openBodies.add(close)
  const line = openTaskStream({
    ...call,
    run,
    runs: server.runs,
    encoder: server.encoder,
    settings,
    framing,
    onEnd(by) {
      counters.openStreams--
      if (by === 'client') counters.streamsAborted++
      openBodies.delete(close)
    },
  })
  return server.responder.raw(line.body, 200, {
    'content-type': framingContentType[framing],
    'cache-control': 'no-store',
    [STREAM_HEADER]: 'no',
  })
}

/** What only streams have: it asks a proxy not to collect the body. */
const STREAM_HEADER = 'x-accel-buffering'

/** Whether an answer is a stream, which has had its faults already. */
export function isStreamAnswer(answer: Response): boolean {
  return answer.headers.has(STREAM_HEADER)
}
