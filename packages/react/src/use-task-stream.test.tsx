import type { RunConfig } from '@taskstream/core'
import { fault, taskScript } from '@taskstream/core/testing'
import { act, render, renderHook, screen } from '@testing-library/react'
import { useState, type JSX } from 'react'
import { describe, expect, it } from 'vitest'
import { config, createHookWorld, createMemoryStorage, type HookWorld } from '../test/hook-world.tsx'
import { useTaskStream, type TaskStreamOptions, type TaskStreamResult } from './use-task-stream.ts'

const endless = { script: taskScript.endless() }
const prompt = (text: string): RunConfig => ({ app: 'acme/flux', input: { prompt: text } })

/** A hook in a component of its own, with a config and options that may change. */
function mount(
  { Page }: Pick<HookWorld, 'Page'>,
  first: RunConfig | null = config,
  options: TaskStreamOptions = {},
) {
  return renderHook(
    ({ config: now, ...rest }: TaskStreamOptions & { readonly config: RunConfig | null }) =>
      useTaskStream(now, rest),
    { wrapper: Page, initialProps: { config: first, ...options } },
  )
}

function requestsOf({ server }: HookWorld) {
  const { requests, streamsOpened, openStreams, cancels } = server.counters
  return { run: requests.run, streams: streamsOpened, open: openStreams, cancels }
}

describe('one run for one config', () => {
  it('starts one task over one line for three components that write the config in their own way, under StrictMode (L11)', async () => {
    const world = createHookWorld(endless)
    function One({ name }: { readonly name: string }): JSX.Element {
      const input = name === 'b' ? { size: 512, prompt: 'a fox' } : { prompt: 'a fox', size: 512 }
      const { status } = useTaskStream(
        name === 'c' ? { input, app: 'acme/flux' } : { app: 'acme/flux', input },
      )
      return <output aria-label={name}>{status}</output>
    }
    function All({ turn }: { readonly turn: number }): JSX.Element {
      return (
        <world.Page>
          {['a', 'b', 'c'].map((name) => (
            <One key={name} name={name} />
          ))}
          {turn}
        </world.Page>
      )
    }
    const { rerender } = render(<All turn={0} />)
    for (let turn = 1; turn <= 5; turn++) {
      await world.advance(1000)
      rerender(<All turn={turn} />)
    }
    expect(screen.getAllByRole('status').map((one) => one.textContent)).toEqual([
      'running',
      'running',
      'running',
    ])
    expect(requestsOf(world)).toEqual({ run: 1, streams: 1, open: 1, cancels: 0 })
  })

  it('goes through a life and shows every fact of it', async () => {
    const world = createHookWorld()
    const { result } = mount(world)
    expect(result.current).toMatchObject({
      status: 'idle',
      phase: 'pending',
      isActive: true,
      isTerminal: false,
    })
    expect(result.current.progress.value).toBeNull()
    await world.advance(90)
    expect(result.current).toMatchObject({
      status: 'running',
      phase: 'running',
      progress: { value: 0.6, current: 3, total: 5 },
      logs: ['step 1/5', 'step 2/5', 'step 3/5'],
      output: null,
      connection: { state: 'live' },
    })
    await world.advance(1000)
    expect(result.current).toMatchObject({
      phase: 'success',
      isActive: false,
      isTerminal: true,
      isSuccess: true,
      isError: false,
      output: { text: 'A fox went over the snow.' },
      error: null,
      connection: { state: 'closed', error: null },
    })
  })

  it('runs a config twice where a key tells the two apart, and only there', async () => {
    const world = createHookWorld(endless)
    const both = renderHook(
      () => [
        useTaskStream({ ...config }, { key: 'left' }),
        useTaskStream({ ...config }, { key: 'right' }),
        useTaskStream({ ...config }, { key: 'left' }),
      ],
      { wrapper: world.Page },
    )
    await world.advance(200)
    const [left, right, again] = both.result.current
    expect(left?.id).not.toBe(right?.id)
    expect(again?.id).toBe(left?.id)
    expect(requestsOf(world)).toMatchObject({ run: 2, streams: 2 })
  })

  it('moves to another config and lets the line of the first one go', async () => {
    const world = createHookWorld(endless)
    const { result, rerender } = mount(world, prompt('a fox'))
    await world.advance(200)
    const first = result.current.id
    rerender({ config: prompt('a crow') })
    expect(result.current).toMatchObject({ status: 'idle', phase: 'pending', logs: [] })
    await world.advance(2000)
    expect(result.current.id).not.toBe(first)
    expect(requestsOf(world)).toEqual({ run: 2, streams: 2, open: 1, cancels: 0 })
    rerender({ config: prompt('a fox') })
    expect(result.current.id).toBe(first)
    await world.advance(2000)
    expect(requestsOf(world)).toMatchObject({ run: 2, open: 1 })
  })

  it('stops a component whose config is another one at each render, before it has started anything', () => {
    const world = createHookWorld()
    let count = 0
    expect(() =>
      renderHook(() => useTaskStream({ ...config, input: { seed: count++ } }), { wrapper: world.Page }),
    ).toThrow('Too many re-renders')
    expect(requestsOf(world).run).toBe(0)
  })
})

