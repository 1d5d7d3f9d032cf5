import type { TaskPhase, TaskStatus } from '../protocol/task-status.ts'
import type { LogLines } from '../state/log-lines.ts'
import type { Progress } from '../state/progress.ts'
import { toTask, type Task, type TaskState } from '../state/task.ts'

/**
 * One step of a task as `for await` sees it. Beside `id` and `status`, a field is set only where this step changed it;
 * everything that is known stands in `task`.
 */
export interface TaskUpdate {
  readonly id: string
  readonly status: TaskStatus
  readonly phase: TaskPhase
  /** Lines since the update before; empty where there are none. */
  readonly logs: readonly string[]
  readonly progress: Progress | null
  readonly partialOutput: unknown
  /** The result, in the update that completes the task. */
  readonly output: unknown
  /** Why it failed, in the server's words, in the update that ends it. */
  readonly error: string | null
  /** The task as a whole, after this step. */
  readonly task: Task
}

/** What one change of the state is to those who follow; `null` when it shows nowhere. */
export function describeUpdate(next: TaskState, before: TaskState): TaskUpdate | null {
  const task = toTask(next)
  const was = toTask(before)
  const logs = newLines(next.logs.lines, before.logs.lines)
  const update: TaskUpdate = {
    id: task.id,
    status: task.status,
    phase: task.phase,
    logs,
    progress: task.progress === was.progress ? null : task.progress,
    partialOutput: task.partialOutput === was.partialOutput ? null : task.partialOutput,
    output: task.output === was.output ? null : task.output,
    error: task.error === was.error ? null : task.error,
    task,
  }
  const said =
    task.status !== was.status ||
    task.id !== was.id ||
    logs.length > 0 ||
    update.progress !== null ||
    update.partialOutput !== null ||
    update.output !== null ||
    update.error !== null
  return said ? update : null
}

/** Lines that `next` has and `before` had not. */
export function newLines(next: LogLines, before: LogLines): readonly string[] {
  if (next === before) return []
  const total = (lines: LogLines): number => lines.droppedCount + lines.length
  return next.slice(Math.max(0, total(before) - next.droppedCount))
}

/** Two updates of one status as one with the `logs` of both, for a reader that is too slow to take each. */
export function joinUpdates(first: TaskUpdate, second: TaskUpdate, logs: readonly string[]): TaskUpdate {
  return {
    ...second,
    logs,
    progress: second.progress ?? first.progress,
    partialOutput: second.partialOutput ?? first.partialOutput,
    output: second.output ?? first.output,
    error: second.error ?? first.error,
  }
}
