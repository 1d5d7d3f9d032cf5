import { isStreamError } from '@taskstream/core'
import { fault, taskScript, type TaskScript } from '@taskstream/core/testing'
import { act, render, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { config, createHookWorld, type HookWorld } from '../test/hook-world.tsx'
import type { TaskCallbacks } from './task-callbacks.ts'
import { useTaskStream, type TaskStreamOptions } from './use-task-stream.ts'

/** Writes down what is told, in order. */
function createDiary(): TaskCallbacks & { readonly entries: string[]; count(kind: string): number } {
  const entries: string[] = []
  return {
    entries,
    count: (kind) => entries.filter((entry) => entry.startsWith(kind)).length,
    onLog: (line) => entries.push(`log ${line}`),
    onProgress: ({ value }) => entries.push(`progress ${value}`),
    onPartial: (partial) => entries.push(`partial ${JSON.stringify(partial)}`),
    onStatusChange: (status, previous) => entries.push(`status ${previous} > ${status}`),
    onFinish: ({ id, status }) => entries.push(`finish ${status} ${id === '' ? 'without id' : 'with id'}`),
    onError: (error) => entries.push(`error ${isStreamError(error) ? error.code : 'unknown'}`),
  }
}

function mount({ Page }: Pick<HookWorld, 'Page'>, options: TaskStreamOptions) {
  return renderHook((now: TaskStreamOptions) => useTaskStream({ ...config }, now), {
    wrapper: Page,
    initialProps: options,
  })
}

const short: TaskScript = [
  { atMs: 0, set: { status: 'queued' } },
  { atMs: 10, set: { status: 'running', progress: 0.5, partialOutput: { n: 1 } }, logs: ['one', 'two'] },
  { atMs: 20, set: { progress: 0.75 }, logs: ['three'] },
  { atMs: 30, set: { status: 'completed', output: { n: 2 } }, logs: ['four'] },
]
const told = [
  'status idle > queued',
  'log one',
  'log two',
  'progress 0.5',
  'partial {"n":1}',
  'status queued > running',
  'log three',
  'progress 0.75',
  'log four',
  'status running > completed',
  'finish completed with id',
]

describe('each event is told once per task', () => {
  it('tells what an event says in one order: logs, progress, partial output, status, end', async () => {
    const world = createHookWorld({ script: short })
    const diary = createDiary()
    mount(world, diary)
    await world.advance(1000)
    expect(diary.entries).toEqual(told)
  })

  it('tells it once to the first of three components', async () => {
    const world = createHookWorld({ script: short })
    const diaries = [createDiary(), createDiary(), createDiary()]
    renderHook(() => diaries.map((diary) => useTaskStream({ ...config }, diary)), { wrapper: world.Page })
    await world.advance(1000)
    expect(diaries.map(({ entries }) => entries)).toEqual([told, [], []])
  })

  it('asks the next component for a callback that the first one has not', async () => {
    const world = createHookWorld({ script: short })
    const entries: string[] = []
    const first: TaskCallbacks = { onFinish: ({ status }) => entries.push(status) }
    const second: TaskCallbacks = { onLog: (line) => entries.push(line) }
    renderHook(() => [first, second].map((callbacks) => useTaskStream({ ...config }, callbacks)), {
      wrapper: world.Page,
    })
    await world.advance(1000)
    expect(entries).toEqual(['one', 'two', 'three', 'four', 'completed'])
  })

  it('goes on with a component that was mounted later when the first one leaves', async () => {
    const world = createHookWorld({ script: short })
    const first = createDiary()
    const second = createDiary()
    const one = mount(world, first)
    await world.advance(5)
    mount(world, second)
    await world.advance(10)
    one.unmount()
    await world.advance(1000)
    expect([...first.entries, ...second.entries]).toEqual(told)
    expect(second.entries).toEqual(told.slice(6))
  })

  it('tells nothing to who comes when all is over', async () => {
    const world = createHookWorld({ script: short })
    const one = mount(world, createDiary())
    await world.advance(1000)
    const late = createDiary()
    mount(world, late)
    one.unmount()
    await world.advance(1000)
    expect(late.entries).toEqual([])
  })

  it.each([
    ['cut', [fault.cutAfterEvents(2, { on: 'stream', times: 3 })]],
    ['reset', [fault.cutAfterEvents(3, { on: 'stream', times: 3, how: 'reset' })]],
    ['garbled', [fault.garbleLine({ on: 'stream', times: 2 })]],
  ])(
    'tells nothing twice, and loses nothing but moments, when the line is %s (L4, L6)',
    async (_how, faults) => {
      const world = createHookWorld({ script: short, faults })
      const diary = createDiary()
      const { result } = mount(world, diary)
      await world.advance(60_000)
      expect(result.current.status).toBe('completed')
      expect(new Set(diary.entries).size).toBe(diary.entries.length)
      expect(diary.entries.filter((entry) => entry.startsWith('log'))).toEqual(
        result.current.logs.map((line) => `log ${line}`),
      )
      expect(result.current.logs.toSorted()).toEqual(['four', 'one', 'three', 'two'])
      expect(diary.entries.at(-1)).toBe('finish completed with id')
      expect(diary.count('error')).toBe(0)
    },
  )

  it('always calls the newest function', async () => {
    const world = createHookWorld({ script: short })
    const entries: string[] = []
    const name = (text: string): TaskCallbacks => ({ onLog: (line) => entries.push(`${text} ${line}`) })
    const { rerender } = mount(world, name('old'))
    await world.advance(15)
    rerender(name('new'))
    await world.advance(1000)
    expect(entries).toEqual(['old one', 'old two', 'new three', 'new four'])
  })

  it('hears a callback that comes later, and no more of one that was taken away', async () => {
    const world = createHookWorld({ script: short })
    const diary = createDiary()
    const { rerender } = mount(world, {})
    await world.advance(15)
    rerender(diary)
    await world.advance(10)
    rerender({})
    await world.advance(1000)
    expect(diary.entries).toEqual(['log three', 'progress 0.75'])
  })
})

describe('onFinish', () => {
  it.each([
    ['completed', taskScript.usual({ stepMs: 10 })],
    ['completed', taskScript.instant()],
    ['failed', taskScript.fails({ stepMs: 10 })],
  ])('is called once when the task has %s', async (status, script) => {
    const world = createHookWorld({ script })
    const onFinish = vi.fn<NonNullable<TaskCallbacks['onFinish']>>()
    mount(world, { onFinish })
    await world.advance(5000)
    expect(onFinish).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status }))
  })

  it('is called once when the task was cancelled', async () => {
    const world = createHookWorld({ script: taskScript.endless() })
    const diary = createDiary()
    const { result } = mount(world, diary)
    await world.advance(700)
    act(() => void result.current.cancel())
    await world.advance(5000)
    expect(diary.entries.slice(-3)).toEqual([
      'status running > cancelling',
      'status cancelling > cancelled',
      'finish cancelled with id',
    ])
    expect(diary.count('error')).toBe(0)
  })

  it('is never called for a fault of the line, not even for one that ends it', async () => {
    const world = createHookWorld(
      {
        script: taskScript.endless(),
        faults: [fault.unreachable({ on: 'stream', nth: 2, times: Infinity })],
      },
      { maxRetries: 2 },
    )
    const diary = createDiary()
    const { result } = mount(world, diary)
    await world.advance(700)
    world.server.setFaults([fault.unreachable({ on: 'stream', times: Infinity })])
    act(() => result.current.disconnect())
    await world.advance(2000)
    act(() => result.current.reconnect())
    await world.advance(120_000)
    expect(result.current).toMatchObject({ status: 'running', error: null, connection: { state: 'closed' } })
    expect(diary.count('finish')).toBe(0)
    expect(diary.count('error')).toBe(0)
  })

  it('lets the task be run again from within: it is over by then', async () => {
    const scripts = [taskScript.fails({ stepMs: 10 }), taskScript.usual({ stepMs: 10 })]
    const world = createHookWorld({ script: () => scripts.shift() ?? taskScript.instant() })
    let retry = (): void => {}
    const statuses: string[] = []
    const { result } = mount(world, {
      onFinish: ({ status }) => {
        statuses.push(status)
        if (status === 'failed') retry()
      },
    })
    retry = result.current.retry
    await world.advance(5000)
    expect(statuses).toEqual(['failed', 'completed'])
    expect(world.server.counters.requests.run).toBe(2)
  })
})

