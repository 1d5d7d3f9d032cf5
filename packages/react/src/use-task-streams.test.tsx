import type { RunConfig } from '@taskstream/core'
import { fault, taskScript } from '@taskstream/core/testing'
import { act, renderHook } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { createHookWorld, type HookWorld } from '../test/hook-world.tsx'
import { useTaskStream } from './use-task-stream.ts'
import { useTaskStreams, type TaskStreamsOptions } from './use-task-streams.ts'

const app = (name: string, input: unknown = {}): RunConfig => ({ app: `acme/${name}`, input })
const scripts = {
  script: {
    'acme/fast': taskScript.usual({ stepMs: 10 }),
    'acme/slow': taskScript.usual({ stepMs: 100 }),
    'acme/silent': taskScript.silent({ stepMs: 10 }),
    'acme/fails': taskScript.fails({ stepMs: 10 }),
    '*': taskScript.endless(),
  },
}

function mount(
  { Page }: Pick<HookWorld, 'Page'>,
  configs: readonly RunConfig[],
  options: TaskStreamsOptions = {},
) {
  return renderHook(
    ({ list, ...rest }: TaskStreamsOptions & { readonly list: readonly RunConfig[] }) =>
      useTaskStreams(
        list.map((config) => ({ ...config })),
        rest,
      ),
    { wrapper: Page, initialProps: { list: configs, ...options } },
  )
}

describe('several tasks as one', () => {
  it('run in parallel, and are shown in the order of their configs', async () => {
    const world = createHookWorld(scripts)
    const { result } = mount(world, [app('slow'), app('fast'), app('silent')])
    await world.advance(200)
    expect(result.current.tasks.map(({ phase }) => phase)).toEqual(['pending', 'success', 'success'])
    expect(result.current.phase).toBe('pending')
    expect(world.server.counters.requests.run).toBe(3)
    await world.advance(5000)
    expect(result.current.tasks.map(({ phase }) => phase)).toEqual(['success', 'success', 'success'])
    expect(result.current).toMatchObject({ phase: 'success', progress: { value: 1, current: 3, total: 3 } })
    expect(world.openBodies()).toBe(0)
  })

  it('have a progress that is never invented, never falls and never goes beyond the end', async () => {
    const world = createHookWorld(scripts)
    const { result } = mount(world, [app('slow'), app('fast'), app('silent')])
    const values: (number | null)[] = [result.current.progress.value]
    for (let turn = 0; turn < 50; turn++) {
      await world.advance(30)
      const { tasks, progress } = result.current
      values.push(progress.value)
      const shares = tasks.map(({ isTerminal, progress: own }) => (isTerminal ? 1 : (own.value ?? 0)))
      if (progress.value !== null)
        expect(progress.value).toBeCloseTo(shares.reduce((sum, one) => sum + one, 0) / 3)
    }
    expect(values[0]).toBeNull()
    expect(values.at(-1)).toBe(1)
    const known = values.filter((value) => value !== null)
    expect(known).toEqual(known.toSorted((a, b) => a - b))
    expect(values.indexOf(1)).toBe(
      values.findIndex((_, index) => values.slice(index).every((value) => value === 1)),
    )
  })

  it('are runs of their own for the same config, the first of them the one of useTaskStream', async () => {
    const world = createHookWorld(scripts)
    const single = renderHook(() => useTaskStream(app('endless')), { wrapper: world.Page })
    const { result } = mount(world, [app('endless'), app('endless'), app('other'), app('endless')])
    await world.advance(1000)
    const ids = result.current.tasks.map(({ id }) => id)
    expect(new Set(ids).size).toBe(4)
    expect(ids[0]).toBe(single.result.current.id)
    expect(world.server.counters.requests.run).toBe(4)
  })

  it('are found again after a reload, each of them', async () => {
    const world = createHookWorld(scripts)
    const before = mount(world, [app('endless'), app('endless')])
    await world.advance(1000)
    const ids = before.result.current.tasks.map(({ id }) => id)
    before.unmount()
    const after = mount(world.openPage(), [app('endless'), app('endless')])
    await world.advance(1000)
    expect(after.result.current.tasks.map(({ id }) => id)).toEqual(ids)
    expect(world.server.counters.requests.run).toBe(2)
  })

  it('let their lines go on unmount (L11)', async () => {
    const world = createHookWorld(scripts)
    const { unmount } = mount(world, [app('a'), app('b'), app('c')])
    await world.advance(1000)
    expect(world.openBodies()).toBe(3)
    unmount()
    await world.advance(1100)
    expect(world.openBodies()).toBe(0)
    expect(world.server.counters.cancels).toBe(0)
  })
})

