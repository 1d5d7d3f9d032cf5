import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StreamError } from '../errors.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import type { Frame } from '../wire/frame.ts'
import type { Beginning } from './frame-log.ts'
import { createTabFollower, type FollowedBatch } from './tab-follower.ts'
import type { LeaderMessage } from './tab-message.ts'

const frame = (data: string): Frame => ({ type: 'message', event: 'message', id: null, data })
const dataOf = (frames: readonly Frame[]): string[] =>
  frames.flatMap((one) => (one.type === 'message' ? [one.data] : []))

const whole: Beginning = { transport: null, isWhole: true }
const lead = (from: string, term: number): LeaderMessage => ({ type: 'lead', from, term })
const batch = (
  from: string,
  term: number,
  number: number,
  beginning: Beginning | null = number === 1 ? whole : null,
): LeaderMessage => ({ type: 'batch', from, term, number, beginning, frames: [frame(`${from}${number}`)] })
const transcript = (
  from: string,
  term: number,
  number: number,
  frames: readonly Frame[] | null,
  to = 'me',
): LeaderMessage => ({ type: 'transcript', from, term, to, number, transport: null, frames })

function start() {
  const clock = createManualClock()
  const said: string[] = []
  const asked: { signal: AbortSignal; answer: (frame: Frame) => void; fail: (error: Error) => void }[] = []
  const missing: number[] = []
  const failed: StreamError[] = []
  const follower = createTabFollower({
    id: 'me',
    clock,
    limits: { maxFrames: 3, maxChars: 100 },
    ask: (signal) =>
      new Promise((answer, fail) => {
        asked.push({ signal, answer, fail })
      }),
    say: (type) => void said.push(type),
    onMissing: (count) => void missing.push(count),
    onUnanswered: (error) => void failed.push(error),
  })
  /** Everything that can be read now; `|` where it listens anew. */
  const read = async (): Promise<string[]> => {
    const words: string[] = []
    while (follower.batches.weight > 0) {
      const next: FollowedBatch | null = await follower.batches.take()
      if (next?.beginning) words.push('|')
      words.push(...dataOf(next?.frames ?? []))
    }
    return words
  }
  return { clock, said, asked, missing, failed, follower, read }
}

