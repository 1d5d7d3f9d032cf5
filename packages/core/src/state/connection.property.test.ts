import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import { holds, idleConnection, transition, type Connection, type ConnectionInput } from './connection.ts'
import type { RetryPolicy } from './retry-delay.ts'

type Fault = Extract<ConnectionInput, { type: 'faulted' }>

/** The longest wait; a line that was heard for as long is no failed attempt. */
const maxDelayMs = 30_000
const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  maxRetries: fc.oneof(fc.nat(6), fc.constant(Infinity)),
  retryDelayMs: fc.oneof(fc.constant(0), fc.nat(5000), fc.constant(600_000)),
  maxDelayMs: fc.constant(maxDelayMs),
})
const moments = fc.nat(100_000)
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const errorOf = (retryable: boolean): fc.Arbitrary<StreamError> =>
  fc
    .option(fc.nat(100_000))
    .map((retryAfterMs) => new StreamError('network', 'cut', { retryable, retryAfterMs }))
const shortLives = fc.oneof(fc.constant(0), fc.nat(maxDelayMs - 1))
const longLives = fc.integer({ min: maxDelayMs, max: 3_600_000 })
const faultsWith = (
  error: fc.Arbitrary<StreamError>,
  isOnline: fc.Arbitrary<boolean>,
  livedMs: fc.Arbitrary<number>,
): fc.Arbitrary<Fault> =>
  fc.record({
    type: fc.constant('faulted' as const),
    error,
    nowMs: moments,
    random: chances,
    isOnline,
    serverDelayMs: fc.option(moments),
    notBeforeMs: moments,
    livedMs,
  })
const typed = <T extends string>(...types: readonly T[]): fc.Arbitrary<{ readonly type: T }> =>
  fc.constantFrom(...types).map((type) => ({ type }))
const wants = fc.record({ type: fc.constant('wanted' as const), nowMs: moments, notBeforeMs: moments })
const wishes = fc.record({ type: fc.constant('retry-now' as const), nowMs: moments })
const returns = fc.record({ type: fc.constant('online' as const), nowMs: moments, notBeforeMs: moments })
const wakings = fc.record({
  type: fc.constant('woken' as const),
  nowMs: moments,
  notBeforeMs: moments,
  isSilent: fc.boolean(),
  isOnline: fc.boolean(),
})

const final = errorOf(false)
const passing = errorOf(true)
const anyLives = fc.oneof({ weight: 3, arbitrary: shortLives }, longLives)
const faults = faultsWith(fc.oneof({ weight: 3, arbitrary: passing }, final), fc.boolean(), anyLives)
const inputs: fc.Arbitrary<ConnectionInput> = fc.oneof(
  {
    weight: 5,
    arbitrary: typed('opened', 'applied', 'quiet', 'heard', 'elapsed', 'elapsed'),
  },
  { weight: 2, arbitrary: wants },
  typed('unwanted', 'finished', 'offline'),
  wishes,
  returns,
  wakings,
  { weight: 3, arbitrary: faults },
)

interface Step {
  readonly before: Connection
  readonly input: ConnectionInput
  readonly next: Connection
  readonly policy: RetryPolicy
}

/** Checks `law` at each step of random lives. */
function alwaysHolds(law: (step: Step) => void): void {
  fc.assert(
    fc.property(policies, fc.array(inputs, { maxLength: 60 }), (policy, life) => {
      let before = idleConnection
      for (const input of life) {
        const next = transition(before, input, policy)
        law({ before, input, next, policy })
        before = next
      }
    }),
    { numRuns: 500 },
  )
}

