import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../wire/frame.ts'
import { type Cadence, createCadence } from './cadence.ts'

const IDLE_MS = 45_000
const beat: Frame = { type: 'beat' }
const word: Frame = { type: 'message', event: 'message', id: null, data: '{}' }

/** What was heard on one line: how long nothing came, and what ended it. */
type Heard = readonly [silentMs: number, ...frames: readonly Frame[]]

function hear(cadence: Cadence, heard: readonly Heard[]): void {
  const line = cadence.open()
  for (const [silentMs, ...frames] of heard) line.heard(silentMs, frames)
}

const beats = (count: number, periodMs: number): readonly Heard[] =>
  Array.from({ length: count }, () => [periodMs, beat])

function limitAfter(idleMs: number, ...lines: readonly (readonly Heard[])[]): number {
  const cadence = createCadence(idleMs)
  for (const heard of lines) hear(cadence, heard)
  return cadence.limitMs()
}

describe('createCadence', () => {
  it.each([
    ['nothing', [], IDLE_MS],
    ['one heartbeat', beats(1, 10_000), IDLE_MS],
    ['two heartbeats, 10 s apart', beats(2, 10_000), 30_000],
    ['many heartbeats, 10 s apart', beats(50, 10_000), 30_000],
    ['heartbeats 2 s apart', beats(4, 2_000), 15_000],
    ['heartbeats 5 s apart', beats(4, 5_000), 15_000],
    ['heartbeats 15 s apart', beats(4, 15_000), IDLE_MS],
    ['heartbeats 30 s apart', beats(4, 30_000), 90_000],
    ['heartbeats that grow rare', [...beats(8, 2_000), [12_000, beat]], 36_000],
    ['one long silence and eight short ones', [[1, beat], [14_000, beat], ...beats(8, 2_000)], 15_000],
    ['heartbeats at once', [[0, beat], ...beats(20, 0)], IDLE_MS],
    ['words only', Array.from({ length: 20 }, (): Heard => [10_000, word]), IDLE_MS],
  ] as readonly (readonly [string, readonly Heard[], number])[])(
    'takes after %s its limit',
    (_, heard, limitMs) => {
      expect(limitAfter(IDLE_MS, heard)).toBe(limitMs)
    },
  )

  it.each([
    [500, 200, 600],
    [500, 10, 500],
    [15_000, 1_000, 15_000],
    [60_000, 1_000, 15_000],
    [60_000, 25_000, 75_000],
  ])('with an idle limit of %i ms and heartbeats each %i ms waits %i ms', (idleMs, periodMs, limitMs) => {
    expect(limitAfter(idleMs, beats(6, periodMs))).toBe(limitMs)
  })

  it('waits as long as ever where heartbeats of a timer fall between words, because words may end', () => {
    const busy: readonly Heard[] = Array.from({ length: 20 }, () => [
      ...Array.from({ length: 29 }, (): Heard => [1_000, word]),
      [1_000, beat] as const,
    ]).flat()
    expect(limitAfter(IDLE_MS, busy)).toBe(IDLE_MS)
  })

  it('knows a heartbeat that comes in two pieces by the silence before its first', () => {
    const halves = Array.from({ length: 4 }, (): readonly Heard[] => [[30_000], [1, beat]]).flat()
    expect(limitAfter(IDLE_MS, halves)).toBe(90_000)
    const afterWords: readonly Heard[] = [...beats(2, 2_000), [14_000], [1, word], [1, beat]]
    expect(limitAfter(IDLE_MS, afterWords)).toBe(42_006)
  })

  it('keeps what it knows from one line to the next, but takes no rhythm from the time between', () => {
    expect(limitAfter(IDLE_MS, beats(3, 10_000), [])).toBe(30_000)
    expect(limitAfter(IDLE_MS, beats(1, 5), beats(1, 5), beats(1, 5))).toBe(IDLE_MS)
    expect(limitAfter(IDLE_MS, [...beats(1, 5), ...beats(2, 30_000)], beats(1, 5), beats(1, 5))).toBe(90_000)
  })

  it('learns nothing from a silence in which the program itself stood still', () => {
    const slept: readonly Heard[] = [...beats(3, 10_000), [600_000, beat]]
    expect(limitAfter(IDLE_MS, slept)).toBe(30_000)
    expect(limitAfter(IDLE_MS, [...slept, ...beats(2, 10_000)])).toBe(30_000)
  })

  it('begins anew after a line that died without a heartbeat, and only then', () => {
    const cadence = createCadence(IDLE_MS)
    hear(cadence, beats(4, 2_000))
    const alive = cadence.open()
    alive.heard(2_000, [beat])
    alive.died()
    expect(cadence.limitMs()).toBe(15_000)
    const silent = cadence.open()
    silent.heard(5, [word])
    silent.died()
    expect(cadence.limitMs()).toBe(IDLE_MS)
    hear(cadence, beats(3, 20_000))
    expect(cadence.limitMs()).toBe(60_000)
  })

  it('waits at least three of the longest recent silences, never less than its floor, and always a number', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const frames = fc.array(fc.constantFrom(beat, word), { minLength: 1, maxLength: 3 })
    const life = fc.array(fc.tuple(share, frames), { maxLength: 40 })
    const lines = fc.array(fc.record({ life, isDead: fc.boolean() }), { maxLength: 6 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200_000 }), lines, (idleMs, all) => {
        const cadence = createCadence(idleMs)
        let ended: number[] = []
        let isLearned = false
        for (const { life, isDead } of all) {
          const line = cadence.open()
          let beatCount = 0
          for (const [part, got] of life) {
            // No silence is longer than a line lives.
            const silentMs = Math.max(1, Math.ceil(part * cadence.limitMs()))
            line.heard(silentMs, got)
            if (got[0] === beat) ended.push(silentMs)
            if (got.includes(beat) && ++beatCount >= 2) isLearned = true
            const limitMs = cadence.limitMs()
            expect(limitMs).toBeGreaterThanOrEqual(Math.min(idleMs, 15_000))
            if (isLearned) expect(limitMs).toBeGreaterThanOrEqual(3 * Math.max(0, ...ended.slice(-8)))
            else expect(limitMs).toBe(idleMs)
          }
          if (isDead) line.died()
          if (isDead && beatCount === 0) [ended, isLearned] = [[], false]
        }
      }),
      { numRuns: 500 },
    )
  })
})