describe('onError', () => {
  it('is called after onFinish when the task failed', async () => {
    const world = createHookWorld({ script: taskScript.fails({ stepMs: 10 }) })
    const diary = createDiary()
    mount(world, diary)
    await world.advance(5000)
    expect(diary.entries.slice(-3)).toEqual([
      'status running > failed',
      'finish failed with id',
      'error task-failed',
    ])
  })

  it('is called once when the run was not accepted, and again for the next refusal', async () => {
    const world = createHookWorld({ faults: [fault.refuse({ on: 'run', status: 402, times: 2 })] })
    const diary = createDiary()
    const { result } = mount(world, diary)
    await world.advance(5000)
    expect(diary.entries).toEqual(['error payment-required'])
    act(() => result.current.retry())
    await world.advance(5000)
    expect(diary.entries).toEqual(['error payment-required', 'error payment-required'])
  })

  it('is called once when the server will not show the task', async () => {
    const world = createHookWorld({ faults: [fault.refuse({ on: 'stream', status: 403, times: Infinity })] })
    const diary = createDiary()
    mount(world, diary)
    await world.advance(60_000)
    expect(diary.count('error')).toBe(1)
    expect(diary.entries).toContain('error forbidden')
    expect(diary.count('finish')).toBe(0)
  })

  it('is called once when the time is over', async () => {
    const world = createHookWorld({ script: taskScript.endless() })
    const diary = createDiary()
    mount(world, { ...diary, timeout: 5000 })
    await world.advance(60_000)
    expect(diary.entries.filter((entry) => entry.startsWith('error'))).toEqual(['error timeout'])
  })
})

