import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../testing/random.ts'
import { defaultRetryPolicy, retryDelay, type RetryPolicy, type ServerWishes } from './retry-delay.ts'

const policy = defaultRetryPolicy
const capMs = 30_000
const hourMs = 3_600_000
const nothing: ServerWishes = { serverDelayMs: null, retryAfterMs: null }
/** The greatest chance there is. */
const almostOne = 1 - 2 ** -32

/** What a sum of doubles may be off, in milliseconds. */
const rounding = 1e-6

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  maxRetries: fc.constant(10),
  retryDelayMs: fc.oneof(fc.nat(5000), fc.constantFrom(0, 1, 30_000, 600_000, 1e15)),
  maxDelayMs: fc.constant(capMs),
})
const attempts = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 10_000 }))
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const hostile = [0, 1e300, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, Infinity] as const
const wishes = fc.option(fc.oneof(fc.nat(hourMs), fc.constantFrom(...hostile)))

it('tries ten times, from a second up to half a minute, where nothing else is said', () => {
  expect(defaultRetryPolicy).toEqual({ maxRetries: 10, retryDelayMs: 1000, maxDelayMs: capMs })
})

describe('without a word of the server', () => {
  it.each([
    [1, 0, 100],
    [1, 0.5, 550],
    [2, 0, 100],
    [2, 0.5, 1050],
    [3, 0.5, 2050],
    [5, 0.5, 8050],
    [6, 0.5, 15_050],
    [7, 0.5, 15_050],
    [10_000, 0.5, 15_050],
    [10_000, 0, 100],
  ])('attempt %i at chance %d waits %i ms', (attempt, random, delayMs) => {
    expect(retryDelay(policy, attempt, random, nothing)).toBe(delayMs)
  })

  it.each([
    ['no delay at all', 0, 0.9, 50],
    ['a delay below the least', 10, 0.9, 50],
    ['a delay whose tenth is below the least', 200, 0, 50],
    ['a delay above the cap, by good luck', 600_000, 0, 3000],
    ['a delay above the cap, by bad luck', 600_000, 0.5, 16_500],
  ])('first attempt with %s', (_, retryDelayMs, random, delayMs) => {
    expect(retryDelay({ ...policy, retryDelayMs }, 1, random, nothing)).toBe(delayMs)
  })

  it('has full jitter: anything from the floor to the doubled delay, and never above the cap', () => {
    fc.assert(
      fc.property(policies, attempts, chances, (given, attempt, random) => {
        const delayMs = retryDelay(given, attempt, random, nothing)
        const floorMs = Math.max(50, Math.min(capMs, given.retryDelayMs) / 10)
        const doubledMs = given.retryDelayMs === 0 ? 0 : given.retryDelayMs * 2 ** (attempt - 1)
        expect(delayMs).toBeGreaterThanOrEqual(floorMs)
        expect(delayMs).toBeLessThanOrEqual(Math.max(floorMs, Math.min(capMs, doubledMs)) + rounding)
      }),
      { numRuns: 500 },
    )
  })

  it('reaches both ends of the jitter', () => {
    for (const [attempt, ceilingMs] of [
      [1, 1000],
      [2, 2000],
      [5, 16_000],
      [6, capMs],
      [10_000, capMs],
    ] as const) {
      expect(retryDelay(policy, attempt, 0, nothing)).toBe(100)
      expect(retryDelay(policy, attempt, almostOne, nothing)).toBeCloseTo(ceilingMs, 3)
    }
  })
})

describe('Retry-After', () => {
  it.each([
    ['below what chance gives', 200, 550],
    ['above it', 2000, 2000],
    ['above the cap', 120_000, 120_000],
    ['an hour', hourMs, hourMs],
    ['longer than an hour', hourMs + 1, hourMs],
    ['1e300', 1e300, hourMs],
    ['no time at all', 0, 550],
  ])('is a least: %s', (_, retryAfterMs, delayMs) => {
    expect(retryDelay(policy, 1, 0.5, { ...nothing, retryAfterMs })).toBe(delayMs)
  })
})

