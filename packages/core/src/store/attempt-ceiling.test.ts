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
      expect(ceiling.notBeforeMs(5)).toBe(5)
      ceiling.begin(5)
    }
    for (const atMs of [5, 12_005, 30_004, 30_005]) expect(ceiling.notBeforeMs(atMs)).toBe(30_005)
    expect(ceiling.notBeforeMs(90_000)).toBe(90_000)
  })

  it('waits for the oldest of the last ten', () => {
    const ceiling = createAttemptCeiling()
    for (let attempt = 0; attempt < 12; attempt++) ceiling.begin(attempt * 1000)
    expect(ceiling.notBeforeMs(11_000)).toBe(2000 + windowMs)
  })

  it('says the same however often it is asked', () => {
    const ceiling = createAttemptCeiling()
    for (let attempt = 0; attempt < 10; attempt++) ceiling.begin(0)
    ceiling.leaveAlone(0, 60_000)
    expect([ceiling.notBeforeMs(100), ceiling.notBeforeMs(100)]).toEqual([60_000, 60_000])
  })

  it('is one of its own for each line', () => {
    const busy = createAttemptCeiling()
    for (let attempt = 0; attempt < 10; attempt++) busy.begin(0)
    busy.leaveAlone(0, 60_000)
    expect(createAttemptCeiling().notBeforeMs(0)).toBe(0)
  })
})

describe('what the server asks for', () => {
  it('is kept for as long as it asked, without any attempt', () => {
    const ceiling = createAttemptCeiling()
    ceiling.leaveAlone(1000, 5000)
    for (const atMs of [1000, 5999, 6000]) expect(ceiling.notBeforeMs(atMs)).toBe(6000)
    expect(ceiling.notBeforeMs(6001)).toBe(6001)
  })

  it('is never shortened by a later word: the moment furthest away counts', () => {
    const ceiling = createAttemptCeiling()
    ceiling.leaveAlone(0, 60_000)
    ceiling.leaveAlone(1000, 2000)
    ceiling.leaveAlone(2000, 0)
    expect(ceiling.notBeforeMs(2000)).toBe(60_000)
    ceiling.leaveAlone(3000, 60_000)
    expect(ceiling.notBeforeMs(3000)).toBe(63_000)
  })

  it('is nothing where it asked for nothing', () => {
    const ceiling = createAttemptCeiling()
    ceiling.leaveAlone(1000, 0)
    expect(ceiling.notBeforeMs(1000)).toBe(1000)
  })

  it('is forgotten when it answers again, while the attempts that were made are not', () => {
    const ceiling = createAttemptCeiling()
    for (let attempt = 0; attempt < 10; attempt++) ceiling.begin(0)
    ceiling.leaveAlone(0, 60_000)
    expect(ceiling.notBeforeMs(100)).toBe(60_000)
    ceiling.answered()
    expect(ceiling.notBeforeMs(100)).toBe(windowMs)
    ceiling.leaveAlone(100, 40_000)
    expect(ceiling.notBeforeMs(100)).toBe(40_100)
  })

  it('does not lift the ceiling where it is over sooner', () => {
    const ceiling = createAttemptCeiling()
    for (let attempt = 0; attempt < 10; attempt++) ceiling.begin(0)
    ceiling.leaveAlone(0, 1000)
    expect(ceiling.notBeforeMs(2000)).toBe(windowMs)
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
          nowMs = ceiling.notBeforeMs(nowMs)
          expect(ceiling.notBeforeMs(nowMs)).toBe(nowMs)
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
          const waitMs = ceiling.notBeforeMs(nowMs) - nowMs
          expect(waitMs > 0).toBe(countBefore(starts, nowMs) >= 10)
          nowMs += waitMs
          ceiling.begin(nowMs)
          starts.push(nowMs)
          if (waitMs > 0) expect(countBefore(starts, nowMs - 1)).toBe(10)
        }
      }),
    )
  })

  it('begins nothing before the server wants it, unless it answered since', () => {
    const wishes = fc.array(fc.tuple(pauses, fc.option(fc.nat(100_000)), fc.boolean()), { maxLength: 80 })
    fc.assert(
      fc.property(origins, wishes, (originMs, life) => {
        const ceiling = createAttemptCeiling()
        let nowMs = originMs
        let askedUntilMs = originMs
        for (const [pauseMs, waitMs, isAnswered] of life) {
          nowMs = ceiling.notBeforeMs(nowMs + pauseMs)
          expect(nowMs).toBeGreaterThanOrEqual(askedUntilMs)
          ceiling.begin(nowMs)
          if (isAnswered) {
            ceiling.answered()
            askedUntilMs = nowMs
          }
          if (waitMs === null) continue
          ceiling.leaveAlone(nowMs, waitMs)
          askedUntilMs = Math.max(askedUntilMs, nowMs + waitMs)
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
            nowMs = ceiling.notBeforeMs(nowMs)
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
