import { describe, expect, it } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import { createToolProgress, progressEveryMs } from './tool-progress.ts'

function create() {
  const clock = createManualClock()
  const told: unknown[] = []
  return { clock, told, progress: createToolProgress(clock, (one) => told.push(one)) }
}

describe('createToolProgress', () => {
  it('tells the first at once, then the newest once per 100 ms, then the last', async () => {
    const { clock, told, progress } = create()
    for (let ms = 0; ms < 250; ms += 10) {
      progress.submit(ms)
      await clock.advance(10)
    }
    expect(told).toEqual([0, 90, 190])
    progress.end(true)
    expect(told).toEqual([0, 90, 190, 240])
    expect(clock.pendingCount).toBe(0)
  })

  it('tells the first at once again after a silence', async () => {
    const { clock, told, progress } = create()
    progress.submit(1)
    await clock.advance(progressEveryMs)
    expect(clock.pendingCount).toBe(0)
    progress.submit(2)
    expect(told).toEqual([1, 2])
  })

  it('tells nothing after its end, nor what was held back when nobody is to be told', async () => {
    const { clock, told, progress } = create()
    progress.submit(1)
    progress.submit(2)
    progress.end(false)
    progress.submit(3)
    progress.end(true)
    await clock.advance(1000)
    expect(told).toEqual([1])
  })
})
