import { isStreamError, type Client } from '@taskstream/core'
import { fault, taskScript } from '@taskstream/core/testing'
import {
  dehydrate,
  focusManager,
  hashKey,
  HydrationBoundary,
  onlineManager,
  QueryClient,
  QueryClientProvider,
  useSuspenseQuery,
  type DehydratedState,
} from '@tanstack/react-query'
import { act, render, renderHook, screen } from '@testing-library/react'
import { Suspense, type JSX, type ReactNode } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { config, createHookWorld, type HookWorld } from '../test/hook-world.tsx'
import { taskKeys } from './query/task-keys.ts'
import { taskQueryOptions } from './query/task-query-options.ts'
import { useTask, type UseTaskOptions } from './use-task.ts'
import { useTaskStream } from './use-task-stream.ts'

const endless = { script: taskScript.endless() }

function createQueryWorld(...[server, client]: Parameters<typeof createHookWorld>) {
  const queryClient = new QueryClient()
  return { queryClient, ...createHookWorld(server, { queryClient, ...client }) }
}

function mount(
  { Page }: Pick<HookWorld, 'Page'>,
  taskId: string | null | undefined,
  options: UseTaskOptions = {},
) {
  return renderHook(
    ({ id, ...rest }: UseTaskOptions & { readonly id: string | null | undefined }) => useTask(id, rest),
    { wrapper: Page, initialProps: { id: taskId, ...options } },
  )
}

function requestsOf({ server }: HookWorld) {
  const { requests, openStreams } = server.counters
  return { get: requests.task, stream: requests.stream, open: openStreams }
}

/** Writes by hand of one task in the query cache, which is what a hand-over is; the values written. */
function watchHandOvers(queryClient: QueryClient, id: string): unknown[] {
  const written: unknown[] = []
  queryClient.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'success' || event.action.manual !== true) return
    if (event.query.queryHash === hashKey(taskKeys.task(id))) written.push(event.action.data)
  })
  return written
}

afterEach(() => {
  focusManager.setFocused(undefined)
  onlineManager.setOnline(true)
})

describe('a task that has ended', () => {
  it('is asked for once, by however many components, and has no line', async () => {
    const world = createQueryWorld()
    const id = await world.startElsewhere()
    await world.advance(1000)
    const both = renderHook(() => [useTask(id), useTask(id)], { wrapper: world.Page })
    expect(both.result.current[0]).toMatchObject({ status: 'idle', isLoading: true, error: null })
    await world.advance(5000)
    for (const task of both.result.current) {
      expect(task).toMatchObject({
        status: 'completed',
        phase: 'success',
        isLoading: false,
        output: { text: 'A fox went over the snow.' },
        progress: { value: 1 },
        error: null,
      })
      expect(task.logs).toHaveLength(5)
    }
    expect(requestsOf(world)).toEqual({ get: 1, stream: 0, open: 0 })
  })

  it('is asked for once when its component leaves and comes back before the answer', async () => {
    const world = createQueryWorld({ faults: [fault.slowHeaders(500, { on: 'task' })] })
    const id = await world.startElsewhere()
    await world.advance(1000)
    const first = mount(world, id)
    await world.advance(100)
    first.unmount()
    await world.advance(100)
    const second = mount(world, id)
    await world.advance(1000)
    expect(second.result.current.status).toBe('completed')
    expect(requestsOf(world)).toEqual({ get: 1, stream: 0, open: 0 })
  })

  it('is shown from the cache at once, without any request', async () => {
    const world = createQueryWorld()
    const id = await world.startElsewhere()
    await world.advance(1000)
    await world.queryClient.prefetchQuery(taskQueryOptions(world.openPage().client, id))
    const before = world.server.requests.length
    const { result } = mount(world, id)
    expect(result.current).toMatchObject({ id, status: 'completed', isLoading: false, isTerminal: true })
    expect(result.current.logs).toHaveLength(5)
    await world.advance(600_000)
    act(() => focusManager.setFocused(false))
    act(() => focusManager.setFocused(true))
    await world.advance(1000)
    expect(world.server.requests).toHaveLength(before)
  })

  it('is shown from what a server wrote into the page, without any request', async () => {
    const world = createHookWorld()
    const id = await world.startElsewhere()
    await world.advance(1000)
    const onServer = new QueryClient()
    await onServer.prefetchQuery(taskQueryOptions(world.openPage().client, id))
    const state = JSON.parse(JSON.stringify(dehydrate(onServer))) as DehydratedState
    const before = world.server.requests.length
    const wrapper = ({ children }: { readonly children: ReactNode }): JSX.Element => (
      <QueryClientProvider client={new QueryClient()}>
        <HydrationBoundary state={state}>
          <world.Page>{children}</world.Page>
        </HydrationBoundary>
      </QueryClientProvider>
    )
    const shown = render(<Output id={id} />, { wrapper })
    expect(shown.container).toHaveTextContent('completed 5')
    await world.advance(1000)
    expect(world.server.requests).toHaveLength(before)
  })
})

