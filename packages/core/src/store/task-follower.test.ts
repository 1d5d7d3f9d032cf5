import { afterEach, describe, expect, it, vi } from 'vitest'
import { catchUncaught } from '../../test/catch-uncaught.ts'
import { createFakeLine, said, whole, type FakeLine } from '../../test/fake-line.ts'
import { StreamError } from '../errors.ts'
import type { CancelOptions } from '../protocol/protocol.ts'
import { shownStatus, toTask, type TaskState } from '../state/task.ts'
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts'
import { createFrameLoop, syncSchedule, type Schedule } from './frame-loop.ts'
import { createRegistry } from './registry.ts'
import { calmSurroundings } from './surroundings.ts'
import { createTaskFollower, type TaskFollower } from './task-follower.ts'

interface Setup {
  readonly clock: ManualClock
  readonly fake: FakeLine
  readonly follower: TaskFollower
  readonly cancels: readonly CancelOptions[]
  readonly settled: readonly TaskState[]
  readonly lookers: readonly number[]
}

function setup(
  schedule: Schedule = syncSchedule,
  answerCancel = (): Promise<void> => Promise.resolve(),
): Setup {
  const clock = createManualClock()
  const fake = createFakeLine()
  const cancels: CancelOptions[] = []
  const settled: TaskState[] = []
  const lookers: number[] = []
  const registry = createRegistry<TaskFollower>(clock, { disconnectAfterMs: 1000, forgetAfterMs: 300_000 })
  const follower = registry.get('t1', ({ onWatched, onUnwatched }) =>
    createTaskFollower({
      frames: createFrameLoop(schedule),
      line: {
        ...fake.target,
        clock,
        surroundings: calmSurroundings,
        isKeptHidden: true,
        isCursorTrusted: false,
        policy: { maxRetries: 2, retryDelayMs: 1000, maxDelayMs: 30_000 },
        idleMs: 40_000,
        maxLogLines: 1000,
      },
      onLookers: (count) => lookers.push(count),
      sendCancel(options) {
        cancels.push(options)
        return answerCancel()
      },
      onWatched,
      onUnwatched,
      onSettled: (task) => settled.push(task),
    }),
  )
  return { clock, fake, follower, cancels, settled, lookers }
}

const ignore = (): void => {}

afterEach(() => vi.restoreAllMocks())

describe('a task follower › watchers', () => {
  it('L11: share one line, and leave none after the grace', async () => {
    const { clock, fake, follower } = setup()
    expect(fake.attempts).toBe(0)
    const leave = [
      follower.store.subscribe(ignore),
      follower.live.subscribe(ignore),
      follower.store.subscribe(ignore),
    ]
    await clock.advance(0)
    expect([fake.attempts, fake.openCount]).toEqual([1, 1])
    for (const stop of leave) stop()
    await clock.advance(999)
    expect(fake.openCount).toBe(1)
    await clock.advance(1)
    expect([fake.attempts, fake.openCount, follower.current().connection.state]).toEqual([1, 0, 'idle'])
  })

  it('L11: keep the line when one comes back within the grace', async () => {
    const { clock, fake, follower } = setup()
    for (let round = 0; round < 5; round++) {
      const stop = follower.store.subscribe(ignore)
      await clock.advance(500)
      stop()
      stop()
      await clock.advance(900)
    }
    expect([fake.attempts, fake.openCount]).toEqual([1, 1])
  })

  it('only count when they watch: observing and reading connect nothing', async () => {
    const { clock, fake, follower } = setup()
    follower.observe(ignore)
    follower.current()
    follower.store.getState()
    await clock.advance(60_000)
    expect(fake.attempts).toBe(0)
  })

  it('that come after the line was given up find it tried anew', async () => {
    const { clock, fake, follower } = setup()
    const stop = follower.live.subscribe(ignore)
    fake.fail(new StreamError('forbidden', 'No.'))
    await clock.advance(0)
    expect(follower.current().connection).toMatchObject({ state: 'closed', error: { code: 'forbidden' } })
    stop()
    await clock.advance(2000)
    expect(fake.attempts).toBe(1)
    follower.live.subscribe(ignore)
    fake.send([whole({ status: 'running' })])
    await clock.advance(0)
    expect([fake.attempts, follower.current().connection.state]).toEqual([2, 'live'])
  })

  it('that come after the end open nothing (L7)', async () => {
    const { clock, fake, follower, settled } = setup()
    const stop = follower.live.subscribe(ignore)
    fake.send([whole({ status: 'completed', output: 1 })])
    await clock.advance(0)
    stop()
    await clock.advance(2000)
    follower.live.subscribe(ignore)
    await clock.advance(2000)
    expect([fake.attempts, fake.openCount, settled.length]).toEqual([1, 0, 1])
    expect(toTask(follower.live.getState().task)).toMatchObject({ status: 'completed', output: 1 })
  })
})

