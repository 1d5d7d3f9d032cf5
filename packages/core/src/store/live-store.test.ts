import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLiveStore } from './live-store.ts'

function create(initial = 0) {
  const log: string[] = []
  const owner = createLiveStore(initial, {
    onWatched: () => log.push('watched'),
    onUnwatched: () => log.push('unwatched'),
  })
  return { ...owner, owner, log }
}

describe('createLiveStore', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it('reading connects nothing', () => {
    const { store, log } = create(7)
    expect([store.getState(), store.getInitialState()]).toEqual([7, 7])
    expect(log).toEqual([])
  })

  it('is watched from the first watcher to the last, whoever comes and goes between', () => {
    const { store, log } = create()
    const leaveFirst = store.subscribe(() => {})
    const leaveSecond = store.subscribe(() => {})
    leaveFirst()
    const leaveThird = store.subscribe(() => {})
    leaveSecond()
    expect(log).toEqual(['watched'])
    leaveThird()
    expect(log).toEqual(['watched', 'unwatched'])
    store.subscribe(() => {})()
    expect(log).toEqual(['watched', 'unwatched', 'watched', 'unwatched'])
  })

  it('leaving twice leaves once', () => {
    const { store, log } = create()
    const leaveFirst = store.subscribe(() => {})
    const leaveSecond = store.subscribe(() => {})
    leaveFirst()
    leaveFirst()
    expect(log).toEqual(['watched'])
    leaveSecond()
    expect(log).toEqual(['watched', 'unwatched'])
  })

  it('one function that watches twice is two watchers', () => {
    const { store, owner } = create()
    const listener = vi.fn<(next: number, before: number) => void>()
    const leave = store.subscribe(listener)
    store.subscribe(listener)
    owner.write(1)
    expect(listener).toHaveBeenCalledTimes(2)
    leave()
    owner.write(2)
    expect(listener).toHaveBeenCalledTimes(3)
  })

  it('tells watchers what is new and what was before, and nothing when nothing is new', () => {
    const { store, owner } = create()
    const heard: number[][] = []
    store.subscribe((next, before) => heard.push([next, before]))
    owner.write(1)
    owner.write(1)
    owner.write(NaN)
    owner.write(NaN)
    expect(heard).toEqual([
      [1, 0],
      [NaN, 1],
    ])
    expect(store.getInitialState()).toBe(0)
  })

  it('replaces an object, and never mixes it with the one before', () => {
    const owner = createLiveStore<object>({ a: 1 }, { onWatched() {}, onUnwatched() {} })
    owner.write({ b: 2 })
    expect(owner.store.getState()).toEqual({ b: 2 })
  })

  it('a watcher that throws keeps none of the others from the news, nor the writer from going on', () => {
    const reports: (() => void)[] = []
    vi.stubGlobal('queueMicrotask', (report: () => void) => reports.push(report))
    const { store, owner } = create()
    const heard: number[] = []
    store.subscribe(() => {
      throw new Error('boom')
    })
    store.subscribe((next) => heard.push(next))
    owner.write(1)
    expect(heard).toEqual([1])
    expect(reports[0]).toThrow('boom')
  })

  it('a watcher may leave, and another one come, while the news is told', () => {
    const { store, owner, log } = create()
    const heard: string[] = []
    const leave = store.subscribe(() => {
      leave()
      store.subscribe(() => heard.push('late'))
    })
    owner.write(1)
    owner.write(2)
    expect(heard).toContain('late')
    expect(log.at(-1)).toBe('watched')
  })
})