function Output({ id }: { readonly id: string }): string {
  const { status, logs } = useTask(id)
  return `${status} ${logs.length}`
}

describe('a task that runs', () => {
  it('goes live, and is handed to the cache once when it ends; lists are asked for anew', async () => {
    const world = createQueryWorld()
    const id = await world.startElsewhere()
    world.queryClient.setQueryData([...taskKeys.lists, { page: 1 }], ['old'])
    const handOvers = watchHandOvers(world.queryClient, id)
    const { result } = mount(world, id)
    await world.advance(75)
    expect(result.current).toMatchObject({ status: 'running', connection: { state: 'live' } })
    expect(handOvers).toEqual([])
    expect(world.queryClient.getQueryState([...taskKeys.lists, { page: 1 }])?.isInvalidated).toBe(false)
    await world.advance(5000)
    expect(result.current.status).toBe('completed')
    expect(handOvers).toEqual([expect.objectContaining({ id, status: 'completed' })])
    expect(world.queryClient.getQueryData(taskKeys.task(id))).toMatchObject({ status: 'completed' })
    expect(world.queryClient.getQueryState([...taskKeys.lists, { page: 1 }])?.isInvalidated).toBe(true)
    expect(requestsOf(world)).toMatchObject({ stream: 1, open: 0 })
  })

  it('is shown from the cache when it has ended here and is opened again, however much later', async () => {
    const world = createQueryWorld()
    const id = await world.startElsewhere()
    const first = mount(world, id)
    await world.advance(1000)
    first.unmount()
    await world.advance(400_000)
    const before = world.server.requests.length
    const second = mount(world, id)
    expect(second.result.current.status).toBe('completed')
    expect(second.result.current.logs).toHaveLength(5)
    await world.advance(5000)
    expect(world.server.requests).toHaveLength(before)
  })

  it('shares its line with the hook that started it, and with its knowledge', async () => {
    const world = createQueryWorld(endless)
    const run = renderHook(() => useTaskStream(config), { wrapper: world.Page })
    await world.advance(700)
    const { id } = run.result.current
    const { result } = mount(world, id)
    expect(result.current).toMatchObject({ id, status: 'running', isLoading: false })
    const before = requestsOf(world)
    await world.advance(2000)
    expect(requestsOf(world)).toEqual({ ...before, open: 1, stream: 1 })
    run.unmount()
    await world.advance(5000)
    expect(requestsOf(world)).toEqual({ ...before, open: 1, stream: 1 })
  })

  it('lets its line go when nobody shows it any more (L11)', async () => {
    const world = createQueryWorld(endless)
    const id = await world.startElsewhere()
    const { unmount } = mount(world, id)
    await world.advance(700)
    expect(world.openBodies()).toBe(1)
    unmount()
    await world.advance(1100)
    expect(world.openBodies()).toBe(0)
  })

  it('goes live from a snapshot of the cache without asking for it again', async () => {
    const world = createQueryWorld(endless)
    const id = await world.startElsewhere()
    await world.advance(700)
    await world.queryClient.prefetchQuery(taskQueryOptions(world.openPage().client, id))
    const { result } = mount(world, id)
    expect(result.current).toMatchObject({ status: 'running', isLoading: false })
    await world.advance(1000)
    expect(result.current.connection.state).toBe('live')
    // The one that filled the cache, and the one of the line.
    expect(requestsOf(world)).toEqual({ get: 2, stream: 1, open: 1 })
  })

  it('is not harmed by a page that is looked at again while it runs', async () => {
    const world = createQueryWorld(endless)
    const id = await world.startElsewhere()
    const { result } = mount(world, id)
    await world.advance(5000)
    const { get } = requestsOf(world)
    const lines = result.current.logs.length
    act(() => focusManager.setFocused(false))
    act(() => focusManager.setFocused(true))
    await world.advance(10)
    expect(result.current.status).toBe('running')
    expect(result.current.logs.length).toBeGreaterThanOrEqual(lines)
    expect(requestsOf(world).get).toBe(get)
  })

  it('can be cancelled', async () => {
    const world = createQueryWorld(endless)
    const id = await world.startElsewhere()
    const { result } = mount(world, id)
    await world.advance(700)
    act(() => void result.current.cancel())
    expect(result.current.status).toBe('cancelling')
    await world.advance(2000)
    expect(result.current).toMatchObject({ phase: 'cancelled', error: null })
  })

  it('tells what happens while it is watched, and its end once', async () => {
    const world = createQueryWorld()
    const id = await world.startElsewhere()
    await world.advance(85)
    const entries: string[] = []
    const callbacks: UseTaskOptions = {
      onLog: (line) => entries.push(line),
      onFinish: ({ status }) => entries.push(status),
    }
    renderHook(() => [useTask(id, callbacks), useTask(id, callbacks)], { wrapper: world.Page })
    await world.advance(5000)
    expect(entries).toEqual(['step 3/5', 'step 4/5', 'step 5/5', 'completed'])
  })
})

