import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFrameLoop, frameSchedule, syncSchedule, type Schedule } from './frame-loop.ts'

/** A schedule that fires when the test says so. */
function byHand(): { schedule: Schedule; fire(): void; readonly asked: number; readonly taken: number } {
  let due: (() => void) | null = null
  let asked = 0
  let taken = 0
  return {
    schedule(flush) {
      asked++
      due = flush
      return () => {
        taken++
        due = null
      }
    },
    fire() {
      const flush = due
      due = null
      flush?.()
    },
    get asked() {
      return asked
    },
    get taken() {
      return taken
    },
  }
}

describe('createFrameLoop', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it('L10: flushed, it has published the last state of each store, even if no frame ever comes', () => {
    const writes = fc.array(fc.tuple(fc.nat(3), fc.nat()), { maxLength: 40 })
    const never: Schedule = () => () => {}
    fc.assert(
      fc.property(writes, fc.array(fc.nat(40)), (life, flushes) => {
        const loop = createFrameLoop(never)
        const hot: number[] = []
        const published: number[] = []
        const publishers = [0, 1, 2, 3].map((store) => () => {
          const state = hot[store]
          if (state !== undefined) published[store] = state
        })
        for (const [index, [store, state]] of life.entries()) {
          hot[store] = state
          const publish = publishers[store]
          if (publish !== undefined) loop.offer(publish)
          if (flushes.includes(index)) loop.flush()
        }
        loop.flush()
        expect(published).toEqual(hot)
      }),
    )
  })

  it('publishes all stores in one frame, each once, in the order of their first offer', () => {
    const hand = byHand()
    const loop = createFrameLoop(hand.schedule)
    const log: string[] = []
    const first = (): void => void log.push('first')
    const second = (): void => void log.push('second')
    for (const publish of [first, second, first, second, first]) loop.offer(publish)
    expect([log, hand.asked]).toEqual([[], 1])
    hand.fire()
    expect(log).toEqual(['first', 'second'])
    loop.flush()
    expect(log).toHaveLength(2)
    loop.offer(first)
    expect(hand.asked).toBe(2)
  })

  it('takes its frame back when it is flushed before it', () => {
    const hand = byHand()
    const loop = createFrameLoop(hand.schedule)
    const publish = vi.fn<() => void>()
    loop.offer(publish)
    loop.flush()
    expect([publish.mock.calls.length, hand.taken]).toEqual([1, 1])
    hand.fire()
    expect(publish).toHaveBeenCalledTimes(1)
  })

  it('what is offered while publishing waits for the next frame', () => {
    const hand = byHand()
    const loop = createFrameLoop(hand.schedule)
    let count = 0
    const publish = (): void => {
      count++
      if (count < 3) loop.offer(publish)
    }
    loop.offer(publish)
    for (const expected of [1, 2, 3, 3]) {
      hand.fire()
      expect(count).toBe(expected)
    }
  })

  it('publishes at once with the sync schedule, also from within', () => {
    const loop = createFrameLoop(syncSchedule)
    const log: string[] = []
    loop.offer(() => {
      log.push('outer')
      loop.offer(() => log.push('inner'))
      log.push('outer ends')
    })
    expect(log).toEqual(['outer', 'inner', 'outer ends'])
    loop.offer(() => log.push('next'))
    expect(log.at(-1)).toBe('next')
  })

  it('one that throws is reported and keeps none of the others from its turn', () => {
    const reports: (() => void)[] = []
    vi.stubGlobal('queueMicrotask', (report: () => void) => reports.push(report))
    const hand = byHand()
    const loop = createFrameLoop(hand.schedule)
    const published = vi.fn<() => void>()
    loop.offer(() => {
      throw new Error('boom')
    })
    loop.offer(published)
    hand.fire()
    expect(published).toHaveBeenCalledTimes(1)
    expect(reports[0]).toThrow('boom')
    loop.offer(published)
    hand.fire()
    expect(published).toHaveBeenCalledTimes(2)
  })
})

describe('frameSchedule', () => {
  let frames: Map<number, () => void>

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    frames = new Map()
    let last = 0
    vi.stubGlobal('requestAnimationFrame', (run: () => void) => {
      frames.set(++last, run)
      return last
    })
    vi.stubGlobal('cancelAnimationFrame', (id: number) => frames.delete(id))
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })
  const paint = (): void => {
    const due = [...frames.values()]
    frames.clear()
    for (const run of due) run()
  }

  it('flushes once at the next frame of a page that paints', () => {
    const flush = vi.fn<() => void>()
    frameSchedule(flush)
    expect(flush).not.toHaveBeenCalled()
    paint()
    vi.advanceTimersByTime(1000)
    expect(flush).toHaveBeenCalledTimes(1)
  })

  it('flushes once after a quarter of a second where no frame comes', () => {
    const flush = vi.fn<() => void>()
    frameSchedule(flush)
    vi.advanceTimersByTime(249)
    expect(flush).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    paint()
    expect(flush).toHaveBeenCalledTimes(1)
  })

  it('flushes soon, and not at once, where there are no frames', () => {
    vi.stubGlobal('requestAnimationFrame', undefined)
    const flush = vi.fn<() => void>()
    frameSchedule(flush)
    expect(flush).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(flush).toHaveBeenCalledTimes(1)
  })

  it('leaves nothing behind when it is taken back', () => {
    const flush = vi.fn<() => void>()
    frameSchedule(flush)()
    vi.stubGlobal('requestAnimationFrame', undefined)
    frameSchedule(flush)()
    expect([frames.size, vi.getTimerCount()]).toEqual([0, 0])
    vi.advanceTimersByTime(1000)
    expect(flush).not.toHaveBeenCalled()
  })
})
