import type { Schedule } from '@taskstream/core'
import { taskScript, type TaskScript } from '@taskstream/core/testing'
import { act, render, renderHook } from '@testing-library/react'
import { Profiler, type JSX, type ReactNode } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { config, createHookWorld, type HookWorld } from '../test/hook-world.tsx'
import type { TaskInfo } from './task-info.ts'
import { useTaskStream } from './use-task-stream.ts'
import { useTaskStreams } from './use-task-streams.ts'
import { useTaskValue } from './use-task-value.ts'

/** Runs from the start and writes a line in each millisecond, and a share of the work in each tenth one. */
const busy: TaskScript = [
  { atMs: 0, set: { status: 'running' } },
  ...Array.from({ length: 1000 }, (_, index) => ({
    atMs: 10 + index,
    logs: [`line ${index}`],
    ...(index % 10 === 0 ? { set: { progress: index / 1000 } } : {}),
  })),
]

/** Frames that a test paints. */
function createFrames() {
  const due = new Set<() => void>()
  const schedule: Schedule = (flush) => {
    due.add(flush)
    return () => void due.delete(flush)
  }
  return {
    schedule,
    paint: () =>
      act(() => {
        for (const flush of due) {
          due.delete(flush)
          flush()
        }
      }),
  }
}

/** Counts commits, which StrictMode does not double. */
function createCounter() {
  const counts: Record<string, number> = {}
  return {
    counts,
    Counted: ({ name, children }: { readonly name: string; readonly children: ReactNode }): JSX.Element => (
      <Profiler id={name} onRender={(id) => (counts[id] = (counts[id] ?? 0) + 1)}>
        {children}
      </Profiler>
    ),
    reset: () => {
      for (const name of Object.keys(counts)) counts[name] = 0
    },
  }
}

function createBusyWorld() {
  const frames = createFrames()
  return { frames, world: createHookWorld({ script: busy }, { publish: frames.schedule }) }
}

function Shown({
  config: now = config,
  ...rest
}: {
  readonly config?: typeof config
  readonly throttle?: number | false
}): string {
  const { logs } = useTaskStream({ ...now }, rest)
  return `${logs.length}`
}

describe('a component that shows a task', () => {
  it('renders once for a thousand updates between two frames, and all that show it show one moment', async () => {
    const { world, frames } = createBusyWorld()
    const { counts, Counted, reset } = createCounter()
    const { container } = render(
      <world.Page>
        {['a', 'b', 'c'].map((name) => (
          <Counted key={name} name={name}>
            <p>
              <Shown />
            </p>
          </Counted>
        ))}
      </world.Page>,
    )
    await world.advance(5)
    frames.paint()
    reset()
    await world.advance(1500)
    expect(counts).toEqual({ a: 0, b: 0, c: 0 })
    frames.paint()
    expect(counts).toEqual({ a: 1, b: 1, c: 1 })
    expect(container).toHaveTextContent(/^100010001000$/)
    frames.paint()
    expect(counts).toEqual({ a: 1, b: 1, c: 1 })
  })

  it('renders at a change of status without waiting for the frame, with all that came before', async () => {
    const frames = createFrames()
    const script = [...busy, { atMs: 1100, set: { status: 'completed', output: 1 } as const }]
    const world = createHookWorld({ script }, { publish: frames.schedule })
    const { result } = renderHook(() => useTaskStream(config), { wrapper: world.Page })
    await world.advance(500)
    expect(result.current.logs).toEqual([])
    await world.advance(1000)
    expect(result.current.status).toBe('completed')
    expect(result.current.logs).toHaveLength(1000)
  })

  it('renders at every change where it is not throttled', async () => {
    const { world } = createBusyWorld()
    const { counts, Counted, reset } = createCounter()
    const { container } = render(
      <world.Page>
        <Counted name="each">
          <Shown throttle={false} />
        </Counted>
      </world.Page>,
    )
    await world.advance(9)
    reset()
    for (let turn = 1; turn <= 20; turn++) {
      await world.advance(1)
      expect(container).toHaveTextContent(`${turn}`)
    }
    expect(counts).toEqual({ each: 20 })
  })

  describe('with a throttle', () => {
    afterEach(() => void vi.useRealTimers())

    it('renders at most once in its span, and at once for a change of status', async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      const script = [...busy, { atMs: 1050, set: { status: 'completed', output: 1 } as const }]
      const world = createHookWorld({ script })
      const { counts, Counted, reset } = createCounter()
      const { container } = render(
        <world.Page>
          <Counted name="slow">
            <Shown throttle={200} />
          </Counted>
        </world.Page>,
      )
      const step = async (ms: number): Promise<void> => {
        await world.advance(ms)
        act(() => void vi.advanceTimersByTime(ms))
      }
      await step(1)
      reset()
      for (let turn = 0; turn < 100; turn++) await step(10)
      expect(counts['slow']).toBeGreaterThanOrEqual(4)
      expect(counts['slow']).toBeLessThanOrEqual(6)
      reset()
      await world.advance(100)
      // The end, and the line that closes with it.
      expect(counts['slow']).toBeGreaterThanOrEqual(1)
      expect(counts['slow']).toBeLessThanOrEqual(2)
      expect(container).toHaveTextContent('1000')
    })
  })

  it('does not render for a parent that writes the config anew, beyond that render', async () => {
    const { world } = createBusyWorld()
    const { counts, Counted, reset } = createCounter()
    const page = (turn: number): JSX.Element => (
      <world.Page>
        <Counted name="one">
          <Shown config={{ input: { list: [1, 2, 3], turn: { deep: [{ a: 1 }] } }, app: 'acme/flux' }} />
          {turn}
        </Counted>
      </world.Page>
    )
    const { rerender } = render(page(0))
    await world.advance(5)
    reset()
    for (let turn = 1; turn <= 5; turn++) rerender(page(turn))
    expect(counts).toEqual({ one: 5 })
    expect(world.server.counters.requests.run).toBe(1)
  })
})

