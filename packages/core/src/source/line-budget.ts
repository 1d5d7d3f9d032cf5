import type { Frame } from '../wire/frame.ts'
import { createAttempt, type Attempt } from './attempt.ts'
import type { Reach, Source } from './source.ts'

/**
 * Places for streams. Over HTTP/1.1 a browser has six connections to a server for everything: six open streams, and no
 * other request leaves any more.
 */
export interface LineBudget {
  /** Takes a place now; the answer gives it back, once. `null` when there is none. */
  take(): (() => void) | null
  /** Waits in line for a place, which `granted` gets; the answer leaves the line. */
  wait(granted: (giveBack: () => void) => void): () => void
}

/** A budget of `maxStreams` places; whoever waits longest is next. */
export function createLineBudget(maxStreams: number): LineBudget {
  const waiting = new Set<(giveBack: () => void) => void>()
  let takenCount = 0

  function grant(): () => void {
    takenCount++
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      takenCount--
      const [next] = waiting
      if (next === undefined) return
      waiting.delete(next)
      next(grant())
    }
  }

  return {
    take: () => (takenCount < maxStreams ? grant() : null),
    wait(granted) {
      waiting.add(granted)
      return () => void waiting.delete(granted)
    },
  }
}

/** `stream` while there is a place for it in `budget`; until then `poll`, in the same attempt. */
export function withinBudget(budget: LineBudget, stream: Source, poll: Source): Source {
  return (reach) => createAttempt(reach.signal, (attempt) => inTurn(budget, stream, poll, reach, attempt))
}

async function* inTurn(
  budget: LineBudget,
  stream: Source,
  poll: Source,
  { cursor, onTransport }: Reach,
  { signal }: Attempt,
): AsyncGenerator<readonly Frame[], void> {
  const polling = new AbortController()
  const stopPolling = (): void => polling.abort()
  let giveBack = budget.take()
  let leave = (): void => {}
  signal.addEventListener('abort', stopPolling, { once: true })
  try {
    if (giveBack === null) {
      leave = budget.wait((place) => {
        giveBack = place
        stopPolling()
      })
      onTransport?.('polling')
      yield* poll({ cursor, signal: polling.signal })
      if (signal.aborted) return
    }
    onTransport?.('stream')
    yield* stream({ cursor, signal })
  } finally {
    signal.removeEventListener('abort', stopPolling)
    leave()
    giveBack?.()
  }
}