describe('watching is the lifecycle', () => {
  it('leaves no open body after unmount and grace, and leaves the task alone (L11)', async () => {
    const world = createHookWorld(endless)
    const { unmount } = mount(world)
    await world.advance(700)
    unmount()
    await world.advance(900)
    expect(world.openBodies()).toBe(1)
    await world.advance(200)
    expect(requestsOf(world)).toEqual({ run: 1, streams: 1, open: 0, cancels: 0 })
  })

  it('keeps its line when it is mounted again within the grace', async () => {
    const world = createHookWorld(endless)
    const first = mount(world)
    await world.advance(700)
    first.unmount()
    await world.advance(900)
    const second = mount(world, { ...config })
    expect(second.result.current.status).toBe('running')
    await world.advance(5000)
    expect(requestsOf(world)).toEqual({ run: 1, streams: 1, open: 1, cancels: 0 })
  })

  it('follows the same task when it is mounted again after the grace', async () => {
    const world = createHookWorld(endless)
    const first = mount(world)
    await world.advance(700)
    first.unmount()
    await world.advance(60_000)
    const second = mount(world)
    expect(second.result.current.status).toBe('running')
    await world.advance(5000)
    expect(second.result.current.connection.state).toBe('live')
    expect(requestsOf(world)).toEqual({ run: 1, streams: 2, open: 1, cancels: 0 })
  })

  it('finds the task again when it was forgotten in between', async () => {
    const world = createHookWorld(endless)
    const first = mount(world)
    await world.advance(700)
    const { id } = first.result.current
    first.unmount()
    await world.advance(600_000)
    const second = mount(world)
    await world.advance(5000)
    expect(second.result.current.id).toBe(id)
    expect(requestsOf(world)).toMatchObject({ run: 1, open: 1 })
  })

  it('lets a request that is under way be answered when nobody waits for it any more', async () => {
    const world = createHookWorld({ ...endless, faults: [fault.slowHeaders(3000, { on: 'run' })] })
    const first = mount(world)
    await world.advance(100)
    first.unmount()
    await world.advance(10_000)
    expect(requestsOf(world)).toEqual({ run: 1, streams: 0, open: 0, cancels: 0 })
    const second = mount(world)
    await world.advance(700)
    expect(second.result.current.status).toBe('running')
    expect(requestsOf(world)).toMatchObject({ run: 1, streams: 1 })
  })

  it('does not start while it is not enabled, starts when it is, and leaves when it is not any more', async () => {
    const world = createHookWorld(endless)
    const { result, rerender } = mount(world, config, { enabled: false })
    await world.advance(1000)
    expect(result.current).toMatchObject({ status: 'idle', phase: 'idle' })
    expect(requestsOf(world).run).toBe(0)
    rerender({ config: { ...config }, enabled: true })
    await world.advance(700)
    expect(result.current.status).toBe('running')
    rerender({ config: { ...config }, enabled: false })
    expect(result.current.status).toBe('idle')
    await world.advance(2000)
    expect(requestsOf(world)).toEqual({ run: 1, streams: 1, open: 0, cancels: 0 })
  })

  it('lets go and comes back by disconnect and reconnect, without touching the task', async () => {
    const world = createHookWorld(endless)
    const { result } = mount(world)
    await world.advance(700)
    act(() => result.current.disconnect())
    await world.advance(2000)
    expect(result.current).toMatchObject({ status: 'running', connection: { state: 'idle' } })
    expect(world.openBodies()).toBe(0)
    act(() => result.current.reconnect())
    await world.advance(2000)
    expect(result.current.connection.state).toBe('live')
    expect(requestsOf(world)).toEqual({ run: 1, streams: 2, open: 1, cancels: 0 })
  })

  it('says that time is over, and leaves the task alone', async () => {
    const world = createHookWorld(endless)
    const { result } = mount(world, config, { timeout: 5000 })
    await world.advance(4900)
    expect(result.current.error).toBeNull()
    await world.advance(2000)
    expect(result.current).toMatchObject({ status: 'running', error: { code: 'timeout' } })
    expect(requestsOf(world)).toMatchObject({ open: 0, cancels: 0 })
  })
})