it('a group renders once for a frame, however many of its tasks have changed', async () => {
  const { world, frames } = createBusyWorld()
  const { counts, Counted, reset } = createCounter()
  function Group(): string {
    return `${useTaskStreams([config, config, config]).tasks.length}`
  }
  render(
    <world.Page>
      <Counted name="group">
        <Group />
      </Counted>
    </world.Page>,
  )
  await world.advance(5)
  frames.paint()
  reset()
  await world.advance(1500)
  frames.paint()
  expect(counts).toEqual({ group: 1 })
})

describe('useTaskValue', () => {
  async function open<S>(
    select: (task: TaskInfo) => S,
    isEqual?: (a: S, b: S) => boolean,
  ): Promise<{ world: HookWorld; renders: S[] }> {
    const world = createHookWorld({ script: busy })
    const id = await world.startElsewhere()
    const renders: S[] = []
    renderHook(
      () => {
        renders.push(useTaskValue(id, (task) => select(task), isEqual))
      },
      { wrapper: world.Page, reactStrictMode: false },
    )
    return { world, renders }
  }

  it('renders again only when its value changes', async () => {
    const { world, renders } = await open((task) => Math.round((task.progress.value ?? 0) * 10))
    await world.advance(1500)
    expect(renders).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('takes a selector that builds an object, and renders again only when a member of it changes', async () => {
    const { world, renders } = await open(({ status, progress }) => ({
      status,
      known: progress.value !== null,
    }))
    await world.advance(1500)
    expect(renders).toEqual([
      { status: 'idle', known: false },
      { status: 'running', known: false },
      { status: 'running', known: true },
    ])
  })

  it('takes a selector that builds a list', async () => {
    const { world, renders } = await open(({ logs }) => logs.slice(0, 1))
    await world.advance(1500)
    expect(renders).toEqual([[], ['line 0']])
  })

  it('does not loop with a comparison that finds every object new', async () => {
    const { world, renders } = await open(({ status }) => ({ status }), Object.is)
    await world.advance(15)
    expect(renders.at(-1)).toEqual({ status: 'running' })
    expect(renders.length).toBeLessThan(20)
  })

  it('takes a comparison of one’s own', async () => {
    const { world, renders } = await open(
      ({ logs }) => ({ lines: [...logs] }),
      (a, b) => Math.floor(a.lines.length / 500) === Math.floor(b.lines.length / 500),
    )
    await world.advance(1500)
    expect(renders.map(({ lines }) => lines.length)).toEqual([0, 500, 1000])
  })

  it('shows a task that somebody else runs over the line that is open already', async () => {
    const world = createHookWorld({ script: taskScript.endless() })
    const run = renderHook(() => useTaskStream(config), { wrapper: world.Page })
    await world.advance(700)
    const value = renderHook(() => useTaskValue(run.result.current.id, (task) => task.status), {
      wrapper: world.Page,
    })
    expect(value.result.current).toBe('running')
    await world.advance(2000)
    expect(world.server.counters.streamsOpened).toBe(1)
  })

  it('is idle without an id', async () => {
    const world = createHookWorld()
    const { result } = renderHook(() => useTaskValue(null, (task) => task.phase), { wrapper: world.Page })
    await world.advance(1000)
    expect(result.current).toBe('idle')
    expect(world.server.requests).toEqual([])
  })
})
