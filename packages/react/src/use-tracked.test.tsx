import { act, renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { useTracked } from './use-tracked.ts'

interface State {
  readonly status: string
  readonly text: string
}

const describeState = (state: State): State => state

function track() {
  const store = createStore<State>(() => ({ status: 'ready', text: 'old' }))
  let renderCount = 0
  const hook = renderHook(
    ({ read }: { readonly read: (info: State) => unknown }) => {
      renderCount++
      return read(useTracked(store, describeState))
    },
    { initialProps: { read: (info: State): unknown => info.status } },
  )
  return { store, ...hook, renderCount: () => renderCount }
}

test('renders again only for what was read', () => {
  const { store, result, renderCount } = track()
  const before = renderCount()
  act(() => store.setState({ text: 'new' }))
  expect(renderCount()).toBe(before)
  act(() => store.setState({ status: 'busy' }))
  expect(result.current).toBe('busy')
  expect(renderCount()).toBeGreaterThan(before)
})

test('a value that is read late is the newest at each reading and in each render', () => {
  const { store, result, rerender } = track()
  act(() => store.setState({ text: 'new' }))
  const readTwice = ({ status, ...info }: State): unknown => [status, info.text]
  const read = (info: State): unknown => [info.status, info.text, info.text]
  rerender({ read })
  expect(result.current).toEqual(['ready', 'new', 'new'])
  rerender({ read: readTwice })
  expect(result.current).toEqual(['ready', 'new'])
})

test('what was read late is shown no longer when it changes back', () => {
  const { store, result, rerender } = track()
  act(() => store.setState({ text: 'new' }))
  const read = (info: State): unknown => info.text
  rerender({ read })
  expect(result.current).toBe('new')
  act(() => store.setState({ text: 'old' }))
  expect(result.current).toBe('old')
})
