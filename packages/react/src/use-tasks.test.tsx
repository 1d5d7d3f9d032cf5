import type { RunConfig, Schedule } from '@taskstream/core'
import { fault, taskScript } from '@taskstream/core/testing'
import { act, render, renderHook } from '@testing-library/react'
import { Profiler, type JSX } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it, vi } from 'vitest'
import { API, createHookWorld, type HookWorld } from '../test/hook-world.tsx'
import { useTaskStream } from './use-task-stream.ts'
import { useTask } from './use-task.ts'
import { useTasks, type ListedTask, type UseTasksOptions } from './use-tasks.ts'

const endless = { script: taskScript.endless() }
const prompt = (text: string): RunConfig => ({ app: 'acme/flux', input: { prompt: text } })

function Run({ text }: { readonly text: string }): string {
  return useTaskStream(prompt(text)).status
}

/** A page that runs `texts`, as long as a test wants it; their ids, newest first. */
async function runAll(
  world: HookWorld,
  texts: readonly string[],
): Promise<{ readonly ids: readonly string[]; readonly unmount: () => void }> {
  const { unmount } = render(
    <>
      {texts.map((text) => (
        <Run key={text} text={text} />
      ))}
    </>,
    { wrapper: world.Page },
  )
  await world.advance(1500)
  const ids = texts.map((text) => world.client.follow.run(prompt(text)).live.getState().task.id ?? '')
  return { ids: ids.toReversed(), unmount }
}

function renderTasks(
  { Page }: Pick<HookWorld, 'Page'>,
  options: UseTasksOptions = {},
): ReturnType<typeof renderHook<readonly ListedTask[], UseTasksOptions>> {
  return renderHook((given) => useTasks(given), { wrapper: Page, initialProps: options })
}

