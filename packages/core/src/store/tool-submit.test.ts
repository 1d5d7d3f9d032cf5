import { describe, expect, it } from 'vitest'
import { StreamError, type StreamErrorCode, type StreamErrorDetails } from '../errors.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { submitAnswer, type SubmitOutcome } from './tool-submit.ts'

function fail(code: StreamErrorCode, details?: StreamErrorDetails): () => never {
  return () => {
    throw new StreamError(code, 'No.', details)
  }
}
const take = (): void => {}

function start(answers: readonly (() => void)[]) {
  const clock = createManualClock()
  const life = new AbortController()
  const askedAt: number[] = []
  const told: (SubmitOutcome | null)[] = []
  const submit = async (): Promise<void> => (answers[askedAt.push(clock.monotonic()) - 1] ?? take)()
  const ended = submitAnswer(submit, clock, life.signal).then((outcome) => void told.push(outcome))
  return { clock, life, askedAt, told, ended }
}

describe('submitAnswer', () => {
  it.each(['not-found', 'conflict', 'gone'] as const)(
    'takes %s for an answer that is there',
    async (code) => {
      const { ended, told } = start([fail(code)])
      await ended
      expect(told).toEqual([{ error: null }])
    },
  )

  it('tries again while that may help, ever more patiently up to 30 s', async () => {
    const { clock, askedAt, told } = start(
      Array.from({ length: 40 }, () => fail('http', { retryable: true })),
    )
    await clock.advance(3_600_000)
    expect(askedAt).toHaveLength(41)
    expect(told).toEqual([{ error: null }])
    const waits = askedAt.map((at, i) => at - (askedAt[i - 1] ?? 0)).slice(1)
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000)
    expect(Math.max(...waits.slice(0, 1))).toBeLessThanOrEqual(1000)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(100)
  })

  it('waits as long as the server asked for', async () => {
    const { clock, askedAt } = start([fail('rate-limited', { retryable: true, retryAfterMs: 45_000 })])
    await clock.advance(44_999)
    expect(askedAt).toEqual([0])
    await clock.advance(1)
    expect(askedAt).toEqual([0, 45_000])
  })

  it('tells a refusal that trying again does not change', async () => {
    const { ended, told } = start([fail('forbidden')])
    await ended
    expect(told).toEqual([{ error: expect.objectContaining({ code: 'forbidden' }) as unknown }])
  })

  it('takes anything else that is thrown for a line that broke', async () => {
    const { clock, askedAt, told } = start([
      () => {
        throw new TypeError('Failed to fetch')
      },
    ])
    await clock.advance(1000)
    expect([askedAt.length, told]).toEqual([2, [{ error: null }]])
  })

  it('ends by its signal between two attempts, and leaves no timer', async () => {
    const { clock, life, ended, told } = start([fail('network', { retryable: true })])
    await clock.advance(0)
    life.abort()
    await ended
    expect([told, clock.pendingCount]).toEqual([[null], 0])
  })

  it('ends by its signal during an attempt that does not listen', async () => {
    const life = new AbortController()
    const ended = submitAnswer(() => new Promise(() => {}), createManualClock(), life.signal)
    life.abort()
    expect(await ended).toBeNull()
  })

  it('does not begin when it is over', async () => {
    const unreached = (): Promise<void> => expect.unreachable('it is over')
    expect(await submitAnswer(unreached, createManualClock(), AbortSignal.abort())).toBeNull()
  })
})
