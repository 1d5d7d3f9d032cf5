import { getEventListeners } from 'node:events'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import { createPollQueue } from './poll-queue.ts'

const settled = async (): Promise<void> => await createManualClock().advance(0)

/** A queue whose questions are answered by hand. */
function setUp(maxConcurrent: number = 1) {
  const clock = createManualClock()
  const queue = createPollQueue(maxConcurrent, clock)
  const running = new Map<string, { answer: () => void; refuse: () => void }>()
  const started: string[] = []
  const outcomes: string[] = []
  const ask = (name: string, isFirst = false): AbortController => {
    const owner = new AbortController()
    const question = (): Promise<string> =>
      new Promise((resolve, reject) => {
        started.push(name)
        running.set(name, { answer: () => resolve(name), refuse: () => reject(new Error(name)) })
      })
    queue.run(question, { signal: owner.signal, isFirst }).then(
      (answer) => outcomes.push(answer),
      () => outcomes.push(`!${name}`),
    )
    return owner
  }
  return { clock, queue, ask, running, started, outcomes }
}

describe('createPollQueue', () => {
  it('runs one question at a time, in the order in which they came', async () => {
    const { ask, running, started, outcomes } = setUp()
    for (const name of ['a', 'b', 'c']) ask(name)
    await settled()
    expect(started).toEqual(['a'])
    running.get('a')?.answer()
    await settled()
    expect(started).toEqual(['a', 'b'])
    running.get('b')?.answer()
    await settled()
    running.get('c')?.answer()
    await settled()
    expect(outcomes).toEqual(['a', 'b', 'c'])
  })

  it('lets first questions go before all others, and among themselves in order', async () => {
    const { ask, running, started } = setUp()
    ask('a')
    ask('b')
    ask('first', true)
    ask('second', true)
    for (const name of ['a', 'first', 'second', 'b']) {
      await settled()
      running.get(name)?.answer()
    }
    expect(started).toEqual(['a', 'first', 'second', 'b'])
  })

  it('gives the turn of a failed question to the next', async () => {
    const { ask, running, started, outcomes } = setUp()
    ask('a')
    ask('b')
    await settled()
    running.get('a')?.refuse()
    await settled()
    expect([started, outcomes]).toEqual([['a', 'b'], ['!a']])
  })

  it('asks nothing for somebody who is aborted while he waits, and keeps no turn for him', async () => {
    const { ask, running, started, outcomes } = setUp()
    ask('a')
    const owner = ask('b')
    ask('c')
    await settled()
    owner.abort()
    running.get('a')?.answer()
    await settled()
    expect([started, outcomes]).toEqual([
      ['a', 'c'],
      ['!b', 'a'],
    ])
  })

  it('asks nothing for somebody who is aborted when his turn has just come', async () => {
    const { ask, started, outcomes } = setUp()
    ask('a').abort()
    ask('b')
    await settled()
    expect([started, outcomes]).toEqual([['b'], ['!a']])
  })

  it('takes the turn back of somebody who is aborted while he asks, even if that does not end the question', async () => {
    const { ask, started, outcomes } = setUp()
    const owner = ask('a')
    ask('b')
    await settled()
    owner.abort()
    await settled()
    expect([started, outcomes]).toEqual([['a', 'b'], ['!a']])
  })

  it('gives the turn of a question that hangs for 3 s to the next, and still brings its answer', async () => {
    const { clock, ask, running, started, outcomes } = setUp()
    for (const name of ['hanging', 'b', 'c']) ask(name)
    await clock.advance(2999)
    expect(started).toEqual(['hanging'])
    await clock.advance(1)
    expect(started).toEqual(['hanging', 'b'])
    for (const name of ['b', 'c', 'hanging']) {
      running.get(name)?.answer()
      await clock.advance(0)
    }
    expect([outcomes, clock.pendingCount]).toEqual([['b', 'c', 'hanging'], 0])
  })

  it('lets one question hang beside the others, and no second one', async () => {
    const { clock, ask, running, started } = setUp()
    for (const name of ['a', 'b', 'c', 'd']) ask(name)
    await clock.advance(60_000)
    expect(started).toEqual(['a', 'b'])
    running.get('a')?.answer()
    await clock.advance(0)
    // The other one that hangs has taken its place beside the others.
    expect(started).toEqual(['a', 'b', 'c'])
    await clock.advance(60_000)
    expect(started).toEqual(['a', 'b', 'c'])
  })

  it('runs more at a time once it may, and fewer as they end', async () => {
    const { clock, queue, ask, running, started } = setUp()
    for (const name of ['a', 'b', 'c', 'd', 'e']) ask(name)
    await clock.advance(0)
    queue.setMaxConcurrent(3)
    await clock.advance(0)
    expect(started).toEqual(['a', 'b', 'c'])
    queue.setMaxConcurrent(1)
    for (const name of ['a', 'b']) running.get(name)?.answer()
    await clock.advance(0)
    expect(started).toEqual(['a', 'b', 'c'])
    running.get('c')?.answer()
    await clock.advance(0)
    expect(started).toEqual(['a', 'b', 'c', 'd'])
  })

  it('asks nothing for an owner who has left already', async () => {
    const queue = createPollQueue(1, createManualClock())
    const asked: string[] = []
    const ask = (): Promise<void> => Promise.resolve(void asked.push('a'))
    await expect(queue.run(ask, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
    expect(asked).toEqual([])
  })

  it('leaves nothing behind on a signal under which it asks again and again', async () => {
    const queue = createPollQueue(1, createManualClock())
    const { signal } = new AbortController()
    for (let i = 0; i < 5; i++) await queue.run(() => Promise.resolve(), { signal })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('never runs more than its limit, leaves none idle, and asks everybody who stays', async () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('ask' as const), isFirst: fc.boolean() }),
      fc.record({
        type: fc.constantFrom('answer' as const, 'refuse' as const, 'abort' as const),
        pick: fc.nat(20),
      }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(step, { maxLength: 40 }),
        async (max, steps) => {
          const queue = createPollQueue(max, createManualClock())
          const live = new Map<number, { owner: AbortController; end: ((isGood: boolean) => void) | null }>()
          const runningCount = (): number => [...live.values()].filter(({ end }) => end !== null).length
          let count = 0
          for (const next of steps) {
            if (next.type === 'ask') {
              const id = count++
              const owner = new AbortController()
              live.set(id, { owner, end: null })
              const question = (): Promise<void> =>
                new Promise((resolve, reject) => {
                  live.set(id, {
                    owner,
                    end: (isGood) => (isGood ? resolve() : reject(new Error('refused'))),
                  })
                })
              const gone = (): void => void live.delete(id)
              queue.run(question, { signal: owner.signal, isFirst: next.isFirst }).then(gone, gone)
            } else {
              const one = [...live.values()][next.pick % Math.max(1, live.size)]
              if (next.type === 'abort') one?.owner.abort()
              else one?.end?.(next.type === 'answer')
            }
            await settled()
            expect(runningCount()).toBe(Math.min(max, live.size))
          }
          while (live.size > 0) {
            for (const { end } of live.values()) end?.(true)
            await settled()
          }
        },
      ),
      { numRuns: 40 },
    )
  })
})