describe('any life of a connection', () => {
  it('L7: what has finished absorbs everything', () => {
    alwaysHolds(({ before, next }) => {
      if (before.status === 'closed' && before.error === null) expect(next).toBe(before)
    })
  })

  it('takes up a line given up by a wish or a change of the world alone, and a refusal by a wish alone', () => {
    alwaysHolds(({ before, input, next, policy }) => {
      if (before.status !== 'closed' || before.error === null || next === before) return
      const { error } = before
      if (input.type === 'finished') return expect(next).toEqual({ status: 'closed', error: null })
      if (input.type === 'retry-now') return expect(next).toEqual({ status: 'connecting', attempt: 1, error })
      expect(['online', 'woken']).toContain(input.type)
      expect(error.retryable && policy.maxRetries > 0).toBe(true)
      expect(next).toMatchObject({ status: 'waiting', attempt: 1, error })
    })
  })

  it('closes for the end, for a refusal, or for a fault with nothing left of the budget', () => {
    alwaysHolds(({ before, input, next, policy }) => {
      if (next.status !== 'closed' || next === before) return
      if (input.type !== 'faulted') return expect([input.type, next.error]).toEqual(['finished', null])
      expect(next.error).toBe(input.error)
      if (!input.error.retryable) return
      expect(policy.maxRetries === 0 || (input.isOnline && input.livedMs < maxDelayMs)).toBe(true)
      expect(before).toHaveProperty('attempt', expect.any(Number))
      if ('attempt' in before) expect(before.attempt).toBeGreaterThanOrEqual(policy.maxRetries)
    })
  })

  it('keeps its reference when nothing happened, and changes it only to something else', () => {
    alwaysHolds(({ before, next }) => {
      if (next !== before) expect(next).not.toEqual(before)
    })
  })

  it('waits after a fault no shorter than anybody asks for', () => {
    alwaysHolds(({ before, input, next }) => {
      if (next.status !== 'waiting' || next === before || input.type !== 'faulted') return
      const { nowMs, notBeforeMs, serverDelayMs, error } = input
      expect(next.error).toBe(error)
      expect(Number.isFinite(next.retryAtMs)).toBe(true)
      expect(next.retryAtMs).toBeGreaterThan(nowMs)
      expect(next.retryAtMs).toBeGreaterThanOrEqual(next.notBeforeMs)
      expect(next.retryAtMs).toBeGreaterThanOrEqual(nowMs + (serverDelayMs ?? 0))
      expect(next.notBeforeMs).toBe(Math.max(notBeforeMs, nowMs + (error.retryAfterMs ?? 0)))
    })
  })

  it('waits otherwise as long as the ceiling, or what was asked for before, demands, and no longer', () => {
    alwaysHolds(({ before, input, next }) => {
      if (next.status !== 'waiting' || next === before || input.type === 'faulted') return
      expect(next.error.retryable).toBe(true)
      if (input.type === 'retry-now')
        return expect(next).toMatchObject({ retryAtMs: input.nowMs, notBeforeMs: 0, attempt: 1 })
      if (input.type === 'wanted') expect(input.notBeforeMs).toBeGreaterThan(input.nowMs)
      else if (input.type !== 'online' && input.type !== 'woken') return expect.unreachable(input.type)
      const asked = before.status === 'waiting' ? before.notBeforeMs : input.notBeforeMs
      expect(next.notBeforeMs).toBe(asked)
      expect(next.retryAtMs).toBe(Math.max(input.nowMs, asked))
      // A change of the world shortens a wait, and never prolongs it.
      if (before.status === 'waiting') expect(next).toEqual({ ...before, retryAtMs: next.retryAtMs })
      if (before.status === 'waiting') expect(next.retryAtMs).toBeLessThan(before.retryAtMs)
    })
  })

  it('connects to what is wanted at once, or as soon as the ceiling allows, and then with a whole budget', () => {
    alwaysHolds(({ before, input, next }) => {
      if (before.status !== 'idle' || input.type !== 'wanted') return
      const isTooSoon = input.notBeforeMs > input.nowMs
      expect(next).toMatchObject({ status: isTooSoon ? 'waiting' : 'connecting', attempt: 0 })
    })
  })

  it('never makes more retries in a row than allowed', () => {
    alwaysHolds(({ next, policy }) => {
      // A wish is an attempt too, even where nothing is retried without asking.
      if ('attempt' in next) expect(next.attempt).toBeLessThanOrEqual(Math.max(1, policy.maxRetries))
    })
  })

  it('gets its budget back by news, by a wish or by a long life alone, and never by being opened', () => {
    alwaysHolds(({ before, input, next }) => {
      if (!('attempt' in before) || !('attempt' in next) || next.attempt >= before.attempt) return
      if (input.type === 'faulted') {
        expect(input.livedMs).toBeGreaterThanOrEqual(maxDelayMs)
        return expect(next.attempt).toBe(1)
      }
      expect(['applied', 'retry-now']).toContain(input.type)
    })
  })

  it('spends its budget on faults with a network alone', () => {
    alwaysHolds(({ before, input, next }) => {
      if (!('attempt' in before) || !('attempt' in next) || next.attempt <= before.attempt) return
      if (input.type === 'retry-now') return expect(next.attempt).toBe(1)
      expect(input).toMatchObject({ type: 'faulted', isOnline: true })
      expect(next.attempt).toBe(before.attempt + 1)
      if (input.type === 'faulted' && input.livedMs >= maxDelayMs) expect(next.attempt).toBe(1)
    })
  })

  it('holds a request exactly where a fault means something, and a timer exactly where its end does', () => {
    fc.assert(
      fc.property(policies, fc.array(inputs, { maxLength: 60 }), faults, (policy, life, fault) => {
        const end = life.reduce((c, input) => transition(c, input, policy), idleConnection)
        const isMoved = (input: ConnectionInput): boolean => transition(end, input, policy) !== end
        expect(holds(end) === 'request').toBe(isMoved(fault))
        expect(holds(end) === 'timer').toBe(isMoved({ type: 'elapsed' }))
        expect(holds(end) === 'timer').toBe('retryAtMs' in end)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the ceiling of attempts', () => {
  type Happening = Exclude<ConnectionInput['type'], 'elapsed'>
  interface Moment {
    readonly afterMs: number
    readonly type: Happening
    readonly fault: Fault
    readonly flags: readonly [isSilent: boolean, isOnline: boolean]
    /** By how much the ceiling rises when an attempt begins now. */
    readonly riseMs: number
  }
  /** Faults after which it is the ceiling that holds back, and not what the server asked for. */
  const brief = faultsWith(
    fc
      .option(fc.nat(2000))
      .map((retryAfterMs) => new StreamError('network', 'cut', { retryable: true, retryAfterMs })),
    fc.boolean(),
    anyLives,
  ).map((fault): Fault => ({ ...fault, serverDelayMs: null }))
  const happenings: fc.Arbitrary<Happening> = fc.oneof(
    fc.constantFrom<Happening>('unwanted', 'applied', 'quiet', 'heard', 'retry-now'),
    {
      weight: 8,
      arbitrary: fc.constantFrom<Happening>('wanted', 'opened', 'faulted', 'offline', 'online', 'woken'),
    },
  )
  const lives: fc.Arbitrary<readonly Moment[]> = fc.array(
    fc.record({
      afterMs: fc.oneof(fc.constant(0), fc.nat(100), fc.constant(30_000)),
      type: happenings,
      fault: brief,
      flags: fc.tuple(fc.boolean(), fc.boolean()),
      riseMs: fc.nat(30_000),
    }),
    { minLength: 20, maxLength: 60 },
  )

  it('no attempt begins before it but by a wish, whatever breaks, wakes or comes back', () => {
    let heldCount = 0
    const lifeHolds = (policy: RetryPolicy, life: readonly Moment[]): void => {
      let c = transition(idleConnection, { type: 'wanted', nowMs: 0, notBeforeMs: 0 }, policy)
      let nowMs = 0
      let notBeforeMs = 0
      let isWished = false
      const send = (input: ConnectionInput, riseMs: number): void => {
        const before = c
        c = transition(before, input, policy)
        if (c.status === 'waiting' && before.status !== 'waiting') isWished = input.type === 'retry-now'
        if (c === before || c.status !== 'connecting') return
        if (input.type === 'elapsed') {
          if (!isWished) expect(nowMs).toBeGreaterThanOrEqual(notBeforeMs)
          if (before.status === 'waiting') expect(nowMs).toBeGreaterThanOrEqual(before.notBeforeMs)
          if (nowMs === notBeforeMs && nowMs > 0) heldCount++
        } else if (input.type === 'wanted') expect(nowMs).toBeGreaterThanOrEqual(notBeforeMs)
        else expect(input.type).toBe('retry-now')
        notBeforeMs = Math.max(notBeforeMs, nowMs + riseMs)
      }
      for (const { afterMs, type, fault, flags, riseMs } of life) {
        const untilMs = nowMs + afterMs
        if (c.status === 'waiting' && c.retryAtMs <= untilMs) {
          nowMs = Math.max(nowMs, c.retryAtMs)
          send({ type: 'elapsed' }, riseMs)
        }
        nowMs = untilMs
        const [isSilent, isOnline] = flags
        if (type === 'faulted') {
          // What the server asked for holds for every line to come, also for one that was left and is wanted again.
          if (holds(c) === 'request')
            notBeforeMs = Math.max(notBeforeMs, nowMs + (fault.error.retryAfterMs ?? 0))
          send({ ...fault, nowMs, notBeforeMs }, riseMs)
        } else if (type === 'wanted') send({ type, nowMs, notBeforeMs }, riseMs)
        else if (type === 'woken') send({ type, nowMs, notBeforeMs, isSilent, isOnline }, riseMs)
        else if (type === 'online') send({ type, nowMs, notBeforeMs }, riseMs)
        else if (type === 'retry-now') send({ type, nowMs }, riseMs)
        else send({ type }, riseMs)
      }
    }
    const patient = policies.filter(({ maxRetries }) => maxRetries > 3)
    fc.assert(fc.property(patient, lives, lifeHolds), { numRuns: 500 })
    // Else nothing was proved: attempts were held back, and began at the very moment at which they may.
    expect(heldCount).toBeGreaterThan(0)
  })
})

describe('the budget', () => {
  /** Whatever neither brings news, nor asks for an attempt, nor ends the line, nor fails with a network. */
  const idleTalk: fc.Arbitrary<readonly ConnectionInput[]> = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: typed('opened', 'opened', 'quiet', 'heard', 'elapsed', 'offline') },
      wants,
      returns,
      wakings,
      faultsWith(passing, fc.constant(false), anyLives),
    ),
    { maxLength: 12 },
  )
  /** Brings the line back to a request: out of the wait, and out of being without a network. */
  const back: readonly ConnectionInput[] = [{ type: 'online', nowMs: 0, notBeforeMs: 0 }, { type: 'elapsed' }]
  const roundsOf = (livedMs: fc.Arbitrary<number>) =>
    fc.array(fc.tuple(idleTalk, faultsWith(passing, fc.constant(true), livedMs)), {
      minLength: 7,
      maxLength: 7,
    })
  const rounds = roundsOf(shortLives)
  const open = { status: 'open', attempt: 0, quiet: false, cutOff: false } as const

  it('is as many faults in a row as it says, whatever opens, wakes or is without a network between them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), rounds, (maxRetries, life) => {
        const policy: RetryPolicy = { maxRetries, retryDelayMs: 1000, maxDelayMs }
        let c: Connection = { ...open }
        for (const [index, [talk, fault]] of life.slice(0, maxRetries + 1).entries()) {
          for (const input of [...talk, ...back]) c = transition(c, input, policy)
          expect(holds(c)).toBe('request')
          c = transition(c, fault, policy)
          if (index < maxRetries) expect(c).toMatchObject({ status: 'waiting', attempt: index + 1 })
          else expect(c).toEqual({ status: 'closed', error: fault.error })
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is never used up by lines that were heard for as long as the longest wait, without any news', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), roundsOf(longLives), (maxRetries, life) => {
        const policy: RetryPolicy = { maxRetries, retryDelayMs: 1000, maxDelayMs }
        let c: Connection = { ...open }
        for (const [talk, fault] of life) {
          for (const input of [...talk, ...back]) c = transition(c, input, policy)
          expect(holds(c)).toBe('request')
          c = transition(c, fault, policy)
          expect(c).toMatchObject({ status: 'waiting', attempt: 1 })
        }
      }),
    )
  })

  it('is whole again after news', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), rounds, (maxRetries, life) => {
        const policy: RetryPolicy = { maxRetries, retryDelayMs: 1000, maxDelayMs }
        let c: Connection = { ...open }
        for (const [talk, fault] of life) {
          for (const input of [...talk, ...back]) c = transition(c, input, policy)
          c = transition(c, { type: 'opened' }, policy)
          c = transition(c, { type: 'applied' }, policy)
          expect(c).toMatchObject({ status: 'open', attempt: 0 })
          c = transition(c, fault, policy)
          expect(c).toMatchObject({ status: 'waiting', attempt: 1 })
        }
      }),
    )
  })
})
