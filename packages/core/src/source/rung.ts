import type { StreamError } from '../errors.ts'
import type { ClimbPlan, Ladder } from './ladder.ts'
import { isNoStream } from './no-stream.ts'
import type { Transport } from './source.ts'

/**
 * Where one source stands on the ladder of all. A stream that the server does not have says nothing about the others, so
 * that is remembered here, from one attempt to the next.
 */
export interface Rung {
  readonly transport: Transport
  /** Whether the server had no stream for this source when it was asked last. */
  readonly isRefused: boolean
  /** The server has no stream for this source; it is asked again after a while. */
  refuse(): void
  /** Takes the one climb of the ladder; `null` while none is due, or another source climbs. */
  startClimb(): Climb | null
}

/** A try of the stream beside polling. It ends once: only the first call counts. */
export interface Climb {
  succeed(): void
  fail(fault: StreamError): void
  /** Nothing was found out. */
  giveUp(): void
}

/** A source on `ladder` about whose own stream nothing is known. */
export function createRung(ladder: Ladder): Rung {
  let refusal: ClimbPlan | null = null

  function refuse(): void {
    refusal = ladder.plan(refusal === null ? 0 : refusal.failedCount + 1)
  }

  return {
    get transport() {
      return refusal === null && ladder.climb === null ? 'stream' : 'polling'
    },
    get isRefused() {
      return refusal !== null
    },
    refuse,
    startClimb() {
      const nowMs = ladder.clock.monotonic()
      if ([refusal, ladder.climb].some((plan) => plan !== null && plan.atMs > nowMs)) return null
      const giveBack = ladder.takeClimb()
      if (giveBack === null) return null
      let isOver = false
      const end = (learn: () => void): void => {
        if (isOver) return
        isOver = true
        giveBack()
        learn()
      }
      return {
        succeed: () =>
          end(() => {
            refusal = null
            ladder.record('climbed')
          }),
        fail: (fault) =>
          end(() => {
            if (isNoStream(fault)) return refuse()
            if (refusal !== null) refuse()
            ladder.record('climb-failed')
          }),
        giveUp: () => end(() => {}),
      }
    },
  }
}
