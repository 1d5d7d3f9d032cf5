import { isTerminalStatus, taskStatusTable, type TaskStatus } from '../protocol/task-status.ts'
import { shownStatus, type TaskState } from './task.ts'

/** The five stages that a person follows; each stands for the statuses that it covers. */
export type StageName = 'queued' | 'preparing' | 'running' | 'uploading' | 'done'

/** A stage of a task and how it went. */
export interface TaskStage {
  readonly name: StageName
  /** `stopped` is the stage in which the task failed or was cancelled; `skipped` was never seen and is passed. */
  readonly state: 'todo' | 'active' | 'passed' | 'skipped' | 'stopped'
  /** How long it took, in milliseconds; `null` while it is not known. */
  readonly durationMs: number | null
}

const stageOf: Readonly<Record<TaskStatus, StageName | null>> = {
  idle: null,
  unknown: null,
  received: 'queued',
  queued: 'queued',
  scheduled: 'queued',
  preparing: 'preparing',
  serving: 'preparing',
  setting_up: 'preparing',
  running: 'running',
  cancelling: null,
  uploading: 'uploading',
  completed: 'done',
  failed: null,
  cancelled: null,
}

/** The stages in order. */
export const stageNames: readonly StageName[] = ['queued', 'preparing', 'running', 'uploading', 'done']

/** Each stage with its state and duration. Durations come from the server's own times where it told them. */
export function selectStages(task: TaskState): readonly TaskStage[] {
  const visited = new Set([...task.history, ...task.seen].map(({ status }) => stageOf[status]))
  // Two clocks: a duration is a difference on one of them, the server's where it told enough.
  const took = new Map([...durations(task.seen), ...durations(task.history)])
  const reached = [...task.history, ...task.seen].reduce(
    (far, { status }) => Math.max(far, stageIndex(status)),
    -1,
  )
  const current = stageIndex(task.status) === -1 ? reached : stageIndex(task.status)
  return stageNames.map((name, index) => {
    const state = stageState(task.status, index - current, visited.has(name))
    // A stage that goes on has no duration yet, only the sum of its statuses that are over.
    return { name, state, durationMs: state === 'active' ? null : (took.get(name) ?? null) }
  })
}

function durations(path: TaskState['history']): Map<StageName, number> {
  const took = new Map<StageName, number>()
  for (const [index, change] of path.entries()) {
    const stage = stageOf[change.status]
    const next = path[index + 1]
    if (stage !== null && next !== undefined) {
      took.set(stage, (took.get(stage) ?? 0) + Math.max(0, next.at - change.at))
    }
  }
  return took
}

function stageIndex(status: TaskStatus): number {
  const stage = stageOf[status]
  return stage === null ? -1 : stageNames.indexOf(stage)
}

function stageState(status: TaskStatus, distance: number, visited: boolean): TaskStage['state'] {
  if (distance > 0) return 'todo'
  if (distance < 0) return visited ? 'passed' : 'skipped'
  if (status === 'completed') return 'passed'
  return isTerminalStatus(status) ? 'stopped' : 'active'
}

/**
 * How long the task has taken, in milliseconds; `null` before it began, and where nobody knows.
 *
 * After the end: the server's own times where it told both ends, else the time that we watched it from its beginning. While
 * it runs: our clock since we saw it begin, or else since the server says that it was created.
 */
export function selectElapsedMs(task: TaskState, nowMs: number): number | null {
  const { createdAt } = task
  const first = task.seen[0]
  const sawItBegin =
    first !== undefined && taskStatusTable[first.status].order <= taskStatusTable.queued.order
  if (isTerminalStatus(task.status)) {
    const ended = task.history.findLast((change) => isTerminalStatus(change.status))
    if (ended !== undefined && createdAt !== null) return Math.max(0, ended.at - createdAt)
    const last = task.seen.at(-1)
    if (sawItBegin && last !== undefined && last !== first) return last.at - first.at
    if (task.updatedAtUs === null || createdAt === null) return null
    return Math.max(0, Math.floor(task.updatedAtUs / 1000) - createdAt)
  }
  const seenMs = first === undefined ? 0 : Math.max(0, nowMs - first.at)
  if (sawItBegin) return seenMs
  if (createdAt === null) return first === undefined ? null : seenMs
  return Math.max(seenMs, nowMs - createdAt)
}

/**
 * Time left in milliseconds at `nowMs`, counted down from the last report; `null` while nothing honest can be said, when
 * the task is not running, and once the estimate has run out.
 */
export function selectEtaMs(task: TaskState, nowMs: number): number | null {
  const progress = task.track?.progress
  if (progress === undefined || progress.etaMs === null || shownStatus(task) !== 'running') return null
  const left = progress.etaMs - (nowMs - progress.reportedAt)
  return left > 0 ? left : null
}