describe('createTabFollower', () => {
  it('never reads over a hole, nothing twice, and never two leaders without a beginning between them (L4, L5)', async () => {
    const step = fc.record({
      do: fc.constantFrom<'say' | 'lead' | 'begin' | 'tell'>('say', 'say', 'say', 'lead', 'begin', 'tell'),
      fate: fc.constantFrom<'come' | 'lost' | 'twice' | 'late'>(
        'come',
        'come',
        'come',
        'lost',
        'twice',
        'late',
      ),
      isRead: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { follower, read } = start()
        let term = 1
        let number = 0
        let begunAt = 1
        const late: LeaderMessage[] = []
        const words: string[] = []
        const send = (message: LeaderMessage, fate: (typeof steps)[number]['fate']): void => {
          if (fate === 'late') late.push(message)
          if (fate === 'come' || fate === 'twice') follower.hear(message)
          if (fate === 'twice') follower.hear(message)
        }
        for (const { do: deed, fate, isRead } of steps) {
          const from = `leader ${term} `
          if (deed === 'lead') {
            for (const message of late.splice(0)) follower.hear(message)
            ;[term, number, begunAt] = [term + 1, 0, 1]
            send(lead(`leader ${term} `, term), fate)
          } else if (deed === 'tell') {
            const frames = Array.from({ length: number + 1 - begunAt }, (_, i) =>
              frame(`${from}${begunAt + i}`),
            )
            send(
              transcript(from, term, number, frames.length > 3 ? null : frames),
              fate === 'late' ? 'come' : fate,
            )
          } else {
            number++
            if (deed === 'begin') begunAt = number
            send(batch(from, term, number, number === begunAt ? whole : null), fate)
          }
          if (isRead) words.push(...(await read()))
        }
        words.push(...(await read()))
        let before: string | null = '|'
        const seen = new Map<string, number>()
        for (const word of words) {
          if (word !== '|') {
            const [, name, count] = /^leader (\d+) (\d+)$/.exec(word) ?? []
            if (before !== '|') {
              const [, nameBefore, countBefore] = /^leader (\d+) (\d+)$/.exec(before) ?? []
              expect([name, Number(count)]).toEqual([nameBefore, Number(countBefore) + 1])
            }
            const latest = Math.max(0, ...[...seen.keys()].map(Number))
            expect(Number(name)).toBeGreaterThanOrEqual(latest)
            seen.set(String(name), Number(count))
          }
          before = word
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('asks for everything again at a hole, and drops what is no news', async () => {
    const { said, follower, read } = start()
    follower.hear(lead('a', 1))
    for (const number of [1, 2, 2, 1, 3]) follower.hear(batch('a', 1, number))
    expect(await read()).toEqual(['|', 'a1', 'a2', 'a3'])
    expect(said).toEqual(['hello'])
    for (const number of [5, 6]) follower.hear(batch('a', 1, number))
    expect([await read(), said]).toEqual([[], ['hello', 'hello']])
    follower.hear(transcript('a', 1, 6, [frame('all')], 'another'))
    follower.hear(transcript('a', 1, 6, [frame('all')]))
    follower.hear(transcript('a', 1, 6, [frame('all')]))
    for (const number of [6, 7]) follower.hear(batch('a', 1, number))
    expect(await read()).toEqual(['|', 'all', 'a7'])
  })

  it('hears a later leader at once, and an earlier one or one that is over no more', async () => {
    const { said, follower, read } = start()
    follower.hear(transcript('a', 1, 0, []))
    follower.hear(batch('a', 1, 1))
    follower.hear({ type: 'pong', from: 'b', term: 2 })
    expect(said).toEqual(['hello', 'hello'])
    follower.hear(batch('a', 1, 2))
    follower.hear(transcript('b', 2, 0, []))
    follower.hear(batch('b', 2, 1))
    follower.hear({ type: 'over', from: 'a', term: 1 })
    follower.hear(batch('b', 2, 2))
    expect(await read()).toEqual(['|', 'a1', '|', 'b1', 'b2'])
    follower.hear({ type: 'over', from: 'b', term: 2 })
    follower.hear(batch('b', 2, 3))
    follower.hear(lead('c', 2))
    follower.hear(batch('c', 2, 1))
    expect([await read(), follower.term, said.length]).toEqual([['|', 'c1'], 2, 2])
  })

  it('misses a leader that is over where nobody leads in 900 ms', async () => {
    const { clock, missing, follower } = start()
    follower.hear(lead('a', 1))
    await clock.advance(1_000)
    follower.hear({ type: 'over', from: 'a', term: 1 })
    await clock.advance(899)
    expect(missing).toEqual([])
    await clock.advance(1)
    expect([missing, follower.isLeaderMissing]).toEqual([[1], true])
    follower.hear(lead('b', 2))
    expect(follower.isLeaderMissing).toBe(false)
  })

  it('misses a leader that talks on but does not answer a hello', async () => {
    const { clock, missing, follower } = start()
    for (let number = 5; number < 15; number++) {
      follower.hear(batch('a', 1, number))
      follower.hear({ type: 'pong', from: 'a', term: 1 })
      await clock.advance(100)
    }
    expect(missing).toEqual([1])
  })

  it.each([
    ['is not told', null],
    ['is more than was agreed', ['1', '2', '3', '4'].map(frame)],
  ])(
    'asks for the resource where the past %s, and puts it before what comes meanwhile',
    async (_, frames) => {
      const { asked, follower, read } = start()
      follower.hear(transcript('a', 1, 6, frames))
      expect(await read()).toEqual(['|'])
      follower.hear(batch('a', 1, 7))
      follower.hear(batch('a', 1, 8))
      asked[0]?.answer(frame('answer'))
      await Promise.resolve()
      follower.hear(batch('a', 1, 9))
      expect(await read()).toEqual(['answer', 'a7', 'a8', 'a9'])
    },
  )

  it('asks for the resource where a leader continues after a cursor', async () => {
    const { asked, follower, read } = start()
    follower.hear(lead('a', 1))
    follower.hear(batch('a', 1, 1, { transport: null, isWhole: false }))
    follower.hear(batch('a', 1, 2))
    asked[0]?.answer(frame('answer'))
    await Promise.resolve()
    expect(await read()).toEqual(['|', 'answer', 'a1', 'a2'])
  })

  it.each([
    ['another one leads', [lead('b', 2), batch('b', 2, 1)], ['|', 'b1']],
    ['the line begins anew', [batch('a', 1, 2, whole)], ['|', 'a2']],
    ['the leader is over', [{ type: 'over', from: 'a', term: 1 } as const], []],
    ['there is a hole', [batch('a', 1, 3)], []],
  ])('does not wait for the resource any more when %s', async (_, messages, expected) => {
    const { asked, failed, follower, read } = start()
    follower.hear(transcript('a', 1, 1, null))
    await read()
    for (const message of messages) follower.hear(message)
    expect(asked[0]?.signal.aborted).toBe(true)
    asked[0]?.answer(frame('late'))
    await Promise.resolve()
    expect([await read(), failed]).toEqual([expected, []])
  })

  it('tells when the resource could not be had, unless nobody waits for it', async () => {
    const { asked, failed, follower } = start()
    follower.hear(transcript('a', 1, 1, null))
    follower.hear(lead('b', 2))
    asked[0]?.fail(new Error('late'))
    follower.hear(batch('b', 2, 1, { transport: null, isWhole: false }))
    asked[1]?.fail(new Error('no'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(failed).toMatchObject([{ code: 'network', retryable: true }])
  })

  it.each([
    ['read', [batch('a', 1, 1)]],
    ['put behind the resource', [batch('a', 1, 1, { transport: null, isWhole: false })]],
  ])('drops the thread rather than to hold without end what is not %s', async (_, first) => {
    const { said, follower, read } = start()
    follower.hear(lead('a', 1))
    for (const message of first) follower.hear(message)
    for (let number = 2; number <= 10_001; number++) follower.hear(batch('a', 1, number))
    expect(said).toEqual(['hello', 'hello'])
    expect(follower.batches.weight).toBeLessThan(10)
    await read()
    follower.hear(transcript('a', 1, 10_001, [frame('all')]))
    expect(await read()).toEqual(['|', 'all'])
  })

  it('holds nothing once it is stopped, but what was read of the leader can still be taken', async () => {
    const { clock, asked, follower, read } = start()
    follower.hear(transcript('a', 1, 1, null))
    follower.stop()
    expect([asked[0]?.signal.aborted, clock.pendingCount]).toEqual([true, 0])
    expect(await read()).toEqual(['|'])
  })
})
