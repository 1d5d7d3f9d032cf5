import type { RunConfig } from '@taskstream/core'
import { taskScript } from '@taskstream/core/testing'
import { act, render } from '@testing-library/react'
import { Activity, startTransition, Suspense, use, useState, type JSX } from 'react'
import { expect, it } from 'vitest'
import { config, createHookWorld } from '../test/hook-world.tsx'
import { useTask } from './use-task.ts'
import { useTaskStream } from './use-task-stream.ts'

const endless = { script: taskScript.endless() }
const prompt = (text: string): RunConfig => ({ app: 'acme/flux', input: { prompt: text } })
const never = new Promise<string>(() => {})

it('a render that never commits starts nothing, opens nothing and is forgotten', async () => {
  const world = createHookWorld(endless)
  const id = await world.startElsewhere()
  function Waits(): string {
    useTaskStream(config, { onLog: () => {} })
    useTask(id)
    return use(never)
  }
  const { container, unmount } = await act(async () =>
    render(
      <Suspense fallback="waiting">
        <Waits />
      </Suspense>,
      { wrapper: world.Page },
    ),
  )
  await world.advance(10_000)
  expect(container).toHaveTextContent('waiting')
  expect(world.server.counters).toMatchObject({ runs: 1, streamsOpened: 0 })
  unmount()
  await world.advance(600_000)
  expect(world.clock.pendingCount).toBe(0)
})

it('a transition that waits starts nothing and leaves the old task live; given up, it never was', async () => {
  const world = createHookWorld(endless)
  let show = (_text: string): void => {}
  function Run({ text }: { readonly text: string }): JSX.Element {
    const { logs, status } = useTaskStream(prompt(text))
    return (
      <p>
        {text} {status} {logs.length}
        {text === 'b' ? use(never) : null}
      </p>
    )
  }
  function Host(): JSX.Element {
    const [text, setText] = useState('a')
    show = setText
    return (
      <Suspense fallback="waiting">
        <Run text={text} />
      </Suspense>
    )
  }
  const { container } = render(<Host />, { wrapper: world.Page })
  await world.advance(2700)
  expect(container).toHaveTextContent('a running 2')
  await act(async () => startTransition(() => show('b')))
  await world.advance(2000)
  expect(container).toHaveTextContent('a running 4')
  expect(world.server.counters.runs).toBe(1)
  act(() => show('a'))
  await world.advance(1000)
  expect(container).toHaveTextContent('a running 5')
  act(() => startTransition(() => show('c')))
  await world.advance(2700)
  expect(container).toHaveTextContent('c running 2')
  expect(world.server.counters).toMatchObject({ runs: 2, openStreams: 1 })
})

it('what is hidden is not followed, and goes on when it shows again', async () => {
  const world = createHookWorld(endless)
  function Run(): string {
    const { logs } = useTaskStream(config)
    return `${logs.length} lines`
  }
  const page = (mode: 'visible' | 'hidden'): JSX.Element => (
    <Activity mode={mode}>
      <Run />
    </Activity>
  )
  const { container, rerender } = render(page('hidden'), { wrapper: world.Page })
  await world.advance(2000)
  expect(world.server.counters.runs).toBe(0)
  rerender(page('visible'))
  await world.advance(2700)
  expect(container).toHaveTextContent('2 lines')
  rerender(page('hidden'))
  await world.advance(5000)
  expect(world.openBodies()).toBe(0)
  rerender(page('visible'))
  await world.advance(100)
  expect(container).toHaveTextContent('7 lines')
  expect(world.server.counters).toMatchObject({ runs: 1, openStreams: 1 })
})
