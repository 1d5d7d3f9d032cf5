import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import type { Clock } from '../store/clock.ts'
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts'
import { createRandom } from '../testing/random.ts'
import type { Frame } from '../wire/frame.ts'
import { createAttempt } from './attempt.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { sharedLine } from './shared-line.ts'
import type { Reach, Source, Transport } from './source.ts'
import type { BroadcastPort } from './tab-channel.ts'
import type { TabLocks } from './tab-lock.ts'

const frame = (data: string, id: string | null = null): Frame => ({
  type: 'message',
  event: 'message',
  id,
  data,
})
const cut = (): StreamError => new StreamError('network', 'Cut.', { retryable: true })

/** What a message or a lock takes from one tab to another, and a line to open, in milliseconds. */
const hopMs = 1
const connectMs = 20
const retryMs = 400

/** The thread of one tab: what comes from outside waits while it stands still, and is lost once it is closed. */
interface Thread {
  state: 'running' | 'still' | 'closed'
  run(task: () => void, kind?: 'timer'): void
  /** What has waited runs: timers first, or in the order in which it came. Browsers do either. */
  resume(areTimersFirst?: boolean): void
}

function createThread(): Thread {
  let late: { readonly task: () => void; readonly isTimer: boolean }[] = []
  return {
    state: 'running',
    run(task, kind) {
      if (this.state === 'running') task()
      else if (this.state === 'still') late.push({ task, isTimer: kind === 'timer' })
    },
    resume(areTimersFirst = false) {
      if (this.state !== 'still') return
      this.state = 'running'
      const first = late.filter(({ isTimer }) => isTimer && areTimersFirst)
      const tasks = [...first, ...late.filter((one) => !first.includes(one))]
      late = []
      for (const { task } of tasks) this.run(task)
    },
  }
}

interface LockRequest {
  readonly thread: Thread
  readonly grant: () => void
  readonly reject: () => void
}

/** The locks of one browser: a queue for each name, apart from the threads of the tabs. */
function createLocks(clock: Clock, lagMs: () => number, onStolen: (from: Thread) => void) {
  const held = new Map<string, LockRequest>()
  const queues = new Map<string, LockRequest[]>()
  const queueOf = (name: string): LockRequest[] => {
    const queue = queues.get(name) ?? []
    queues.set(name, queue)
    return queue
  }
  const hold = (name: string, request: LockRequest): void => {
    held.set(name, request)
    request.grant()
  }
  const release = (name: string, request: LockRequest): void => {
    if (held.get(name) !== request) return
    held.delete(name)
    const next = queueOf(name).shift()
    if (next !== undefined) hold(name, next)
  }
  const forTab = (thread: Thread): TabLocks => ({
    request: (name, { signal, steal = false, ifAvailable = false }, granted) =>
      new Promise((resolve, reject) => {
        const ms = lagMs()
        const later = (task: () => void): void => void clock.after(ms, () => thread.run(task))
        const abort = (): void => reject(new DOMException('The lock is gone.', 'AbortError'))
        const request: LockRequest = {
          thread,
          grant: () =>
            later(() => {
              if (signal?.aborted === true) return release(name, request)
              void granted({ name }).then(() => {
                release(name, request)
                resolve()
              })
            }),
          reject: () => later(abort),
        }
        const leave = (): void => {
          const queue = queueOf(name)
          if (queue.includes(request)) queue.splice(queue.indexOf(request), 1)
          abort()
        }
        if (signal?.aborted === true) return abort()
        if (signal !== undefined && (steal || ifAvailable))
          return reject(new DOMException('No.', 'NotSupportedError'))
        signal?.addEventListener('abort', leave, { once: true })
        const holder = held.get(name)
        if (holder === undefined) return hold(name, request)
        if (ifAvailable) return later(() => void granted(null).then(resolve))
        if (!steal) return void queueOf(name).push(request)
        holder.reject()
        onStolen(holder.thread)
        return hold(name, request)
      }),
  })
  return {
    forTab,
    /** The browser takes everything back from a tab that is gone. */
    forget(thread: Thread): void {
      for (const [name, queue] of queues)
        queues.set(
          name,
          queue.filter((request) => request.thread !== thread),
        )
      for (const [name, request] of held) if (request.thread === thread) release(name, request)
    },
    count: () => held.size + [...queues.values()].reduce((sum, queue) => sum + queue.length, 0),
  }
}

