/** What the types promise; checked by the compiler, never run. */
import { createClient, type StreamError, type TaskStatus } from '@taskstream/core'
import { QueryClient, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { assertType, expectTypeOf } from 'vitest'
import { taskQueryOptions, useTask, useTaskStream, useTaskStreams, useTaskValue } from './index.ts'

const client = createClient({ fetch: () => Promise.reject(new Error('never asked')) })

export function Results(): null {
  const run = useTaskStream({ app: 'acme/flux', input: { prompt: 'a fox' } })
  expectTypeOf(run.progress.value).toEqualTypeOf<number | null>()
  expectTypeOf(run.status).toEqualTypeOf<TaskStatus>()
  expectTypeOf(run.error).toEqualTypeOf<StreamError | null>()
  expectTypeOf(run.logs).toEqualTypeOf<readonly string[]>()
  expectTypeOf(run.output).toBeUnknown()
  expectTypeOf(run.retry).toEqualTypeOf<() => void>()
  expectTypeOf(run).toEqualTypeOf<Readonly<typeof run>>()
  // @ts-expect-error the connection is no status
  assertType<TaskStatus>(run.connection.state)

  const task = useTask('id')
  expectTypeOf(task.isLoading).toBeBoolean()
  // @ts-expect-error a task that is only looked at has no config to run again
  assertType(task.retry)

  expectTypeOf(useTaskStreams([]).progress.value).toEqualTypeOf<number | null>()
  expectTypeOf(useTaskValue('id', ({ logs }) => logs.length)).toBeNumber()
  expectTypeOf(useTaskValue(null, ({ id, phase }) => ({ id, phase })).id).toEqualTypeOf<string | null>()
  return null
}

export function Arguments(): null {
  useTaskStream(null)
  useTask(null)
  useTask(undefined)
  // @ts-expect-error an app is named by a string
  useTaskStream({ app: 1, input: {} })
  // @ts-expect-error a pace is 'frame', false or milliseconds
  useTaskStream(null, { throttle: 'slow' })
  // @ts-expect-error a task by its id cannot be resumed: it is found by its id
  useTask('id', { resume: true })
  useTaskStream(null, {
    onStatusChange: (status, previous) => assertType<[TaskStatus, TaskStatus]>([status, previous]),
    onProgress: ({ value }) => assertType<number | null>(value),
    onLog: (line) => assertType<string>(line),
    onFinish: ({ output }) => assertType<unknown>(output),
    onError: ({ code }) => assertType<StreamError['code']>(code),
  })
  return null
}

export function Queries(): null {
  const options = taskQueryOptions(client, 'id')
  expectTypeOf(useQuery(options).data?.status).toEqualTypeOf<TaskStatus | undefined>()
  expectTypeOf(useSuspenseQuery(options).data.status).toEqualTypeOf<TaskStatus>()
  void new QueryClient().prefetchQuery(options)
  void new QueryClient().ensureQueryData(options).then(({ status }) => assertType<TaskStatus>(status))
  return null
}
