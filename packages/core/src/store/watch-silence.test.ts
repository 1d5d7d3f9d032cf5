import { describe, expect, it } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import { watchSilence } from './watch-silence.ts'

describe('watchSilence', () => {
  it('speaks once for each stretch of silence, however long the one before was', async () => {
    const clock = createManualClock(0)
    const quietAt: number[] = []
    const silence = watchSilence(
      clock,
      () => 100,
      () => quietAt.push(clock.now()),
    )
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
    const silence = watchSilence(
      clock,
      () => 100,
      () => {
        quiet++
        silence.stop()
      },
    )
    for (let beat = 0; beat < 50; beat++) silence.heard()
    expect(clock.pendingCount).toBe(1)
    await clock.advance(1000)
    expect([quiet, clock.pendingCount]).toEqual([1, 0])
  })

  it.each([15_001, 22_500, 60_000])(
    'speaks after %i ms of silence exactly, and not at a look before',
    async (limitMs) => {
      const clock = createManualClock(0)
      const quietAt: number[] = []
      const silence = watchSilence(
        clock,
        () => limitMs,
        () => quietAt.push(clock.now()),
      )
      await clock.advance(7)
      silence.heard()
      await clock.advance(limitMs - 1)
      expect(quietAt).toEqual([])
      await clock.advance(1)
      expect(quietAt).toEqual([7 + limitMs])
    },
  )

  it('notices within fifteen seconds that the limit has shrunk, from none at all too', async () => {
    for (const before of [600_000, Infinity]) {
      const clock = createManualClock(0)
      const quietAt: number[] = []
      let limitMs = before
      watchSilence(
        clock,
        () => limitMs,
        () => quietAt.push(clock.now()),
      )
      await clock.advance(14_000)
      limitMs = 2000
      await clock.advance(999)
      expect(quietAt).toEqual([])
      await clock.advance(1)
      expect(quietAt).toEqual([15_000])
    }
  })

  it('waits for a limit that has grown meanwhile', async () => {
    const clock = createManualClock(0)
    const quietAt: number[] = []
    let limitMs = 100
    watchSilence(
      clock,
      () => limitMs,
      () => quietAt.push(clock.now()),
    )
    await clock.advance(60)
    limitMs = 20_000
    await clock.advance(19_939)
    expect(quietAt).toEqual([])
    await clock.advance(1)
    expect(quietAt).toEqual([20_000])
  })

  it('never speaks where silence has no limit', async () => {
    const clock = createManualClock(0)
    let quiet = 0
    watchSilence(
      clock,
      () => Infinity,
      () => quiet++,
    )
    await clock.advance(3_600_000)
    expect([quiet, clock.pendingCount]).toEqual([0, 1])
  })

  it('measures no step of the wall clock', async () => {
    const clock = createManualClock(0)
    let quiet = 0
    watchSilence(
      clock,
      () => 100,
      () => quiet++,
    )
    clock.setWallClock(3_600_000)
    await clock.advance(99)
    expect(quiet).toBe(0)
    clock.setWallClock(-7_200_000)
    await clock.advance(1)
    expect(quiet).toBe(1)
  })
})
