import { isTerminalStatus } from '../protocol/task-status.ts'
import { chooseScript, readAppName } from './choose-script.ts'
import { endOf, type ScriptedTask } from './script.ts'
import { readJsonObject, type Call, type Handler, type Server } from './server.ts'
import type { RunBody } from './simulator-options.ts'
import { refuseOver, refuseUnknown } from './session-routes.ts'
import type { Session } from './sessions.ts'
import { answerWithStream } from './stream-route.ts'
import type { TaskRun } from './runs.ts'

/** `POST /apps/run`: starts a task (P§3.2). */
export const startRun: Handler = async (call, server) => {
  const { responder, runs, counters, encoder, newId } = server
  const body = await readJsonObject(call.request)
  const mistake = body === null ? 'the body must be a JSON object' : findMistake(body)
  if (body === null || mistake !== null) return responder.problem(400, mistake ?? undefined)
  const script = chooseScript(server.script, body)
  if (script === null) return responder.problem(404, 'app not found')

  const session = sessionOf(body, server)
  if (session instanceof Response) return session

  const run = runs.add(
    {
      id: newId(),
      body,
      origin: call.url.origin,
      sessionId: session?.id ?? null,
      runAtMs: typeof body.run_at === 'string' ? Date.parse(body.run_at) : null,
    },
    script,
  )
  if (session !== null) server.sessions.touch(session, run)
  counters.runs++
  if (body.stream === true) return answerWithStream(run, call, server)
  if (body.wait !== true) return responder.ok(encoder.result(run, runs.taskNow(run)))

  const task = await waitForEnd(run, call, server)
  // [wire] P§2.2: 422 when a run that is waited for ends in anything but success.
  if (task === null) return responder.problem(404, 'the task was deleted')
  if (task.status === 'completed') return responder.ok(encoder.result(run, task))
  return responder.problem(422, task.error ?? 'the task was cancelled', `task_${task.status}`)
}

// [wire] P§3.2: seconds; the documents name 60 and 300.
const DEFAULT_SESSION_TIMEOUT_S = 60

/** The session that a run asks for, which may be a new one; `null` when it asks for none, else why there is none. */
function sessionOf(
  { session: asked, session_timeout: timeout }: RunBody,
  server: Server,
): Session | Response | null {
  if (typeof asked !== 'string') return null
  if (asked === 'new') {
    return server.sessions.open(typeof timeout === 'number' ? timeout : DEFAULT_SESSION_TIMEOUT_S)
  }
  const session = server.sessions.find(asked)
  if (session === null) return refuseUnknown(server)
  return refuseOver(session, server) ?? session
}

/** What is wrong with the body of a run; `null` when nothing is. */
function findMistake(body: RunBody): string | null {
  const { app, app_id: appId, session, session_timeout: timeout, run_at: runAt } = body
  if (app === undefined && appId === undefined) return 'app is required'
  if (app !== undefined && (typeof app !== 'string' || readAppName(app) === null)) {
    return 'app must have the form namespace/name, with @version and :function where wanted'
  }
  if (appId !== undefined && typeof appId !== 'string') return 'app_id must be a string'
  if (timeout !== undefined && timeout !== null) {
    if (session !== 'new') return 'session_timeout needs session "new"'
    if (typeof timeout !== 'number' || !(timeout >= 1 && timeout <= 3600)) {
      return 'session_timeout must be from 1 to 3600 seconds'
    }
  }
  if (
    runAt !== undefined &&
    runAt !== null &&
    (typeof runAt !== 'string' || Number.isNaN(Date.parse(runAt)))
  ) {
    return 'run_at must be a time of RFC 3339'
  }
  return null
}

/** The task at its end; `null` when it was deleted before. */
async function waitForEnd(run: TaskRun, call: Call, server: Server): Promise<ScriptedTask | null> {
  const { runs, waits, settings } = server
  const isOver = (): boolean => run.isDeleted || isTerminalStatus(runs.taskNow(run).status)
  if (!isOver()) {
    await waits.until(call.signal, (finish) => {
      let cancelTimer = (): void => {}
      const look = (): void => {
        cancelTimer()
        if (isOver()) return finish()
        const endMs = endOf(run.script)
        if (endMs === null) return
        const delayMs = Math.ceil(runs.momentMs(run, endMs) - settings.clock.now())
        cancelTimer = settings.clock.after(Math.min(Math.max(delayMs, 1), 2 ** 31 - 1), look)
      }
      run.listeners.add(look)
      look()
      return () => {
        cancelTimer()
        run.listeners.delete(look)
      }
    })
  }
  return run.isDeleted ? null : runs.taskNow(run)
}