describe('an older answer', () => {
  it('never overwrites the end, though it comes after it (L7)', async () => {
    const world = createQueryWorld()
    const id = await world.startElsewhere()
    const { result } = mount(world, id)
    await world.advance(75)
    const { client } = world.openPage()
    const late = await client.tasks.get(id)
    let answer = (): void => {}
    const answered = new Promise<typeof late>((resolve) => {
      answer = () => resolve(late)
    })
    const slow: Client = { ...client, tasks: { ...client.tasks, get: () => answered } }
    const asked = world.queryClient.fetchQuery(taskQueryOptions(slow, id))
    await world.advance(5000)
    await act(async () => {
      answer()
      await asked
    })
    expect(late.status).toBe('running')
    expect(result.current.status).toBe('completed')
    expect(world.queryClient.getQueryData(taskKeys.task(id))).toMatchObject({ status: 'completed' })
  })

  it('does not fail who asked for it when the task ends by that very answer', async () => {
    const world = createQueryWorld()
    const id = await world.startElsewhere()
    const { unmount } = mount(world, id)
    await world.advance(75)
    act(() => world.client.follow.task(id).disconnect())
    await world.advance(1000)
    const asked = world.queryClient.fetchQuery(taskQueryOptions(world.client, id))
    await world.advance(100)
    await expect(asked).resolves.toMatchObject({ status: 'completed' })
    unmount()
  })
})

