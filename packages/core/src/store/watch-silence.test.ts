import { describe, expect, it } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import { watchSilence } from './watch-silence.ts'

describe('watchSilence', () => {
  it('speaks once for each stretch of silence, however long the one before was', async () => {
    const clock = createManualClock(0)
    const quietAt: number[] = []
    const silence = watchSilence(clock, 100, () => quietAt.push(clock.now()))
    await clock.advance(60)
    silence.heard()
    await clock.advance(99)
    expect(quietAt).toEqual([])
    await clock.advance(1)
    expect(quietAt).toEqual([160])
    silence.heard()
    await clock.advance(300)
    expect(quietAt).toEqual([160, 260, 360, 460])
  })

  it('holds one timer, and none once it was stopped', async () => {
    const clock = createManualClock(0)
    let quiet = 0
    const silence = watchSilence(clock, 100, () => {
      quiet++
      silence.stop()
    })
    for (let beat = 0; beat < 50; beat++) silence.heard()
    expect(clock.pendingCount).toBe(1)
    await clock.advance(1000)
    expect([quiet, clock.pendingCount]).toEqual([1, 0])
  })
})
