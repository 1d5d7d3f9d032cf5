import { describe, expect, it } from 'vitest'
import { createFakeLine, said, skipped, whole, type FakeLine } from '../../test/fake-line.ts'
import { StreamError } from '../errors.ts'
import type { TaskEvent } from '../protocol/task-event.ts'
import type { Connection } from '../state/connection.ts'
import { toTask, type TaskState } from '../state/task.ts'
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts'
import { calmSurroundings } from './surroundings.ts'
import { createTaskLine, type TaskLine } from './task-line.ts'

interface Setup {
  readonly clock: ManualClock
  readonly fake: FakeLine
  readonly line: TaskLine
  readonly changes: readonly (readonly [next: TaskState, before: TaskState])[]
  readonly connections: readonly Connection[]
  readonly settledCount: () => number
}

function setup({ maxRetries = 3, maxLogLines = 1000 } = {}): Setup {
  const clock = createManualClock()
  const fake = createFakeLine()
  const changes: (readonly [TaskState, TaskState])[] = []
  const connections: Connection[] = []
  let settled = 0
  const line: TaskLine = createTaskLine({
    ...fake.target,
    surroundings: calmSurroundings,
    isKeptHidden: true,
    isCursorTrusted: false,
    clock,
    policy: { maxRetries, retryDelayMs: 1000, maxDelayMs: 30_000 },
    idleMs: 40_000,
    maxLogLines,
    onTask: (next, before) => changes.push([next, before]),
    onConnection: () => connections.push(line.connection),
    onSettled: () => settled++,
  })
  return { clock, fake, line, changes, connections, settledCount: () => settled }
}

/** A line that is open and has heard that the task runs. */
async function running(options = {}): Promise<Setup> {
  const all = setup(options)
  all.line.want()
  all.fake.send([whole({ status: 'running' })])
  await all.clock.advance(0)
  expect(all.line.connection.status).toBe('open')
  return all
}

const broken = (retryable = true): StreamError => new StreamError('network', 'Broken.', { retryable })
const lines = (...text: string[]): TaskEvent => ({ type: 'log-lines', origin: 'increment', lines: text })

describe('a task line › what it holds', () => {
  it('connects to nothing until it is wanted, and holds nothing when it is not wanted any more', async () => {
    const { line, fake, clock } = setup()
    await clock.advance(60_000)
    expect([fake.attempts, clock.pendingCount]).toEqual([0, 0])
    line.want()
    line.want()
    await clock.advance(0)
    expect([fake.attempts, fake.openCount]).toEqual([1, 1])
    line.unwant()
    await clock.advance(0)
    expect([line.connection.status, fake.openCount, clock.pendingCount]).toEqual(['idle', 0, 0])
  })

  it('holds nothing but one timer while it waits for the next attempt', async () => {
    const { line, fake, clock } = await running()
    fake.end()
    await clock.advance(0)
    expect([line.connection.status, fake.openCount, clock.pendingCount]).toEqual(['waiting', 0, 1])
    line.unwant()
    expect(clock.pendingCount).toBe(0)
  })

  it('folds nothing that comes after it was left', async () => {
    const { line, fake, clock, changes } = await running()
    fake.send([said({ status: 'uploading' })])
    line.unwant()
    await clock.advance(0)
    expect([line.task.status, changes.length]).toEqual(['running', 1])
  })

  it('asks to go on after the last event that was applied (L3)', async () => {
    const { line, fake, clock } = setup()
    line.want()
    fake.send({ seq: 1, events: [whole({ status: 'running' })] }, { seq: 2, events: [lines('a')] })
    await clock.advance(0)
    fake.fail(broken())
    await clock.advance(1000)
    expect([line.connection.status, fake.cursors]).toEqual(['connecting', [null, '2']])
  })
})

