import { describe, expect, it } from 'vitest'
import { createHandSource, listenTo, resource, word, type Listener } from '../../test/hand-source.ts'
import { StreamError, type StreamErrorCode } from '../errors.ts'
import type { Clock } from '../store/clock.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import type { Frame } from '../wire/frame.ts'
import type { Probe } from './hear-byte.ts'
import { createLadder, type LadderOptions } from './ladder.ts'
import { pollSource } from './poll.ts'
import { withLadder } from './with-ladder.ts'

const fault = (code: StreamErrorCode, status: number | null = null, retryable = true): StreamError =>
  new StreamError(code, 'Refused.', { status, retryable })

const tellsNews: Probe['tellsNews'] = (before, after) =>
  before.type === 'message' && after.type === 'message' && before.data !== after.data

/** Sources of one ladder, each with a stream in the test's hand and a resource that can be asked for. */
function setUp(options: Omit<LadderOptions, 'clock'> = {}) {
  const clock = createManualClock()
  const still: Clock = { ...clock, random: () => 0 }
  const ladder = createLadder({ clock: still, ...options })
  const listeners: Listener[] = []

  const addTask = () => {
    const stream = createHandSource()
    const task = {
      stream,
      /** What the server answers, or why it does not; `null` where it does not answer. */
      present: 'v1' as string | StreamError | null,
      askCount: 0,
      asksInFlight: 0,
      source: withLadder(ladder, stream.source, pollSource(ask, { clock }), { ask, tellsNews }),
      listen(start?: Parameters<typeof listenTo>[1]): Listener {
        const listener = listenTo(task.source, start)
        listeners.push(listener)
        return listener
      },
      /** Opens the newest stream and brings its snapshot. */
      open(): void {
        stream.last.send()
        if (typeof task.present === 'string') stream.last.send(resource(task.present))
      },
    }
    async function ask(signal: AbortSignal): Promise<Frame> {
      task.askCount++
      task.asksInFlight++
      try {
        if (task.present === null) {
          await new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
          })
        }
        await Promise.resolve()
        if (task.present instanceof StreamError) throw task.present
        return resource(String(task.present))
      } finally {
        task.asksInFlight--
      }
    }
    return task
  }

  /** Runs attempts of a task whose streams `live`, one after the other. */
  async function attempts(
    task: ReturnType<typeof addTask>,
    count: number,
    live: (line: ReturnType<typeof addTask>) => unknown,
  ): Promise<readonly string[]> {
    const heard: string[] = []
    for (let i = 0; i < count; i++) {
      const listener = task.listen()
      await clock.advance(0)
      await live(task)
      await clock.advance(0)
      heard.push(listener.heard.at(-1) ?? '')
    }
    return heard
  }

  return {
    clock,
    ladder,
    addTask,
    attempts,
    leaveAll: async (): Promise<void> => {
      for (const listener of listeners) listener.abort()
      await clock.advance(0)
    },
  }
}

type Task = ReturnType<ReturnType<typeof setUp>['addTask']>

/** A client that was stepped down by a stream that something buffered, at a time since which `clock` has not moved. */
async function buffered(options?: Omit<LadderOptions, 'clock'>) {
  const all = setUp(options)
  const task = all.addTask()
  const listener = task.listen()
  await all.clock.advance(0)
  task.open()
  task.present = 'v2'
  await all.clock.advance(12_000)
  expect(listener.heard.slice(-2)).toEqual(['v2', 'v2'])
  return { ...all, task, listener }
}