describe('refusals and faults', () => {
  it('shows that there is no such task, and asks no more', async () => {
    const world = createQueryWorld()
    const onError = vi.fn<NonNullable<UseTaskOptions['onError']>>()
    const both = renderHook(() => [useTask('nothing', { onError }), useTask('nothing', { onError })], {
      wrapper: world.Page,
    })
    await world.advance(120_000)
    for (const task of both.result.current) {
      expect(task).toMatchObject({ phase: 'error', isError: true, isLoading: false, status: 'idle' })
      expect(task.error).toMatchObject({ code: 'not-found' })
      expect(isStreamError(task.error)).toBe(true)
    }
    expect(onError).toHaveBeenCalledTimes(1)
    expect(requestsOf(world)).toEqual({ get: 1, stream: 0, open: 0 })
  })

  it('asks again by reconnect', async () => {
    const world = createQueryWorld({ faults: [fault.refuse({ on: 'task', status: 401 })] })
    const id = await world.startElsewhere()
    await world.advance(1000)
    const { result } = mount(world, id)
    await world.advance(1000)
    expect(result.current.error).toMatchObject({ code: 'unauthorized' })
    act(() => result.current.reconnect())
    await world.advance(1000)
    expect(result.current).toMatchObject({ phase: 'success', error: null })
  })

  it('weathers a first answer that fails, as a fault of the line', async () => {
    const world = createQueryWorld({ ...endless, faults: [fault.unreachable({ on: 'task', times: 6 })] })
    const id = await world.startElsewhere()
    const { result } = mount(world, id)
    const errors: unknown[] = []
    const states = new Set<string>()
    for (let turn = 0; turn < 40; turn++) {
      await world.advance(200)
      states.add(result.current.connection.state)
      if (result.current.error !== null) errors.push(result.current.error)
    }
    expect(states).toContain('reconnecting')
    expect(result.current.status).toBe('running')
    expect(errors).toEqual([])
  })

  it('asks when the browser is online again, also with a query client that nothing but us holds', async () => {
    const world = createHookWorld()
    const id = await world.startElsewhere()
    await world.advance(1000)
    onlineManager.setOnline(false)
    const { result } = mount(world, id)
    await world.advance(1000)
    expect(result.current).toMatchObject({ status: 'idle', isLoading: true, error: null })
    expect(requestsOf(world).get).toBe(0)
    act(() => onlineManager.setOnline(true))
    await world.advance(1000)
    expect(result.current).toMatchObject({ status: 'completed', isLoading: false })
  })

  it('shows what is known when the server will not show the rest', async () => {
    const world = createQueryWorld({
      ...endless,
      faults: [fault.refuse({ on: 'stream', status: 403, times: Infinity })],
    })
    const id = await world.startElsewhere()
    await world.advance(700)
    await world.queryClient.prefetchQuery(taskQueryOptions(world.openPage().client, id))
    const { result } = mount(world, id)
    await world.advance(60_000)
    expect(result.current).toMatchObject({ status: 'running', error: { code: 'forbidden' } })
    expect(result.current.connection.state).toBe('closed')
  })
})

describe('the id', () => {
  it.each([null, undefined, ''])('shows nothing for %j', async (id) => {
    const world = createQueryWorld()
    const { result } = mount(world, id)
    await world.advance(1000)
    expect(result.current).toMatchObject({ id: null, status: 'idle', phase: 'idle', isLoading: false })
    expect(world.server.requests).toEqual([])
  })

  it('asks nothing while it is not enabled', async () => {
    const world = createQueryWorld(endless)
    const id = await world.startElsewhere()
    const { result, rerender } = mount(world, id, { enabled: false })
    await world.advance(1000)
    expect(result.current).toMatchObject({ status: 'idle', isLoading: false })
    expect(requestsOf(world)).toEqual({ get: 0, stream: 0, open: 0 })
    rerender({ id, enabled: true })
    await world.advance(1000)
    expect(result.current.status).toBe('running')
    rerender({ id, enabled: false })
    await world.advance(2000)
    expect(requestsOf(world).open).toBe(0)
  })

  it('mixes nothing of two tasks when it changes on the way', async () => {
    const world = createQueryWorld(
      { script: { 'acme/a': taskScript.chatty({ lines: 1000, perSecond: 100 }), '*': taskScript.endless() } },
      {
        queryClient: new QueryClient({
          defaultOptions: { queries: { placeholderData: (held: unknown) => held } },
        }),
      },
    )
    const a = await world.startElsewhere('acme/a')
    const b = await world.startElsewhere('acme/b')
    const { result, rerender } = mount(world, a)
    const seen = async (id: string, other: string): Promise<void> => {
      rerender({ id })
      for (let turn = 0; turn < 8; turn++) {
        expect([id, null]).toContain(result.current.id)
        const foreign = other === a ? /^line/ : /^still/
        expect(result.current.logs.filter((line) => foreign.test(line))).toEqual([])
        await world.advance(100)
      }
      expect(result.current.id).toBe(id)
    }
    await seen(a, b)
    await seen(b, a)
    await seen(a, b)
    rerender({ id: b })
    rerender({ id: a })
    await seen(a, b)
    await world.advance(2000)
    expect(world.openBodies()).toBe(1)
  })
})

