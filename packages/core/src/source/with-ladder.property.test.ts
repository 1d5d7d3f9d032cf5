import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { listenTo, resource, word, type Listener } from '../../test/hand-source.ts'
import { StreamError, type StreamErrorCode } from '../errors.ts'
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts'
import type { Frame } from '../wire/frame.ts'
import { createAttempt } from './attempt.ts'
import type { Probe } from './hear-byte.ts'
import { createLadder } from './ladder.ts'
import { createLineBudget, withinBudget } from './line-budget.ts'
import { createPollQueue } from './poll-queue.ts'
import { pollSource } from './poll.ts'
import type { Source } from './source.ts'
import { untilAborted } from './until-aborted.ts'
import { withLadder } from './with-ladder.ts'
import { withSnapshot } from './with-snapshot.ts'

const tellsNews: Probe['tellsNews'] = (before, after) =>
  before.type === 'message' && after.type === 'message' && before.data !== after.data

/** What becomes of one stream. */
type Fate =
  | { readonly type: 'refused'; readonly code: StreamErrorCode; readonly status: number | null }
  | {
      readonly type: 'opened'
      /** Whether anything that is said comes through. */
      readonly isHeldBack: boolean
      readonly beatMs: number | null
      readonly lifeMs: number
      readonly ending: 'end' | 'network' | 'idle'
    }

const fate: fc.Arbitrary<Fate> = fc.oneof(
  fc.record({
    type: fc.constant('opened' as const),
    isHeldBack: fc.boolean(),
    beatMs: fc.constantFrom(null, 3000, 15_000),
    lifeMs: fc.constantFrom(0, 500, 1999, 5000, 45_000),
    ending: fc.constantFrom('end' as const, 'network' as const, 'idle' as const),
  }),
  fc.constantFrom(
    { type: 'refused' as const, code: 'gone' as const, status: 204 },
    { type: 'refused' as const, code: 'not-found' as const, status: 404 },
    { type: 'refused' as const, code: 'wrong-content-type' as const, status: 200 },
  ),
)

/** A task on a server whose streams have the given fates, one after the other, over and over. */
function createTask(clock: ManualClock, fates: readonly Fate[], askMs: number) {
  const watchers = new Set<() => void>()
  let version = 1
  let streamCount = 0
  const open = { streams: 0, questions: 0, mostQuestions: 0 }

  const line: Source = ({ signal }) =>
    createAttempt(signal, async function* listen(attempt) {
      const mine = fates[streamCount++ % fates.length]
      await attempt.wait(Promise.resolve())
      if (mine === undefined || mine.type === 'refused') {
        throw new StreamError(mine?.code ?? 'gone', 'Refused.', {
          status: mine?.status ?? null,
          retryable: mine?.code === 'wrong-content-type',
        })
      }
      const frames: Frame[] = []
      const life = { isOver: false }
      let wake = (): void => {}
      const say = (frame: Frame): void => {
        if (mine.isHeldBack) return
        frames.push(frame)
        wake()
      }
      const watch = (): void => say(word(`v${version}`))
      let stopBeat = (): void => {}
      const beat = (): void => {
        if (mine.beatMs === null) return
        stopBeat = clock.after(mine.beatMs, () => {
          say({ type: 'beat' })
          beat()
        })
      }
      const stopLife = clock.after(mine.lifeMs, () => {
        life.isOver = true
        wake()
      })
      watchers.add(watch)
      beat()
      open.streams++
      attempt.signal.addEventListener('abort', () => {
        open.streams--
        watchers.delete(watch)
        stopBeat()
        stopLife()
      })
      yield []
      for (;;) {
        if (frames.length > 0) yield frames.splice(0)
        else if (!life.isOver) await attempt.wait(new Promise<void>((resolve) => (wake = resolve)))
        else if (mine.ending === 'end') return
        else throw new StreamError(mine.ending, 'Cut.', { retryable: true })
      }
    })

  async function ask(signal: AbortSignal): Promise<Frame> {
    open.questions++
    let stop = (): void => {}
    try {
      await untilAborted(new Promise<void>((resolve) => (stop = clock.after(askMs, resolve))), signal)
      return resource(`v${version}`)
    } finally {
      stop()
      open.questions--
    }
  }

  return {
    open,
    ask,
    stream: withSnapshot(line, ask, { clock }),
    version: () => `v${version}`,
    move(): void {
      version++
      for (const watch of watchers) watch()
    },
  }
}

it('brings the last state of every task, whatever its streams do, and holds nothing after it was left (L6, L11)', async () => {
  const change = fc.record({
    atMs: fc.nat(60_000),
    task: fc.nat(1),
    what: fc.constantFrom('move' as const, 'rank up' as const, 'rank down' as const),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fate, { minLength: 1, maxLength: 5 }),
      fc.array(change, { maxLength: 8 }),
      fc.integer({ min: 1, max: 2 }),
      fc.constantFrom(0, 100, 1500),
      fc.integer({ min: 0, max: 3000 }),
      async (fates, changes, maxStreams, askMs, leaveAfterMs) => {
        const clock = createManualClock()
        const ladder = createLadder({ clock })
        const budget = createLineBudget(maxStreams, clock)
        const queue = createPollQueue(1, clock)
        let isLeft = false
        const tasks = [0, 1].map(() => {
          const task = createTask(clock, fates, askMs)
          const claim = budget.claim()
          const poll = pollSource(task.ask, { clock, queue })
          const source = withinBudget(
            claim,
            withLadder(ladder, task.stream, poll, { ask: task.ask, tellsNews }),
            poll,
          )
          const heard: string[] = []
          let listener: Listener | null = null
          // Whoever runs attempts tries again a second after each end.
          const attempt = (): void => {
            if (isLeft) return
            listener = listenTo(source)
          }
          const collect = (): void => {
            if (listener === null) return
            const words = listener.heard.flatMap((one) => one.split('+')).filter((one) => /^v\d/.test(one))
            heard.splice(0, heard.length, ...(words.length > 0 ? words : heard))
            const last = listener.heard.at(-1)
            if (last === 'end' || last?.startsWith('!') === true) attempt()
          }
          attempt()
          return { task, claim, heard, collect, left: () => listener?.abort() }
        })
        const at = new Map<number, (typeof changes)[number][]>()
        for (const one of changes) {
          const second = Math.ceil(one.atMs / 1000)
          at.set(second, [...(at.get(second) ?? []), one])
        }
        for (let second = 0; second <= 210; second++) {
          for (const one of at.get(second) ?? []) {
            const changed = tasks[one.task]
            if (one.what === 'move') changed?.task.move()
            else changed?.claim.setRank(one.what === 'rank up' ? 1 : 0)
          }
          await clock.advance(1000)
          for (const { collect } of tasks) collect()
        }
        for (const { task, heard } of tasks) expect(heard.at(-1)).toBe(task.version())

        await clock.advance(leaveAfterMs)
        isLeft = true
        for (const { left } of tasks) left()
        await clock.advance(0)
        for (const { task } of tasks) expect([task.open.streams, task.open.questions]).toEqual([0, 0])
        expect(clock.pendingCount).toBe(0)
        expect(ladder.takeClimb()).not.toBeNull()
      },
    ),
    { numRuns: 40 },
  )
}, 60_000)
