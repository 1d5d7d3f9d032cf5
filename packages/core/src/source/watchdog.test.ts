import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../store/clock.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { createWatchdog } from './watchdog.ts'

/** A clock whose readings and timer are moved apart, as a suspended machine or a clock that is set does. */
function createLooseClock(): Clock & {
  wallMs: number
  monotonicMs: number
  fire(): void
  readonly delaysMs: number[]
} {
  let timer: (() => void) | null = null
  return {
    wallMs: 0,
    monotonicMs: 0,
    delaysMs: [],
    now() {
      return this.wallMs
    },
    monotonic() {
      return this.monotonicMs
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

const always = (limitMs: number) => (): number => limitMs

describe('createWatchdog', () => {
  it('reports silence once, after exactly the limit (L8)', async () => {
    const clock = createManualClock()
    let silences = 0
    const watchdog = createWatchdog(clock, always(100), () => silences++)
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
        const watchdog = createWatchdog(clock, always(100), () => {
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
    const watchdog = createWatchdog(clock, always(100), () => silences++)
    watchdog.watch()
    watchdog.rest()
    await clock.advance(10_000)
    expect([silences, clock.pendingCount]).toEqual([0, 0])
  })

  it('sets its timer once for any number of watches', () => {
    const clock = createLooseClock()
    const watchdog = createWatchdog(clock, always(100), () => {})
    for (let i = 0; i < 1_000; i++) {
      clock.monotonicMs += 0.05
      watchdog.watch()
      watchdog.rest()
    }
    expect(clock.delaysMs).toEqual([100])
  })

  it('is not moved by a wall clock that is set, whenever and however far', async () => {
    const days = 86_400_000
    const steps = fc.array(
      fc.record({
        watchMs: fc.nat(99),
        setMs: fc.constantFrom(0, days, -days, 3_600_000, -3_600_000, 1, -1),
      }),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: -days, max: days }), async (lives, lastSetMs) => {
        const clock = createManualClock()
        let silentAtMs: number | null = null
        const watchdog = createWatchdog(clock, always(100), () => {
          silentAtMs = clock.monotonic()
        })
        for (const { watchMs, setMs } of lives) {
          watchdog.watch()
          clock.setWallClock(setMs)
          await clock.advance(watchMs)
          watchdog.rest()
        }
        const lastMs = clock.monotonic()
        watchdog.watch()
        clock.setWallClock(lastSetMs)
        await clock.advance(99)
        expect(silentAtMs).toBeNull()
        await clock.advance(1)
        expect([silentAtMs, clock.pendingCount]).toEqual([lastMs + 100, 0])
      }),
      { numRuns: 100 },
    )
  })

  it('finds the silence within two runs of its timer when the monotonic clock stands still', () => {
    const clock = createLooseClock()
    const waitedMs: number[] = []
    const watchdog = createWatchdog(clock, always(100), (ms) => waitedMs.push(ms))
    watchdog.watch()
    watchdog.rest()
    watchdog.watch()
    clock.fire()
    expect(waitedMs).toEqual([])
    clock.fire()
    expect(waitedMs).toEqual([100])
    expect(clock.delaysMs).toEqual([100, 100])
  })

  it('finds the silence as soon as it wakes, where the monotonic clock ran on in the sleep', async () => {
    const clock = createManualClock()
    let silences = 0
    const watchdog = createWatchdog(clock, always(100), () => silences++)
    watchdog.watch()
    await clock.advance(60)
    watchdog.rest()
    watchdog.watch()
    await clock.sleep(600_000)
    expect([silences, clock.pendingCount]).toEqual([1, 0])
  })

  it.each([
    ['shrinks', 40, 60, 100],
    ['grows', 250, 60, 310],
    ['shrinks below what has passed', 10, 60, 70],
    ['stays', 100, 60, 160],
  ])('counts a limit that %s from the next watch', async (_, nextMs, atMs, silentAtMs) => {
    const clock = createManualClock()
    let limitMs = 100
    const heard: [waitedMs: number, atMs: number][] = []
    const watchdog = createWatchdog(
      clock,
      () => limitMs,
      (waitedMs) => heard.push([waitedMs, clock.monotonic()]),
    )
    watchdog.watch()
    await clock.advance(atMs)
    watchdog.rest()
    limitMs = nextMs
    watchdog.watch()
    expect(clock.pendingCount).toBe(1)
    await clock.advance(1_000)
    expect(heard).toEqual([[nextMs, silentAtMs]])
  })

  it('waits on when the limit has grown during the watch', async () => {
    const clock = createManualClock()
    let limitMs = 100
    let silentAtMs: number | null = null
    const watchdog = createWatchdog(
      clock,
      () => limitMs,
      () => {
        silentAtMs = clock.monotonic()
      },
    )
    watchdog.watch()
    await clock.advance(50)
    limitMs = 180
    await clock.advance(1_000)
    expect(silentAtMs).toBe(180)
  })

  it('holds no timer after stop, and takes no new one', () => {
    const clock = createManualClock()
    const watchdog = createWatchdog(clock, always(100), () => {})
    watchdog.watch()
    watchdog.stop()
    watchdog.watch()
    expect(clock.pendingCount).toBe(0)
  })
})