describe('a task follower › what is published', () => {
  it('L10: is the last state in the end, even if no frame ever comes', async () => {
    const never: Schedule = () => () => {}
    const { clock, fake, follower } = setup(never)
    const shown: string[] = []
    follower.store.subscribe(({ task }) => shown.push(task.status))
    fake.send([whole({ status: 'running' })])
    await clock.advance(0)
    fake.send([said({ partialOutput: 'half' })])
    await clock.advance(0)
    expect(follower.store.getState().task.partial.shown).toBeNull()
    expect(follower.live.getState().task.partial.shown).toBe('half')
    fake.send([said({ status: 'completed', output: 'all' })])
    await clock.advance(0)
    expect(follower.store.getState()).toBe(follower.current())
    expect(follower.store.getState()).toMatchObject({
      task: { output: 'all' },
      connection: { state: 'closed' },
    })
    expect(shown).toContain('completed')
  })

  it('is one view for all changes of a frame, and a status at once', async () => {
    const flushes: (() => void)[] = []
    const { clock, fake, follower } = setup((flush) => {
      flushes.push(flush)
      return ignore
    })
    let renders = 0
    follower.store.subscribe(() => renders++)
    fake.send([whole({ status: 'running' })])
    await clock.advance(0)
    const atStart = renders
    for (const part of ['a', 'ab', 'abc']) fake.send([said({ partialOutput: part })])
    await clock.advance(0)
    expect(renders).toBe(atStart)
    flushes.at(-1)?.()
    expect(renders).toBe(atStart + 1)
    fake.send([said({ status: 'uploading' })])
    await clock.advance(0)
    expect(renders).toBe(atStart + 2)
  })

  it('keeps its identity when nothing changed (L4)', async () => {
    const { clock, fake, follower } = setup()
    follower.live.subscribe(ignore)
    fake.send([whole({ status: 'running' })])
    await clock.advance(0)
    const view = follower.live.getState()
    fake.send([whole({ status: 'running' })], [said({ status: 'running' })])
    await clock.advance(5000)
    expect(follower.live.getState()).toBe(view)
  })
})

describe('a task follower › cancel', () => {
  it('shows at once, and until the server says how it ended', async () => {
    const { clock, fake, follower, cancels } = setup()
    follower.live.subscribe(ignore)
    fake.send([whole({ status: 'running' })])
    await clock.advance(0)
    const asked = follower.cancel({ force: true })
    expect(shownStatus(follower.current().task)).toBe('cancelling')
    await asked
    fake.send([said({ status: 'uploading' })])
    await clock.advance(0)
    expect(shownStatus(follower.current().task)).toBe('cancelling')
    fake.send([said({ status: 'cancelled' })])
    await clock.advance(0)
    expect([shownStatus(follower.current().task), cancels]).toEqual(['cancelled', [{ force: true }]])
  })

  it('is taken back when it is refused, and rejects', async () => {
    const refusal = new StreamError('forbidden', 'Not yours.')
    const { clock, fake, follower } = setup(syncSchedule, () => Promise.reject(refusal))
    follower.live.subscribe(ignore)
    fake.send([whole({ status: 'running' })])
    await clock.advance(0)
    await expect(follower.cancel()).rejects.toBe(refusal)
    expect(shownStatus(follower.current().task)).toBe('running')
  })

  it('of a task that has ended asks nothing and changes nothing (L7)', async () => {
    const { clock, fake, follower, cancels } = setup()
    follower.live.subscribe(ignore)
    fake.send([whole({ status: 'completed', output: 1 })])
    await clock.advance(0)
    const view = follower.current()
    await follower.cancel()
    expect([cancels.length, follower.current() === view]).toEqual([0, true])
  })
})

