import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import { type ManualClock, createManualClock } from '../testing/manual-clock.ts'
import type { Frame } from '../wire/frame.ts'
import { createAttempt } from './attempt.ts'
import type { Source } from './source.ts'
import { withSnapshot } from './with-snapshot.ts'

const frame = (data: string): Frame => ({ type: 'message', event: 'message', id: null, data })
const dataOf = (batch: readonly Frame[]): string[] =>
  batch.flatMap((one) => (one.type === 'message' ? [one.data] : []))
/** Lets `count` microtasks pass. */
async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve()
}
const never = <T>(): Promise<T> => new Promise(() => {})

interface Read {
  readonly frameCount: number
  readonly waitTicks: number
}
interface Life {
  readonly reads: readonly Read[]
  readonly ending: 'end' | 'fault'
  readonly firstBatchCount: number
}

/** A line that counts how it is used. Like a bare generator it cannot be left during a read. */
function createLine({ reads, ending, firstBatchCount }: Life) {
  const line = {
    sent: [] as string[],
    readCount: 0,
    returnCount: 0,
    endCount: 0,
    signal: null as AbortSignal | null,
  }
  const batch = (count: number): Frame[] => {
    const frames = Array.from({ length: count }, (_, i) => frame(String(line.sent.length + i + 1)))
    line.sent.push(...frames.flatMap((one) => dataOf([one])))
    return frames
  }
  async function* run(): AsyncGenerator<readonly Frame[], void> {
    try {
      yield batch(firstBatchCount)
      for (const { frameCount, waitTicks } of reads) {
        await ticks(waitTicks)
        yield batch(frameCount)
      }
      if (ending === 'fault') throw new StreamError('network', 'Cut.', { retryable: true })
    } finally {
      line.endCount++
    }
  }
  const source: Source = ({ signal }) => {
    line.signal = signal
    const generator = run()
    return {
      [Symbol.asyncIterator]: () => ({
        next() {
          line.readCount++
          return generator.next()
        },
        return() {
          line.returnCount++
          return generator.return()
        },
      }),
    }
  }
  return { line, source }
}

const quiet: Life = { reads: [], ending: 'end', firstBatchCount: 0 }
/** Every end is asked about, however early. */
const options = { clock: createManualClock(), askAgainAfterMs: 0 }
const reach = (signal: AbortSignal = new AbortController().signal) => ({ cursor: 'c', signal })

