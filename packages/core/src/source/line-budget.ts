import type { Frame } from '../wire/frame.ts'
import { createAttempt, type Attempt } from './attempt.ts'
import type { Reach, Source, Transport } from './source.ts'
import { tellingTransport } from './telling-transport.ts'

/**
 * Places for streams. Over HTTP/1.1 a browser has six connections to a server for everything: six open streams, and no
 * other request leaves any more.
 *
 * Places belong to the highest ranks; among equals to those who have one already, so that nobody is moved for nothing;
 * then to whoever has waited longest. None is idle while somebody wants it.
 */
export interface LineBudget {
  /** A claim to places, of rank 0, that wants none yet. Nothing is kept of a claim that wants nothing. */
  claim(): Claim
  /** How many places there are from now on; `Infinity` where nothing limits them. Who has one too many loses it at once. */
  setMaxStreams(maxStreams: number): void
}

/** The right of one line to compete for a place. */
export interface Claim {
  /** The higher rank goes first, and takes the place of the lowest one where none is free. */
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

interface Want {
  rank(): number
  readonly onChange: () => void
  isHeld: boolean
  isTold: boolean
  /** Since when it waits, or waited for the place that it has, as a number in the order of arrival. */
  arrival: number
}

/** A budget of `maxStreams` places. */
export function createLineBudget(maxStreams: number): LineBudget {
  const wants = new Set<Want>()
  let arrivalCount = 0
  let placeCount = maxStreams

  function assign(): void {
    const ranked = [...wants].sort(
      (a, b) => b.rank() - a.rank() || Number(b.isHeld) - Number(a.isHeld) || a.arrival - b.arrival,
    )
    for (const [i, want] of ranked.entries()) {
      const isHeld = i < placeCount
      if (want.isHeld && !isHeld) want.arrival = arrivalCount++
      want.isHeld = isHeld
    }
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
      return {
        setRank(next) {
          if (next === rank) return
          rank = next
          update()
        },
        want(onChange) {
          const want: Want = {
            rank: () => rank,
            onChange,
            isHeld: false,
            isTold: false,
            arrival: arrivalCount++,
          }
          wants.add(want)
          assign()
          want.isTold = want.isHeld
          tell()
          return {
            get isHeld() {
              return want.isHeld
            },
            giveBack() {
              want.isHeld = false
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
 * lost by a change, because each of them begins with the whole present. The place is given back when the attempt is over.
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
  for (let isFirst = true; ; isFirst = false) {
    turn = new AbortController()
    const { signal: moved } = turn
    // What was polled is not at any cursor, so only the first way can be a continuation.
    const from = isFirst ? reach : { ...reach, canResume: false }
    yield* ways[place.isHeld ? 'stream' : 'polling']({ ...from, signal: moved })
    if (signal.aborted || !moved.aborted) return
  }
}
