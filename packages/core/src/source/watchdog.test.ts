import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../store/clock.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { createWatchdog } from './watchdog.ts'

/** A clock whose wall time and timer are moved apart, as a suspended machine or a corrected clock does. */
function createLooseClock(): Clock & { nowMs: number; fire(): void; readonly delaysMs: number[] } {
  let timer: (() => void) | null = null
  return {
    nowMs: 0,
    delaysMs: [],
    now() {
      return this.nowMs
    },
    after(delayMs, run) {
      this.delaysMs.push(delayMs)
      timer = run
      return () => {
        timer = null
      }
    },
    random: () => 0,
    fire() {
      const run = timer
      timer = null
      run?.()
    },
  }
}

describe('createWatchdog', () => {
  it('reports silence once, after exactly the limit (L8)', async () => {
    const clock = createManualClock()
    let silences = 0
    const watchdog = createWatchdog(clock, 100, () => silences++)
    watchdog.watch()
    await clock.advance(99)
    expect(silences).toBe(0)
    await clock.advance(1)
    expect(silences).toBe(1)
    watchdog.watch()
    await clock.advance(1_000)
    expect([silences, clock.pendingCount]).toEqual([1, 0])
  })

  it('reports silence exactly the limit after the last watch began, whatever came before (L8)', async () => {
    const steps = fc.array(fc.record({ restMs: fc.nat(99), watchMs: fc.nat(99) }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(steps, async (lives) => {
        const clock = createManualClock()
        let silentAtMs: number | null = null
        const watchdog = createWatchdog(clock, 100, () => {
          silentAtMs = clock.now()
        })
        for (const { restMs, watchMs } of lives) {
          watchdog.watch()
          await clock.advance(watchMs)
          watchdog.rest()
          await clock.advance(restMs)
        }
        expect(silentAtMs).toBeNull()
        const lastMs = clock.now()
        watchdog.watch()
        expect(clock.pendingCount).toBe(1)
        await clock.advance(300)
        expect(silentAtMs).toBe(lastMs + 100)
      }),
      { numRuns: 60 },
    )
  })

  it('does not count the time in which nobody listens', async () => {
    const clock = createManualClock()
    let silences = 0
    const watchdog = createWatchdog(clock, 100, () => silences++)
    watchdog.watch()
    watchdog.rest()
    await clock.advance(10_000)
    expect([silences, clock.pendingCount]).toEqual([0, 0])
  })

  it('sets its timer once for any number of watches', () => {
    const clock = createLooseClock()
    const watchdog = createWatchdog(clock, 100, () => {})
    for (let i = 0; i < 1_000; i++) {
      clock.nowMs += 0.05
      watchdog.watch()
      watchdog.rest()
    }
    expect(clock.delaysMs).toEqual([100])
  })

  it.each([
    ['stood still', 0],
    ['was set back by a day', -86_400_000],
    ['jumped ahead by a day', 86_400_000],
  ])('finds the silence within twice the limit of timers when the clock %s', (_, jumpMs) => {
    const clock = createLooseClock()
    let silences = 0
    const watchdog = createWatchdog(clock, 100, () => silences++)
    watchdog.watch()
    watchdog.rest()
    watchdog.watch()
    clock.nowMs += jumpMs
    clock.fire()
    clock.fire()
    expect(silences).toBe(1)
    expect(Math.max(...clock.delaysMs)).toBe(100)
  })

  it('holds no timer after stop, and takes no new one', () => {
    const clock = createManualClock()
    const watchdog = createWatchdog(clock, 100, () => {})
    watchdog.watch()
    watchdog.stop()
    watchdog.watch()
    expect(clock.pendingCount).toBe(0)
  })
})
