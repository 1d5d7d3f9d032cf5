import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import { createFrameLoop, type Schedule } from './frame-loop.ts'
import type { RememberedRun } from './resume-storage.ts'
import { createTaskList, type ListedFollower, type TaskListItem } from './task-list.ts'
import { initialView, type TaskView } from './task-view.ts'

/** A view that tells itself apart from others. */
function viewAt(lastEventAt: number): TaskView {
  return { ...initialView, connection: { ...initialView.connection, lastEventAt } }
}

interface FakeFollower extends ListedFollower {
  show(view: TaskView): void
  readonly listenerCount: number
}

function createFollower(view: TaskView = initialView): FakeFollower {
  const listeners = new Set<() => void>()
  let shown = view
  return {
    current: () => shown,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    show(next) {
      shown = next
      for (const listener of listeners) listener()
    },
    get listenerCount() {
      return listeners.size
    },
  }
}

/** A list, and the frames in which it publishes. */
function create(runs: readonly RememberedRun[] = []) {
  const due = new Set<() => void>()
  const schedule: Schedule = (flush) => {
    due.add(flush)
    return () => void due.delete(flush)
  }
  const clock = createManualClock()
  const remembered = vi.fn(() => runs)
  const list = createTaskList(clock, createFrameLoop(schedule), remembered)
  return {
    clock,
    list,
    remembered,
    paint: async (): Promise<void> => {
      await Promise.resolve()
      for (const flush of due) {
        due.delete(flush)
        flush()
      }
    },
    ids: () => list.store.getState().map(({ id }) => id),
    find: (id: string): TaskListItem | undefined => list.store.getState().find((item) => item.id === id),
  }
}

const run = (taskId: string, savedAt: number): RememberedRun => ({ taskId, runKey: `run:${taskId}`, savedAt })

