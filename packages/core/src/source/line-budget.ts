import type { Clock } from '../store/clock.ts'
import type { Frame } from '../wire/frame.ts'
import { createAttempt, type Attempt } from './attempt.ts'
import { narrowReach } from './narrow-reach.ts'
import type { Reach, Source, Transport } from './source.ts'
import { tellingTransport } from './telling-transport.ts'

/**
 * Places for streams. Over HTTP/1.1 a browser has six connections to a server for everything: six open streams, and no
 * other request leaves any more.
 *
 * Places belong to the highest ranks; among equals to those who have one already, so that nobody is moved for nothing;
 * then to whoever has waited longest. None is idle while somebody wants it: a free place is taken at once. A place moves
 * because of rank only when the ranks of both have stood for 300 ms, so that scrolling by moves none.
 */
export interface LineBudget {
  /** A claim to places, of rank 0, that wants none yet. Nothing is kept of a claim that wants nothing. */
  claim(): Claim
  /** How many places there are from now on; `Infinity` where nothing limits them. Who has one too many loses it at once. */
  setMaxStreams(maxStreams: number): void
}

/** The right of one line to compete for a place. */
export interface Claim {
  /** The higher rank goes first, and takes the place of the lowest one where none is free, once both have settled. */
  setRank(rank: number): void
  /** Wants a place from now on. `onChange` is told of every later change of `isHeld`. */
  want(onChange: () => void): Place
}

/** What a claim that wants a place has of it. */
export interface Place {
  readonly isHeld: boolean
  /** Wants it no longer. Only the first call counts. */
  giveBack(): void
}

/** How long a rank stands before a place moves because of it, in milliseconds. */
const SETTLE_MS = 300

interface Want {
  rank(): number
  /** From when on a place may move because of its rank, by `Clock.monotonic()`. */
  settledAtMs: number
  readonly onChange: () => void
  isHeld: boolean
  isTold: boolean
  /** Since when it waits, or waited for the place that it has, as a number in the order of arrival. */
  arrival: number
}

/** A budget of `maxStreams` places. */
export function createLineBudget(maxStreams: number, clock: Clock): LineBudget {
  const wants = new Set<Want>()
  let arrivalCount = 0
  let placeCount = maxStreams
  let stopSettling = (): void => {}

  function give(want: Want, isHeld: boolean): void {
    if (want.isHeld && !isHeld) want.arrival = arrivalCount++
    want.isHeld = isHeld
  }

  /** The first of these comes first; the last one of those who hold places leaves first. */
  function ranked(isHeld: boolean): Want[] {
    return [...wants]
      .filter((want) => want.isHeld === isHeld)
      .sort((a, b) => b.rank() - a.rank() || a.arrival - b.arrival)
  }

  function assign(): void {
    const held = ranked(true)
    for (const want of held.slice(placeCount)) give(want, false)
    const waiting = ranked(false)
    for (const want of waiting.slice(0, Math.max(0, placeCount - held.length))) give(want, true)
    moveSettled()
  }

  /** Moves the places whose move is due, and waits for the next one that will be. */
  function moveSettled(): void {
    stopSettling()
    stopSettling = (): void => {}
    const nowMs = clock.monotonic()
    // Less than a timer can measure is nothing: sums of fractions might never reach it.
    const isSettled = (want: Want): boolean => want.settledAtMs < nowMs + 1
    const losers = ranked(true).filter(isSettled)
    const winners = ranked(false).filter(isSettled)
    for (const [i, winner] of winners.entries()) {
      const loser = losers.at(-1 - i)
      if (loser === undefined || loser.rank() >= winner.rank()) break
      give(loser, false)
      give(winner, true)
    }
    const dueAtMs = nextMoveAtMs()
    if (dueAtMs < Infinity) stopSettling = clock.after(dueAtMs - nowMs, update)
  }

  function nextMoveAtMs(): number {
    const held = ranked(true)
    let atMs = Infinity
    for (const winner of ranked(false)) {
      for (const loser of held) {
        if (loser.rank() >= winner.rank()) continue
        atMs = Math.min(atMs, Math.max(loser.settledAtMs, winner.settledAtMs))
      }
    }
    return atMs
  }

  /** Tells who loses a place before who gets it. Whoever is told may change everything again. */
  function tell(): void {
    for (const isHeld of [false, true]) {
      for (const want of wants) {
        if (want.isHeld !== isHeld || want.isTold === isHeld) continue
        want.isTold = isHeld
        want.onChange()
      }
    }
  }

  function update(): void {
    assign()
    tell()
  }

  return {
    claim() {
      let rank = 0
      const mine = new Set<Want>()
      return {
        setRank(next) {
          if (next === rank) return
          rank = next
          for (const want of mine) want.settledAtMs = clock.monotonic() + SETTLE_MS
          update()
        },
        want(onChange) {
          const want: Want = {
            rank: () => rank,
            settledAtMs: clock.monotonic() + SETTLE_MS,
            onChange,
            isHeld: false,
            isTold: false,
            arrival: arrivalCount++,
          }
          wants.add(want)
          mine.add(want)
          assign()
          want.isTold = want.isHeld
          tell()
          return {
            get isHeld() {
              return want.isHeld
            },
            giveBack() {
              want.isHeld = false
              mine.delete(want)
              if (wants.delete(want)) update()
            },
          }
        },
      }
    },
    setMaxStreams(next) {
      placeCount = next
      update()
    },
  }
}

/**
 * `stream` while `claim` has a place, `poll` while it has none, in one attempt, whichever way the place moves. Nothing is
 * lost by a change, because each of them begins with the whole present, or after the cursor of that moment. The place is given back when the attempt is over.
 */
export function withinBudget(claim: Claim, stream: Source, poll: Source): Source {
  const ways = { stream: tellingTransport(stream, 'stream'), polling: tellingTransport(poll, 'polling') }
  return (reach) => createAttempt(reach.signal, (attempt) => inTurn(claim, ways, reach, attempt))
}

async function* inTurn(
  claim: Claim,
  ways: Readonly<Record<Transport, Source>>,
  reach: Reach,
  { signal }: Attempt,
): AsyncGenerator<readonly Frame[], void> {
  let turn = new AbortController()
  const place = claim.want(() => turn.abort())
  const end = (): void => {
    turn.abort()
    place.giveBack()
  }
  signal.addEventListener('abort', end, { once: true })
  for (;;) {
    turn = new AbortController()
    const { signal: moved } = turn
    yield* ways[place.isHeld ? 'stream' : 'polling'](narrowReach(reach, { signal: moved }))
    if (signal.aborted || !moved.aborted) return
  }
}