describe('a reload', () => {
  it('follows the run that it finds, and starts none', async () => {
    const world = createHookWorld(endless)
    const before = mount(world)
    await world.advance(700)
    const { id } = before.result.current
    before.unmount()
    const after = mount(world.openPage())
    await world.advance(5000)
    expect(after.result.current).toMatchObject({ id, status: 'running' })
    expect(requestsOf(world).run).toBe(1)
  })

  it('starts another run where resume is off', async () => {
    const world = createHookWorld(endless)
    const before = mount(world, config, { resume: false })
    await world.advance(700)
    before.unmount()
    expect(world.storage.entries.size).toBe(0)
    mount(world.openPage(), config, { resume: false })
    await world.advance(700)
    expect(requestsOf(world).run).toBe(2)
  })

  it('uses a storage of one run alone', async () => {
    const world = createHookWorld(endless)
    const storage = createMemoryStorage()
    mount(world, config, { resume: storage })
    await world.advance(700)
    expect(world.storage.entries.size).toBe(0)
    const after = mount(world.openPage(), config, { resume: storage })
    await world.advance(700)
    expect(after.result.current.status).toBe('running')
    expect(requestsOf(world).run).toBe(1)
  })
})

describe('actions', () => {
  const scripts = { script: { 'acme/fails': taskScript.fails({ stepMs: 10 }), '*': taskScript.endless() } }

  it('shows nothing without a config, and runs one by hand at each start', async () => {
    const world = createHookWorld(endless)
    const { result } = mount(world, null)
    await world.advance(1000)
    expect(result.current).toMatchObject({ status: 'idle', phase: 'idle', id: null })
    expect(requestsOf(world).run).toBe(0)
    act(() => result.current.start(config))
    expect(result.current.phase).toBe('pending')
    await world.advance(700)
    const first = result.current.id
    expect(first).not.toBeNull()
    act(() => result.current.start(config))
    await world.advance(5000)
    expect(result.current.id).not.toBe(first)
    expect(requestsOf(world)).toMatchObject({ run: 2, open: 1 })
  })

  it('shows what was started by hand until its config becomes another one', async () => {
    const world = createHookWorld(endless)
    const { result, rerender } = mount(world, prompt('a'))
    act(() => result.current.start(prompt('by hand')))
    await world.advance(700)
    const byHand = result.current.id
    rerender({ config: prompt('a') })
    expect(result.current.id).toBe(byHand)
    rerender({ config: prompt('b') })
    await world.advance(700)
    expect(result.current.id).not.toBe(byHand)
    expect(result.current.id).not.toBeNull()
  })

  it('runs the config anew by retry after a failure, as a new task', async () => {
    const world = createHookWorld(scripts)
    const { result } = mount(world, { app: 'acme/fails', input: {} })
    await world.advance(700)
    const first = result.current
    expect(first).toMatchObject({ phase: 'error', isError: true, error: { code: 'task-failed' } })
    act(() => result.current.retry())
    expect(result.current).toMatchObject({ phase: 'pending', error: null, logs: [] })
    await world.advance(700)
    expect(result.current.id).not.toBe(first.id)
    expect(result.current.phase).toBe('error')
    expect(requestsOf(world).run).toBe(2)
  })

  it('sends the config again by retry when it was not accepted', async () => {
    const world = createHookWorld({ ...endless, faults: [fault.refuse({ on: 'run', status: 402 })] })
    const { result } = mount(world)
    await world.advance(100)
    expect(result.current).toMatchObject({
      status: 'idle',
      phase: 'error',
      error: { code: 'payment-required' },
    })
    act(() => result.current.retry())
    await world.advance(700)
    expect(result.current).toMatchObject({ status: 'running', error: null })
  })

  it('does not run twice by a retry of what still runs', async () => {
    const world = createHookWorld(endless)
    const { result } = mount(world)
    await world.advance(700)
    act(() => result.current.retry())
    await world.advance(700)
    expect(requestsOf(world).run).toBe(1)
  })

  it('asks the server to stop by cancel, and shows the wish at once', async () => {
    const world = createHookWorld(endless)
    const { result } = mount(world)
    await world.advance(700)
    let answered = false
    act(() => void result.current.cancel().then(() => (answered = true)))
    expect(result.current).toMatchObject({ status: 'cancelling', isActive: true })
    await world.advance(2000)
    expect(answered).toBe(true)
    expect(result.current).toMatchObject({
      status: 'cancelled',
      phase: 'cancelled',
      isError: false,
      error: null,
    })
    expect(requestsOf(world).cancels).toBe(1)
  })

  it('rejects cancel with what the server said, and shows that the task goes on', async () => {
    const world = createHookWorld({ ...endless, faults: [fault.refuse({ on: 'cancel', status: 403 })] })
    const { result } = mount(world)
    await world.advance(700)
    let reason: unknown
    act(() => void result.current.cancel().catch((thrown: unknown) => (reason = thrown)))
    await world.advance(700)
    expect(reason).toMatchObject({ code: 'forbidden' })
    expect(result.current.status).toBe('running')
  })

  it('keeps the identity of every action for the life of the component', async () => {
    const world = createHookWorld(endless)
    const { result, rerender } = mount(world, prompt('a'))
    const pick = ({ cancel, retry, start, disconnect, reconnect }: TaskStreamResult) => [
      cancel,
      retry,
      start,
      disconnect,
      reconnect,
    ]
    const first = pick(result.current)
    await world.advance(700)
    rerender({ config: prompt('b') })
    await world.advance(700)
    rerender({ config: null, enabled: false, throttle: 100 })
    const last = pick(result.current)
    expect(first.every((action, index) => action === last[index])).toBe(true)
  })

  it('cancels the task of its newest config', async () => {
    const world = createHookWorld(endless)
    function Runner({ text }: { readonly text: string }): JSX.Element {
      const [seen, setSeen] = useState<string | null>(null)
      const { id, cancel } = useTaskStream(prompt(text))
      return (
        <button type="button" onClick={() => void cancel().then(() => setSeen(id))}>
          {seen ?? id ?? 'none'}
        </button>
      )
    }
    const { rerender } = render(<Runner text="a" />, { wrapper: world.Page })
    await world.advance(700)
    rerender(<Runner text="b" />)
    await world.advance(700)
    act(() => screen.getByRole('button').click())
    await world.advance(2000)
    const cancelled = world.server.requests.filter(({ route }) => route === 'cancel')
    expect(cancelled).toHaveLength(1)
    expect(cancelled[0]?.path).toContain(screen.getByRole('button').textContent)
  })
})
