import { StreamError, type Task } from '@taskstream/core'
import { fault, taskScript } from '@taskstream/core/testing'
import { QueryClient } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import { createHookWorld } from '../../test/hook-world.tsx'
import { connectQueryClient } from './connect-query-client.ts'
import { taskKeys } from './task-keys.ts'
import { taskQueryOptions } from './task-query-options.ts'

describe('taskQueryOptions', () => {
  it('asks for a task that has ended only once', async () => {
    const world = createHookWorld({ script: taskScript.instant() })
    const id = await world.startElsewhere()
    const queryClient = new QueryClient()
    for (let turn = 0; turn < 3; turn++) {
      expect(await queryClient.fetchQuery(taskQueryOptions(world.client, id))).toMatchObject({
        id,
        phase: 'success',
      })
    }
    expect(world.server.counters.requests.task).toBe(1)
  })

  it('asks for a task that runs each time, and keeps the identity of what has not changed', async () => {
    const world = createHookWorld({ script: taskScript.endless() })
    const id = await world.startElsewhere()
    const queryClient = new QueryClient()
    const held: unknown[] = []
    for (let turn = 0; turn < 2; turn++) {
      await queryClient.fetchQuery(taskQueryOptions(world.client, id))
      held.push(queryClient.getQueryData(taskKeys.task(id)))
    }
    expect(world.server.counters.requests.task).toBe(2)
    expect(held[1]).toBe(held[0])
  })

  it.each<[string, Task['status'], Task['status'], Task['status']]>([
    ['takes a newer status', 'queued', 'running', 'running'],
    ['takes the end', 'running', 'completed', 'completed'],
    ['keeps the end (L7)', 'completed', 'running', 'completed'],
    ['keeps an end by failure (L7)', 'failed', 'queued', 'failed'],
  ])('%s', (_what, held, answer, kept) => {
    const world = createHookWorld()
    const { structuralSharing } = taskQueryOptions(world.client, 'id')
    expect(structuralSharing({ status: held }, { status: answer })).toEqual({ status: kept })
  })

  it.each([undefined, null, 'text', { other: 1 }])(
    'takes an answer over %j, which an app wrote there',
    (held) => {
      const { structuralSharing } = taskQueryOptions(createHookWorld().client, 'id')
      expect(structuralSharing(held, { status: 'running' })).toEqual({ status: 'running' })
    },
  )

  it('asks again what may be asked again, three times, and nothing else', () => {
    const { retry } = taskQueryOptions(createHookWorld().client, 'id')
    const fault = new StreamError('network', 'The line broke.', { retryable: true })
    expect([0, 1, 2, 3].map((count) => retry(count, fault))).toEqual([true, true, true, false])
    expect(retry(0, new StreamError('not-found', 'There is none.'))).toBe(false)
    expect(retry(0, new Error('not ours'))).toBe(false)
  })

  it('is refused with the error of the client', async () => {
    const world = createHookWorld({ faults: [fault.refuse({ on: 'task', status: 403 })] })
    const id = await world.startElsewhere()
    const asked = new QueryClient().fetchQuery(taskQueryOptions(world.client, id))
    await expect(asked).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('connectQueryClient', () => {
  it('hands a task over once for however many connections, and not any more when all have gone', async () => {
    const world = createHookWorld({ script: taskScript.instant() })
    const queryClient = new QueryClient()
    let writes = 0
    queryClient.getQueryCache().subscribe((event) => {
      if (event.type === 'updated' && event.action.type === 'success') writes++
    })
    const runOne = async (): Promise<string> => {
      const run = world.client.run({ app: 'acme/flux', input: {} }, { stream: true })
      const [id] = await Promise.all([run.id, run.result, world.clock.advance(1000)])
      return id
    }
    const first = connectQueryClient(world.client, queryClient)
    const second = connectQueryClient(world.client, queryClient)
    const one = await runOne()
    expect(queryClient.getQueryData(taskKeys.task(one))).toMatchObject({ id: one, status: 'completed' })
    expect(writes).toBe(1)
    first()
    first()
    await runOne()
    expect(writes).toBe(2)
    second()
    await runOne()
    expect(writes).toBe(2)
  })

  it('keeps two clients and two caches apart', async () => {
    const world = createHookWorld({ script: taskScript.instant() })
    const other = world.openPage().client
    const [cache, otherCache] = [new QueryClient(), new QueryClient()]
    const stops = [connectQueryClient(world.client, cache), connectQueryClient(other, otherCache)]
    const [task] = await Promise.all([
      world.client.run({ app: 'acme/flux', input: {} }),
      world.clock.advance(1000),
    ])
    expect(cache.getQueryData(taskKeys.task(task.id))).toMatchObject({ id: task.id })
    expect(otherCache.getQueryCache().getAll()).toEqual([])
    for (const stop of stops) stop()
  })
})