/** The broadcast channels of one browser: messages are copies and come in order. */
function createChannels(clock: Clock, lagMs: () => number) {
  const ports = new Set<{ readonly name: string; hear(data: unknown, ms: number): void }>()
  const sent: unknown[] = []
  return {
    sent,
    count: () => ports.size,
    forTab(thread: Thread) {
      const mine = new Set<() => void>()
      const open = (name: string): BroadcastPort => {
        let listener: (event: { readonly data: unknown }) => void = () => {}
        const port = {
          name,
          hear: (data: unknown, ms: number) =>
            void clock.after(ms, () => thread.run(() => ports.has(port) && listener({ data }))),
        }
        const close = (): void => void ports.delete(port)
        const lags = new Map<object, number>()
        ports.add(port)
        mine.add(close)
        return {
          postMessage(message) {
            sent.push(message)
            for (const other of ports) {
              if (other === port || other.name !== name) continue
              const ms = lags.get(other) ?? lagMs()
              lags.set(other, ms)
              other.hear(structuredClone(message), ms)
            }
          },
          addEventListener: (_, next) => void (listener = next),
          close,
        }
      }
      return { open, closeAll: () => mine.forEach((close) => close()) }
    },
  }
}

interface OpenLine {
  readonly thread: Thread
  readonly pushed: Inbox<Frame | 'cut'>
  isStolen: boolean
}

interface Tab {
  readonly thread: Thread
  /** Frames as they were read, with the changes of how it listens between them. */
  readonly log: (string | { readonly transport: Transport })[]
  /** What the frames fold to; `null` before the first. */
  value: number | null
  leave(): void
  freeze(): void
}

/** How a {@link World} differs from the plain one. */
interface WorldOptions {
  readonly limits?: { readonly maxFrames: number; readonly maxChars: number } | undefined
  /** From one tab to another, and from the browser to a tab, in milliseconds; default {@link hopMs}. */
  readonly lagMs?: () => number
  /** Whether chance is the same in all tabs, but for their names. */
  readonly areInStep?: boolean
}