describe('a task line › the end', () => {
  it('L7: ends with the task, and opens never again', async () => {
    const { line, fake, clock, settledCount } = await running()
    fake.send([said({ status: 'failed', error: 'no memory' })])
    await clock.advance(0)
    expect([line.connection, fake.openCount, clock.pendingCount]).toEqual([
      { status: 'closed', error: null },
      0,
      0,
    ])
    line.fold([said({ status: 'running' }), said({ status: 'completed' })])
    line.want()
    line.retryNow()
    line.unwant()
    line.want()
    await clock.advance(60_000)
    expect([line.task.status, line.task.error, fake.attempts, settledCount()]).toEqual([
      'failed',
      'no memory',
      1,
      1,
    ])
  })

  it.each(['end', 'stream-end'] as const)('L8: %s before the end of the task is a fault', async (how) => {
    const { line, fake, clock } = await running()
    if (how === 'end') fake.end()
    else fake.send([{ type: 'stream-end' }])
    await clock.advance(0)
    expect(line.connection).toMatchObject({ status: 'waiting', attempt: 1, error: { code: 'truncated' } })
    expect(line.task.status).toBe('running')
    await clock.advance(1000)
    fake.send([whole({ status: 'completed', output: 1 })])
    await clock.advance(0)
    expect([line.task.status, line.connection.status, fake.attempts]).toEqual(['completed', 'closed', 2])
  })

  it('takes what the last read holds beside the last word', async () => {
    const { line, fake, clock } = await running()
    fake.send([lines('a')], [said({ status: 'completed', output: 1 })], [lines('b')])
    await clock.advance(0)
    expect(toTask(line.task)).toMatchObject({ status: 'completed', output: 1, logs: ['a', 'b'] })
  })

  it('ends with what came by another way than the line', async () => {
    const { line, fake, clock, settledCount } = await running()
    line.fold([whole({ status: 'completed', output: 1 })])
    expect(line.connection).toEqual({ status: 'closed', error: null })
    await clock.advance(0)
    expect([fake.openCount, clock.pendingCount, settledCount()]).toEqual([0, 0, 1])
  })

  it('asks for the task when it completed without an output', async () => {
    const { line, fake, clock, changes } = await running()
    fake.answerWith([whole({ status: 'completed', output: { text: 'a' } })])
    fake.send([said({ status: 'completed' })])
    await clock.advance(0)
    expect([line.task.output, fake.asks, line.connection.status]).toEqual([{ text: 'a' }, 1, 'closed'])
    expect(changes.at(-1)?.[0]).toMatchObject({ status: 'completed', output: { text: 'a' } })
    expect(changes.filter(([next]) => next.status === 'completed')).toHaveLength(1)
  })

  it('asks for the task when it failed without a reason', async () => {
    const { line, fake, clock } = await running()
    fake.answerWith([whole({ status: 'failed', error: 'no memory' })])
    fake.send([said({ status: 'failed' })])
    await clock.advance(0)
    expect([line.task.error, fake.asks]).toEqual(['no memory', 1])
  })

  it('does not ask when nothing is in question', async () => {
    for (const last of [
      said({ status: 'completed', output: null }),
      said({ status: 'failed', error: 'x' }),
      said({ status: 'cancelled' }),
    ]) {
      const { fake, clock, line } = await running()
      fake.send([last])
      await clock.advance(0)
      expect([fake.asks, line.connection.status]).toEqual([0, 'closed'])
    }
  })

  it('asks at the end when a frame was skipped, and once', async () => {
    const { line, fake, clock } = await running()
    fake.answerWith([
      { type: 'log-lines', origin: 'resource', lines: ['a', 'lost', 'b'] },
      whole({ status: 'cancelled' }),
    ])
    fake.send([lines('a')], [skipped], [lines('b')])
    await clock.advance(0)
    expect([fake.asks, line.facts.skippedCount]).toEqual([0, 1])
    fake.send([said({ status: 'cancelled' })])
    await clock.advance(0)
    expect(fake.asks).toBe(1)
    expect([...line.task.logs.lines].sort()).toEqual(['a', 'b', 'lost'])
  })

  it('forgets a skipped frame when the line was opened anew, because that reads the whole task', async () => {
    const { fake, clock } = await running()
    fake.send([skipped])
    fake.end()
    await clock.advance(2000)
    fake.send([whole({ status: 'cancelled' })])
    await clock.advance(0)
    expect([fake.attempts, fake.asks]).toEqual([2, 0])
  })

  it('is not told before the question was answered: a question that fails is a fault of the line', async () => {
    const { line, fake, clock, settledCount } = await running()
    fake.answerWith(broken())
    fake.send([said({ status: 'completed' })])
    await clock.advance(0)
    expect(line.connection).toMatchObject({ status: 'waiting', error: { code: 'network' } })
    expect([line.task.status, settledCount()]).toEqual(['running', 0])
    await clock.advance(1000)
    fake.send([whole({ status: 'completed', output: 1 })])
    await clock.advance(0)
    expect([line.task.output, line.connection, settledCount()]).toEqual([
      1,
      { status: 'closed', error: null },
      1,
    ])
  })

  it('is told with what is known when nobody is left to ask', async () => {
    for (const [maxRetries, retryable] of [
      [2, true],
      [2, false],
      [0, true],
    ] as const) {
      const { line, fake, clock, settledCount } = await running({ maxRetries })
      fake.answerWith(broken(retryable))
      fake.send([said({ status: 'completed' })])
      for (let attempt = 0; attempt < maxRetries; attempt++) {
        await clock.advance(30_000)
        fake.fail(broken())
      }
      await clock.advance(0)
      expect([line.task.status, line.task.output, line.connection, settledCount()]).toEqual([
        'completed',
        null,
        { status: 'closed', error: null },
        1,
      ])
    }
  })
})

