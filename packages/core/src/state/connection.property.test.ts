import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import {
  idleConnection,
  retryDelay,
  transition,
  type Connection,
  type ConnectionInput,
  type RetryPolicy,
} from './connection.ts'

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  maxRetries: fc.oneof(fc.nat(6), fc.constant(Infinity)),
  retryDelayMs: fc.oneof(fc.constant(0), fc.nat(5000), fc.constant(600_000)),
  maxDelayMs: fc.constant(30_000),
})
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const errors = fc
  .record({ retryable: fc.boolean(), retryAfterMs: fc.option(fc.nat(100_000)) })
  .map((details) => new StreamError('network', 'cut', details))
const plain = ['wanted', 'unwanted', 'opened', 'applied', 'quiet', 'heard', 'finished', 'elapsed'] as const
const inputs: fc.Arbitrary<ConnectionInput> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...plain, 'retry-now' as const).map((type) => ({ type })) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('faulted' as const),
      error: errors,
      nowMs: fc.nat(),
      random: chances,
    }),
  },
)

/** Checks `law` at each step of random lives. */
function alwaysHolds(
  law: (step: {
    readonly before: Connection
    readonly input: ConnectionInput
    readonly next: Connection
    readonly policy: RetryPolicy
  }) => void,
): void {
  fc.assert(
    fc.property(policies, fc.array(inputs, { maxLength: 60 }), (policy, life) => {
      let before = idleConnection
      for (const input of life) {
        const next = transition(before, input, policy)
        law({ before, input, next, policy })
        before = next
      }
    }),
    { numRuns: 200 },
  )
}

describe('any life of a connection', () => {
  it('L7: closed absorbs everything but a wish to retry after an error', () => {
    alwaysHolds(({ before, input, next }) => {
      if (before.status !== 'closed') return
      if (input.type === 'retry-now' && before.error !== null) expect(next.status).toBe('connecting')
      else expect(next).toBe(before)
    })
  })

  it('keeps its reference when nothing happened, and changes it only to something else', () => {
    alwaysHolds(({ before, next }) => {
      if (next !== before) expect(next).not.toEqual(before)
    })
  })

  it('waits only after an error that may be retried, and until a moment that exists', () => {
    alwaysHolds(({ before, input, next }) => {
      if (next.status !== 'waiting') return
      expect(next.error.retryable).toBe(true)
      expect(next.retryAtMs).not.toBeNaN()
      if (next !== before) expect(input.type).toBe('faulted')
    })
  })

  it('never makes more retries in a row than allowed', () => {
    alwaysHolds(({ next, policy }) => {
      // A person's wish is an attempt too, even where nothing is retried without asking.
      if ('attempt' in next) expect(next.attempt).toBeLessThanOrEqual(Math.max(1, policy.maxRetries))
    })
  })

  it('gets its budget back by news alone, not by being opened', () => {
    alwaysHolds(({ before, input, next }) => {
      if (!('attempt' in before) || !('attempt' in next) || next.attempt >= before.attempt) return
      expect(['applied', 'retry-now']).toContain(input.type)
    })
  })
})

describe('retryDelay', () => {
  const attempts = fc.integer({ min: 1, max: 5000 })

  it('is never below what the server asks for', () => {
    fc.assert(
      fc.property(policies, attempts, chances, fc.nat(3_600_000), (policy, attempt, random, asked) => {
        expect(retryDelay(policy, attempt, random, asked)).toBeGreaterThanOrEqual(asked)
      }),
    )
  })

  it('is never above the cap when the server asks for nothing', () => {
    fc.assert(
      fc.property(policies, attempts, chances, (policy, attempt, random) => {
        expect(retryDelay(policy, attempt, random, null)).toBeLessThanOrEqual(policy.maxDelayMs)
      }),
    )
  })

  it('is never nothing when there is a delay, and nothing when there is none', () => {
    fc.assert(
      fc.property(policies, attempts, chances, (policy, attempt, random) => {
        const delayMs = retryDelay(policy, attempt, random, null)
        if (policy.retryDelayMs === 0) expect(delayMs).toBe(0)
        else expect(delayMs).toBeGreaterThan(0)
      }),
    )
  })

  it.each([
    [1, 0, 100],
    [1, 0.5, 500],
    [2, 0.5, 1000],
    [3, 0.5, 2000],
    [5, 0.999, 15_984],
    [6, 0.5, 15_000],
    [50, 0.5, 15_000],
    [2000, 0, 100],
  ])('has full jitter below the doubled delay: attempt %i, chance %d', (attempt, random, delayMs) => {
    const policy = { maxRetries: 10, retryDelayMs: 1000, maxDelayMs: 30_000 }
    expect(retryDelay(policy, attempt, random, null)).toBe(delayMs)
  })
})