/** A browser with tabs, and a server that counts. */
function createWorld({ limits, lagMs = () => hopMs, areInStep = false }: WorldOptions = {}) {
  const clock: ManualClock = createManualClock()
  const lines = new Set<OpenLine>()
  const opened: { readonly thread: Thread; readonly atMs: number; readonly cursor: string | null }[] = []
  const broken: string[] = []
  const asked: number[] = []
  const tabs: Tab[] = []
  let value = 0
  let refusal: StreamError | null = null
  let tells: Transport | null = null
  const threads = new Set<Thread>()
  const locks = createLocks(clock, lagMs, (from) => {
    for (const line of lines) if (line.thread === from) line.isStolen = true
  })
  const channels = createChannels(clock, lagMs)
  const forgets = new Map<Thread, () => void>()

  const count = (): number => [...lines].filter(({ isStolen }) => !isStolen).length
  const after = (thread: Thread, ms: number): Promise<void> =>
    new Promise((resolve) => void clock.after(ms, () => thread.run(resolve)))

  const lineOf =
    (thread: Thread): Source =>
    ({ signal, cursor, onTransport }) =>
      createAttempt(signal, async function* listen(attempt) {
        const line: OpenLine = { thread, pushed: createInbox(), isStolen: false }
        lines.add(line)
        opened.push({ thread, atMs: clock.monotonic(), cursor })
        if (count() > 1) broken.push(`${count()} lines at ${clock.monotonic()} ms`)
        try {
          await attempt.wait(after(thread, connectMs))
          if (refusal !== null) throw refusal
          if (tells !== null) onTransport?.(tells)
          yield []
          line.pushed.clear()
          yield [frame(`=${value}`)]
          for (;;) {
            const pushed = await attempt.wait(line.pushed.take())
            if (pushed === 'cut' || pushed === null) throw cut()
            yield [pushed]
          }
        } finally {
          lines.delete(line)
        }
      })

  function fold(tab: Tab, frames: readonly Frame[]): void {
    const before = tab.value
    const hasPresent = frames.some((one) => one.type === 'message' && one.data.startsWith('='))
    for (const one of frames) {
      if (one.type !== 'message') continue
      tab.log.push(one.data)
      const said = Number(one.data.slice(1))
      if (one.data.startsWith('=')) tab.value = said
      else if (tab.value !== null && said === tab.value + 1) tab.value = said
      else if (!hasPresent || tab.value === null || said > tab.value)
        broken.push(`${one.data} after ${tab.value}`)
    }
    if ((tab.value ?? 0) < (before ?? 0)) broken.push(`back from ${before} to ${tab.value}`)
  }

  const world = {
    clock,
    lines,
    opened,
    broken,
    asked,
    tabs,
    sent: channels.sent,
    get value() {
      return value
    },
    refuse: (next: StreamError | null) => void (refusal = next),
    tell: (next: Transport) => void (tells = next),
    /** The server counts on, and says so. */
    say(times = 1): void {
      for (let i = 0; i < times; i++) {
        const next = frame(`+${++value}`)
        for (const line of lines) line.thread.run(() => line.pushed.put(next, 1))
      }
    },
    cut: () => lines.forEach((line) => line.thread.run(() => line.pushed.put('cut', 1))),
    join(answer: (() => Promise<Frame>) | null = null): Tab {
      const thread = createThread()
      threads.add(thread)
      const chance = createRandom(threads.size)
      let drawn = 0
      const random = (): number => (areInStep && drawn++ % 100 > 1 ? 0.5 : chance())
      const ports = channels.forTab(thread)
      const tabClock: Clock = {
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        random,
        after(ms, run) {
          let isOff = false
          const stop = clock.after(ms, () => thread.run(() => isOff || run(), 'timer'))
          return () => {
            isOff = true
            stop()
          }
        },
      }
      const frozen = new Set<() => void>()
      const ask = async (signal: AbortSignal): Promise<Frame> => {
        asked.push(clock.monotonic())
        await after(thread, connectMs)
        signal.throwIfAborted()
        return answer === null ? frame(`=${value}`) : answer()
      }
      const source = sharedLine(
        'a',
        lineOf(thread),
        ask,
        {
          clock: tabClock,
          locks: locks.forTab(thread),
          openChannel: ports.open,
          onFrozen(listener) {
            frozen.add(listener)
            return () => void frozen.delete(listener)
          },
        },
        limits,
      )
      const owner = new AbortController()
      const tab: Tab = {
        thread,
        log: [],
        value: null,
        leave: () => owner.abort(),
        freeze() {
          for (const listener of frozen) listener()
          if (thread.state === 'running') thread.state = 'still'
        },
      }
      forgets.set(thread, () => {
        ports.closeAll()
        locks.forget(thread)
      })
      const follow = async (): Promise<void> => {
        const left = new Promise<void>((resolve) => owner.signal.addEventListener('abort', () => resolve()))
        while (!owner.signal.aborted) {
          try {
            const onTransport = (transport: Transport): void => void tab.log.push({ transport })
            for await (const frames of source({ cursor: null, signal: owner.signal, onTransport }))
              fold(tab, frames)
          } catch (thrown) {
            if (!StreamError.from(thrown).retryable) broken.push(String(thrown))
          }
          await Promise.race([left, after(thread, retryMs)])
        }
        if (frozen.size > 0) broken.push('somebody still listens to freezing')
      }
      void follow()
      tabs.push(tab)
      return tab
    },
    /** The tab is gone without a word; the browser and the server notice at once. */
    close(tab: Tab): void {
      tab.thread.state = 'closed'
      for (const line of lines) if (line.thread === tab.thread) lines.delete(line)
      forgets.get(tab.thread)?.()
    },
    held: () => ({
      locks: locks.count(),
      ports: channels.count(),
      lines: lines.size,
      timers: clock.pendingCount,
    }),
    /** The tab with the line; the only one there is beside stolen ones. */
    holder(): Tab | null {
      const [line] = [...lines].filter(({ isStolen }) => !isStolen)
      return tabs.find(({ thread }) => thread === line?.thread) ?? null
    },
  }
  return world
}

const nothing = { locks: 0, ports: 0, lines: 0, timers: 0 }