describe('a task line › attempts', () => {
  it('are bounded; then it is closed with the error, and the task still runs', async () => {
    const { line, fake, clock } = await running({ maxRetries: 3 })
    fake.fail(broken())
    for (let attempt = 1; attempt <= 3; attempt++) {
      await clock.advance(0)
      expect(line.connection).toMatchObject({ status: 'waiting', attempt })
      await clock.advance(30_000)
      expect(line.connection).toMatchObject({ status: 'connecting', attempt })
      fake.fail(broken())
    }
    await clock.advance(0)
    expect(line.connection).toMatchObject({ status: 'closed', error: { code: 'network' } })
    expect([line.task.status, fake.attempts, fake.openCount, clock.pendingCount]).toEqual([
      'running',
      4,
      0,
      0,
    ])
  })

  it('are none with maxRetries 0', async () => {
    const { line, fake, clock } = await running({ maxRetries: 0 })
    fake.end()
    await clock.advance(60_000)
    expect(line.connection).toMatchObject({ status: 'closed', error: { code: 'truncated' } })
    expect([line.task.status, fake.attempts]).toEqual(['running', 1])
  })

  it('end at once with an error that no attempt can mend', async () => {
    const { line, fake, clock } = await running()
    fake.fail(broken(false))
    await clock.advance(60_000)
    expect([line.connection.status, fake.attempts]).toEqual(['closed', 1])
  })

  it('get their budget back from an event that was applied', async () => {
    const { line, fake, clock } = await running({ maxRetries: 2 })
    for (let round = 0; round < 5; round++) {
      fake.send([lines(`line ${round}`)])
      fake.end()
      await clock.advance(0)
      expect(line.connection).toMatchObject({ status: 'waiting', attempt: 1 })
      await clock.advance(30_000)
    }
    expect(fake.attempts).toBe(6)
  })

  it('get it back from what was said right before the end', async () => {
    const { line, fake, clock } = await running({ maxRetries: 1 })
    for (let round = 0; round < 3; round++) {
      fake.send([lines(`line ${round}`)], [{ type: 'stream-end' }])
      await clock.advance(0)
      expect(line.connection).toMatchObject({ status: 'waiting', attempt: 1 })
      await clock.advance(30_000)
    }
  })

  it.each<[string, readonly TaskEvent[]]>([
    ['opens and says nothing', []],
    ['says what is known', [whole({ status: 'running' })]],
    [
      'says what is known, its log too',
      [
        { type: 'log-lines', origin: 'resource', lines: ['a', 'b'] },
        whole({ status: 'running' }),
        { type: 'log-lines', origin: 'first', lines: ['a', 'b'] },
      ],
    ],
  ])('do not get it back from a server that %s and drops the line', async (_name, present) => {
    const { line, fake, clock } = await running({ maxRetries: 3 })
    fake.send([{ type: 'log-lines', origin: 'resource', lines: ['a', 'b'] }])
    await clock.advance(0)
    const { lastEventAt } = line.facts
    for (let attempt = 0; attempt < 4; attempt++) {
      fake.send(present)
      fake.end()
      await clock.advance(30_000)
    }
    expect(line.connection).toMatchObject({ status: 'closed', error: { code: 'truncated' } })
    expect([fake.attempts, line.facts.lastEventAt]).toEqual([4, lastEventAt])
    expect([...line.task.logs.lines]).toEqual(['a', 'b'])
  })

  it('wait as long as the server asked', async () => {
    const { line, fake, clock } = await running()
    fake.fail(new StreamError('rate-limited', 'Wait.', { retryable: true, retryAfterMs: 50_000 }))
    await clock.advance(49_999)
    expect(line.connection.status).toBe('waiting')
    await clock.advance(1)
    expect(line.connection.status).toBe('connecting')
  })

  it('are made at once when somebody asks, with a new budget, also after the last one', async () => {
    const { line, fake, clock } = await running({ maxRetries: 1 })
    fake.end()
    await clock.advance(0)
    line.retryNow()
    await clock.advance(0)
    expect(line.connection).toMatchObject({ status: 'connecting', attempt: 1 })
    fake.end()
    await clock.advance(0)
    expect(line.connection.status).toBe('closed')
    line.retryNow()
    fake.send([whole({ status: 'completed', output: 1 })])
    await clock.advance(0)
    expect([line.task.status, line.connection, fake.attempts]).toEqual([
      'completed',
      { status: 'closed', error: null },
      3,
    ])
  })

  it('bring the present even where the line brings nothing but what is too large to be read', async () => {
    const { line, fake, clock } = await running({ maxRetries: 1 })
    for (let round = 0; round < 4; round++) {
      fake.answerWith([{ type: 'log-lines', origin: 'increment', lines: [`line ${round}`] }])
      fake.send()
      fake.fail(new StreamError('frame-too-large', 'Too large.', { retryable: true }))
      await clock.advance(0)
      expect(line.connection).toMatchObject({
        status: 'waiting',
        attempt: 1,
        error: { code: 'frame-too-large' },
      })
      await clock.advance(30_000)
    }
    fake.answerWith([whole({ status: 'completed', output: 1 })])
    fake.fail(new StreamError('frame-too-large', 'Too large.', { retryable: true }))
    await clock.advance(0)
    expect([line.task.output, line.connection]).toEqual([1, { status: 'closed', error: null }])
    expect([...line.task.logs.lines]).toEqual(['line 0', 'line 1', 'line 2', 'line 3'])
  })

  it('L5: follow a hole in the numbers, which is never applied over', async () => {
    const { line, fake, clock } = setup()
    line.want()
    for (const seq of [1, 2, 3, 4]) fake.send({ seq, events: [lines(String(seq))] })
    fake.send({ seq: 6, events: [lines('6')] })
    await clock.advance(0)
    expect(line.connection).toMatchObject({ status: 'waiting', error: { code: 'gap', retryable: true } })
    expect([...line.task.logs.lines]).toEqual(['1', '2', '3', '4'])
    // What is missing is asked for, once.
    await clock.advance(1000)
    expect(fake.cursors).toEqual([null, '4'])
    // What cannot be continued is begun anew.
    fake.send({ seq: 6, events: [lines('6')] })
    await clock.advance(2000)
    expect(fake.cursors).toEqual([null, '4', null])
    expect([...line.task.logs.lines]).toEqual(['1', '2', '3', '4'])
  })
})