describe('createTaskList', () => {
  it('has each task once, newest first, also where the clock was set back between two', () => {
    const { clock, list, ids, find } = create()
    const startMs = clock.now()
    const first = createFollower()
    list.add('a', first)
    clock.setWallClock(-1000)
    list.add('b', createFollower())
    list.add('a', first)
    expect(ids()).toEqual(['b', 'a'])
    expect(find('a')).toEqual({
      id: 'a',
      view: initialView,
      isWatched: false,
      remembered: false,
      firstSeenAt: startMs,
    })
    expect(first.listenerCount).toBe(1)
  })

  it('shows the newest view of each task, and leaves the items of the others as they are', () => {
    const { list, ids, find } = create()
    const [a, b] = [createFollower(), createFollower(viewAt(1))]
    list.add('a', a)
    list.add('b', b)
    const [before, itemB] = [list.store.getState(), find('b')]
    a.show(viewAt(2))
    expect(find('a')?.view).toEqual(viewAt(2))
    expect(find('b')).toBe(itemB)
    expect(before).not.toBe(list.store.getState())
    expect(ids()).toEqual(['b', 'a'])
  })

  it('is told apart from itself by nothing while nothing changed', () => {
    const { list } = create([run('r', 5)])
    const a = createFollower(viewAt(1))
    list.add('a', a)
    const before = list.store.getState()
    a.show(a.current())
    list.watch('a', true)
    list.watch('a', false)
    list.watch('nobody', true)
    list.remove('nobody')
    expect(list.store.getState()).toBe(before)
  })

  it('says who is watched', () => {
    const { list, find } = create()
    list.add('a', createFollower())
    list.watch('a', true)
    expect(find('a')?.isWatched).toBe(true)
    list.watch('a', false)
    expect(find('a')?.isWatched).toBe(false)
  })

  it('loses what is forgotten, and does not listen to it any more', () => {
    const { list, ids } = create()
    const a = createFollower()
    list.add('a', a)
    list.add('b', createFollower())
    list.remove('a')
    expect(ids()).toEqual(['b'])
    expect(a.listenerCount).toBe(0)
  })

  it('listens to the new follower of a task in place of the old one', () => {
    const { list, find } = create()
    const [old, next] = [createFollower(), createFollower(viewAt(1))]
    list.add('a', old)
    list.watch('a', true)
    list.add('a', next)
    expect(old.listenerCount).toBe(0)
    expect(find('a')).toMatchObject({ view: viewAt(1), isWatched: false })
  })

  it('publishes once a frame, the newest of all, and nothing when it is what it was', async () => {
    const { list, paint } = create()
    const [a, b] = [createFollower(), createFollower()]
    list.add('a', a)
    const before = list.store.getState()
    const listener = vi.fn()
    list.store.subscribe(listener)
    list.add('b', b)
    for (let at = 1; at <= 100; at++) a.show(viewAt(at))
    b.show(viewAt(7))
    expect(listener).not.toHaveBeenCalled()
    expect(list.store.getState()).toBe(before)
    await paint()
    expect(listener).toHaveBeenCalledTimes(1)
    expect(listener).toHaveBeenCalledWith(list.store.getState(), before)
    expect(list.store.getState().map(({ view }) => view)).toEqual([viewAt(7), viewAt(100)])
    list.watch('a', true)
    list.watch('a', false)
    await paint()
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('tells nobody while a follower is being made, and everybody soon after', async () => {
    const clock = createManualClock()
    const atOnce: Schedule = (flush) => {
      flush()
      return () => {}
    }
    const list = createTaskList(clock, createFrameLoop(atOnce))
    const listener = vi.fn()
    list.store.subscribe(listener)
    list.add('a', createFollower())
    expect(listener).not.toHaveBeenCalled()
    await Promise.resolve()
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('tells each listener for itself, and nobody who left', async () => {
    const { list, paint } = create()
    const listener = vi.fn()
    const leave = list.store.subscribe(listener)
    list.store.subscribe(listener)
    leave()
    leave()
    list.add('a', createFollower())
    await paint()
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('says at first, and on a server, that there is nothing', () => {
    const { list, remembered } = create([run('r', 5)])
    list.add('a', createFollower())
    expect(list.store.getInitialState()).toEqual([])
    expect(remembered).not.toHaveBeenCalled()
  })

  it('has what an earlier page ran below what this one runs, and asks for it once', () => {
    const { list, ids, find, remembered } = create([run('newer', 20), run('older', 10)])
    list.add('a', createFollower())
    expect(ids()).toEqual(['a', 'newer', 'older'])
    expect(find('newer')).toEqual({
      id: 'newer',
      view: initialView,
      isWatched: false,
      remembered: true,
      firstSeenAt: 20,
    })
    list.add('b', createFollower())
    expect(ids()).toEqual(['b', 'a', 'newer', 'older'])
    expect(remembered).toHaveBeenCalledTimes(1)
  })

  it('keeps the place and the moment of a remembered task that is followed', () => {
    const { list, ids, find } = create([run('newer', 20), run('older', 10)])
    expect(ids()).toEqual(['newer', 'older'])
    list.add('older', createFollower(viewAt(3)))
    expect(ids()).toEqual(['newer', 'older'])
    expect(find('older')).toMatchObject({ view: viewAt(3), remembered: false, firstSeenAt: 10 })
  })

  it('does not list a task twice that is followed and remembered', () => {
    const { list, ids, find } = create([run('a', 10)])
    list.add('a', createFollower())
    expect(ids()).toEqual(['a'])
    expect(find('a')?.remembered).toBe(false)
  })

  it('is empty when everything is forgotten, and what was remembered does not come back', async () => {
    const { list, ids, paint } = create([run('r', 10)])
    const a = createFollower()
    list.add('a', a)
    const listener = vi.fn()
    list.store.subscribe(listener)
    list.clear()
    await paint()
    expect(listener).toHaveBeenCalledTimes(1)
    expect([ids(), a.listenerCount]).toEqual([[], 0])
  })

  it('has at every moment exactly what it was told, whoever listens', async () => {
    const id = fc.constantFrom('a', 'b', 'c')
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), id }),
      fc.record({ do: fc.constant('remove' as const), id }),
      fc.record({ do: fc.constant('show' as const), id, at: fc.nat() }),
      fc.record({ do: fc.constant('watch' as const), id, isWatched: fc.boolean() }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step), fc.boolean(), async (steps, isListened) => {
        const { list, paint } = create()
        const known = new Map<string, { follower: FakeFollower; isWatched: boolean }>()
        if (isListened) list.store.subscribe(() => {})
        for (const one of steps) {
          const entry = known.get(one.id)
          if (one.do === 'add' && entry === undefined) {
            const follower = createFollower()
            known.set(one.id, { follower, isWatched: false })
            list.add(one.id, follower)
          }
          if (one.do === 'remove') {
            known.delete(one.id)
            list.remove(one.id)
          }
          if (one.do === 'show') entry?.follower.show(viewAt(one.at))
          if (one.do === 'watch') {
            if (entry !== undefined) entry.isWatched = one.isWatched
            list.watch(one.id, one.isWatched)
          }
        }
        await paint()
        const shown = list.store.getState().map((item) => [item.id, item.isWatched, item.view])
        const expected = [...known].map(([key, entry]) => [key, entry.isWatched, entry.follower.current()])
        expect(shown).toEqual(expected.toReversed())
      }),
    )
  })
})
