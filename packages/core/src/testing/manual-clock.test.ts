import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createManualClock } from './manual-clock.ts'

describe('createManualClock', () => {
  it('runs every due timer once, in order of time and then of making, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 50 }), { maxLength: 20 }),
        fc.nat({ max: 60 }),
        async (delays, ms) => {
          const clock = createManualClock(0)
          const ran: { readonly delay: number; readonly index: number; readonly atMs: number }[] = []
          for (const [index, delay] of delays.entries()) {
            clock.after(delay, () => ran.push({ delay, index, atMs: clock.now() }))
          }
          await clock.advance(ms)
          const due = delays
            .map((delay, index) => ({ delay, index, atMs: delay }))
            .filter(({ delay }) => delay <= ms)
            .sort((a, b) => a.delay - b.delay || a.index - b.index)
          expect(ran).toEqual(due)
          expect(clock.now()).toBe(ms)
          expect(clock.pendingCount).toBe(delays.length - due.length)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('runs a timer that another timer made, at its own moment', async () => {
    const clock = createManualClock(0)
    const at: number[] = []
    const again = (): void => {
      at.push(clock.now())
      if (at.length < 3) clock.after(10, again)
    }
    clock.after(10, again)
    await clock.advance(100)
    expect(at).toEqual([10, 20, 30])
  })

  it('lets promises and streams settle between two timers', async () => {
    const clock = createManualClock(0)
    const heard: string[] = []
    const stream = new ReadableStream<string>({
      start(controller) {
        clock.after(1, () => controller.enqueue('one'))
        clock.after(2, () => heard.push('second timer'))
      },
    })
    void stream
      .pipeThrough(new TransformStream<string, string>())
      .getReader()
      .read()
      .then(({ value }) => heard.push(value ?? 'nothing'))
    await clock.advance(2)
    expect(heard).toEqual(['one', 'second timer'])
  })

  it('forgets a timer that was cancelled, however often', async () => {
    const clock = createManualClock(0)
    const cancel = clock.after(5, () => expect.unreachable())
    cancel()
    cancel()
    expect(clock.pendingCount).toBe(0)
    await clock.advance(10)
  })

  it('takes a delay that is none as at once', async () => {
    const clock = createManualClock(7)
    const at: number[] = []
    for (const delay of [-1, 0, Number.NaN]) clock.after(delay, () => at.push(clock.now()))
    await clock.advance(0)
    expect(at).toEqual([7, 7, 7])
  })

  it('gives the same chance for the same seed', () => {
    const numbers = (seed: number): number[] => {
      const clock = createManualClock(0, seed)
      return Array.from({ length: 5 }, () => clock.random())
    }
    expect(numbers(3)).toEqual(numbers(3))
    expect(numbers(3)).not.toEqual(numbers(4))
    expect(numbers(3).every((number) => number >= 0 && number < 1)).toBe(true)
  })

  it('refuses to go back, and to move while it moves', async () => {
    const clock = createManualClock(0)
    await expect(clock.advance(-1)).rejects.toMatchObject({ code: 'misuse' })
    const first = clock.advance(1)
    await expect(clock.advance(1)).rejects.toMatchObject({ code: 'misuse' })
    await first
    await clock.advance(1)
    expect(clock.now()).toBe(2)
  })

  it('runs no timer in a sleep, and at the waking each that came due, late, in order and once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 50 }), { maxLength: 20 }),
        fc.nat({ max: 60 }),
        fc.nat({ max: 60 }),
        async (delays, awakeMs, sleepMs) => {
          const clock = createManualClock(0)
          const ran: { readonly delay: number; readonly index: number; readonly atMs: number }[] = []
          for (const [index, delay] of delays.entries()) {
            clock.after(delay, () => ran.push({ delay, index, atMs: clock.monotonic() }))
          }
          await clock.advance(awakeMs)
          await clock.sleep(sleepMs)
          const wokenMs = awakeMs + sleepMs
          const due = delays
            .map((delay, index) => ({ delay, index, atMs: delay <= awakeMs ? delay : wokenMs }))
            .filter(({ delay }) => delay <= wokenMs)
            .sort((a, b) => a.delay - b.delay || a.index - b.index)
          expect(ran).toEqual(due)
          expect([clock.now(), clock.monotonic()]).toEqual([wokenMs, wokenMs])
          expect(clock.pendingCount).toBe(delays.length - due.length)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('runs a timer that sets itself again once at the waking, not once for each run that it missed', async () => {
    const clock = createManualClock(0)
    const at: number[] = []
    const again = (): void => {
      at.push(clock.monotonic())
      clock.after(10, again)
    }
    clock.after(10, again)
    await clock.sleep(105)
    await clock.advance(10)
    expect(at).toEqual([105, 115])
  })

  it.each([86_400_000, -3_600_000, 0])(
    'sets the wall clock by %i ms, and neither a duration nor a timer knows of it',
    async (setMs) => {
      const clock = createManualClock(5_000)
      const startMs = clock.monotonic()
      const at: number[] = []
      clock.after(100, () => at.push(clock.monotonic() - startMs))
      await clock.advance(40)
      clock.setWallClock(setMs)
      expect([clock.now(), clock.monotonic() - startMs]).toEqual([5_040 + setMs, 40])
      await clock.advance(59)
      expect(at).toEqual([])
      await clock.advance(1)
      expect(at).toEqual([100])
      expect([clock.now(), clock.monotonic() - startMs]).toEqual([5_100 + setMs, 100])
    },
  )

  it('measures durations the same, wherever its wall time starts', async () => {
    const clocks = [createManualClock(0), createManualClock()]
    for (const clock of clocks) await clock.advance(7)
    expect(clocks.map((clock) => clock.monotonic())).toEqual([7, 7])
  })
})