describe('retry: in a stream', () => {
  it.each([
    [1, 0, 3000],
    [1, 0.5, 3750],
    [2, 0.5, 4500],
    [3, 0.5, 6000],
    [6, 0.5, 16_500],
    [50, 0.5, 16_500],
    [10_000, 0, 3000],
  ])('of 3 s is a least, with jitter on top that doubles: attempt %i at chance %d', (attempt, random, ms) => {
    expect(retryDelay(policy, attempt, random, { ...nothing, serverDelayMs: 3000 })).toBe(ms)
  })

  it.each([
    ['nothing', 0, 50],
    ['less than the least', 49, 50],
    ['more than the cap', 60_000, 60_000],
    ['an hour', hourMs, hourMs],
    ['more than an hour', hourMs + 1, hourMs],
    ['the largest whole number', Number.MAX_SAFE_INTEGER, hourMs],
    ['1e300', 1e300, hourMs],
    ['no number of milliseconds that ends', Infinity, hourMs],
  ])(
    'of %s is taken within 50 ms and an hour, and half of it on top at most',
    (_, serverDelayMs, leastMs) => {
      const delayMs = (random: number): number => retryDelay(policy, 1, random, { ...nothing, serverDelayMs })
      expect(delayMs(0)).toBe(leastMs)
      expect(delayMs(0.5)).toBe(leastMs * 1.25)
      expect(delayMs(almostOne)).toBeLessThan(leastMs * 1.5)
    },
  )

  it('spreads the first attempt over half of what was asked for', () => {
    fc.assert(
      fc.property(policies, chances, fc.integer({ min: 50, max: hourMs }), (given, random, serverDelayMs) => {
        const delayMs = retryDelay(given, 1, random, { ...nothing, serverDelayMs })
        expect(delayMs).toBeGreaterThanOrEqual(serverDelayMs)
        expect(delayMs).toBeLessThanOrEqual(serverDelayMs * 1.5)
      }),
    )
  })
})

describe('whatever is asked for', () => {
  it('is never below any wish within an hour, and never above the cap or half more than the longest wish', () => {
    fc.assert(
      fc.property(policies, attempts, chances, wishes, wishes, (given, attempt, random, wishMs, afterMs) => {
        const delayMs = retryDelay(given, attempt, random, { serverDelayMs: wishMs, retryAfterMs: afterMs })
        const wishedMs = Math.min(hourMs, wishMs ?? 0)
        const leastMs = Math.min(hourMs, afterMs ?? 0)
        expect(Number.isFinite(delayMs)).toBe(true)
        expect(delayMs).toBeGreaterThanOrEqual(Math.max(50, wishedMs, leastMs))
        expect(delayMs).toBeLessThanOrEqual(Math.max(capMs, leastMs, wishedMs * 1.5) + rounding)
      }),
      { numRuns: 1000 },
    )
  })

  it('is a number of milliseconds at each of ten thousand attempts', () => {
    const odd: { readonly attempt: number; readonly delayMs: number }[] = []
    for (let attempt = 1; attempt <= 10_000; attempt++) {
      for (const retryDelayMs of [0, 1000, 1e15]) {
        for (const serverDelayMs of [null, 0, 3000, 1e300]) {
          const wished = { serverDelayMs, retryAfterMs: null }
          const delayMs = retryDelay({ ...policy, retryDelayMs }, attempt, almostOne, wished)
          if (!(delayMs >= 50 && delayMs <= 1.5 * hourMs)) odd.push({ attempt, delayMs })
        }
      }
    }
    expect(odd).toEqual([])
  })
})

describe('a herd', () => {
  /** The greatest share of `count` clients that come back in the same tenth of a second. */
  function greatestShare(seed: number, count: number, wished: ServerWishes): number {
    const random = createRandom(seed)
    const buckets = new Map<number, number>()
    for (let client = 0; client < count; client++) {
      const bucket = Math.floor(retryDelay(policy, 1, random(), wished) / 100)
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
    }
    return Math.max(...buckets.values()) / count
  }

  it.each([
    ['by itself', nothing],
    ['after retry: 3000', { ...nothing, serverDelayMs: 3000 }],
  ])('of a hundred clients that were cut at once comes back one by one, %s', (_, wished) => {
    for (const seed of [1, 2, 3, 4, 5]) expect(greatestShare(seed, 100, wished)).toBeLessThanOrEqual(0.25)
  })

  it('of ten thousand clients has no peak: each tenth of a second gets a ninth of them', () => {
    expect(greatestShare(1, 10_000, nothing)).toBeLessThanOrEqual(0.125)
  })
})
