import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import type { Frame } from '../wire/frame.ts'
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
      stopAfter: fc.option(fc.nat(8)),
      abortAfterTicks: fc.option(fc.nat(120), { freq: 2 }),
    })
    await fc.assert(
      fc.asyncProperty(
        life,
        how,
        async (lineLife, { askTicks, failingAsk, maxHeldFrames, stopAfter, abortAfterTicks }) => {
          const owner = new AbortController()
          const { line, source } = createLine(lineLife)
          let [askCount, isOpened, isAnswered, heldAtMost] = [0, false, false, 0]
          const ask = async (signal: AbortSignal): Promise<Frame> => {
            expect(isOpened).toBe(true)
            const mine = ++askCount
            await ticks(askTicks)
            expect(signal).toBe(line.signal)
            if (mine === failingAsk) throw new StreamError('http', 'Refused.', { status: 500 })
            if (mine === 1) [isAnswered, heldAtMost] = [true, line.sent.length]
            return frame(`answer ${mine}`)
          }
          const batches: string[][] = []
          let error: StreamError | null = null
          const aborting = abortAfterTicks === null ? null : ticks(abortAfterTicks).then(() => owner.abort())
          try {
            for await (const batch of withSnapshot(source, ask, { maxHeldFrames })(reach(owner.signal))) {
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
          if (got.length > 0) expect(got[0]).toBe('answer 1')
          // The line ends in one of four ways, and only its own end is asked about.
          if (isFinished) {
            expect(got).toEqual(['answer 1', ...line.sent, 'answer 2'])
            expect(batches.at(-1)).toEqual(['answer 2'])
            expect([lineLife.ending, failingAsk]).toEqual(['end', null])
          }
          if (error !== null) {
            const expected = [
              ...(lineLife.ending === 'fault' ? ['network'] : []),
              ...(failingAsk === null ? [] : ['http']),
            ]
            expect(expected).toContain(error.code)
          }
          if (lineLife.ending === 'fault') expect(askCount).toBeLessThanOrEqual(1)
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
    for await (const _ of withSnapshot(line, async () => frame('x'))(reach())) break
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
    for await (const batch of withSnapshot(source, ask)(reach())) batches.push(dataOf(batch))
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
    const iterator = withSnapshot(source, ask, { maxHeldFrames: 10 })(reach())[Symbol.asyncIterator]()
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
    expect(await withSnapshot(line, ask)(reach())[Symbol.asyncIterator]().next()).toMatchObject({
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
      const iterator = withSnapshot(source, ask)(reach(owner.signal))[Symbol.asyncIterator]()
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
    const iterator = withSnapshot(source, ask)(reach())[Symbol.asyncIterator]()
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
    const ask = (): Promise<Frame> => Promise.reject(new StreamError('not-found', 'Gone.'))
    const iterator = withSnapshot(line, ask)(reach())[Symbol.asyncIterator]()
    await iterator.next()
    await expect(iterator.next()).rejects.toMatchObject({ code: 'not-found' })
  })
})
