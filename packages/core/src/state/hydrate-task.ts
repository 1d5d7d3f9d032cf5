import { LogLines } from './log-lines.ts'
import { defaultMaxLogLines } from './logs.ts'
import { initialTask, type Task, type TaskState } from './task.ts'

/** The state that a {@link Task} was made from, as far as a task tells it: for tasks from a cache or from server rendering. */
export function hydrateTask(task: Task): TaskState {
  const lines = LogLines.empty.append(task.logs, defaultMaxLogLines)
  return {
    ...initialTask,
    id: task.id === '' ? null : task.id,
    status: task.status === 'cancelling' ? 'running' : task.status,
    rawStatus: task.rawStatus,
    cancelRequested: task.status === 'cancelling',
    track: task.progress === null ? null : { progress: task.progress, samples: [] },
    logs: { ...initialTask.logs, lines, listed: lines.length, listedAtOpen: lines.length },
    partial: { ...initialTask.partial, fact: task.partialOutput, shown: task.partialOutput },
    output: task.output,
    outputNamed: task.output !== null,
    error: task.error,
    app: task.app,
    input: task.input,
    sessionId: task.sessionId,
    createdAt: task.createdAt,
    updatedAtUs: task.updatedAt === null ? null : task.updatedAt * 1000,
    history: task.history,
  }
}