describe('useTasks', () => {
  it('lists what anything in the page follows, newest first, as plain facts, and connects nothing itself', async () => {
    const world = createHookWorld(endless)
    const { result } = renderTasks(world)
    expect(result.current).toEqual([])
    const { ids, unmount } = await runAll(world, ['a', 'b'])
    expect(result.current.map(({ id }) => id)).toEqual(ids)
    expect(result.current[0]).toMatchObject({
      status: 'running',
      phase: 'running',
      app: 'acme/flux',
      error: null,
      remembered: false,
      connection: { state: 'live' },
    })
    expect(result.current[0]?.createdAt).not.toBeNull()
    expect(world.openBodies()).toBe(2)
    unmount()
    await world.advance(2000)
    expect(world.openBodies()).toBe(0)
    expect(result.current.map(({ status, connection }) => [status, connection.state])).toEqual([
      ['running', 'idle'],
      ['running', 'idle'],
    ])
    // Nobody has watched them for five minutes.
    await world.advance(300_000)
    expect(result.current).toEqual([])
    expect(world.clock.pendingCount).toBe(0)
  })

  it('knows what this tab ran before a reload, and asks nothing until it is told to follow', async () => {
    const world = createHookWorld(endless)
    const { ids, unmount } = await runAll(world, ['a', 'b'])
    unmount()
    world.client.close()
    const next = world.openPage()
    const requests = world.server.requests.length
    const { result, rerender } = renderTasks(next)
    expect(result.current.map(({ id, status, remembered }) => ({ id, status, remembered }))).toEqual(
      ids.map((id) => ({ id, status: 'idle', remembered: true })),
    )
    await world.advance(5000)
    expect(world.server.requests).toHaveLength(requests)
    rerender({ follow: true })
    await world.advance(1000)
    expect(result.current.map(({ id, status, remembered }) => ({ id, status, remembered }))).toEqual(
      ids.map((id) => ({ id, status: 'running', remembered: false })),
    )
    expect(world.openBodies()).toBe(2)
    expect(world.server.counters.runs).toBe(2)
    rerender({ follow: false })
    await world.advance(2000)
    expect(world.openBodies()).toBe(0)
  })

  it('follows each task until it has ended, and none after it is gone', async () => {
    const world = createHookWorld({
      script: ({ input }) =>
        JSON.stringify(input).includes('short') ? taskScript.usual({ stepMs: 300 }) : taskScript.endless(),
    })
    const { unmount } = await runAll(world, ['short', 'long'])
    unmount()
    const tasks = renderTasks(world, { follow: true })
    await world.advance(500)
    expect(world.openBodies()).toBe(2)
    await world.advance(6000)
    expect(tasks.result.current.map(({ status }) => status)).toEqual(['running', 'completed'])
    expect(world.openBodies()).toBe(1)
    tasks.unmount()
    await world.advance(2000)
    expect(world.openBodies()).toBe(0)
    await world.advance(600_000)
    expect(world.clock.pendingCount).toBe(0)
  })

  it('shows a task that the server has forgotten as an error, and does not ask again and again', async () => {
    const world = createHookWorld(endless)
    const { unmount } = await runAll(world, ['a'])
    unmount()
    world.client.close()
    const empty = createHookWorld(endless)
    const { result } = renderTasks(
      world.openPage({
        baseUrl: API,
        fetch: empty.server,
        clock: world.clock,
        publish: 'sync',
        resumeStorage: world.storage,
      }),
      { follow: true },
    )
    await world.advance(10_000)
    expect(result.current.map(({ phase, error }) => [phase, error?.code])).toEqual([['error', 'not-found']])
    const requests = empty.server.requests.length
    await world.advance(200_000)
    expect(empty.server.requests).toHaveLength(requests)
  })

  it('says why a task failed', async () => {
    const world = createHookWorld({ script: taskScript.fails({ stepMs: 10 }) })
    const { result } = renderTasks(world)
    await runAll(world, ['a'])
    expect(result.current).toMatchObject([
      { status: 'failed', phase: 'error', error: { code: 'task-failed' } },
    ])
  })

  it('lists and follows what a filter lets through, also one that is new at each render', async () => {
    const world = createHookWorld(endless)
    const { ids, unmount } = await runAll(world, ['a', 'b', 'c'])
    unmount()
    await world.advance(2000)
    const [newest, ...others] = ids
    const tasks = renderHook(() => useTasks({ follow: true, filter: ({ id }) => id !== newest }), {
      wrapper: world.Page,
    })
    await world.advance(1000)
    expect(tasks.result.current.map(({ id }) => id)).toEqual(others)
    expect(world.openBodies()).toBe(2)
    const before = tasks.result.current
    tasks.rerender()
    expect(tasks.result.current).toBe(before)
  })

  it('renders once for all that happens between two frames, and not for what it does not tell', async () => {
    const due = new Set<() => void>()
    const schedule: Schedule = (flush) => {
      due.add(flush)
      return () => void due.delete(flush)
    }
    const paint = (): void =>
      act(() => {
        for (const flush of due) {
          due.delete(flush)
          flush()
        }
      })
    const world = createHookWorld(endless, { publish: schedule })
    const id = await world.startElsewhere()
    const onRender = vi.fn()
    const seen: (readonly ListedTask[])[] = []
    function List(): null {
      seen.push(useTasks())
      return null
    }
    const watcher = world.client.follow.task(id).store
    let stop = watcher.subscribe(() => {})
    render(
      <Profiler id="list" onRender={onRender}>
        <List />
      </Profiler>,
      { wrapper: world.Page },
    )
    await world.advance(1500)
    paint()
    onRender.mockClear()
    for (let second = 0; second < 5; second++) await world.advance(1000)
    paint()
    expect(onRender).toHaveBeenCalledTimes(1)
    onRender.mockClear()
    // Who watches is not told.
    stop()
    stop = watcher.subscribe(() => {})
    await world.advance(0)
    paint()
    expect(onRender).not.toHaveBeenCalled()
    stop()
  })

  it('keeps the object of each task of which nothing changed', async () => {
    const world = createHookWorld(endless)
    const { result } = renderTasks(world)
    const { unmount } = await runAll(world, ['a'])
    unmount()
    await world.advance(2000)
    const [a] = result.current
    await runAll(world, ['b'])
    expect(result.current).toHaveLength(2)
    expect(result.current[1]).toBe(a)
  })

  it('shows the same moment as every other hook', async () => {
    const world = createHookWorld(endless)
    const id = await world.startElsewhere()
    const shown: string[] = []
    function Both(): JSX.Element {
      const [listed] = useTasks()
      const task = useTask(id)
      shown.push(`${listed?.status ?? 'idle'} ${task.view.task.status}`)
      return <p>{task.status}</p>
    }
    render(<Both />, { wrapper: world.Page })
    await world.advance(3000)
    const [first, ...others] = [...new Set(shown)].map((pair) => pair.split(' '))
    expect(first).toEqual(['idle', 'idle'])
    expect(others.length).toBeGreaterThan(0)
    for (const [listed, task] of others) expect(listed).toBe(task)
  })

  it('goes on through a broken line, and says so', async () => {
    const world = createHookWorld(
      { ...endless, faults: [fault.cutAfterEvents(2, { on: 'stream', nth: 1, how: 'reset' })] },
      { retryDelay: 4000 },
    )
    const { result } = renderTasks(world)
    const states = new Set<string>()
    world.client.follow.list.subscribe((items) => {
      for (const { view } of items) states.add(view.connection.state)
    })
    await runAll(world, ['a'])
    await world.advance(20_000)
    expect([...states]).toEqual(expect.arrayContaining(['live', 'reconnecting']))
    expect(result.current).toMatchObject([{ status: 'running', connection: { state: 'live' } }])
  })

  it('is of the client of its provider, and lists nothing of another', async () => {
    const [one, other] = [createHookWorld(endless), createHookWorld(endless)]
    await runAll(one, ['a'])
    function Count(): string {
      return `${useTasks({ follow: true }).length}`
    }
    const page = ({ Page }: HookWorld): JSX.Element => (
      <Page>
        <Count />
      </Page>
    )
    const { container, rerender } = render(page(one))
    expect(container).toHaveTextContent('1')
    rerender(page(other))
    expect(container).toHaveTextContent('0')
  })

  it('renders nothing on a server, reads no storage there, and is taken over without a difference', async () => {
    const world = createHookWorld(endless)
    const { unmount } = await runAll(world, ['a'])
    unmount()
    world.client.close()
    const getItem = vi.spyOn(world.storage, 'getItem')
    function Count(): JSX.Element {
      return <p>{useTasks({ follow: true }).length}</p>
    }
    const server = world.openPage()
    const container = document.createElement('div')
    container.innerHTML = renderToString(
      <server.Page>
        <Count />
      </server.Page>,
    )
    expect(container).toHaveTextContent('0')
    expect(getItem).not.toHaveBeenCalled()
    const browser = world.openPage()
    // Noise fails this test, and a mismatch is noise.
    render(<Count />, {
      wrapper: browser.Page,
      container: document.body.appendChild(container),
      hydrate: true,
    })
    await world.advance(1000)
    expect(container).toHaveTextContent('1')
    expect(world.openBodies()).toBe(1)
  })
})
