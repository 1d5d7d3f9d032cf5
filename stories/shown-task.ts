import { hydrateTask, initialView, toTask, type ConnectionInfo } from '@taskstream/core'
import type { ShownTask } from '@taskstream/react/task-progress'

const progress = {
  value: 0.44,
  current: 43,
  total: 96,
  rate: null,
  etaMs: null,
  stage: 'Rendering frames',
  reportedAt: 0,
}

/** A task at work, as a hook gives it, whose line is in a state that no server has to be brought to. */
export function taskWithLine(line: Partial<ConnectionInfo>, reconnect: () => void): ShownTask {
  const task = hydrateTask({
    ...toTask(initialView.task),
    id: 'task_1',
    status: 'running',
    phase: 'running',
    progress,
  })
  const connection = { ...initialView.connection, ...line }
  return {
    id: 'task_1',
    status: 'running',
    phase: 'running',
    isActive: true,
    isTerminal: false,
    isSuccess: false,
    isError: false,
    progress,
    logs: [],
    partialOutput: null,
    output: null,
    error: null,
    connection,
    upload: null,
    view: { ...initialView, task, connection },
    cancel: () => Promise.resolve(),
    disconnect: () => {},
    reconnect,
  }
}
