import { describe, expect, it } from 'vitest'
import { createWorldAround, type WorldAround } from '../../test/world-around.ts'
import { StreamError } from '../errors.ts'
import { createAttempt } from '../source/attempt.ts'
import type { Reach, Source, Transport } from '../source/source.ts'
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts'
import type { Frame } from '../wire/frame.ts'
import { createLine, type Line } from './line.ts'

interface Setup {
  readonly clock: ManualClock
  readonly around: WorldAround
  readonly line: Line
  readonly attempts: number
  readonly openCount: number
  /** What was folded: the data of each message, and `|` where a connection began. */
  readonly folded: readonly string[]
  readonly overCount: number
  send(...data: readonly string[]): void
  sendFrame(frame: Frame): void
  end(): void
  fail(error: unknown): void
  transport(next: Transport): void
}

const message = (data: string): Frame => ({ type: 'message', event: 'message', id: null, data })
const broken = new StreamError('network', 'Broken.', { retryable: true })

interface Options {
  readonly maxRetries?: number
  readonly isKeptHidden?: boolean
  readonly idleMs?: number
  /** Code of the application that runs while a message is folded, or an attempt begins. */
  readonly onTake?: (line: Line, data: string) => void
  readonly onListen?: (line: Line) => void
}

/** A line that folds texts; `end` is the last word, `old` says nothing new. */
function setup({
  maxRetries = 3,
  isKeptHidden = true,
  idleMs = 45_000,
  onTake = () => {},
  onListen = () => {},
}: Options = {}): Setup {
  type Step = readonly Frame[] | 'end' | { readonly error: unknown }
  const clock = createManualClock()
  const around = createWorldAround()
  const folded: string[] = []
  let attempts = 0
  let openCount = 0
  let steps: Step[] = []
  let wake = (): void => {}
  let reach: Reach | null = null
  let newsCount = 0
  let isOver = false
  let overCount = 0

  const source: Source = (given) => {
    attempts++
    onListen(line)
    reach = given
    const mine: Step[] = []
    steps = mine
    return createAttempt(given.signal, async function* listen(attempt) {
      openCount++
      attempt.signal.addEventListener('abort', () => openCount--, { once: true })
      for (;;) {
        const step = mine.shift()
        if (step === 'end') return
        if (step === undefined) await attempt.wait(new Promise<void>((resolve) => (wake = resolve)))
        else if ('error' in step) throw step.error
        else yield step
      }
    })
  }
  const line: Line = createLine(
    {
      cursor: null,
      canResume: false,
      get isOver() {
        return isOver
      },
      get newsCount() {
        return newsCount
      },
      reopened: () => folded.push('|'),
      async take(frames) {
        for (const frame of frames) {
          if (frame.type !== 'message') continue
          folded.push(frame.data)
          if (frame.data !== 'old') newsCount++
          if (frame.data === 'end') isOver = true
          onTake(line, frame.data)
        }
      },
      broke: async () => {},
    },
    {
      source,
      clock,
      policy: { maxRetries, retryDelayMs: 1000, maxDelayMs: 30_000 },
      idleMs,
      surroundings: around,
      isKeptHidden,
      onChange: () => {},
      onOver: () => overCount++,
    },
  )
  const push = (step: Step): void => {
    steps.push(step)
    wake()
  }
  return {
    clock,
    around,
    line,
    get attempts() {
      return attempts
    },
    get openCount() {
      return openCount
    },
    folded,
    get overCount() {
      return overCount
    },
    send: (...data) => push(data.map(message)),
    sendFrame: (frame) => push([frame]),
    end: () => push('end'),
    fail: (error) => push({ error }),
    transport: (next) => reach?.onTransport?.(next),
  }
}

async function opened(options: Options = {}): Promise<Setup> {
  const all = setup(options)
  all.line.want()
  all.send('a')
  await all.clock.advance(0)
  expect(all.line.connection).toMatchObject({ status: 'open', attempt: 0 })
  return all
}

