import { initialView, type LiveStore, type TaskStatus, type TaskView } from '@taskstream/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { throttleStore, type Throttle } from './throttle-store.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

/** A store at a pace, and when it told what. */
function follow(throttle: Throttle) {
  const frame = createStore<TaskView>(() => initialView)
  const each = createStore<TaskView>(() => initialView)
  const store = throttleStore({ store: frame, live: each }, throttle)
  const startedAt = Date.now()
  const heard: [atMs: number, progress: number | null][] = []
  const stop = store.subscribe((view) => {
    heard.push([Date.now() - startedAt, view.task.updatedAtUs])
  })
  return {
    frame,
    each,
    store,
    heard,
    stop,
    tell: (updatedAtUs: number, more: Partial<TaskView['task']> = {}) => {
      const { task, ...rest } = frame.getState()
      frame.setState({ ...rest, task: { ...task, updatedAtUs, ...more } }, true)
    },
  }
}

const isStore = (a: LiveStore<TaskView>, b: LiveStore<TaskView>): boolean => a === b

it('is the store of frames by default, and the one of every change without', () => {
  const { frame, each } = follow('frame')
  expect(isStore(throttleStore({ store: frame, live: each }, 'frame'), frame)).toBe(true)
  expect(isStore(throttleStore({ store: frame, live: each }, false), each)).toBe(true)
})

it('tells the first change at once, and then at most one in each span, the newest', () => {
  const { tell, heard } = follow(200)
  for (let turn = 0; turn < 100; turn++) {
    tell(turn)
    vi.advanceTimersByTime(10)
  }
  vi.advanceTimersByTime(1000)
  expect(heard).toEqual([
    [0, 0],
    [200, 19],
    [400, 39],
    [600, 59],
    [800, 79],
    [1000, 99],
  ])
})

it('tells at once again after a pause', () => {
  const { tell, heard } = follow(200)
  tell(1)
  vi.advanceTimersByTime(1000)
  tell(2)
  expect(heard).toEqual([
    [0, 1],
    [1000, 2],
  ])
})

it.each<[string, Partial<TaskView['task']>]>([
  ['status', { status: 'completed' satisfies TaskStatus }],
  ['wish to cancel', { cancelRequested: true }],
])('never delays a change of %s, and begins its span with it', (_what, change) => {
  const { tell, heard } = follow(200)
  tell(1)
  vi.advanceTimersByTime(50)
  tell(2)
  vi.advanceTimersByTime(50)
  tell(3, change)
  vi.advanceTimersByTime(10)
  tell(4)
  vi.advanceTimersByTime(1000)
  expect(heard).toEqual([
    [0, 1],
    [100, 3],
    [300, 4],
  ])
})

it('never delays a change of the connection or of the way to the server', () => {
  const { frame, tell, heard } = follow(200)
  tell(1)
  frame.setState({ connection: { ...initialView.connection, state: 'live' } })
  frame.setState({ submission: { ...initialView.submission, status: 'accepted' } })
  expect(heard).toHaveLength(3)
})

it('shows one moment between two tellings', () => {
  const { tell, store } = follow(200)
  tell(1)
  tell(2)
  expect(store.getState().task.updatedAtUs).toBe(1)
  vi.advanceTimersByTime(200)
  expect(store.getState().task.updatedAtUs).toBe(2)
})

it('holds no timer and tells nothing when nobody listens, and then shows the newest', () => {
  const { tell, store, stop, heard } = follow(200)
  tell(1)
  tell(2)
  stop()
  tell(3)
  expect(vi.getTimerCount()).toBe(0)
  expect(store.getState().task.updatedAtUs).toBe(3)
  vi.advanceTimersByTime(1000)
  expect(heard).toEqual([[0, 1]])
})