describe('withSnapshot', () => {
  it('keeps its laws for every life of the line, every answer and every way to leave (L6, L11)', async () => {
    const life = fc.record({
      reads: fc.array(fc.record({ frameCount: fc.nat(3), waitTicks: fc.nat(6) }), { maxLength: 12 }),
      ending: fc.constantFrom('end' as const, 'fault' as const),
      firstBatchCount: fc.nat(2),
    })
    const how = fc.record({
      askTicks: fc.nat(60),
      failingAsk: fc.constantFrom(null, 1, 2),
      maxHeldFrames: fc.constantFrom(1, 3, 10_000),
      askAgainAfterMs: fc.constantFrom(0, 2_000),
      isUnanswerable: fc.boolean(),
      stopAfter: fc.option(fc.nat(8)),
      abortAfterTicks: fc.option(fc.nat(120), { freq: 2 }),
    })
    await fc.assert(
      fc.asyncProperty(
        life,
        how,
        async (
          lineLife,
          {
            askTicks,
            failingAsk,
            maxHeldFrames,
            askAgainAfterMs,
            isUnanswerable,
            stopAfter,
            abortAfterTicks,
          },
        ) => {
          const clock = createManualClock()
          const isAlone = failingAsk === 1 && isUnanswerable
          const isAskedAgain = askAgainAfterMs === 0 && !isAlone
          const owner = new AbortController()
          const { line, source } = createLine(lineLife)
          let [askCount, isOpened, isAnswered, heldAtMost] = [0, false, false, 0]
          const ask = async (signal: AbortSignal): Promise<Frame> => {
            expect(isOpened).toBe(true)
            const mine = ++askCount
            await ticks(askTicks)
            expect(signal).toBe(line.signal)
            if (mine === failingAsk) {
              if (isAlone) throw new StreamError('http', 'Not here.', { status: 501 })
              throw new StreamError('http', 'Refused.', { status: 500 })
            }
            if (mine === 1) [isAnswered, heldAtMost] = [true, line.sent.length]
            return frame(`answer ${mine}`)
          }
          const batches: string[][] = []
          let error: StreamError | null = null
          const aborting = abortAfterTicks === null ? null : ticks(abortAfterTicks).then(() => owner.abort())
          try {
            for await (const batch of withSnapshot(source, ask, { clock, maxHeldFrames, askAgainAfterMs })(
              reach(owner.signal),
            )) {
              if (!isOpened) expect(batch).toEqual([])
              isOpened = true
              batches.push(dataOf(batch))
              if (stopAfter !== null && batches.length > stopAfter) break
            }
          } catch (thrown) {
            error = StreamError.from(thrown)
          }
          const isLeft = owner.signal.aborted || (stopAfter !== null && batches.length > stopAfter)
          const got = batches.flat()
          const isFinished = error === null && !isLeft

          // The answer stands before every frame, together with those that were held, and none is lost or out of order.
          const streamed = got.filter((data) => !data.startsWith('answer'))
          expect(streamed).toEqual(line.sent.slice(0, streamed.length))
          if (got.length > 0 && !isAlone) expect(got[0]).toBe('answer 1')
          // The line ends in one of four ways, and only its own end is asked about, where there are answers.
          if (isFinished) {
            expect(got).toEqual([
              ...(isAlone ? [] : ['answer 1']),
              ...line.sent,
              ...(isAskedAgain ? ['answer 2'] : []),
            ])
            if (isAskedAgain) expect(batches.at(-1)).toEqual(['answer 2'])
            expect(lineLife.ending).toBe('end')
            expect(failingAsk === null || isAlone || (failingAsk === 2 && !isAskedAgain)).toBe(true)
          }
          if (error !== null) {
            const expected = [
              ...(lineLife.ending === 'fault' ? ['network'] : []),
              ...(failingAsk === null || isAlone ? [] : ['http']),
            ]
            expect(expected).toContain(error.code)
          }
          if (lineLife.ending === 'fault' || !isAskedAgain) expect(askCount).toBeLessThanOrEqual(1)
          expect(clock.pendingCount).toBe(0)
          // Held is what was read before the answer: never more than one batch above the bound.
          if (isAnswered) expect(heldAtMost).toBeLessThan(maxHeldFrames + 3)
          // However it ended, the line was returned once and heard of the end.
          if (line.signal !== null) {
            expect([line.returnCount, line.signal.aborted]).toEqual([1, true])
            if (line.readCount > 0) expect(line.endCount).toBe(1)
          }
          await aborting
          await ticks(askTicks)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('hands the cursor to the line', async () => {
    const cursors: (string | null)[] = []
    const line: Source = async function* ({ cursor }) {
      cursors.push(cursor)
      yield []
    }
    for await (const _ of withSnapshot(line, async () => frame('x'), options)(reach())) break
    expect(cursors).toEqual(['c'])
  })

  it('asks once more when the line has ended while the first answer was awaited', async () => {
    const { source } = createLine({ ...quiet, reads: [{ frameCount: 1, waitTicks: 0 }] })
    let asked = 0
    const batches: string[][] = []
    const ask = async (): Promise<Frame> => {
      const mine = ++asked
      await ticks(50)
      return frame(`answer ${mine}`)
    }
    for await (const batch of withSnapshot(source, ask, options)(reach())) batches.push(dataOf(batch))
    expect(batches).toEqual([[], ['answer 1', '1'], ['answer 2']])
  })

  it('stops to read when the hold is full, and loses nothing', async () => {
    const reads = Array.from({ length: 50 }, () => ({ frameCount: 2, waitTicks: 0 }))
    const { line, source } = createLine({ ...quiet, reads })
    let answer: (frame: Frame) => void = () => {}
    let asked = 0
    const ask = (): Promise<Frame> =>
      asked++ > 0
        ? Promise.resolve(frame('last'))
        : new Promise((resolve) => {
            answer = resolve
          })
    const iterator = withSnapshot(source, ask, { ...options, maxHeldFrames: 10 })(reach())[
      Symbol.asyncIterator
    ]()
    await iterator.next()
    const second = iterator.next()
    await ticks(1_000)
    expect(line.sent).toHaveLength(10)
    answer(frame('first'))
    const step: IteratorResult<readonly Frame[], void> = await second
    const got = dataOf(step.value ?? [])
    expect(got).toEqual(['first', ...line.sent.slice(0, 10)])
    for await (const batch of { [Symbol.asyncIterator]: () => iterator }) got.push(...dataOf(batch))
    expect(got).toEqual(['first', ...line.sent, 'last'])
    expect(line.sent).toHaveLength(100)
  })

  it('ends without a word, and without asking, when the line ends before it was open', async () => {
    const line: Source = async function* () {}
    const ask = (): Promise<Frame> => Promise.reject(new Error('asked'))
    expect(await withSnapshot(line, ask, options)(reach())[Symbol.asyncIterator]().next()).toMatchObject({
      done: true,
    })
  })

  it.each(['first', 'last'])(
    'can be left while the %s answer is awaited, and ends that call too (L11)',
    async (which) => {
      const owner = new AbortController()
      const { line, source } = createLine(quiet)
      const signals: AbortSignal[] = []
      const ask = (signal: AbortSignal): Promise<Frame> => {
        signals.push(signal)
        return which === 'last' && signals.length === 1 ? Promise.resolve(frame('x')) : never()
      }
      const iterator = withSnapshot(source, ask, options)(reach(owner.signal))[Symbol.asyncIterator]()
      await iterator.next()
      if (which === 'last') await iterator.next()
      const pending = iterator.next()
      await ticks(50)
      owner.abort()
      expect(await pending).toEqual({ done: true, value: undefined })
      expect(signals).toHaveLength(which === 'last' ? 2 : 1)
      expect(signals.every(({ aborted }) => aborted)).toBe(true)
      expect(line.returnCount).toBe(1)
    },
  )

  it('fails with the line while the answer is awaited, and a later failure of the answer is nobody’s', async () => {
    const { source } = createLine({ ...quiet, ending: 'fault' })
    let refuse = (): void => {}
    const ask = (): Promise<Frame> =>
      new Promise((_, reject) => {
        refuse = () => reject(new Error('late'))
      })
    const iterator = withSnapshot(source, ask, options)(reach())[Symbol.asyncIterator]()
    await iterator.next()
    await expect(iterator.next()).rejects.toMatchObject({ code: 'network' })
    refuse()
  })

  it('tells the line of a failed answer before it returns it, so that a pending read does not hold it back', async () => {
    const line: Source = ({ signal }) => ({
      async *[Symbol.asyncIterator]() {
        yield []
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      },
    })
    const ask = (): Promise<Frame> => Promise.reject(new StreamError('unauthorized', 'Who are you?'))
    const iterator = withSnapshot(line, ask, options)(reach())[Symbol.asyncIterator]()
    await iterator.next()
    await expect(iterator.next()).rejects.toMatchObject({ code: 'unauthorized' })
  })
})

/** A line that a test feeds by hand, and a resource that answers as it is told; both kept in the order of time. */
function following(
  answers: readonly (Frame | StreamError | Promise<Frame>)[],
  more: { readonly askAgainAfterMs?: number } = {},
) {
  const clock: ManualClock = createManualClock()
  const startMs = clock.monotonic()
  const owner = new AbortController()
  const events: [atMs: number, event: string][] = []
  const note = (event: string): number => events.push([clock.monotonic() - startMs, event])
  let controller: ReadableStreamDefaultController<readonly Frame[]> | null = null
  const fed = new ReadableStream<readonly Frame[]>({
    start(own) {
      controller = own
      own.enqueue([])
    },
  })
  let askCount = 0
  const ask = async (): Promise<Frame> => {
    note('ask')
    const answer = answers[askCount++]
    if (answer === undefined) throw new Error('asked too often')
    if (answer instanceof StreamError) throw answer
    return await answer
  }
  const follow = async (): Promise<void> => {
    const line: Source = ({ signal }) =>
      createAttempt(signal, async function* (attempt) {
        const reader = fed.getReader()
        for (;;) {
          const { done, value } = await attempt.wait(reader.read())
          if (done) return
          yield value
        }
      })
    const source = withSnapshot(line, ask, { clock, ...more })
    try {
      for await (const batch of source(reach(owner.signal))) note(dataOf(batch).join(' '))
      note('end')
    } catch (thrown) {
      note(StreamError.from(thrown).code)
    }
  }
  return {
    clock,
    owner,
    events,
    done: follow(),
    push: (data: string): void => controller?.enqueue([frame(data)]),
    end: (): void => controller?.close(),
    breakOff: (): void => controller?.error(new TypeError('terminated')),
  }
}

const later = (retryAfterMs: number | null = null): StreamError =>
  new StreamError('http', 'Not now.', { status: 503, retryable: true, retryAfterMs })

describe('withSnapshot › an answer that does not come at once', () => {
  it('is asked for again on the open line, while frames are held (L6)', async () => {
    const { clock, events, push } = following([later(), later(), frame('now')])
    await clock.advance(500)
    push('1')
    await clock.advance(1_500)
    push('2')
    await clock.advance(10_000)
    expect(events).toEqual([
      [0, ''],
      [0, 'ask'],
      [1_000, 'ask'],
      [3_000, 'ask'],
      [3_000, 'now 1 2'],
    ])
    expect(clock.pendingCount).toBe(0)
  })

  it('fails the attempt after the third time', async () => {
    const { clock, events, done } = following([later(), later(), later()])
    await clock.advance(60_000)
    await done
    expect(events.slice(1)).toEqual([
      [0, 'ask'],
      [1_000, 'ask'],
      [3_000, 'ask'],
      [3_000, 'http'],
    ])
    expect(clock.pendingCount).toBe(0)
  })

  it.each([
    [0, 1_000],
    [999, 1_000],
    [4_000, 4_000],
    [10_000, 10_000],
  ])('is asked for again as the server asks for, %i ms, after %i ms', async (retryAfterMs, pauseMs) => {
    const { clock, events } = following([later(retryAfterMs), frame('now')])
    await clock.advance(60_000)
    expect(events.slice(2)).toEqual([
      [pauseMs, 'ask'],
      [pauseMs, 'now'],
    ])
  })

  it.each([10_001, 3_600_000])(
    'fails the attempt when the server asks for %i ms, so that whoever tries again waits as long',
    async (retryAfterMs) => {
      const { clock, events, done } = following([later(retryAfterMs), frame('now')])
      await clock.advance(0)
      await done
      expect(events.slice(1)).toEqual([
        [0, 'ask'],
        [0, 'http'],
      ])
      expect(clock.pendingCount).toBe(0)
    },
  )

  it('is asked for again whatever the line of the question broke with', async () => {
    const broken = new StreamError('connect-timeout', 'Too late.', { retryable: true })
    const { clock, events } = following([broken, frame('now')])
    await clock.advance(1_000)
    expect(events.at(-1)).toEqual([1_000, 'now'])
  })

  it.each([
    ['ends', 'end' as const, 'http'],
    ['breaks', 'breakOff' as const, 'network'],
  ])('is not waited for when the line %s', async (_, how, code) => {
    const line = following([later(), frame('now')])
    await line.clock.advance(400)
    line[how]()
    await line.clock.advance(60_000)
    await line.done
    expect(line.events.slice(1)).toEqual([
      [0, 'ask'],
      [400, code],
    ])
    expect(line.clock.pendingCount).toBe(0)
  })

  it('is not asked for again when the line had ended before it failed', async () => {
    let refuse = (): void => {}
    const slow = new Promise<Frame>((_, reject) => {
      refuse = () => reject(later())
    })
    const { clock, events, end, done } = following([slow, frame('now')])
    await clock.advance(400)
    end()
    await clock.advance(100)
    refuse()
    await clock.advance(60_000)
    await done
    expect(events.slice(1)).toEqual([
      [0, 'ask'],
      [500, 'http'],
    ])
    expect(clock.pendingCount).toBe(0)
  })

  it('holds no timer when it is left in the pause (L11)', async () => {
    const { clock, owner, events, done } = following([later(), frame('now')])
    await clock.advance(400)
    owner.abort()
    await done
    expect(events.at(-1)).toEqual([400, 'end'])
    expect(clock.pendingCount).toBe(0)
  })
})

describe('withSnapshot › a server that does not answer while it streams', () => {
  it.each([
    ['not-found', 404],
    ['forbidden', 403],
    ['gone', 410],
    ['http', 405],
    ['http', 501],
  ] as const)('is followed by its stream alone after %s (%i)', async (code, status) => {
    const { clock, events, push, end, done } = following([new StreamError(code, 'No.', { status })])
    push('1')
    await clock.advance(5_000)
    push('2')
    await clock.advance(5_000)
    end()
    await clock.advance(0)
    await done
    expect(events).toEqual([
      [0, ''],
      [0, 'ask'],
      [0, '1'],
      [5_000, '2'],
      [10_000, 'end'],
    ])
  })

  it.each([
    ['unauthorized', 401],
    ['http', 400],
    ['payment-required', 402],
  ] as const)('fails the attempt with %s (%i)', async (code, status) => {
    const { clock, events, done } = following([new StreamError(code, 'No.', { status })])
    await clock.advance(60_000)
    await done
    expect(events.slice(1)).toEqual([
      [0, 'ask'],
      [0, code],
    ])
  })
})

describe('withSnapshot › the end of a line', () => {
  it.each([
    [0, {}, false],
    [1_999, {}, false],
    [2_000, {}, true],
    [86_400_000, {}, true],
    [0, { askAgainAfterMs: 0 }, true],
    [99, { askAgainAfterMs: 100 }, false],
    [100, { askAgainAfterMs: 100 }, true],
  ])('after %i ms, with %j, is asked about: %s', async (lifeMs, more, isAsked) => {
    const { clock, events, end, done } = following([frame('first'), frame('last')], more)
    await clock.advance(lifeMs)
    clock.setWallClock(-86_400_000)
    end()
    await clock.advance(0)
    await done
    const last: [number, string][] = [
      [lifeMs, 'ask'],
      [lifeMs, 'last'],
    ]
    expect(events.slice(3)).toEqual([...(isAsked ? last : []), [lifeMs, 'end']])
  })
})
