import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from './clock.ts'

describe('systemClock', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 5000 }))
  afterEach(() => void vi.useRealTimers())

  it('tells wall time and chance from 0 to below 1', () => {
    expect(systemClock.now()).toBe(5000)
    for (let draw = 0; draw < 100; draw++) {
      const chance = systemClock.random()
      expect(chance >= 0 && chance < 1).toBe(true)
    }
  })

  it('runs once, when its time has come', () => {
    const run = vi.fn<() => void>()
    systemClock.after(100, run)
    vi.advanceTimersByTime(99)
    expect(run).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1000)
    expect(run).toHaveBeenCalledTimes(1)
  })

  it('runs never when it was cancelled, however often', () => {
    const run = vi.fn<() => void>()
    const cancel = systemClock.after(100, run)
    cancel()
    cancel()
    vi.advanceTimersByTime(1000)
    expect(run).not.toHaveBeenCalled()
  })

  it.each([Infinity, 2 ** 31, Number.MAX_SAFE_INTEGER])(
    'waits for a delay of %d, which no timer can hold',
    (delayMs) => {
      const run = vi.fn<() => void>()
      systemClock.after(delayMs, run)
      vi.advanceTimersByTime(24 * 24 * 60 * 60 * 1000)
      expect(run).not.toHaveBeenCalled()
    },
  )
})

describe('a background timer', () => {
  it('does not keep a process alive, and another one does', () => {
    const unref = vi.fn<() => void>()
    vi.stubGlobal('setTimeout', () => ({ unref }))
    vi.stubGlobal('clearTimeout', () => {})
    systemClock.after(1, () => {})
    expect(unref).not.toHaveBeenCalled()
    systemClock.after(1, () => {}, 'background')()
    expect(unref).toHaveBeenCalledTimes(1)
    vi.unstubAllGlobals()
  })

  it('is a timer like any other where the runtime makes no difference', () => {
    vi.stubGlobal('setTimeout', () => 7)
    expect(() => systemClock.after(1, () => {}, 'background')).not.toThrow()
    vi.unstubAllGlobals()
  })
})