describe('a task follower › disconnect', () => {
  it('ends the line for everybody, new watchers too, until reconnect', async () => {
    const { clock, fake, follower } = setup()
    follower.live.subscribe(ignore)
    fake.send([whole({ status: 'running' })])
    await clock.advance(0)
    follower.disconnect()
    follower.live.subscribe(ignore)
    await clock.advance(0)
    expect([fake.openCount, follower.current().connection.state]).toEqual([0, 'idle'])
    follower.reconnect()
    fake.send([whole({ status: 'running' })])
    await clock.advance(0)
    expect([fake.attempts, fake.openCount, follower.current().connection.state]).toEqual([2, 1, 'live'])
  })

  it('then reconnect, opens nothing while nobody watches', async () => {
    const { clock, fake, follower } = setup()
    const stop = follower.live.subscribe(ignore)
    fake.fail(new StreamError('forbidden', 'No.'))
    await clock.advance(0)
    stop()
    await clock.advance(2000)
    follower.reconnect()
    await clock.advance(0)
    expect([fake.attempts, fake.openCount]).toEqual([1, 0])
  })

  it('reconnect does not wait for the next attempt', async () => {
    const { clock, fake, follower } = setup()
    follower.live.subscribe(ignore)
    fake.end()
    await clock.advance(0)
    expect(follower.current().connection.state).toBe('reconnecting')
    follower.reconnect()
    await clock.advance(0)
    expect(fake.attempts).toBe(2)
  })
})

describe('a task follower › code that is not ours', () => {
  it('that throws keeps nothing from the others, nor from the fold', async () => {
    const caught = catchUncaught()
    const { clock, fake, follower, settled } = setup()
    const seen: string[] = []
    follower.observe(() => {
      throw new Error('observer')
    })
    follower.observe((next) => seen.push(next.status))
    follower.live.subscribe(() => {
      throw new Error('watcher')
    })
    follower.store.subscribe(({ task }) => seen.push(`shown ${task.status}`))
    fake.send([whole({ status: 'running' })], [said({ status: 'completed', output: 1 })])
    await clock.advance(0)
    expect(seen).toEqual(expect.arrayContaining(['running', 'shown running', 'completed', 'shown completed']))
    expect([follower.current().connection.state, settled.length]).toEqual(['closed', 1])
    expect(new Set(caught.map(String))).toEqual(new Set(['Error: observer', 'Error: watcher']))
  })

  it('may leave in the middle of a message', async () => {
    const { clock, fake, follower } = setup()
    const stop = follower.live.subscribe(ignore)
    const unobserve = follower.observe(() => {
      unobserve()
      stop()
      follower.disconnect()
    })
    fake.send([whole({ status: 'running' })], [said({ status: 'uploading' })])
    await clock.advance(5000)
    expect([fake.openCount, follower.current().connection.state]).toEqual([0, 'idle'])
  })
})

describe('a task follower › beside watching', () => {
  it('counts who looks at it, and each of them leaves once', () => {
    const { follower, lookers } = setup()
    const leave = [follower.look(), follower.look()]
    for (const one of [...leave, ...leave]) one()
    expect(lookers).toEqual([1, 2, 1, 0])
  })

  it('tells of every change, and connects nothing by that', async () => {
    const { clock, fake, follower } = setup()
    const seen: string[] = []
    const leave = follower.onChange(() => seen.push(follower.current().task.status))
    follower.fold([whole({ status: 'queued' })])
    follower.fold([said({ status: 'running' })])
    leave()
    follower.fold([said({ status: 'uploading' })])
    await clock.advance(0)
    expect([seen, fake.attempts]).toEqual([['queued', 'running'], 0])
  })
})