describe('the query client', () => {
  it('is the provider’s before the app’s', async () => {
    const [ofApp, ofProvider] = [new QueryClient(), new QueryClient()]
    const world = createHookWorld({}, { queryClient: ofProvider })
    const id = await world.startElsewhere()
    const wrapper = ({ children }: { readonly children: ReactNode }): JSX.Element => (
      <QueryClientProvider client={ofApp}>
        <world.Page>{children}</world.Page>
      </QueryClientProvider>
    )
    renderHook(() => useTask(id), { wrapper })
    await world.advance(1000)
    expect(ofProvider.getQueryData(taskKeys.task(id))).toMatchObject({ status: 'completed' })
    expect(ofApp.getQueryCache().getAll()).toEqual([])
  })

  it('is the app’s where the provider has none', async () => {
    const ofApp = new QueryClient()
    const world = createHookWorld()
    const id = await world.startElsewhere()
    const wrapper = ({ children }: { readonly children: ReactNode }): JSX.Element => (
      <QueryClientProvider client={ofApp}>
        <world.Page>{children}</world.Page>
      </QueryClientProvider>
    )
    renderHook(() => useTask(id), { wrapper })
    await world.advance(1000)
    expect(ofApp.getQueryData(taskKeys.task(id))).toMatchObject({ status: 'completed' })
  })

  it('is one of our own for each client where there is none', async () => {
    const world = createHookWorld()
    const id = await world.startElsewhere()
    await world.advance(1000)
    mount(world, id)
    await world.advance(100)
    expect(requestsOf(world).get).toBe(1)
    mount(world, id)
    await world.advance(100)
    expect(requestsOf(world).get).toBe(1)
    mount(world.openPage(), id)
    await world.advance(100)
    expect(requestsOf(world).get).toBe(2)
  })

  it('serves useSuspenseQuery with the same options and the same answer', async () => {
    const world = createQueryWorld()
    const id = await world.startElsewhere()
    await world.advance(1000)
    function Suspended(): JSX.Element {
      const { data } = useSuspenseQuery(taskQueryOptions(world.client, id), world.queryClient)
      const { status } = useTask(id)
      return (
        <output>
          {data.status} {status}
        </output>
      )
    }
    await act(async () => {
      render(
        <Suspense fallback="waiting">
          <Suspended />
        </Suspense>,
        { wrapper: world.Page },
      )
      await world.clock.advance(100)
    })
    expect(screen.getByRole('status')).toHaveTextContent('completed completed')
    expect(requestsOf(world)).toEqual({ get: 1, stream: 0, open: 0 })
  })
})

it('keeps the identity of its actions for the life of the component', async () => {
  const world = createQueryWorld(endless)
  const id = await world.startElsewhere()
  const { result, rerender } = mount(world, null)
  const { cancel, disconnect, reconnect } = result.current
  rerender({ id })
  await world.advance(700)
  rerender({ id: 'nothing' })
  await world.advance(700)
  expect(result.current.cancel).toBe(cancel)
  expect(result.current.disconnect).toBe(disconnect)
  expect(result.current.reconnect).toBe(reconnect)
})
