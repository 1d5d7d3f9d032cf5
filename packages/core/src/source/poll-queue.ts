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
}

/**
 * A queue in which `maxConcurrent` questions are under way at a time, default 1: over HTTP/1.1 a browser has six
 * connections to a server for everything, and streams hold most of them. Whoever asks again stands at the end, so that
 * all are asked in turn; where the turns take longer than the pause between two questions, everybody waits longer and
 * nobody catches up.
 */
export function createPollQueue({
  maxConcurrent = 1,
}: {
  readonly maxConcurrent?: number
} = {}): PollQueue {
  const firsts = new Set<() => void>()
  const others = new Set<() => void>()
  let runningCount = 0

  function startNext(): void {
    if (runningCount >= maxConcurrent) return
    const line = firsts.size > 0 ? firsts : others
    const [start] = line
    if (start === undefined) return
    line.delete(start)
    runningCount++
    start()
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
      try {
        if (who.signal.aborted) throw abortedError(who.signal)
        return await untilAborted(ask(), who.signal)
      } finally {
        runningCount--
        startNext()
      }
    },
  }
}
