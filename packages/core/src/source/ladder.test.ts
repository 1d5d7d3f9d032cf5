import { describe, expect, it } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import {
  createLadder,
  initialLadder,
  planClimb,
  stepLadder,
  type ClimbPlan,
  type LadderState,
  type StreamOutcome,
} from './ladder.ts'

const plan = (failedCount: number): ClimbPlan => ({ atMs: 1000 * (failedCount + 1), failedCount })
const after = (outcomes: readonly StreamOutcome[], from: LadderState = initialLadder): LadderState =>
  outcomes.reduce((state, outcome) => stepLadder(state, outcome, plan), from)
const modeAfter = (...outcomes: readonly StreamOutcome[]): string =>
  after(outcomes).climb === null ? 'stream' : 'polling'

describe('stepLadder', () => {
  it.each<[string, readonly StreamOutcome[], string]>([
    ['nothing', [], 'stream'],
    ['one blocked', ['blocked'], 'stream'],
    ['two blocked', ['blocked', 'blocked'], 'polling'],
    ['two blocked, one heard between', ['blocked', 'heard', 'blocked'], 'stream'],
    ['two blocked, one that only lived between', ['blocked', 'lived', 'blocked'], 'polling'],
    ['two cut', ['cut', 'cut'], 'stream'],
    ['three cut', ['cut', 'cut', 'cut'], 'polling'],
    ['three cut, one lived between', ['cut', 'cut', 'lived', 'cut'], 'stream'],
    ['three cut that were heard', ['heard', 'cut', 'heard', 'cut', 'heard', 'cut'], 'polling'],
    ['one mute', ['mute', 'lived'], 'stream'],
    ['two mute', ['mute', 'lived', 'mute', 'lived'], 'polling'],
    ['two mute, one heard between', ['mute', 'heard', 'mute'], 'stream'],
    ['one buffered', ['buffered'], 'polling'],
    ['one of each that counts', ['blocked', 'cut', 'cut', 'mute'], 'stream'],
    ['a climb that failed from the top', ['climb-failed'], 'stream'],
    ['a climb', ['buffered', 'climbed'], 'stream'],
    ['a climb that failed', ['buffered', 'climb-failed'], 'polling'],
    ['streams that go on well while polling is the way', ['buffered', 'heard', 'lived'], 'polling'],
  ])('after %s', (_, outcomes, mode) => {
    expect(modeAfter(...outcomes)).toBe(mode)
  })

  it('counts anew after a climb', () => {
    expect(after(['blocked', 'cut', 'mute', 'buffered', 'climbed'])).toBe(initialLadder)
  })

  it('waits longer after each climb in vain, whatever other streams show meanwhile', () => {
    const state = after(['buffered', 'climb-failed', 'climb-failed', 'buffered', 'cut', 'blocked'])
    expect(state.climb).toEqual(plan(2))
  })

  it.each<StreamOutcome>(['heard', 'lived', 'climb-failed'])(
    'stays the same on %s when that says nothing new',
    (outcome) => {
      expect(stepLadder(initialLadder, outcome, plan)).toBe(initialLadder)
    },
  )
})

describe('planClimb', () => {
  it.each([
    [0, 0, 30_000],
    [1, 0, 60_000],
    [2, 0, 120_000],
    [4, 0, 480_000],
    [5, 0, 600_000],
    [1000, 0, 600_000],
    [0, 0.5, 33_000],
    [5, 0.5, 660_000],
  ])('waits after %i climbs in vain, with chance %f, for %i ms', (failedCount, random, waitMs) => {
    const moment = { nowMs: 7, random, climbAfterMs: 30_000 }
    expect(planClimb(failedCount, moment)).toEqual({ atMs: 7 + waitMs, failedCount })
  })
})

describe('createLadder', () => {
  it('plans by the clock that nobody sets, with its chance', async () => {
    const clock = createManualClock()
    clock.setWallClock(-1e9)
    await clock.advance(500)
    const ladder = createLadder({ clock })
    ladder.record('buffered')
    expect(ladder.climb?.atMs).toBeGreaterThanOrEqual(30_500)
    expect(ladder.climb?.atMs).toBeLessThan(36_500)
  })

  it('lets one source climb at a time', () => {
    const ladder = createLadder({ clock: createManualClock() })
    const giveBack = ladder.takeClimb()
    expect(ladder.takeClimb()).toBeNull()
    giveBack?.()
    const next = ladder.takeClimb()
    giveBack?.()
    expect(next).not.toBeNull()
    expect(ladder.takeClimb()).toBeNull()
  })
})
