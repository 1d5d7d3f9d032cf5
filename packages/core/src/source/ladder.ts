import type { Clock } from '../store/clock.ts'

/**
 * What a stream was seen to do, as far as it says something about the way to the server, which is the same for all.
 *
 * - `heard`: it brought a byte of its own;
 * - `lived`: it was open for longer than a cut one is;
 * - `blocked`: the answer was no stream, such as the page of a proxy;
 * - `cut`: it ended by itself soon after its opening;
 * - `mute`: it ended because nothing was ever heard of it;
 * - `buffered`: it said nothing while the task moved;
 * - `climbed`, `climb-failed`: it was tried beside polling, and brought something or did not.
 */
export type StreamOutcome =
  | 'heard'
  | 'lived'
  | 'blocked'
  | 'cut'
  | 'mute'
  | 'buffered'
  | 'climbed'
  | 'climb-failed'

/** When the stream is tried again beside polling. */
export interface ClimbPlan {
  /** By `Clock.monotonic()`. */
  readonly atMs: number
  /** How often it was tried in vain. */
  readonly failedCount: number
}

/** What the streams of a client have shown so far. */
export interface LadderState {
  /** `null` while streams are the way to listen; else polling is, and this says until when. */
  readonly climb: ClimbPlan | null
  /** Streams in a row that were `blocked`, with none that was heard between them. */
  readonly blockedCount: number
  /** Streams in a row that were `cut`, with none that lived between them. */
  readonly cutCount: number
  /** Streams in a row that were `mute`, with none that was heard between them. */
  readonly muteCount: number
}

/** Nothing is known yet: streams are the way. */
export const initialLadder: LadderState = { climb: null, blockedCount: 0, cutCount: 0, muteCount: 0 }

const MAX_BLOCKED = 2
const MAX_CUT = 3
const MAX_MUTE = 2
const MAX_CLIMB_MS = 10 * 60_000
const JITTER = 0.2

/** The state after `outcome`; `plan` says when to climb after so many climbs in vain. */
export function stepLadder(
  state: LadderState,
  outcome: StreamOutcome,
  plan: (failedCount: number) => ClimbPlan,
): LadderState {
  switch (outcome) {
    case 'heard':
      return state.blockedCount + state.muteCount === 0 ? state : { ...state, blockedCount: 0, muteCount: 0 }
    case 'lived':
      return state.cutCount === 0 ? state : { ...state, cutCount: 0 }
    case 'blocked':
      return count({ ...state, blockedCount: state.blockedCount + 1 }, plan)
    case 'cut':
      return count({ ...state, cutCount: state.cutCount + 1 }, plan)
    case 'mute':
      return count({ ...state, muteCount: state.muteCount + 1 }, plan)
    case 'buffered':
      return stepDown(state, plan)
    case 'climbed':
      return initialLadder
    case 'climb-failed':
      return state.climb === null ? state : { ...state, climb: plan(state.climb.failedCount + 1) }
  }
}

function count(state: LadderState, plan: (failedCount: number) => ClimbPlan): LadderState {
  const { blockedCount, cutCount, muteCount } = state
  const isEnough = blockedCount >= MAX_BLOCKED || cutCount >= MAX_CUT || muteCount >= MAX_MUTE
  return isEnough ? stepDown(state, plan) : state
}

/** A stream that was opened before the step down says nothing new: the plan stays. */
function stepDown(state: LadderState, plan: (failedCount: number) => ClimbPlan): LadderState {
  return state.climb === null ? { ...state, climb: plan(0) } : state
}

/** When to try the stream, `failedCount` tries after stepping down: the wait doubles up to ten minutes, and up to a fifth longer by chance. */
export function planClimb(
  failedCount: number,
  { nowMs, random, climbAfterMs }: { nowMs: number; random: number; climbAfterMs: number },
): ClimbPlan {
  const waitMs = Math.min(climbAfterMs * 2 ** failedCount, MAX_CLIMB_MS)
  return { atMs: nowMs + waitMs * (1 + JITTER * random), failedCount }
}

/** How a client listens, and what it has learnt about it. */
export interface LadderOptions {
  readonly clock: Clock
  /** Milliseconds without a byte after which a stream is compared with the resource; default 10,000. */
  readonly probeAfterMs?: number
  /** Milliseconds of polling after which the stream is tried again, doubled each time; default 30,000. */
  readonly climbAfterMs?: number
}

/**
 * What all sources of a client know together about the way to the server: whatever buffers, cuts or blocks one stream does
 * so to all of them.
 */
export interface Ladder {
  readonly clock: Clock
  readonly probeAfterMs: number
  /** `null` while streams are the way to listen. */
  readonly climb: ClimbPlan | null
  record(outcome: StreamOutcome): void
  /** A plan for a source that has reasons of its own not to stream. */
  plan(failedCount: number): ClimbPlan
  /** The right to climb, which one source at a time has, or `null`. The answer gives it back; only its first call counts. */
  takeClimb(): (() => void) | null
}

/** A ladder on whose top, where streams are, every source begins. */
export function createLadder({ clock, probeAfterMs = 10_000, climbAfterMs = 30_000 }: LadderOptions): Ladder {
  let state = initialLadder
  let climber: object | null = null
  const plan = (failedCount: number): ClimbPlan =>
    planClimb(failedCount, { nowMs: clock.monotonic(), random: clock.random(), climbAfterMs })
  return {
    clock,
    probeAfterMs,
    get climb() {
      return state.climb
    },
    record(outcome) {
      state = stepLadder(state, outcome, plan)
    },
    plan,
    takeClimb() {
      if (climber !== null) return null
      const self = {}
      climber = self
      return () => {
        if (climber === self) climber = null
      }
    },
  }
}
