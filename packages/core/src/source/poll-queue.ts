import type { Clock } from '../store/clock.ts'
import { abortedError, untilAborted } from './until-aborted.ts'

/** Who asks, and how urgently. */
export interface PollTurn {
  /** Leaves the queue, or ends the question that is under way, and gives the turn to the next. */
  readonly signal: AbortSignal
  /** Goes before everybody who has had an answer already, because somebody waits for the first word. Default `false`. */
  readonly isFirst?: boolean
}

/** One line in which all polled tasks of a client stand, so that together they take no more connections than a few. */
export interface PollQueue {
  /**
   * Runs `ask` when its turn has come, and settles as it does; a failed question gives its turn back like any other.
   *
   * @throws {StreamError} `aborted` when `signal` is aborted first
   */
  run<T>(ask: () => Promise<T>, turn: PollTurn): Promise<T>
  /** How many questions are under way at a time from now on, at least 1. What is under way goes on. */
  setMaxConcurrent(maxConcurrent: number): void
}

/** How long a question keeps its turn to itself, in milliseconds. */
const PATIENCE_MS = 3000
/** How many questions may go on after they have lost their turn. */
const MAX_STRAGGLERS = 1

/**
 * A queue in which `maxConcurrent` questions are under way at a time. Whoever asks again stands at the end, so that all
 * are asked in turn; where the turns take longer than the pause between two questions, everybody waits longer and nobody
 * catches up.
 *
 * A question without an answer for 3 s gives its turn on and goes on beside the others, so that one that hangs does not
 * make all the others old; one at a time does that, so that no more than `maxConcurrent` and one are ever under way.
 */
export function createPollQueue(maxConcurrent: number, clock: Clock): PollQueue {
  const firsts = new Set<() => void>()
  const others = new Set<() => void>()
  let turnCount = maxConcurrent
  let runningCount = 0
  /** Those among the running ones that have had their time. */
  const late = new Set<object>()

  function startNext(): void {
    while (runningCount - Math.min(late.size, MAX_STRAGGLERS) < turnCount) {
      const line = firsts.size > 0 ? firsts : others
      const [start] = line
      if (start === undefined) return
      line.delete(start)
      runningCount++
      start()
    }
  }

  /** Settles with the turn taken, or rejects with none. */
  function turn({ signal, isFirst = false }: PollTurn): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(abortedError(signal))
      const line = isFirst ? firsts : others
      const start = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        line.delete(start)
        reject(abortedError(signal))
      }
      signal.addEventListener('abort', leave, { once: true })
      line.add(start)
      startNext()
    })
  }

  return {
    async run(ask, who) {
      await turn(who)
      const question = {}
      const stop = clock.after(PATIENCE_MS, () => {
        late.add(question)
        startNext()
      })
      try {
        if (who.signal.aborted) throw abortedError(who.signal)
        return await untilAborted(ask(), who.signal)
      } finally {
        stop()
        runningCount--
        late.delete(question)
        startNext()
      }
    },
    setMaxConcurrent(next) {
      turnCount = next
      startNext()
    },
  }
}
