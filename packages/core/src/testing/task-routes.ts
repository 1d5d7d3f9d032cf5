import type { CancelBodyWire } from '../protocol/inference/wire-types.ts'
import { timeStamp } from './encode-task.ts'
import { encodeTimings } from './encode-timings.ts'
import { taskVisibilities, type TaskRun } from './runs.ts'
import { readJsonObject, type Call, type Handler, type Server } from './server.ts'
import { answerWithStream } from './stream-route.ts'

/** Wraps a handler that needs the task of its path. */
function ofTask(answer: (run: TaskRun, call: Call, server: Server) => Response | Promise<Response>): Handler {
  return (call, server) => {
    const run = server.runs.find(call.params[0] ?? '')
    return run === null ? server.responder.problem(404, 'task not found') : answer(run, call, server)
  }
}

/** `GET /tasks/{id}`. */
export const readTask: Handler = ofTask((run, _call, { responder, encoder, runs }) =>
  responder.ok(encoder.task(run, runs.taskNow(run))),
)

/** `GET /tasks/{id}/status`. */
export const readStatus: Handler = ofTask((run, _call, { responder, encoder, runs }) =>
  responder.ok(encoder.status(run, runs.taskNow(run))),
)

/** `GET /tasks/{id}/logs`. */
export const readLogs: Handler = ofTask((run, _call, { responder, encoder, runs }) =>
  responder.ok(encoder.logs(run, runs.taskNow(run))),
)

/** `GET /tasks/{id}/timings`. */
export const readTimings: Handler = ofTask((run, _call, { responder, encoder, runs, settings }) => {
  const task = runs.taskNow(run)
  return responder.ok(
    encodeTimings({
      task,
      taskId: run.id,
      statusKeys: encoder.statusKeys(task.status),
      isLive: settings.dialect === 'live',
      nowMs: settings.clock.now(),
      momentMs: (atMs) => runs.momentMs(run, atMs),
      timeStamp,
    }),
  )
})

/** `GET /tasks/{id}/telemetry`: free-form rows, one for each moment so far. */
export const readTelemetry: Handler = ofTask((run, _call, { responder, encoder, runs }) =>
  responder.ok(
    runs.taskNow(run).history.map(({ status, atMs }) => ({ at: encoder.timeOf(run, atMs), stage: status })),
  ),
)

/** `GET /tasks/{id}/stream`. */
export const streamTask: Handler = ofTask(answerWithStream)

/** `POST /tasks/{id}/cancel`: harmless for a task that has ended (P§3.4). */
export const cancelTask: Handler = ofTask(async (run, { request }, { responder, runs, counters }) => {
  const body: CancelBodyWire | null = await readJsonObject(request)
  if (body === null) return responder.problem(400, 'the body must be a JSON object, or empty')
  counters.cancels++
  // [wire] P§3.4: 10,000 ms is the server's default.
  const timeoutMs = typeof body.timeout === 'number' && body.timeout >= 0 ? body.timeout : 10_000
  runs.cancel(run, { force: body.force === true, timeoutMs })
  return responder.ok(null)
})

/** `DELETE /tasks/{id}`: streams of it end. */
export const deleteTask: Handler = ofTask((run, _call, { responder, runs }) => {
  runs.remove(run)
  return responder.ok(null)
})

/** `POST /tasks/{id}/visibility`: answers the task (P§3.4). */
export const setVisibility: Handler = ofTask(async (run, { request }, { responder, runs, encoder }) => {
  const body = await readJsonObject(request)
  const visibility = taskVisibilities.find((one) => one === body?.visibility)
  if (visibility === undefined) {
    return responder.problem(400, `visibility must be one of ${taskVisibilities.join(', ')}`)
  }
  runs.mark(run, { visibility })
  return responder.ok(encoder.task(run, runs.taskNow(run)))
})

/** `POST /tasks/{id}/featured`: answers the task (P§3.4). */
export const setFeatured: Handler = ofTask(async (run, { request }, { responder, runs, encoder }) => {
  const { is_featured: isFeatured } = (await readJsonObject(request)) ?? {}
  if (typeof isFeatured !== 'boolean') return responder.problem(400, 'is_featured must be true or false')
  runs.mark(run, { isFeatured })
  return responder.ok(encoder.task(run, runs.taskNow(run)))
})