describe('a line › the network', () => {
  it('R13: that goes is shown on an open line, which is kept, and that comes back is used within a second', async () => {
    const all = await opened()
    all.around.say('offline')
    expect(all.line.connection).toMatchObject({ status: 'open', cutOff: true })
    await all.clock.advance(10_000)
    expect(all.attempts).toBe(1)
    all.around.say('online')
    await all.clock.advance(1000)
    expect([all.attempts, all.openCount]).toEqual([2, 1])
  })

  it('that a browser is wrong about is proved by the next byte', async () => {
    const all = await opened()
    all.around.say('offline')
    all.send('b')
    await all.clock.advance(0)
    expect(all.line.connection).toMatchObject({ status: 'open', cutOff: false })
    all.around.say('online')
    await all.clock.advance(2000)
    expect(all.attempts).toBe(1)
  })

  it('that is gone makes no attempts, however long it takes, and costs no budget', async () => {
    const all = await opened({ maxRetries: 1 })
    all.around.say('offline')
    all.fail(broken)
    await all.clock.advance(3_600_000)
    expect([all.attempts, all.line.connection]).toMatchObject([1, { status: 'offline', attempt: 0 }])
    expect(all.clock.pendingCount).toBe(0)
    all.around.say('online')
    await all.clock.advance(0)
    expect([all.attempts, all.line.connection.status]).toEqual([2, 'connecting'])
  })

  it('that goes while an attempt is waited for stops the wait', async () => {
    const all = await opened()
    all.fail(broken)
    await all.clock.advance(0)
    all.around.say('offline')
    await all.clock.advance(60_000)
    expect([all.attempts, all.line.connection.status]).toEqual([1, 'offline'])
  })

  it('is not believed to be gone when somebody asks for an attempt', async () => {
    const all = await opened()
    all.around.say('offline')
    all.fail(broken)
    await all.clock.advance(0)
    all.line.retryNow()
    all.send('b')
    await all.clock.advance(0)
    expect(all.line.connection.status).toBe('open')
  })

  it('that comes back revives a line that was given up, unless it is never to be tried again', async () => {
    for (const maxRetries of [1, 0]) {
      const all = await opened({ maxRetries })
      for (let fault = 0; fault <= maxRetries; fault++) {
        all.fail(broken)
        await all.clock.advance(2000)
      }
      expect(all.line.connection.status).toBe('closed')
      all.around.say('online')
      await all.clock.advance(0)
      expect(all.line.connection.status).toBe(maxRetries > 0 ? 'connecting' : 'closed')
    }
  })
})

describe('a line › sleep and freeze', () => {
  it('R13: is opened anew within two seconds of waking when it was silent, and not counted as a failure', async () => {
    const all = await opened()
    await all.clock.sleep(600_000)
    all.around.say('woken')
    await all.clock.advance(2000)
    expect([all.attempts, all.openCount, all.line.connection]).toMatchObject([2, 1, { attempt: 0 }])
  })

  it('is kept when bytes were waiting for the machine to wake', async () => {
    const all = await opened()
    await all.clock.sleep(20_000)
    all.around.say('woken')
    all.send('b')
    await all.clock.advance(2000)
    expect(all.attempts).toBe(1)
  })

  it('is kept when the page was gone for a moment only', async () => {
    const all = await opened()
    await all.clock.advance(5000)
    all.around.say('visible')
    await all.clock.advance(2000)
    expect(all.attempts).toBe(1)
  })

  it('R13: makes no request and shows no change when the wall clock is set', async () => {
    const all = await opened()
    const before = all.line.connection
    for (const stepMs of [86_400_000, -3_600_000]) {
      all.clock.setWallClock(stepMs)
      await all.clock.advance(5000)
    }
    expect([all.attempts, all.line.connection]).toEqual([1, before])
  })

  it('does not wait any longer for an attempt once the machine is awake', async () => {
    const all = await opened()
    all.fail(broken)
    await all.clock.advance(0)
    all.around.say('woken')
    await all.clock.advance(0)
    const waitedMs = all.clock.monotonic()
    expect(all.attempts).toBe(1)
    await all.clock.advance(500)
    expect([all.attempts, all.line.connection.status]).toEqual([2, 'connecting'])
    expect(all.clock.monotonic() - waitedMs).toBe(500)
  })

  it('does not wait any longer because the wall clock was set back meanwhile', async () => {
    const all = await opened()
    all.fail(broken)
    await all.clock.advance(0)
    all.clock.setWallClock(-3_600_000)
    all.around.say('visible')
    await all.clock.advance(1000)
    expect(all.attempts).toBe(2)
  })

  it('holds nothing in a page that stands still, and is back when it goes on', async () => {
    const all = await opened()
    all.around.say('frozen')
    expect([all.openCount, all.clock.pendingCount, all.line.connection.status]).toEqual([0, 0, 'idle'])
    await all.clock.sleep(600_000)
    all.around.say('woken')
    all.send('b')
    await all.clock.advance(0)
    expect([all.attempts, all.line.connection.status, all.folded]).toEqual([2, 'open', ['|', 'a', '|', 'b']])
  })
})

