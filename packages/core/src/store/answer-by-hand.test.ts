import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { answerByHand } from './answer-by-hand.ts'

const policy = { maxRetries: 2, retryDelayMs: 1000, maxDelayMs: 30_000 }
const busy = new StreamError('http', 'busy', { status: 503, retryable: true })

/** Gives an answer to a server that takes it as `fates` say, one for each attempt: an error, or `null` where it is taken. */
function give(fates: readonly (StreamError | null)[], signal: AbortSignal = new AbortController().signal) {
  const clock = createManualClock()
  const told: unknown[] = []
  let attempts = 0
  const work = answerByHand('v1', 'yes', {
    clock,
    policy,
    signal,
    fold: (events) =>
      told.push(...events.map((event) => [event.type, 'error' in event ? event.error : null])),
    async submit() {
      const fate = fates[attempts++] ?? null
      if (fate !== null) throw fate
    },
  })
  const outcome = work.then(
    () => 'taken',
    (thrown: unknown) => thrown,
  )
  return { clock, told, outcome, attempts: () => attempts }
}

describe('an answer by hand', () => {
  it('is shown at once, and settled when it is taken', async () => {
    const { told, outcome } = give([null])
    expect(told).toEqual([['tool-answered', null]])
    expect(await outcome).toBe('taken')
    expect(told).toEqual([
      ['tool-answered', null],
      ['tool-settled', null],
    ])
  })

  it('is brought again while that may help', async () => {
    const { clock, outcome, attempts } = give([busy, busy, null])
    await clock.advance(60_000)
    expect([await outcome, attempts(), clock.pendingCount]).toEqual(['taken', 3, 0])
  })

  it.each([
    ['after as many attempts as the line would make', [busy, busy, busy, null], busy, 3],
    ['at once where nothing would help', [new StreamError('http', 'no', { status: 400 })], undefined, 1],
  ] as const)('is given up %s, and says so', async (_when, fates, error, count) => {
    const { clock, told, outcome, attempts } = give(fates)
    await clock.advance(60_000)
    const thrown = await outcome
    expect(thrown).toBe(error ?? fates[0])
    expect([told.at(-1), attempts()]).toEqual([['tool-settled', thrown], count])
  })

  it.each(['not-found', 'conflict', 'gone'] as const)(
    'that nobody waits for (%s) is no error',
    async (code) => {
      const { outcome } = give([new StreamError(code, 'late')])
      expect(await outcome).toBe('taken')
    },
  )

  it('waits no longer once the client is closed', async () => {
    const over = new AbortController()
    const { clock, outcome, attempts } = give([busy, null], over.signal)
    await clock.advance(0)
    over.abort()
    expect(await outcome).toMatchObject({ code: 'aborted' })
    expect([attempts(), clock.pendingCount]).toEqual([1, 0])
  })
})
