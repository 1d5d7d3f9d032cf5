import { isStreamError } from '@taskstream/core'
import { taskScript } from '@taskstream/core/testing'
import { render, renderHook } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { config, createHookWorld } from '../test/hook-world.tsx'
import { useClient } from './provider.tsx'
import { useTask } from './use-task.ts'
import { useTaskStream } from './use-task-stream.ts'
import { useTaskStreams } from './use-task-streams.ts'
import { useTaskValue } from './use-task-value.ts'

describe('outside of a provider', () => {
  it.each<[string, () => unknown]>([
    ['useClient', () => useClient()],
    ['useTaskStream', () => useTaskStream(null)],
    ['useTaskStreams', () => useTaskStreams([])],
    ['useTask', () => useTask(null)],
    ['useTaskValue', () => useTaskValue(null, (task) => task.status)],
  ])('%s says what is missing and how to put it there', (_name, useHook) => {
    let thrown: unknown
    try {
      renderHook(useHook)
    } catch (error) {
      thrown = error
    }
    expect(isStreamError(thrown)).toBe(true)
    expect(String(thrown)).toMatch(/\[misuse\].*<TaskstreamProvider>.*createClient/)
  })
})

it('a provider gives its client', () => {
  const world = createHookWorld()
  const { result } = renderHook(() => useClient(), { wrapper: world.Page })
  expect(result.current).toBe(world.client)
})

it('two providers share nothing but the page', async () => {
  const left = createHookWorld({ script: taskScript.endless() })
  const right = createHookWorld({ script: taskScript.instant() })
  function Shown(): string {
    return useTaskStream(config).status
  }
  const { container } = render(
    <>
      <left.Page>
        <Shown />
      </left.Page>
      <right.Page>
        <Shown />
      </right.Page>
    </>,
  )
  await left.advance(1000)
  await right.advance(1000)
  expect(container).toHaveTextContent('runningcompleted')
  expect([left.server.counters.runs, right.server.counters.runs]).toEqual([1, 1])
})

it('another client in the same place is another server: everything is followed anew', async () => {
  const first = createHookWorld({ script: taskScript.endless() })
  const second = first.openPage({ resumeStorage: null })
  function Shown(): string {
    const { id, status } = useTaskStream(config)
    return `${id ?? 'none'} ${status}`
  }
  const { container, rerender } = render(<first.Page>{<Shown />}</first.Page>)
  await first.advance(1000)
  const before = container.textContent
  rerender(<second.Page>{<Shown />}</second.Page>)
  await first.advance(2000)
  expect(container.textContent).not.toBe(before)
  expect(container).toHaveTextContent(/running$/)
  expect(first.server.counters).toMatchObject({ runs: 2, openStreams: 1 })
})