describe('a line › a hidden page', () => {
  it('keeps it by default', async () => {
    const all = await opened()
    all.around.say('hidden')
    await all.clock.advance(10_000)
    expect([all.attempts, all.openCount]).toEqual([1, 1])
  })

  it('lets go of it where that is wanted, and listens again when it is seen', async () => {
    const all = await opened({ isKeptHidden: false })
    all.around.say('hidden')
    await all.clock.advance(600_000)
    expect([all.openCount, all.clock.pendingCount]).toEqual([0, 0])
    all.around.say('visible')
    await all.clock.advance(0)
    expect(all.attempts).toBe(2)
  })

  it('begins none where that is wanted, until it is seen', async () => {
    const all = setup({ isKeptHidden: false })
    all.around.say('hidden')
    all.line.want()
    await all.clock.advance(60_000)
    expect(all.attempts).toBe(0)
    all.around.say('visible')
    await all.clock.advance(0)
    expect(all.attempts).toBe(1)
  })
})

describe('a line › attempts', () => {
  it('come after what the server asks for by retry', async () => {
    const all = await opened()
    all.sendFrame({ type: 'retry', delayMs: 7000 })
    all.end()
    await all.clock.advance(0)
    expect((all.line.nextRetryAt ?? 0) - all.clock.now()).toBeGreaterThanOrEqual(7000)
  })

  it('come after what the server asked for by Retry-After, whatever the network does meanwhile', async () => {
    const all = await opened()
    all.fail(new StreamError('http', 'Busy.', { retryable: true, status: 503, retryAfterMs: 60_000 }))
    await all.clock.advance(1000)
    for (const signal of ['offline', 'online', 'woken'] as const) all.around.say(signal)
    await all.clock.advance(58_000)
    expect(all.attempts).toBe(1)
    await all.clock.advance(2000)
    expect(all.attempts).toBe(2)
  })

  it('come after what the server asked for, also where the line is left and wanted again', async () => {
    const all = await opened()
    all.fail(new StreamError('rate-limited', 'Slow down.', { retryable: true, retryAfterMs: 60_000 }))
    await all.clock.advance(0)
    for (let round = 0; round < 20; round++) {
      all.line.unwant()
      all.line.want()
      all.around.say('frozen')
      all.around.say('woken')
      await all.clock.advance(1000)
    }
    expect([all.attempts, all.line.connection.status]).toEqual([1, 'waiting'])
    await all.clock.advance(40_000)
    expect(all.attempts).toBe(2)
  })

  it('do not wait for what a server asked for before it answered again', async () => {
    const all = await opened()
    all.fail(new StreamError('http', 'Busy.', { retryable: true, status: 503, retryAfterMs: 600_000 }))
    await all.clock.advance(0)
    all.line.retryNow()
    all.send('b')
    await all.clock.advance(0)
    all.end()
    await all.clock.advance(1000)
    expect(all.attempts).toBe(3)
  })

  it('are never used up by a proxy that cuts a quiet line every 120 seconds', async () => {
    const all = await opened({ maxRetries: 3 })
    for (let cut = 0; cut < 30; cut++) {
      for (let beat = 0; beat < 12; beat++) {
        await all.clock.advance(10_000)
        all.sendFrame({ type: 'beat' })
      }
      all.end()
      await all.clock.advance(1000)
      all.sendFrame({ type: 'beat' })
      await all.clock.advance(0)
      expect(all.line.connection.status).toBe('open')
    }
  })

  it('are not made again in a hidden page, whose timers are late all the time, once they were given up', async () => {
    const all = await opened({ maxRetries: 0 })
    all.around.say('hidden')
    all.fail(broken)
    await all.clock.advance(0)
    for (let minute = 0; minute < 30; minute++) {
      all.around.say('woken')
      await all.clock.advance(60_000)
    }
    expect([all.attempts, all.line.connection.status]).toEqual([1, 'closed'])
  })

  it('R7: are ten within thirty seconds at most, whatever each of them brings', async () => {
    const all = setup()
    all.line.want()
    const atMs: number[] = []
    const since = all.clock.now()
    for (let count = 0; all.clock.now() - since < 120_000;) {
      if (all.attempts > count) {
        count = all.attempts
        atMs.push(all.clock.now() - since)
        all.sendFrame({ type: 'retry', delayMs: 0 })
        all.send(`news ${count}`)
        all.end()
      }
      await all.clock.advance(50)
    }
    for (const start of atMs) {
      expect(atMs.filter((at) => at >= start && at < start + 30_000).length).toBeLessThanOrEqual(10)
    }
    expect(atMs.length).toBeGreaterThan(20)
  })

  it('L7: end for good with the last word, and the world around is not listened to any more', async () => {
    const all = await opened()
    expect(all.around.listenerCount).toBe(1)
    all.send('end', 'more')
    await all.clock.advance(0)
    for (const signal of ['online', 'woken', 'visible'] as const) all.around.say(signal)
    all.line.want()
    all.line.retryNow()
    await all.clock.advance(60_000)
    expect([all.attempts, all.overCount, all.line.connection]).toEqual([
      1,
      1,
      { status: 'closed', error: null },
    ])
    expect([all.around.listenerCount, all.clock.pendingCount, all.openCount]).toEqual([0, 0, 0])
  })

  it('L7: end for good also where somebody leaves in the very moment of the last word', async () => {
    const all = await opened({ onTake: (line, data) => data === 'end' && line.unwant() })
    all.send('end')
    await all.clock.advance(0)
    expect([all.overCount, all.line.connection]).toEqual([1, { status: 'closed', error: null }])
    all.line.want()
    all.line.retryNow()
    await all.clock.advance(1000)
    expect(all.attempts).toBe(1)
  })

  it('R9: hold nothing where the program ends the line while an attempt begins', async () => {
    const all = setup({ onListen: (line) => line.unwant() })
    all.line.want()
    await all.clock.advance(0)
    expect([all.line.connection.status, all.openCount, all.clock.pendingCount]).toEqual(['idle', 0, 0])
  })

  it('R9: leave nothing behind, wanted and left a thousand times', async () => {
    const all = setup()
    for (let round = 0; round < 1000; round++) {
      all.line.want()
      if (round % 3 === 0) all.send('a')
      if (round % 5 === 0) all.fail(broken)
      if (round % 2 === 0) await all.clock.advance(0)
      all.line.unwant()
    }
    await all.clock.advance(0)
    expect([all.openCount, all.clock.pendingCount, all.around.listenerCount]).toEqual([0, 0, 0])
  })

  it('begin their counts anew where the source begins to listen in another way', async () => {
    const all = await opened()
    all.transport('polling')
    all.send('b')
    all.transport('stream')
    all.send('c')
    await all.clock.advance(0)
    expect([all.folded, all.line.transport]).toEqual([['|', 'a', '|', '|', 'b', 'c'], 'stream'])
  })
})
