import { afterEach, describe, expect, it, vi } from 'vitest'
import { onAbort } from './on-abort.ts'

function create() {
  const controller = new AbortController()
  const { signal } = controller
  const added = vi.spyOn(signal, 'addEventListener')
  const removed = vi.spyOn(signal, 'removeEventListener')
  return { controller, signal, countCalls: () => [added.mock.calls.length, removed.mock.calls.length] }
}

afterEach(() => void vi.unstubAllGlobals())

describe('onAbort', () => {
  it('calls everyone once who has not left, in the order in which they came', () => {
    const { controller, signal } = create()
    const heard: number[] = []
    const leave = [0, 1, 2].map((index) => onAbort(signal, () => heard.push(index)))
    leave[1]?.()
    controller.abort()
    controller.abort()
    expect(heard).toEqual([0, 2])
  })

  it('has one event listener for everyone, and none when the last has left', () => {
    const { signal, countCalls } = create()
    const leave = Array.from({ length: 40 }, () => onAbort(signal, () => {}))
    expect(countCalls()).toEqual([1, 0])
    for (const one of leave.slice(1)) one()
    expect(countCalls()).toEqual([1, 0])
    leave[0]?.()
    expect(countCalls()).toEqual([1, 1])
  })

  it('leaving twice leaves once, and ends nothing of those who came after', () => {
    const { controller, signal, countCalls } = create()
    const leave = onAbort(signal, () => {})
    leave()
    const listener = vi.fn<() => void>()
    onAbort(signal, listener)
    leave()
    expect(countCalls()).toEqual([2, 1])
    controller.abort()
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('leaving while the others are called takes nothing from them, and whoever left is not called', () => {
    const { controller, signal, countCalls } = create()
    const heard: string[] = []
    const leaveFirst = onAbort(signal, () => {
      heard.push('first')
      leaveFirst()
      leaveSecond()
    })
    const leaveSecond = onAbort(signal, () => heard.push('second'))
    onAbort(signal, () => heard.push('third'))
    controller.abort()
    expect(heard).toEqual(['first', 'third'])
    expect(countCalls()[0]).toBe(1)
  })

  it('one function that listens twice is called twice', () => {
    const { controller, signal } = create()
    const listener = vi.fn<() => void>()
    onAbort(signal, listener)
    onAbort(signal, listener)
    controller.abort()
    expect(listener).toHaveBeenCalledTimes(2)
  })

  it('a listener that throws keeps none of the others from hearing it', () => {
    const reports: (() => void)[] = []
    vi.stubGlobal('queueMicrotask', (report: () => void) => reports.push(report))
    const { controller, signal } = create()
    const listener = vi.fn<() => void>()
    onAbort(signal, () => {
      throw new Error('boom')
    })
    onAbort(signal, listener)
    controller.abort()
    expect(listener).toHaveBeenCalledTimes(1)
    expect(reports[0]).toThrow('boom')
  })
})