describe('withLadder', () => {
  it('listens by the stream as long as that gets through, and asks nothing', async () => {
    const { clock, addTask, leaveAll } = setUp()
    const task = addTask()
    const { heard } = task.listen()
    await clock.advance(0)
    task.open()
    task.stream.last.send(word('a'))
    await clock.advance(100_000)
    task.stream.last.send(word('b'), word('c'))
    await clock.advance(100_000)
    expect(heard).toEqual(['>stream', '', 'v1', 'a', 'b+c'])
    expect(task.askCount).toBe(0)
    await leaveAll()
    expect([task.stream.openCount, clock.pendingCount]).toEqual([0, 0])
  })

  it('ends as its stream does', async () => {
    const { attempts, addTask } = setUp()
    const open = (task: Task): void => task.open()
    expect(await attempts(addTask(), 1, (task) => (open(task), task.stream.last.end()))).toEqual(['end'])
    const fails = (task: Task): void => (open(task), task.stream.last.fail(fault('network')))
    expect(await attempts(addTask(), 1, fails)).toEqual(['!network'])
  })

  describe('refused as a stream', () => {
    it.each<[StreamErrorCode, number | null]>([
      ['gone', null],
      ['not-found', null],
      ['gone', 204],
      ['http', 205],
      ['not-found', 404],
      ['invalid-request', 405],
      ['invalid-request', 406],
      ['gone', 410],
      ['http', 501],
    ])(
      'polls in the same attempt and in the next one: %s, status %s; the other tasks stream',
      async (code, status) => {
        const { clock, ladder, addTask, leaveAll } = setUp()
        const task = addTask()
        const first = task.listen()
        await clock.advance(0)
        task.stream.last.fail(fault(code, status, false))
        await clock.advance(2000)
        expect(first.heard).toEqual(['>polling', 'v1', 'v1'])
        first.abort()
        const second = task.listen()
        await clock.advance(0)
        expect(second.heard).toEqual(['>polling', 'v1'])
        expect(task.stream.lines).toHaveLength(1)
        expect(ladder.climb).toBeNull()
        const other = addTask()
        other.listen()
        await clock.advance(0)
        expect(other.stream.openCount).toBe(1)
        await leaveAll()
        expect(clock.pendingCount).toBe(0)
      },
    )

    it.each<[StreamErrorCode, number | null]>([
      ['unauthorized', 401],
      ['forbidden', 403],
      ['http', 500],
      ['http', 503],
      ['rate-limited', 429],
      ['network', null],
      ['connect-timeout', null],
      ['gap', 410],
    ])('ends the attempt for every other refusal: %s, status %s', async (code, status) => {
      const { attempts, addTask } = setUp()
      const task = addTask()
      const refuse = (): void => task.stream.last.fail(fault(code, status))
      expect(await attempts(task, 5, refuse)).toEqual(Array(5).fill(`!${code}`))
      expect([task.stream.lines.length, task.askCount]).toEqual([5, 0])
    })

    it('ends the attempt with the refusal of the polling where that is refused too', async () => {
      const { attempts, addTask } = setUp()
      const task = addTask()
      task.present = fault('not-found', 404, false)
      const refuse = (): void => task.stream.last.fail(fault('gone', 410, false))
      expect(await attempts(task, 1, refuse)).toEqual(['!not-found'])
    })

    it('ends the attempt when it is refused after it was open: then it is the resource that is gone', async () => {
      const { attempts, addTask } = setUp()
      const task = addTask()
      const refuse = (): void => {
        task.stream.last.send()
        task.stream.last.fail(fault('not-found', 404, false))
      }
      expect(await attempts(task, 2, refuse)).toEqual(['!not-found', '!not-found'])
      expect(task.stream.lines).toHaveLength(2)
    })

    it('is tried again after 30 s, then after doubled waits, and gone on with when it is there', async () => {
      const { clock, addTask, leaveAll } = setUp()
      const task = addTask()
      const { heard } = task.listen()
      await clock.advance(0)
      task.stream.last.fail(fault('gone', 410, false))
      const triedAt: number[] = []
      for (let second = 0; second < 220 && triedAt.length < 3; second++) {
        const before = task.stream.lines.length
        await clock.advance(1000)
        if (task.stream.lines.length === before) continue
        triedAt.push(second + 1)
        if (triedAt.length < 3) task.stream.last.fail(fault('gone', 410, false))
      }
      expect(triedAt).toEqual([30, 90, 210])
      task.open()
      task.stream.last.send(word('a'))
      await clock.advance(2000)
      task.open()
      task.stream.last.send(word('b'))
      await clock.advance(0)
      expect(heard.slice(-4)).toEqual(['>stream', '', 'v1', 'b'])
      await leaveAll()
      await attemptStreams(task, clock)
    })
  })

  /** The next attempt of a task begins with its stream. */
  async function attemptStreams(task: Task, clock: ReturnType<typeof createManualClock>): Promise<void> {
    const before = task.stream.lines.length
    const asked = task.askCount
    const next = task.listen()
    await clock.advance(0)
    expect([task.stream.lines.length, task.askCount]).toEqual([before + 1, asked])
    next.abort()
    await clock.advance(0)
  }

  /** What the next attempt of another task listens by. */
  async function nextWay({
    clock,
    addTask,
  }: Pick<ReturnType<typeof setUp>, 'clock' | 'addTask'>): Promise<string> {
    const other = addTask()
    const listener = other.listen()
    await clock.advance(0)
    const way = other.stream.openCount === 1 ? 'stream' : 'polling'
    expect(other.askCount).toBe(way === 'stream' ? 0 : 1)
    listener.abort()
    await clock.advance(0)
    return way
  }

  describe('blocked', () => {
    const block = (task: Task): void => task.stream.last.fail(fault('wrong-content-type'))

    it('fails as usual, and polls from the attempt after the second time in a row, in all tasks', async () => {
      const all = setUp()
      expect(await all.attempts(all.addTask(), 1, block)).toEqual(['!wrong-content-type'])
      expect(await nextWay(all)).toBe('stream')
      expect(await all.attempts(all.addTask(), 1, block)).toEqual(['!wrong-content-type'])
      expect(await nextWay(all)).toBe('polling')
    })

    it('counts anew after a stream that was heard', async () => {
      const all = setUp()
      await all.attempts(all.addTask(), 1, block)
      await all.attempts(all.addTask(), 1, (task) => (task.open(), task.stream.last.send(word('a'))))
      await all.attempts(all.addTask(), 1, block)
      expect(await nextWay(all)).toBe('stream')
    })
  })

  describe('cut', () => {
    const cuts: Record<string, (task: Task) => void> = {
      'by an end': (task) => task.stream.last.end(),
      'by the network': (task) => task.stream.last.fail(fault('network')),
      'by a truncation': (task) => task.stream.last.fail(fault('truncated')),
    }
    const cutAfter =
      (ms: number, clock: ReturnType<typeof createManualClock>, cut = cuts['by an end']) =>
      async (task: Task): Promise<void> => {
        task.open()
        await clock.advance(ms)
        cut?.(task)
      }

    it.each(Object.entries(cuts))(
      '%s three times in a row: polls from the next attempt on',
      async (_, cut) => {
        const all = setUp()
        await all.attempts(all.addTask(), 2, cutAfter(1999, all.clock, cut))
        expect(await nextWay(all)).toBe('stream')
        await all.attempts(all.addTask(), 1, cutAfter(1999, all.clock, cut))
        expect(await nextWay(all)).toBe('polling')
      },
    )

    it('counts anew after a line that lived longer, however that ended', async () => {
      for (const end of [...Object.values(cuts), null]) {
        const all = setUp()
        await all.attempts(all.addTask(), 2, cutAfter(0, all.clock))
        if (end !== null) await all.attempts(all.addTask(), 1, cutAfter(2000, all.clock, end))
        else {
          const task = all.addTask()
          const listener = task.listen()
          await all.clock.advance(0)
          task.open()
          await all.clock.advance(2000)
          listener.abort()
        }
        await all.attempts(all.addTask(), 2, cutAfter(0, all.clock))
        expect(await nextWay(all)).toBe('stream')
      }
    })

    it('counts neither lines that were never open, nor lines that were left, nor what the server decides', async () => {
      const all = setUp()
      await all.attempts(all.addTask(), 2, cutAfter(0, all.clock))
      await all.attempts(all.addTask(), 9, (task) => task.stream.last.fail(fault('network')))
      await all.attempts(all.addTask(), 9, (task) => task.stream.last.end())
      for (let i = 0; i < 9; i++) {
        const task = all.addTask()
        const listener = task.listen()
        await all.clock.advance(0)
        task.open()
        await all.clock.advance(10)
        await listener.leave()
      }
      await all.attempts(all.addTask(), 9, (task) => (task.open(), task.stream.last.fail(fault('http', 503))))
      expect(await nextWay(all)).toBe('stream')
      await all.attempts(all.addTask(), 1, cutAfter(0, all.clock))
      expect(await nextWay(all)).toBe('polling')
    })
  })

  describe('mute', () => {
    const idle =
      (words: number) =>
      async (task: Task): Promise<void> => {
        task.open()
        for (let i = 0; i < words; i++) task.stream.last.send(word('a'))
        task.stream.last.fail(fault('idle'))
      }

    it('polls from the attempt after the second one that ended unheard', async () => {
      const all = setUp()
      expect(await all.attempts(all.addTask(), 1, idle(0))).toEqual(['!idle'])
      expect(await nextWay(all)).toBe('stream')
      await all.attempts(all.addTask(), 1, idle(0))
      expect(await nextWay(all)).toBe('polling')
    })

    it('says nothing of a stream that was heard before it fell silent, and counts anew', async () => {
      const all = setUp()
      await all.attempts(all.addTask(), 9, idle(1))
      await all.attempts(all.addTask(), 1, idle(0))
      await all.attempts(all.addTask(), 1, idle(1))
      await all.attempts(all.addTask(), 1, idle(0))
      expect(await nextWay(all)).toBe('stream')
    })
  })

  describe('buffered', () => {
    async function silent(options?: Omit<LadderOptions, 'clock'>) {
      const all = setUp(options)
      const task = all.addTask()
      const listener = task.listen()
      await all.clock.advance(0)
      task.open()
      await all.clock.advance(0)
      return { ...all, task, listener, heard: listener.heard }
    }

    it('asks after 10 s of silence, waits 2 s more where the task has moved, then polls in the same attempt', async () => {
      const { clock, ladder, task, heard, leaveAll, addTask } = await silent()
      task.present = 'v2'
      await clock.advance(9999)
      expect(task.askCount).toBe(0)
      await clock.advance(1)
      expect(task.askCount).toBe(1)
      await clock.advance(1999)
      expect(heard).toEqual(['>stream', '', 'v1'])
      task.present = 'v3'
      await clock.advance(1)
      expect(heard).toEqual(['>stream', '', 'v1', '>polling', 'v2', 'v3'])
      expect([task.stream.openCount, ladder.climb === null]).toEqual([0, false])
      expect(await nextWay({ clock, addTask })).toBe('polling')
      await leaveAll()
      expect(clock.pendingCount).toBe(0)
    })

    it('stays with a stream that speaks within the 2 s, and never asks again', async () => {
      const { clock, ladder, task, heard, leaveAll } = await silent()
      task.present = 'v2'
      await clock.advance(11_999)
      task.stream.last.send(word('v2'))
      await clock.advance(500_000)
      expect(heard).toEqual(['>stream', '', 'v1', 'v2'])
      expect([task.askCount, ladder.climb]).toEqual([1, null])
      await leaveAll()
    })

    it('looks again after doubled waits of at most a minute while the task does not move', async () => {
      const { clock, task, heard, leaveAll } = await silent()
      const askedAt: number[] = []
      for (let second = 1; second <= 260; second++) {
        const before = task.askCount
        await clock.advance(1000)
        if (task.askCount > before) askedAt.push(second)
      }
      expect(askedAt).toEqual([10, 30, 70, 130, 190, 250])
      expect(heard).toEqual(['>stream', '', 'v1'])
      await leaveAll()
    })

    it.each([
      ['an empty read', []],
      ['a beat', [{ type: 'beat' } as const]],
      ['a frame', [word('a')]],
    ])('asks nothing once %s was heard', async (_, frames) => {
      const { clock, task, leaveAll } = await silent()
      task.stream.last.send(...frames)
      await clock.advance(300_000)
      expect(task.askCount).toBe(0)
      await leaveAll()
    })

    it('counts the silence from the opening, however late the snapshot comes', async () => {
      const { clock, addTask, leaveAll } = setUp()
      const task = addTask()
      task.listen()
      await clock.advance(0)
      task.stream.last.send()
      await clock.advance(6000)
      task.stream.last.send(resource('v1'))
      await clock.advance(3999)
      expect(task.askCount).toBe(0)
      await clock.advance(1)
      expect(task.askCount).toBe(1)
      await leaveAll()
    })

    it('knows that frames behind the snapshot are bytes heard', async () => {
      const { clock, addTask, leaveAll } = setUp()
      const task = addTask()
      task.listen()
      await clock.advance(0)
      task.stream.last.send()
      task.stream.last.send(resource('v1'), word('a'))
      await clock.advance(300_000)
      expect(task.askCount).toBe(0)
      await leaveAll()
    })

    it('takes the first word of a stream without a snapshot for a byte heard', async () => {
      const { clock, ladder, addTask, leaveAll } = setUp()
      const task = addTask()
      const { heard } = task.listen({ cursor: '7', canResume: true })
      await clock.advance(0)
      task.stream.last.send()
      task.stream.last.send(word('a'))
      await clock.advance(300_000)
      task.stream.last.send(word('b'))
      await clock.advance(0)
      expect(heard).toEqual(['>stream', '', 'a', 'b'])
      expect([task.askCount, ladder.climb]).toEqual([1, null])
      await leaveAll()
    })

    it('compares with the first answer where the stream has no snapshot', async () => {
      const { clock, addTask, leaveAll } = setUp()
      const task = addTask()
      const { heard } = task.listen({ cursor: '7', canResume: true })
      await clock.advance(0)
      task.stream.last.send()
      await clock.advance(10_000)
      task.present = 'v2'
      await clock.advance(22_000)
      expect(heard.slice(0, 4)).toEqual(['>stream', '', '>polling', 'v2'])
      await leaveAll()
    })

    it('learns nothing from a question that fails, or is never answered', async () => {
      const { clock, task, heard, leaveAll, ladder } = await silent()
      task.present = fault('http', 500)
      await clock.advance(10_000)
      expect(task.askCount).toBe(1)
      task.present = null
      await clock.advance(200_000)
      expect([task.askCount, task.asksInFlight, ladder.climb]).toEqual([2, 1, null])
      task.stream.last.send(word('a'))
      await clock.advance(0)
      expect([task.asksInFlight, heard.at(-1)]).toEqual([0, 'a'])
      await leaveAll()
    })

    it('is not looked for where nobody can ask', async () => {
      const clock = createManualClock()
      const stream = createHandSource()
      const source = withLadder(createLadder({ clock }), stream.source, createHandSource().source)
      const listener = listenTo(source)
      await clock.advance(0)
      stream.last.send()
      stream.last.send(resource('v1'))
      await clock.advance(0)
      expect(clock.pendingCount).toBe(0)
      listener.abort()
    })
  })

  describe('climbing', () => {
    it('tries the stream after 30 s beside the polling, then after doubled waits of at most ten minutes', async () => {
      const { clock, task, listener, leaveAll } = await buffered()
      const triedAt: number[] = []
      for (let second = 1; second <= 2600; second++) {
        const before = task.stream.lines.length
        await clock.advance(1000)
        if (task.stream.lines.length === before) continue
        triedAt.push(second)
        task.stream.last.fail(fault('network'))
      }
      expect(triedAt.map((at, i) => at - (triedAt[i - 1] ?? 0))).toEqual([30, 60, 120, 240, 480, 600, 600])
      expect(new Set(listener.heard.slice(4))).toEqual(new Set(['v2']))
      await leaveAll()
      expect([task.stream.openCount, clock.pendingCount]).toEqual([0, 0])
    })

    it('opens the stream anew once one was heard and has lived for 2 s, and reads nothing of that one', async () => {
      const { clock, ladder, task, listener, leaveAll } = await buffered()
      await clock.advance(30_000)
      const start = listener.heard.length
      task.stream.last.send()
      task.stream.last.send(resource('v2'))
      task.stream.last.send()
      task.stream.last.send(word('a'))
      await clock.advance(1999)
      expect(listener.heard.slice(start)).not.toContain('>stream')
      const polled = task.askCount
      await clock.advance(1)
      expect([task.stream.openCount, task.stream.lines.length]).toEqual([1, 3])
      task.present = 'v3'
      task.open()
      task.stream.last.send(word('b'))
      await clock.advance(60_000)
      expect(listener.heard.slice(start).filter((one) => one !== 'v2')).toEqual(['>stream', '', 'v3', 'b'])
      expect(task.askCount).toBeLessThanOrEqual(polled + 1)
      expect([task.stream.openCount, ladder.climb]).toEqual([1, null])
      await leaveAll()
      expect([task.stream.openCount, clock.pendingCount]).toEqual([0, 0])
    })

    it('believes a stream that is heard late, but within 15 s', async () => {
      const { clock, task, listener, leaveAll } = await buffered()
      await clock.advance(30_000)
      task.open()
      await clock.advance(14_999)
      expect(task.stream.openCount).toBe(1)
      task.stream.last.send(word('a'))
      await clock.advance(0)
      task.open()
      await clock.advance(0)
      expect(listener.heard.slice(-3)).toEqual(['>stream', '', 'v2'])
      await leaveAll()
    })

    it.each([
      ['which beats each 30 s, for 90 s', 90_000, 90_000],
      ['which beats often, for 15 s', 6000, 15_000],
      ['of which no rhythm is known, for 2 min at most', Infinity, 120_000],
    ])('waits for the first word of a server %s', async (_, limitMs, waitMs) => {
      const { clock, ladder, task, listener, leaveAll } = await buffered()
      await clock.advance(30_000)
      const told = listener.idleLimitsMs.length
      task.stream.last.reach.onIdleLimit?.(limitMs)
      task.open()
      await clock.advance(waitMs - 1)
      expect(task.stream.openCount).toBe(1)
      await clock.advance(1)
      expect([task.stream.openCount, ladder.climb?.failedCount]).toEqual([0, 1])
      // What is tried is not what is listened to.
      expect(listener.idleLimitsMs.slice(told)).toEqual([])
      await leaveAll()
    })

    it('drops a stream that says nothing for 15 s, and polls on all the while', async () => {
      const { clock, ladder, task, listener, leaveAll } = await buffered()
      await clock.advance(30_000)
      task.open()
      const polled = task.askCount
      await clock.advance(14_999)
      expect(task.stream.openCount).toBe(1)
      await clock.advance(1)
      expect([task.stream.openCount, ladder.climb?.failedCount]).toEqual([0, 1])
      expect(task.askCount).toBe(polled + 7)
      expect(listener.heard.slice(4)).not.toContain('>stream')
      await leaveAll()
    })

    const failures: Record<string, (task: Task) => void> = {
      'is refused': (task) => task.stream.last.fail(fault('http', 503)),
      'is cut after a word': (task) => (
        task.stream.last.send(word('a')),
        task.stream.last.fail(fault('network'))
      ),
      'ends after a word': (task) => (task.stream.last.send(word('a')), task.stream.last.end()),
      'ends at once': (task) => task.stream.last.end(),
    }
    it.each(Object.keys(failures))('says nothing of a stream that %s, and goes on polling', async (how) => {
      const { clock, ladder, task, listener, leaveAll } = await buffered()
      await clock.advance(30_000)
      if (how !== 'is refused') task.open()
      await clock.advance(1000)
      failures[how]?.(task)
      await clock.advance(10_000)
      expect([task.stream.openCount, ladder.climb?.failedCount]).toEqual([0, 1])
      expect(new Set(listener.heard.slice(4))).toEqual(new Set(['v2']))
      await leaveAll()
      expect(clock.pendingCount).toBe(0)
    })

    it('does not take the answer that follows the end of a line for a word of it', async () => {
      const { clock, ladder, task, leaveAll } = await buffered()
      await clock.advance(30_000)
      task.open()
      await clock.advance(5000)
      task.stream.last.send(resource('v2'))
      task.stream.last.end()
      await clock.advance(0)
      expect(ladder.climb?.failedCount).toBe(1)
      await leaveAll()
    })

    it('remembers a refusal for its own task, and lets another one try', async () => {
      const { clock, ladder, task, addTask, leaveAll } = await buffered()
      await clock.advance(30_000)
      task.stream.last.fail(fault('gone', 410, false))
      await clock.advance(0)
      expect(ladder.climb?.failedCount).toBe(0)
      const other = addTask()
      other.listen()
      await clock.advance(0)
      expect(other.stream.openCount).toBe(1)
      await clock.advance(20_000)
      expect(task.stream.lines).toHaveLength(2)
      await leaveAll()
    })

    it('waits longer for the stream of a task that had none, also when that fails otherwise', async () => {
      const { clock, addTask, leaveAll } = setUp()
      const task = addTask()
      task.listen()
      await clock.advance(0)
      task.stream.last.fail(fault('gone', 410, false))
      await clock.advance(30_000)
      task.stream.last.fail(fault('network'))
      await clock.advance(59_000)
      expect(task.stream.lines).toHaveLength(2)
      await clock.advance(1000)
      expect(task.stream.lines).toHaveLength(3)
      await leaveAll()
    })

    it('is over with the polling beside which it was tried, and another one may try', async () => {
      const { clock, ladder, task, listener } = await buffered()
      await clock.advance(30_000)
      task.open()
      task.present = fault('http', 500)
      await clock.advance(2000)
      expect(listener.heard.at(-1)).toBe('!http')
      expect([task.stream.openCount, task.asksInFlight, clock.pendingCount]).toEqual([0, 0, 0])
      expect(ladder.climb?.failedCount).toBe(0)
      expect(ladder.takeClimb()).not.toBeNull()
    })

    it('has one explorer at a time, whom the others follow with their next answer', async () => {
      const { clock, task, addTask, leaveAll } = await buffered()
      const others = [addTask(), addTask()]
      const heard = others.map((other) => other.listen().heard)
      await clock.advance(30_000)
      expect([task, ...others].map(({ stream }) => stream.openCount)).toEqual([1, 0, 0])
      task.open()
      task.stream.last.send(word('a'))
      await clock.advance(4000)
      expect([task, ...others].map(({ stream }) => stream.openCount)).toEqual([1, 1, 1])
      for (const other of others) other.open()
      await clock.advance(0)
      for (const one of heard) expect(one.slice(-3)).toEqual(['>stream', '', 'v1'])
      await leaveAll()
      expect(clock.pendingCount).toBe(0)
    })

    it('lets another one explore when the explorer is left, and learns nothing from that', async () => {
      const { clock, ladder, task, addTask, listener, leaveAll } = await buffered()
      const other = addTask()
      other.listen()
      await clock.advance(30_000)
      expect(task.stream.openCount).toBe(1)
      listener.abort()
      await clock.advance(2000)
      expect([task.stream.openCount, other.stream.openCount]).toEqual([0, 1])
      expect(ladder.climb?.failedCount).toBe(0)
      await leaveAll()
      expect(clock.pendingCount).toBe(0)
    })

    it('opens each stream from where the reader has come by then', async () => {
      const { clock, addTask, leaveAll } = setUp()
      const task = addTask()
      const start = { cursor: '7', canResume: true }
      task.listen(start)
      const places: unknown[] = []
      const place = (): void => {
        const { cursor, canResume } = task.stream.last.reach
        places.push([task.stream.lines.length, cursor, canResume])
      }
      await clock.advance(0)
      place()
      task.stream.last.fail(fault('gone', 410, false))
      Object.assign(start, { cursor: '9', canResume: false })
      await clock.advance(30_000)
      place()
      task.open()
      task.stream.last.send(word('a'))
      Object.assign(start, { cursor: '12' })
      await clock.advance(2000)
      place()
      expect(places).toEqual([
        [1, '7', true],
        [2, '9', false],
        [3, '12', false],
      ])
      await leaveAll()
    })
  })

  it('tells the idle limit of the way that it listens by', async () => {
    const { clock, addTask, leaveAll } = setUp()
    const task = addTask()
    const { idleLimitsMs } = task.listen()
    await clock.advance(0)
    task.stream.last.reach.onIdleLimit?.(45_000)
    expect(idleLimitsMs).toEqual([45_000])
    task.stream.last.fail(fault('gone', 410, false))
    await clock.advance(0)
    expect(idleLimitsMs).toEqual([45_000, Infinity])
    await leaveAll()
  })

  it.each<[StreamErrorCode, number | null]>([
    ['not-found', 404],
    ['forbidden', 403],
    ['invalid-request', 405],
  ])('streams where there is no resource to poll, in the same attempt: %s', async (code, status) => {
    const { clock, ladder, addTask, leaveAll } = setUp()
    ladder.record('buffered')
    const task = addTask()
    task.present = fault(code, status, false)
    const { heard } = task.listen()
    await clock.advance(0)
    task.stream.last.send()
    task.stream.last.send(word('a'))
    await clock.advance(0)
    expect(heard).toEqual(['>stream', '', 'a'])
    await leaveAll()
  })

  it('ends the attempt when a resource is gone that was there', async () => {
    const { clock, task, listener } = await buffered()
    task.present = fault('not-found', 404, false)
    await clock.advance(2000)
    expect(listener.heard.at(-1)).toBe('!not-found')
    expect([task.stream.lines.length, task.stream.openCount, clock.pendingCount]).toEqual([1, 0, 0])
  })

  it.each<[StreamErrorCode, number | null, boolean]>([
    ['network', null, true],
    ['http', 500, true],
    ['unauthorized', 401, false],
  ])('ends the attempt when the polling fails otherwise: %s', async (code, status, retryable) => {
    const { clock, ladder, addTask } = setUp()
    ladder.record('buffered')
    const task = addTask()
    task.present = fault(code, status, retryable)
    const { heard } = task.listen()
    await clock.advance(0)
    expect(heard).toEqual([`!${code}`])
    expect(task.stream.lines).toEqual([])
  })

  describe('can be left at any moment, and leaves nothing open and no timer (L11)', () => {
    const moments: Record<string, (all: Awaited<ReturnType<typeof buffered>>) => Promise<unknown>> = {
      'between two answers': ({ clock }) => clock.advance(1000),
      'while a question is under way': ({ clock, task }) => {
        task.present = null
        return clock.advance(3000)
      },
      'while a climb opens': ({ clock }) => clock.advance(30_000),
      'while a climb is open': async ({ clock, task }) => {
        await clock.advance(30_000)
        task.stream.last.send()
        await clock.advance(1)
      },
      'while a climb has been heard': async ({ clock, task }) => {
        await clock.advance(30_000)
        task.open()
        task.stream.last.send(word('a'))
        await clock.advance(1000)
      },
      'after a climb': async ({ clock, task }) => {
        await clock.advance(30_000)
        task.open()
        task.stream.last.send(word('a'))
        await clock.advance(2500)
      },
      'while a silent stream is asked about': async ({ clock, task, ladder }) => {
        ladder.record('climbed')
        await clock.advance(2000)
        task.open()
        task.present = null
        await clock.advance(10_000)
        expect(task.asksInFlight).toBe(1)
      },
      'while a silent stream has 2 s left': async ({ clock, task, ladder }) => {
        ladder.record('climbed')
        await clock.advance(2000)
        task.open()
        task.present = 'v3'
        await clock.advance(11_000)
      },
      'while a stream opens': async ({ clock, ladder }) => {
        ladder.record('climbed')
        await clock.advance(2000)
      },
    }
    it.each(
      Object.keys(moments).flatMap((moment) => ['aborted', 'left'].map((way) => [way, moment] as const)),
    )('%s %s', async (way, moment) => {
      const all = await buffered()
      await moments[moment]?.(all)
      if (way === 'aborted') all.listener.abort()
      else await all.listener.leave()
      await all.clock.advance(0)
      expect(all.listener.heard.at(-1)).toBe('end')
      expect([all.task.stream.openCount, all.task.asksInFlight, all.clock.pendingCount]).toEqual([0, 0, 0])
      expect(all.ladder.takeClimb()).not.toBeNull()
    })
  })
})