describe('a task line › silence', () => {
  it('shows as quiet after half the limit, until something is heard', async () => {
    const { line, fake, clock, connections } = await running()
    await clock.advance(19_999)
    expect(line.connection).toMatchObject({ status: 'open', quiet: false })
    await clock.advance(1)
    expect(line.connection).toMatchObject({ status: 'open', quiet: true })
    fake.send()
    await clock.advance(0)
    expect(line.connection).toMatchObject({ status: 'open', quiet: false })
    await clock.advance(20_000)
    expect(line.connection).toMatchObject({ status: 'open', quiet: true })
    expect(connections.map(({ status }) => status)).toEqual(['connecting', 'open', 'open', 'open', 'open'])
    expect(fake.attempts).toBe(1)
  })

  it('does not show while signs of life come', async () => {
    const { line, fake, clock } = await running()
    for (let beat = 0; beat < 12; beat++) {
      await clock.advance(10_000)
      fake.send()
      await clock.advance(0)
      expect(line.connection).toMatchObject({ status: 'open', quiet: false })
    }
  })
})

describe('a task line › changes', () => {
  it('are one for each message, whatever it is made of, and none for what is known (L4)', async () => {
    const { fake, clock, changes, line } = await running()
    const message = [lines('a'), said({ progress: { value: 0.5, current: null, total: null, stage: null } })]
    fake.send(message)
    await clock.advance(0)
    expect(changes).toHaveLength(2)
    const { task } = line
    fake.send([said({ status: 'running' })], [whole({ status: 'running' })])
    await clock.advance(0)
    expect(changes).toHaveLength(2)
    expect(line.task).toBe(task)
  })

  it('L2: are the same however the messages were bundled', async () => {
    const messages: readonly TaskEvent[] = [
      lines('a'),
      said({ status: 'uploading' }),
      lines('b', 'c'),
      said({ partialOutput: { text: 'x' } }),
    ]
    const told = async (bundles: readonly (readonly TaskEvent[])[]): Promise<unknown> => {
      const { fake, clock, changes } = await running()
      for (const bundle of bundles) fake.send(...bundle.map((event) => [event]))
      await clock.advance(0)
      return changes.map(([next]) => toTask(next))
    }
    expect(await told([messages])).toEqual(await told(messages.map((event) => [event])))
  })

  it('L9: leave what a message does not name as it was', async () => {
    const { fake, clock, line } = await running()
    fake.send([said({ partialOutput: { text: 'x' }, input: { prompt: 'p' } })])
    await clock.advance(0)
    const before = line.task
    fake.send([lines('a')])
    await clock.advance(0)
    expect(line.task).not.toBe(before)
    expect(line.task.partial).toBe(before.partial)
    expect(line.task.input).toBe(before.input)
    expect(line.task.history).toBe(before.history)
  })

  it('tell when the last one was', async () => {
    const { fake, clock, line } = await running()
    const first = line.facts.lastEventAt
    await clock.advance(500)
    fake.send()
    await clock.advance(0)
    expect(line.facts.lastEventAt).toBe(first)
    fake.send([lines('a')])
    await clock.advance(0)
    expect(line.facts.lastEventAt).toBe(clock.now())
  })
})
