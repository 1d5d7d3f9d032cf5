import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReportedProgress } from '../protocol/task-event.ts'
import { trackProgress, type ProgressTrack } from './progress.ts'

type Report = readonly [atMs: number, value: number | null, stage?: string]

function report(value: number | null, stage: string | null = null): ReportedProgress {
  return { value, current: null, total: null, stage }
}

function track(reports: readonly Report[], from: ProgressTrack | null = null): ProgressTrack {
  const last = reports.reduce<ProgressTrack | null>(
    (held, [atMs, value, stage]) => trackProgress(held, report(value, stage), atMs),
    from,
  )
  if (last === null) throw new Error('at least one report')
  return last
}

/** A report of 0.1 more each second. */
const steady: readonly Report[] = [
  [0, 0],
  [1000, 0.1],
  [2000, 0.2],
  [3000, 0.3],
]

/** The same course, told every twenty milliseconds. */
const fast = Array.from({ length: 151 }, (_, index): Report => [index * 20, index * 0.002])
/** Ten reports at once. */
const burst = Array.from({ length: 10 }, (_, index): Report => [0, index / 30])

describe('trackProgress', () => {
  it.each<readonly [string, readonly Report[], number | null]>([
    ['a steady course', steady, 7000],
    ['three reports', steady.slice(0, 3), null],
    [
      'four reports within two seconds',
      [
        [0, 0],
        [500, 0.1],
        [1000, 0.2],
        [1999, 0.3],
      ],
      null,
    ],
    [
      'four reports over two seconds',
      [
        [0, 0],
        [500, 0.1],
        [1000, 0.2],
        [2000, 0.3],
      ],
      3500,
    ],
    ['one burst among steady reports', [...steady, [3001, 0.5], [4000, 0.6]], 4000],
    ['one pause among steady reports', [...steady, [60_000, 0.4], [61_000, 0.5]], 5000],
    ['reports that come faster than they say anything', fast, 7000],
    [
      'a burst at first, as a line brings it that was opened late',
      [...burst, [1000, 0.4], [2000, 0.5], [3000, 0.6]],
      4000,
    ],
    ['a clock that was set back', [...steady, [-9000, 0.4]], null],
    [
      'repeated values, which are no news',
      [
        [0, 0],
        [1000, 0],
        [2000, 0],
        [3000, 0.1],
      ],
      null,
    ],
    ['a step back', [...steady, [4000, 0.1]], null],
    ['another stage', [...steady.map(([at, value]) => [at, value, 'a'] as const), [4000, 0.4, 'b']], null],
    ['a value that is no longer told', [...steady, [4000, null], [5000, 0.4]], null],
    ['the end', [...steady, [4000, 1]], 0],
  ])('estimates after %s', (_name, reports, etaMs) => {
    const { progress } = track(reports)
    if (etaMs === null) expect(progress.etaMs).toBeNull()
    else expect(progress.etaMs).toBeCloseTo(etaMs, -1)
  })

  it('counts the rate in units where the task counts them, in shares where not', () => {
    const units = [0, 10, 20, 30].reduce<ProgressTrack | null>(
      (held, current, index) =>
        trackProgress(held, { value: current / 100, current, total: 100, stage: null }, index * 1000),
      null,
    )
    expect(units?.progress.rate).toBeCloseTo(10)
    expect(track(steady).progress.rate).toBeCloseTo(0.1)
  })

  it('passes on what was said and when', () => {
    const said: ReportedProgress = { value: 0.25, current: 1, total: 4, stage: 'upscale' }
    expect(trackProgress(null, said, 77).progress).toEqual({
      ...said,
      rate: null,
      etaMs: null,
      reportedAt: 77,
    })
  })

  it('L4: keeps its reference when a report says nothing new', () => {
    const held = track(steady)
    expect(track([[9000, 0.3]], held)).toBe(held)
    expect(track([[9000, 0.3, 'named']], held)).not.toBe(held)
  })

  it('holds a bounded number of reports', () => {
    const many = Array.from({ length: 500 }, (_, index): Report => [index * 100, index / 500])
    expect(track(many).samples.length).toBeLessThanOrEqual(16)
  })

  it('never says what is no number, negative or without end, whatever is reported', () => {
    const reported = fc.record({
      value: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      current: fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
      total: fc.option(fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true })),
      stage: fc.constantFrom(null, 'a', 'b'),
    })
    // A clock may jump back.
    const life = fc.array(fc.tuple(fc.integer({ min: -500, max: 5000 }), reported), { maxLength: 40 })
    fc.assert(
      fc.property(life, (reports) => {
        let held: ProgressTrack | null = null
        let atMs = 0
        for (const [passed, said] of reports) {
          atMs += passed
          held = trackProgress(held, said, atMs)
          for (const figure of [held.progress.rate, held.progress.etaMs]) {
            if (figure === null) continue
            expect(figure).toBeGreaterThanOrEqual(0)
            expect(Number.isFinite(figure)).toBe(true)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('says nothing rather than a number that runs over', () => {
    const slow = [0, 1e-306, 2e-306, 3e-306].map((value, index): Report => [index * 1000, value])
    expect(track(slow).progress.rate).toBeGreaterThan(0)
    expect(track(slow).progress.etaMs).toBeNull()
  })
})
