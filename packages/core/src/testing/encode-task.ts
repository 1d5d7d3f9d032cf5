import type {
  StatusWire,
  TaskEventWire,
  TaskLogsWire,
  TaskStatusWire,
  TaskWire,
} from '../protocol/inference/wire-types.ts'
import { taskStatuses, type TaskStatus } from '../protocol/task-status.ts'
import { placeAssets } from './assets.ts'
import { toBase64 } from './base64.ts'
import type { TaskRun } from './runs.ts'
import type { ScriptedTask, ScriptStatus } from './script.ts'
import type { SimulatorSettings } from './simulator-options.ts'

/** JSON as sent. */
export type WireObject = Readonly<Record<string, unknown>>

/** A status as it stands in a task. */
export interface StatusKeys {
  readonly status: StatusWire
  readonly status_text?: string
}

/** Writes tasks in the dialect of a simulator. */
export interface TaskEncoder {
  /** TaskDTO (P§3.3): the answer to `GET /tasks/{id}` and the snapshot of a stream. */
  task(run: TaskRun, task: ScriptedTask): WireObject
  /** TaskResultDTO (P§3.2): the answer to `POST /apps/run`. */
  result(run: TaskRun, task: ScriptedTask): WireObject
  /** The answer to `GET /tasks/{id}/status`. */
  status(run: TaskRun, task: ScriptedTask): TaskStatusWire
  /** The answer to `GET /tasks/{id}/logs`. */
  logs(run: TaskRun, task: ScriptedTask): TaskLogsWire
  /** A TaskDTO in which nothing but the id is true (P§4.5). */
  zero(run: TaskRun): WireObject
  /** A status as a value, and its name where it goes along. */
  statusKeys(status: ScriptStatus): StatusKeys
  /** The whole log of a task, in the form that is sent. */
  logValue(run: TaskRun, task: ScriptedTask): TaskWire['logs']
  /** An output, with the addresses of assets in it. */
  output(run: TaskRun, output: unknown): unknown
  /** When a moment of the script comes, as a time stamp. */
  timeOf(run: TaskRun, atMs: number): string
}

