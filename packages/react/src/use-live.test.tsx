import { act, renderHook } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { shallow } from 'zustand/vanilla/shallow'
import { useLive, type IsEqual } from './use-live.ts'

interface Pair {
  readonly left: number
  readonly right: number
}

/** A store that counts who comes and goes. */
function createCounted(initial: Pair) {
  const api = createStore<Pair>(() => initial)
  const counts = { came: 0, left: 0 }
  return {
    counts,
    set: (next: Partial<Pair>) => act(() => api.setState(next)),
    store: {
      getState: api.getState,
      getInitialState: api.getInitialState,
      subscribe(listener: () => void) {
        counts.came++
        const leave = api.subscribe(listener)
        return () => {
          counts.left++
          leave()
        }
      },
    },
  }
}

/** Renders a selection; `renders` is what each committed render showed. */
function show<S>(
  store: ReturnType<typeof createCounted>['store'],
  select: (pair: Pair) => S,
  isEqual?: IsEqual<S>,
) {
  const renders: S[] = []
  const view = renderHook(
    ({ of }: { readonly of: (pair: Pair) => S }) => {
      renders.push(useLive(store, of, isEqual))
    },
    { initialProps: { of: select }, reactStrictMode: false },
  )
  return { ...view, renders }
}

it('renders again only when what is selected has changed', () => {
  const { store, set } = createCounted({ left: 1, right: 1 })
  const { renders } = show(store, ({ left }) => left)
  set({ right: 2 })
  set({ right: 3 })
  expect(renders).toEqual([1])
  set({ left: 2 })
  expect(renders).toEqual([1, 2])
})

it('ends with a selector that builds an object each time, and then renders at each change', () => {
  const { store, set } = createCounted({ left: 1, right: 1 })
  const { renders, rerender } = show(store, ({ left }) => ({ left }))
  expect(renders).toHaveLength(1)
  rerender({ of: ({ left }) => ({ left }) })
  expect(renders).toHaveLength(2)
  set({ right: 2 })
  expect(renders).toEqual([{ left: 1 }, { left: 1 }, { left: 1 }])
})

it('keeps the identity of what is equal, across changes and across selectors written anew', () => {
  const { store, set } = createCounted({ left: 1, right: 1 })
  const { renders, rerender } = show(store, ({ left }) => ({ left }), shallow)
  set({ right: 2 })
  rerender({ of: ({ left }) => ({ left }) })
  expect(renders).toHaveLength(2)
  expect(renders[1]).toBe(renders[0])
  set({ left: 2 })
  expect(renders.at(-1)).toEqual({ left: 2 })
})

it('shows the newest selector at once', () => {
  const { store } = createCounted({ left: 1, right: 2 })
  const { renders, rerender } = show(store, ({ left }) => left)
  rerender({ of: ({ right }) => right })
  expect(renders).toEqual([1, 2])
})

it('does not leave the store for a new selector', () => {
  const { store, counts } = createCounted({ left: 1, right: 1 })
  const { rerender, unmount } = show(store, ({ left }) => left)
  for (let turn = 0; turn < 5; turn++) rerender({ of: ({ left }) => left })
  expect(counts).toEqual({ came: 1, left: 0 })
  unmount()
  expect(counts).toEqual({ came: 1, left: 1 })
})

it('selects once from one state, however many times it is read', () => {
  const { store, set } = createCounted({ left: 1, right: 1 })
  const select = vi.fn<(pair: Pair) => number>(({ left }) => left)
  const { rerender } = show(store, select)
  rerender({ of: select })
  expect(select).toHaveBeenCalledTimes(1)
  set({ left: 2 })
  expect(select).toHaveBeenCalledTimes(2)
})