describe('sharedLine', () => {
  it('keeps one line, whoever comes, goes, freezes and hangs, and every tab folds what the line says (L5, L6, L11)', async () => {
    const which = fc.nat(9)
    const step = fc.oneof(
      fc.record({ do: fc.constantFrom('join' as const), which }),
      fc.record({ do: fc.constantFrom('join' as const), which }),
      fc.record({
        do: fc.constantFrom(
          'leave' as const,
          'close' as const,
          'freeze' as const,
          'hang' as const,
          'resume' as const,
        ),
        which,
      }),
      fc.record({ do: fc.constantFrom('say' as const, 'cut' as const, 'say' as const), which }),
      fc.record({ do: fc.constantFrom('advance' as const, 'wait' as const), which: fc.nat(2_000) }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.constantFrom(undefined, { maxFrames: 3, maxChars: 1_000 }),
        fc.option(fc.nat()),
        async (steps, limits, seed) => {
          const chance = createRandom(seed ?? 0)
          const world = createWorld({
            limits,
            ...(seed === null ? {} : { lagMs: () => 1 + Math.floor(chance() * 40) }),
          })
          const gone = new Set<Tab>()
          for (const { do: deed, which } of steps) {
            const live = world.tabs.filter((tab) => !gone.has(tab))
            const tab = live[which % Math.max(1, live.length)]
            if (deed === 'join') world.join()
            else if (deed === 'say') world.say(1 + (which % 3))
            else if (deed === 'cut') world.cut()
            else if (deed === 'advance') await world.clock.advance(which % 20)
            else if (deed === 'wait') await world.clock.advance(which * 4)
            else if (tab !== undefined) {
              // What a tab does in one go is done before it hangs or is closed.
              if (deed === 'hang' || deed === 'close') await world.clock.advance(0)
              if (deed === 'freeze') tab.freeze()
              else if (deed === 'resume') tab.thread.resume(which % 2 === 0)
              else if (deed === 'hang') {
                if (tab.thread.state === 'running') tab.thread.state = 'still'
              } else {
                if (deed === 'close') world.close(tab)
                else tab.leave()
                gone.add(tab)
              }
            }
            expect(world.broken).toEqual([])
          }
          const live = world.tabs.filter((tab) => !gone.has(tab))
          const current = (): Tab[] => live.filter(({ thread }) => thread.state === 'running')
          for (const isLast of [false, true]) {
            if (isLast) for (const tab of world.tabs) tab.thread.resume()
            await world.clock.advance(15_000)
            world.say()
            await world.clock.advance(100)
            expect(world.broken).toEqual([])
            expect(current().map(({ value }) => value)).toEqual(current().map(() => world.value))
            if (current().length > 0) expect(current()).toContain(world.holder())
          }
          for (const tab of live) tab.leave()
          await world.clock.advance(10_000)
          expect(world.held()).toEqual(nothing)
          expect(world.broken).toEqual([])
        },
      ),
      { numRuns: 300 },
    )
  }, 120_000)

  it('tells a tab that comes later everything since the line began, without a request', async () => {
    const world = createWorld()
    world.tell('polling')
    world.join()
    await world.clock.advance(100)
    world.say(3)
    await world.clock.advance(100)
    const late = world.join()
    await world.clock.advance(10)
    world.say()
    await world.clock.advance(10)
    expect(late.log).toEqual([{ transport: 'polling' }, '=0', '+1', '+2', '+3', '+4'])
    expect([world.opened.length, world.asked.length]).toEqual([1, 0])
  })

  it('lets a tab that comes too late for that ask for the resource, and holds what the line brings meanwhile', async () => {
    const world = createWorld({ limits: { maxFrames: 2, maxChars: 1_000 } })
    world.join()
    await world.clock.advance(100)
    world.say(3)
    await world.clock.advance(100)
    const late = world.join()
    await world.clock.advance(10)
    world.say(2)
    await world.clock.advance(100)
    expect(late.log).toEqual(['=5', '+4', '+5'])
    expect([late.value, world.opened.length, world.asked.length]).toEqual([5, 1, 1])
  })

  it('gives a tab a line of its own where the resource is refused for good', async () => {
    const world = createWorld({ limits: { maxFrames: 1, maxChars: 1_000 } })
    world.join()
    await world.clock.advance(100)
    world.say(3)
    const late = world.join(() => Promise.reject(new StreamError('not-found', 'Gone.')))
    await world.clock.advance(100)
    expect(world.broken).toEqual(['2 lines at 122 ms'])
    expect(late.log).toEqual([{ transport: 'stream' }, '=3'])
  })

  it.each([
    ['is closed', (world: World, tab: Tab) => world.close(tab), 1_000],
    ['lets go', (_: World, tab: Tab) => tab.leave(), 1_000],
    ['freezes', (_: World, tab: Tab) => tab.freeze(), 1_000],
    ['loses its line', (world: World) => world.cut(), 1_000],
    ['hangs', (_: World, tab: Tab) => void (tab.thread.state = 'still'), 6_000],
  ])('is taken over in time, in the same attempt, when the tab that has it %s', async (_, end, limitMs) => {
    const world = createWorld()
    const first = world.join()
    await world.clock.advance(50)
    const others = [world.join(), world.join()]
    await world.clock.advance(50)
    const fromMs = world.clock.monotonic()
    end(world, first)
    world.say()
    await world.clock.advance(limitMs + connectMs + 3 * hopMs)
    expect(world.opened).toHaveLength(2)
    expect((world.opened[1]?.atMs ?? Infinity) - fromMs).toBeLessThanOrEqual(limitMs)
    expect(others).toContain(world.holder())
    for (const { log } of others) expect(log).toEqual(['=0', { transport: 'stream' }, '=1'])
    first.thread.resume()
    await world.clock.advance(10_000)
    world.say()
    await world.clock.advance(10)
    for (const { value } of others) expect(value).toBe(2)
    expect([world.opened.length, world.broken]).toEqual([2, []])
  })

  it('tries again where the resource could not be had this time', async () => {
    const world = createWorld({ limits: { maxFrames: 1, maxChars: 1_000 } })
    world.join()
    await world.clock.advance(100)
    world.say(3)
    const answers = [() => Promise.reject(cut()), () => Promise.resolve(frame('=3'))]
    const late = world.join(() => answers.shift()?.() ?? Promise.reject(new Error('asked again')))
    await world.clock.advance(1_000)
    expect([late.log, world.asked.length, world.opened.length]).toEqual([['=3'], 2, 1])
    expect(world.broken).toEqual([])
  })

  it('knows a later leader also when the wall clock was set back', async () => {
    const world = createWorld()
    const first = world.join()
    await world.clock.advance(50)
    const others = [world.join(), world.join()]
    await world.clock.advance(50)
    world.clock.setWallClock(-3_600_000)
    first.leave()
    await world.clock.advance(10_000)
    expect([world.opened.length, others.map(({ value }) => value)]).toEqual([2, [0, 0]])
  })

  describe('where another tab has the lock and does not answer', () => {
    /** A tab that joins, and another one that holds the lock and whatever else it is told to. */
    function start({ holdsSeizing = false } = {}) {
      const clock = createManualClock()
      const lockLagMs = 10
      const locks = createLocks(
        clock,
        () => lockLagMs,
        () => {},
      )
      const channels = createChannels(clock, () => hopMs)
      const scope = 'taskstream:line:1:a'
      const other = locks.forTab(createThread())
      const forever = (): Promise<void> => new Promise(() => {})
      other.request(scope, {}, forever).catch(() => {})
      if (holdsSeizing) void other.request(`${scope}:seize`, {}, forever)
      const openedAtMs: number[] = []
      const line: Source = ({ signal }) =>
        createAttempt(signal, async function* (attempt) {
          openedAtMs.push(clock.monotonic())
          yield []
          await attempt.wait(forever())
        })
      const owner = new AbortController()
      const ask = (): Promise<Frame> => Promise.reject(new Error('asked'))
      const env = {
        clock,
        locks: locks.forTab(createThread()),
        openChannel: channels.forTab(createThread()).open,
        onFrozen: () => () => {},
      }
      const source = sharedLine('a', line, ask, env)
      void (async () => {
        for await (const _ of source({ cursor: null, signal: owner.signal }));
      })()
      const port = channels.forTab(createThread()).open(scope)
      const say = (message: object): void => port.postMessage({ version: 1, from: 'other', ...message })
      return { clock, locks, lockLagMs, openedAtMs, owner, say }
    }

    it('takes it after 900 ms', async () => {
      const { clock, locks, lockLagMs, openedAtMs } = start()
      await clock.advance(2_000)
      expect([openedAtMs, locks.count()]).toEqual([[900 + 2 * lockLagMs], 1])
    })

    it('takes it after twice as long where a third tab was about to, and hangs as well', async () => {
      const { clock, lockLagMs, openedAtMs } = start({ holdsSeizing: true })
      await clock.advance(5_000)
      expect(openedAtMs).toEqual([2 * 900 + 2 * lockLagMs])
    })

    it('leaves it where somebody speaks before it was taken', async () => {
      const { clock, locks, openedAtMs, say } = start()
      await clock.advance(902)
      say({ type: 'lead', term: clock.now() + 1 })
      await clock.advance(2_000)
      expect(openedAtMs).toEqual([])
      // What the other one holds, and the place in the queue.
      expect(locks.count()).toBe(2)
    })

    it.each([902, 912])('holds nothing of it where the tab leaves meanwhile, after %i ms', async (ms) => {
      const { clock, locks, openedAtMs, owner } = start()
      await clock.advance(ms)
      owner.abort()
      await clock.advance(2_000)
      expect([openedAtMs, clock.pendingCount]).toEqual([[], 0])
      expect(locks.count()).toBe(ms === 902 ? 1 : 0)
    })
  })

  it('is taken from a hanging tab once, however many miss it', async () => {
    const world = createWorld({ areInStep: true })
    const first = world.join()
    await world.clock.advance(50)
    for (let i = 0; i < 8; i++) world.join()
    await world.clock.advance(50)
    first.thread.state = 'still'
    await world.clock.advance(20_000)
    expect(world.opened).toHaveLength(2)
    expect(world.held().locks).toBe(8)
  })

  it('is taken from a tab that was given the lock while it hung', async () => {
    const world = createWorld()
    const first = world.join()
    await world.clock.advance(50)
    const second = world.join()
    await world.clock.advance(50)
    const third = world.join()
    await world.clock.advance(50)
    second.thread.state = 'still'
    first.leave()
    await world.clock.advance(1_000)
    expect([world.holder(), third.value]).toEqual([third, 0])
  })

  it('is not taken from a tab that is only quiet, and costs little more than one question each 5 s', async () => {
    const world = createWorld()
    for (let i = 0; i < 4; i++) world.join()
    await world.clock.advance(1_000)
    const before = world.sent.length
    await world.clock.advance(60_000)
    expect(world.opened).toHaveLength(1)
    expect(world.sent.length - before).toBeLessThanOrEqual(2 * 14)
  })

  it('is not taken by a tab that slept through the answer', async () => {
    const world = createWorld()
    world.join()
    await world.clock.advance(50)
    const second = world.join()
    await world.clock.advance(50)
    second.thread.state = 'still'
    await world.clock.advance(60_000)
    second.thread.resume()
    await world.clock.advance(2_000)
    await world.clock.sleep(3_600_000)
    await world.clock.advance(2_000)
    expect([world.opened.length, world.broken]).toEqual([1, []])
  })

  it('is passed on when every attempt fails, and no tab tells the others of its faults', async () => {
    const world = createWorld()
    world.refuse(cut())
    const tabs = [world.join(), world.join()]
    await world.clock.advance(3_000)
    expect(world.opened.length).toBeGreaterThan(4)
    world.refuse(null)
    await world.clock.advance(3_000)
    expect(tabs.map(({ log }) => log)).toEqual([['=0'], ['=0']])
    expect(world.broken).toEqual([])
  })

  it('leaves the queue with the tab that waits in it', async () => {
    const world = createWorld()
    world.join()
    const second = world.join()
    await world.clock.advance(100)
    second.leave()
    await world.clock.advance(retryMs)
    expect(world.held()).toEqual({ locks: 1, ports: 1, lines: 1, timers: 0 })
  })

  it.each([
    ['locks', { locks: { request: () => Promise.reject(new DOMException('No.', 'SecurityError')) } }],
    [
      'channels',
      {
        openChannel: () => {
          throw new DOMException('No.', 'SecurityError')
        },
      },
    ],
  ])('is a line of its own in a page that may have no %s', async (_, missing) => {
    const clock = createManualClock()
    const locks = createLocks(
      clock,
      () => hopMs,
      () => {},
    ).forTab(createThread())
    const openChannel = createChannels(clock, () => hopMs).forTab(createThread()).open
    const env = { clock, locks, openChannel, onFrozen: () => () => {}, ...missing }
    const line: Source = async function* () {
      yield [frame('own')]
    }
    const read: (readonly Frame[])[] = []
    const ask = (): Promise<Frame> => Promise.reject(new Error('asked'))
    const { signal } = new AbortController()
    for await (const frames of sharedLine('a', line, ask, env)({ cursor: null, signal })) read.push(frames)
    expect(read).toEqual([[frame('own')]])
    expect(clock.pendingCount).toBe(0)
  })

  it('goes on after the last id that it has read, and what came before is asked for by the others', async () => {
    const clock = createManualClock()
    const locks = createLocks(
      clock,
      () => hopMs,
      () => {},
    ).forTab(createThread())
    const channels = createChannels(clock, () => hopMs)
    const cursors: [name: string, cursor: string | null, canResume: boolean | undefined][] = []
    const asked: string[] = []
    const join = (name: string, cursor: string | null) => {
      const line: Source = ({ cursor, canResume, signal }) =>
        createAttempt(signal, async function* (attempt) {
          cursors.push([name, cursor, canResume])
          yield [frame(`${name} 1`, `${name}1`), { type: 'id', id: `${name}2` }, frame(`${name} 3`)]
          await attempt.wait(new Promise(() => {}))
        })
      const ask = async (): Promise<Frame> => {
        asked.push(name)
        return frame('answer')
      }
      const owner = new AbortController()
      const env = {
        clock,
        locks,
        openChannel: channels.forTab(createThread()).open,
        onFrozen: () => () => {},
      }
      const read: string[] = []
      const source = sharedLine('a', line, ask, { ...env, clock: { ...clock, random: Math.random } })
      let place = cursor
      const reach: Reach = {
        get cursor() {
          return place
        },
        get canResume() {
          return place !== null
        },
        signal: owner.signal,
      }
      void (async () => {
        for await (const frames of source(reach)) {
          for (const one of frames) {
            read.push(one.type === 'message' ? one.data : one.type)
            if (one.type === 'message' || one.type === 'id') place = one.id ?? place
          }
        }
      })()
      return { read, leave: () => owner.abort() }
    }
    const first = join('a', null)
    await clock.advance(100)
    const others = [join('b', 'z'), join('c', null)]
    await clock.advance(100)
    expect(others.map(({ read }) => read)).toEqual([
      ['a 1', 'id', 'a 3'],
      ['a 1', 'id', 'a 3'],
    ])
    first.leave()
    await clock.advance(100)
    expect(cursors).toEqual([
      ['a', null, false],
      ['b', 'a2', true],
    ])
    expect(asked).toEqual(['c'])
    expect(others[1]?.read).toEqual(['a 1', 'id', 'a 3', 'answer', 'b 1', 'id', 'b 3'])
    for (const { leave } of others) leave()
    await clock.advance(100)
    expect([channels.count(), clock.pendingCount]).toEqual([0, 0])
  })

  it('works by real broadcast channels', async () => {
    const clock = createManualClock()
    const locks = createLocks(
      { ...clock, after: (_, run) => (run(), () => {}) },
      () => 0,
      () => {},
    )
    const env = {
      locks: locks.forTab(createThread()),
      openChannel: (name: string) => new BroadcastChannel(name),
      onFrozen: () => () => {},
      clock: { ...clock, random: Math.random },
    }
    const said = createInbox<Frame>()
    const line: Source = ({ signal }) =>
      createAttempt(signal, async function* (attempt) {
        yield []
        for (;;) {
          const next = await attempt.wait(said.take())
          if (next !== null) yield [next]
        }
      })
    const ask = (): Promise<Frame> => Promise.reject(new Error('asked'))
    const source = sharedLine(`test ${Math.random()}`, line, ask, env)
    const owner = new AbortController()
    const open = () => {
      const batches = source({ cursor: null, signal: owner.signal })[Symbol.asyncIterator]()
      return (): Promise<IteratorResult<readonly Frame[], void>> => batches.next()
    }
    const [first, second] = [open(), open()]
    expect((await first()).value).toEqual([])
    said.put(frame('1'), 1)
    expect((await first()).value).toEqual([frame('1')])
    // By which batch the second tab joins is for the channel to say.
    const read: Frame[] = []
    while (read.length < 1) read.push(...((await second()).value ?? []))
    said.put(frame('2'), 1)
    expect((await first()).value).toEqual([frame('2')])
    while (read.length < 2) read.push(...((await second()).value ?? []))
    expect(read).toEqual([frame('1'), frame('2')])
    owner.abort()
    expect([(await first()).done, (await second()).done]).toEqual([true, true])
  })
})

type World = ReturnType<typeof createWorld>