describe('one that fails', () => {
  it('leaves the others alone, and is the only one that retryFailed runs again', async () => {
    const world = createHookWorld(scripts)
    const { result } = mount(world, [app('fast'), app('fails')])
    await world.advance(1000)
    expect(result.current.tasks.map(({ phase }) => phase)).toEqual(['success', 'error'])
    expect(result.current).toMatchObject({ phase: 'error', progress: { value: 1, current: 2, total: 2 } })
    const [fast, failed] = result.current.tasks.map(({ id }) => id)
    act(() => result.current.retryFailed())
    await world.advance(1000)
    expect(result.current.tasks[0]?.id).toBe(fast)
    expect(result.current.tasks[1]?.id).not.toBe(failed)
    expect(world.server.counters.requests.run).toBe(3)
  })

  it('is sent again by retryFailed when it was not accepted', async () => {
    const world = createHookWorld({ ...scripts, faults: [fault.refuse({ on: 'run', nth: 2, status: 402 })] })
    const { result } = mount(world, [app('fast'), app('fast', 2)])
    await world.advance(1000)
    expect(result.current.tasks.map(({ phase }) => phase)).toEqual(['success', 'error'])
    act(() => result.current.retryFailed())
    await world.advance(1000)
    expect(result.current.phase).toBe('success')
    expect(world.server.counters.requests.run).toBe(3)
  })
})

describe('each task of a group', () => {
  it('has actions of its own, the same ones for its life, and one identity while nothing happens to it', async () => {
    const world = createHookWorld(scripts)
    const { result, rerender } = mount(world, [app('endless'), app('fast')])
    await world.advance(50)
    const [first, second] = result.current.tasks
    rerender({ list: [app('endless'), app('fast')] })
    expect(result.current.tasks[0]).toBe(first)
    await world.advance(1000)
    expect(result.current.tasks[1]).not.toBe(second)
    expect(result.current.tasks[1]?.retry).toBe(second?.retry)
    act(() => void first?.cancel())
    await world.advance(1000)
    expect(result.current.tasks.map(({ phase }) => phase)).toEqual(['cancelled', 'success'])
    expect(world.server.counters.cancels).toBe(1)
    act(() => result.current.tasks[0]?.retry())
    await world.advance(100)
    expect(result.current.tasks[0]?.isActive).toBe(true)
    expect(world.server.counters.runs).toBe(3)
  })
})

describe('cancelAll', () => {
  it('stops each that still runs, and resolves when all have been asked', async () => {
    const world = createHookWorld(scripts)
    const { result } = mount(world, [app('fast'), app('a'), app('b')])
    await world.advance(1000)
    let answered = false
    act(() => void result.current.cancelAll().then(() => (answered = true)))
    expect(result.current.tasks.map(({ status }) => status)).toEqual([
      'completed',
      'cancelling',
      'cancelling',
    ])
    await world.advance(2000)
    expect(answered).toBe(true)
    expect(result.current.phase).toBe('cancelled')
    expect(world.server.counters.cancels).toBe(2)
  })

  it('rejects with the first refusal when all have been asked', async () => {
    const world = createHookWorld({ ...scripts, faults: [fault.refuse({ on: 'cancel', status: 403 })] })
    const { result } = mount(world, [app('a'), app('b')])
    await world.advance(1000)
    let reason: unknown
    act(() => void result.current.cancelAll().catch((thrown: unknown) => (reason = thrown)))
    await world.advance(2000)
    expect(reason).toMatchObject({ code: 'forbidden' })
    expect(result.current.tasks.map(({ status }) => status).toSorted()).toEqual(['cancelled', 'running'])
  })
})

describe('a list that changes', () => {
  it('keeps the runs that stay, starts those that come, and leaves those that go', async () => {
    const world = createHookWorld(scripts)
    const { result, rerender } = mount(world, [app('a'), app('b')])
    await world.advance(1000)
    const [a, b] = result.current.tasks.map(({ id }) => id)
    rerender({ list: [app('c'), app('b'), app('a')] })
    expect(result.current.tasks.map(({ id }) => id)).toEqual([null, b, a])
    await world.advance(2000)
    expect(world.openBodies()).toBe(3)
    rerender({ list: [app('b')] })
    await world.advance(2000)
    expect(result.current.tasks.map(({ id }) => id)).toEqual([b])
    expect(world.server.counters).toMatchObject({ openStreams: 1, streamsOpened: 3, cancels: 0, runs: 3 })
  })

  it('is empty and idle when it is empty', () => {
    const world = createHookWorld(scripts)
    const { result } = mount(world, [])
    expect(result.current).toMatchObject({
      tasks: [],
      phase: 'idle',
      progress: { value: null, current: 0, total: 0 },
    })
  })

  it('shows idle tasks and starts nothing while it is not enabled', async () => {
    const world = createHookWorld(scripts)
    const { result, rerender } = mount(world, [app('a'), app('b')], { enabled: false })
    await world.advance(1000)
    expect(result.current).toMatchObject({ phase: 'idle', progress: { value: null, total: 2 } })
    expect(world.server.requests).toEqual([])
    rerender({ list: [app('a'), app('b')], enabled: true })
    await world.advance(1000)
    expect(result.current.phase).toBe('running')
  })

  it('keeps the result and its commands as they are while nothing changes', async () => {
    const world = createHookWorld(scripts)
    const { result, rerender } = mount(world, [app('fast')])
    const first = result.current
    await world.advance(1000)
    const ended = result.current
    rerender({ list: [app('fast')] })
    expect(result.current).toBe(ended)
    rerender({ list: [app('a'), app('fast')] })
    expect(result.current.cancelAll).toBe(first.cancelAll)
    expect(result.current.retryFailed).toBe(first.retryFailed)
  })
})