describe('a callback that throws', () => {
  /** What would be reported as uncaught. */
  let uncaught: unknown[] = []
  const standard = globalThis.queueMicrotask
  beforeEach(() => {
    uncaught = []
    vi.stubGlobal('queueMicrotask', (run: () => void) =>
      standard(() => {
        try {
          run()
        } catch (error) {
          uncaught.push(error)
        }
      }),
    )
  })
  afterEach(() => void vi.unstubAllGlobals())

  it('keeps none of the others from its turn, and is reported as uncaught', async () => {
    const world = createHookWorld({ script: short })
    const diary = createDiary()
    const { result } = mount(world, {
      ...diary,
      onLog(line) {
        throw new Error(line)
      },
    })
    await world.advance(1000)
    expect(uncaught.map(String)).toEqual(['Error: one', 'Error: two', 'Error: three', 'Error: four'])
    expect(diary.entries).toEqual(told.filter((entry) => !entry.startsWith('log')))
    expect(result.current.logs).toHaveLength(4)
  })
})

it('tells an end to a component that leaves because of that end', async () => {
  const world = createHookWorld({ script: short })
  const onFinish = vi.fn()
  function Runner() {
    useTaskStream(config, { onFinish })
    return null
  }
  function Host() {
    const { isTerminal } = useTaskStream(config)
    return isTerminal ? null : <Runner />
  }
  render(<Host />, { wrapper: world.Page })
  await world.advance(1000)
  expect(onFinish).toHaveBeenCalledTimes(1)
})