/** Makes the writer of tasks. `momentMs` is when a moment of a script comes, in epoch milliseconds. */
export function createTaskEncoder(
  settings: SimulatorSettings,
  momentMs: (run: TaskRun, atMs: number) => number,
): TaskEncoder {
  const { dialect, statusText } = settings
  const isLive = dialect === 'live'
  const codes = new Map(Object.entries(settings.codes).map(([code, status]) => [status, Number(code)]))
  const timeOf = (run: TaskRun, atMs: number): string => timeStamp(momentMs(run, atMs))
  // Why: a task that only waits for its time has not changed since it was created.
  const updatedAt = (run: TaskRun, task: ScriptedTask): string =>
    task.history.length === 0 ? timeStamp(run.createdAtMs) : timeOf(run, task.changedAtMs)

  const statusValue = (status: ScriptStatus): StatusWire => {
    const code = codes.get(status)
    if (settings.statusStyle === 'name' || code === undefined) return statusName(status, isLive)
    return settings.statusStyle === 'code' ? code : String(code)
  }
  const statusKeys = (status: ScriptStatus): StatusKeys => ({
    status: statusValue(status),
    ...(statusText === 'everywhere' ? { status_text: statusName(status, isLive) } : {}),
  })
  const output = (run: TaskRun, value: unknown): unknown => placeAssets(value, run.origin, settings.assetsAs)
  // [wire] P§3.3: the live service has no partial_output; an output that grows stands in its place.
  const outputKeys = (run: TaskRun, task: ScriptedTask): WireObject =>
    isLive
      ? { output: output(run, task.output ?? task.partialOutput ?? {}) }
      : {
          output: output(run, task.output),
          partial_output: output(run, task.partialOutput),
          progress: task.progress,
        }
  const events = (run: TaskRun, task: ScriptedTask): readonly TaskEventWire[] =>
    task.history.map(({ status, atMs }, index) => ({
      id: `e${index + 1}`,
      created_at: timeOf(run, atMs),
      event_time: timeOf(run, atMs),
      task_id: run.id,
      status: statusValue(status),
    }))
  const logValue = (run: TaskRun, task: ScriptedTask): TaskWire['logs'] => {
    const all = task.logs
    if (settings.logs === 'lines') return all
    const content = all.map((line) => `${line}\n`).join('')
    if (settings.logs === 'text') return content
    if (all.length === 0) return []
    // [wire] P§3.3: one row per log_type, 4 is the task's own; content is the whole log, base64 of UTF-8.
    return [
      {
        id: `l4-${run.id.slice(0, 8)}`,
        created_at: timeStamp(run.createdAtMs),
        updated_at: updatedAt(run, task),
        task_id: run.id,
        log_type: 4,
        content: toBase64(content),
      },
    ]
  }
  const encodeTask = (run: TaskRun, task: ScriptedTask): WireObject => {
    const asked = run.body
    return {
      id: run.id,
      short_id: run.id.slice(0, 8),
      created_at: timeStamp(run.createdAtMs),
      updated_at: updatedAt(run, task),
      deleted_at: null,
      user_id: null,
      user: null,
      team_id: null,
      team: null,
      visibility: run.visibility,
      is_featured: run.isFeatured,
      ...statusKeys(task.status),
      app_id: asked.app_id ?? null,
      app: isLive ? null : (asked.app ?? null),
      app_version_id: asked.version_id ?? null,
      function: asked.function ?? 'run',
      infra: asked.infra ?? 'cloud',
      workers: asked.workers ?? [],
      chat_id: null,
      session_id: run.sessionId,
      run_at: asked.run_at ?? null,
      webhook: asked.webhook ?? null,
      setup: asked.setup ?? null,
      input: asked.input ?? null,
      ...outputKeys(run, task),
      error: task.error,
      rating: 'safe',
      events: events(run, task),
      logs: logValue(run, task),
      usage_events: [],
    }
  }

  return {
    statusKeys,
    logValue,
    output,
    timeOf,
    task: encodeTask,
    result: (run, task) => ({
      id: run.id,
      short_id: run.id.slice(0, 8),
      status: statusValue(task.status),
      ...(statusText === 'nowhere' ? {} : { status_text: statusName(task.status, isLive) }),
      output: output(run, task.output),
      error: task.error,
      session_id: run.sessionId,
      created_at: timeStamp(run.createdAtMs),
      updated_at: updatedAt(run, task),
      run_at: run.body.run_at ?? null,
    }),
    status: (run, task) => ({ id: run.id, ...statusKeys(task.status), updated_at: updatedAt(run, task) }),
    logs: (run, task) => ({
      task_id: run.id,
      ...statusKeys(task.status),
      events: events(run, task),
      logs: logValue(run, task),
    }),
    zero: (run) => ({
      ...Object.fromEntries(Object.keys(encodeTask(run, zeroTask)).map((key) => [key, null])),
      id: run.id,
      status: settings.statusStyle === 'code' ? 0 : '',
      created_at: '0001-01-01T00:00:00Z',
      updated_at: '0001-01-01T00:00:00Z',
    }),
  }
}

const zeroTask: ScriptedTask = {
  status: 'unknown',
  progress: null,
  partialOutput: null,
  output: null,
  error: null,
  logs: [],
  deltaCount: 0,
  history: [],
  changedAtMs: 0,
}

/** The word for a status on the wire; the live service calls `scheduled` `dispatched` (P§3.1). */
export function statusName(status: TaskStatus, isLive: boolean): string {
  const word = taskStatuses.includes(status) ? status : 'unknown'
  return isLive && word === 'scheduled' ? 'dispatched' : word
}

/** Epoch milliseconds in RFC 3339 UTC, trailing zeros dropped (P§1.1). */
export function timeStamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.?0*Z$/, 'Z')
}
