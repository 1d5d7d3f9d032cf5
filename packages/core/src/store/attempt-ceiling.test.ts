import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAttemptCeiling } from './attempt-ceiling.ts'

const windowMs = 30_000

/** How many of `starts` lie in the window that ends with `atMs`, which is its own first moment no longer. */
const countBefore = (starts: readonly number[], atMs: number): number =>
  starts.filter((start) => start > atMs - windowMs && start <= atMs).length

describe('createAttemptCeiling', () => {
  it('lets ten attempts begin at once, and the next one when the first is thirty seconds old', () => {
    const ceiling = createAttemptCeiling()
    for (let attempt = 0; attempt < 10; attempt++) {
      expect(ceiling.waitMs(5)).toBe(0)
      ceiling.begin(5)
    }
    expect(ceiling.waitMs(5)).toBe(windowMs)
    expect(ceiling.waitMs(12_005)).toBe(18_000)
    expect(ceiling.waitMs(30_004)).toBe(1)
    expect(ceiling.waitMs(30_005)).toBe(0)
    expect(ceiling.waitMs(90_000)).toBe(0)
  })

  it('waits for the oldest of the last ten', () => {
    const ceiling = createAttemptCeiling()
    for (let attempt = 0; attempt < 12; attempt++) ceiling.begin(attempt * 1000)
    expect(ceiling.waitMs(11_000)).toBe(2000 + windowMs - 11_000)
  })

  it('says the same however often it is asked', () => {
    const ceiling = createAttemptCeiling()
    for (let attempt = 0; attempt < 10; attempt++) ceiling.begin(0)
    expect([ceiling.waitMs(100), ceiling.waitMs(100)]).toEqual([29_900, 29_900])
  })

  it('is one of its own for each line', () => {
    const busy = createAttemptCeiling()
    for (let attempt = 0; attempt < 10; attempt++) busy.begin(0)
    expect(createAttemptCeiling().waitMs(0)).toBe(0)
  })
})

describe('whoever obeys it', () => {
  // A monotonic clock may have begun at any moment, before zero too.
  const origins = fc.oneof(fc.constant(0), fc.integer({ min: -(2 ** 40), max: 2 ** 40 }))
  const pauses = fc.oneof(fc.constant(0), fc.nat(100), fc.nat(5000), fc.nat(40_000))

  it('never makes more than ten attempts within any thirty seconds', () => {
    fc.assert(
      fc.property(origins, fc.array(pauses, { maxLength: 80 }), (originMs, life) => {
        const ceiling = createAttemptCeiling()
        const starts: number[] = []
        let nowMs = originMs
        for (const pauseMs of life) {
          nowMs += pauseMs
          nowMs += ceiling.waitMs(nowMs)
          expect(ceiling.waitMs(nowMs)).toBe(0)
          ceiling.begin(nowMs)
          starts.push(nowMs)
        }
        // The densest window ends with an attempt.
        for (const start of starts) expect(countBefore(starts, start)).toBeLessThanOrEqual(10)
      }),
      { numRuns: 300 },
    )
  })

  it('waits no longer than it must: at the end of a wait the window holds exactly nine others', () => {
    fc.assert(
      fc.property(origins, fc.array(pauses, { maxLength: 80 }), (originMs, life) => {
        const ceiling = createAttemptCeiling()
        const starts: number[] = []
        let nowMs = originMs
        for (const pauseMs of life) {
          nowMs += pauseMs
          const waitMs = ceiling.waitMs(nowMs)
          expect(waitMs > 0).toBe(countBefore(starts, nowMs) >= 10)
          nowMs += waitMs
          ceiling.begin(nowMs)
          starts.push(nowMs)
          if (waitMs > 0) expect(countBefore(starts, nowMs - 1)).toBe(10)
        }
      }),
    )
  })

  it('makes room again after those that a person asked for', () => {
    const attempts = fc.array(fc.tuple(pauses, fc.boolean()), { maxLength: 80 })
    fc.assert(
      fc.property(origins, attempts, (originMs, life) => {
        const ceiling = createAttemptCeiling()
        const starts: number[] = []
        let nowMs = originMs
        for (const [pauseMs, isAskedFor] of life) {
          nowMs += pauseMs
          if (!isAskedFor) {
            nowMs += ceiling.waitMs(nowMs)
            expect(countBefore(starts, nowMs)).toBeLessThan(10)
          }
          ceiling.begin(nowMs)
          starts.push(nowMs)
        }
      }),
      { numRuns: 300 },
    )
  })
})
