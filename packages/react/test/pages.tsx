import type { Task } from '@taskstream/core'
import type { JSX } from 'react'
import { useTask } from '../src/use-task.ts'
import { useTaskStream } from '../src/use-task-stream.ts'
import { useTaskStreams } from '../src/use-task-streams.ts'
import { useTaskValue } from '../src/use-task-value.ts'
import { config } from './hook-world.tsx'

/** A page that uses every hook. */
export function EveryHook({
  ended,
  running,
}: {
  readonly ended: string
  readonly running: string
}): JSX.Element {
  const run = useTaskStream(config, { throttle: 100, onLog: () => {}, onFinish: () => {} })
  const idle = useTaskStream(null)
  const group = useTaskStreams([config, config])
  const known = useTask(ended, { onFinish: () => {} })
  const asked = useTask(running)
  const value = useTaskValue(running, (task) => ({ status: task.status }))
  return (
    <ul>
      <li>{run.status}</li>
      <li>{idle.status}</li>
      <li>{group.tasks.map(({ status }) => status).join(' ')}</li>
      <li>
        {known.status} {known.logs.length} {String(known.isLoading)}
      </li>
      <li>
        {asked.status} {String(asked.isLoading)}
      </li>
      <li>{value.status}</li>
    </ul>
  )
}

/** What {@link EveryHook} shows of hooks that know nothing but one ended task with a line of log. */
export const atFirst =
  '<ul><li>idle</li><li>idle</li><li>idle idle</li><li>completed 1 false</li><li>idle true</li><li>idle</li></ul>'

/** A task that has ended, as a cache holds it. */
export const endedTask: Task = {
  id: 'ended',
  status: 'completed',
  phase: 'success',
  rawStatus: 'completed',
  app: 'acme/flux',
  input: {},
  progress: null,
  logs: ['done'],
  partialOutput: null,
  output: { text: 'Done.' },
  error: null,
  sessionId: null,
  createdAt: null,
  updatedAt: null,
  history: [],
}
