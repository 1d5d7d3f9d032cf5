import type { Stamped } from '../protocol/protocol.ts'
import type { TaskEvent } from '../protocol/task-event.ts'
import type { LogState } from '../state/logs.ts'

/**
 * Whether lines of a message were taken for known ones only because they read the same. Lists have no numbers, so where
 * the first one of a connection stands in the whole log is a guess, and where lines repeat it may be wrong.
 */
export function isLogGuess(said: readonly Stamped<TaskEvent>[], before: LogState, next: LogState): boolean {
  if (before.nextListed !== null) return false
  const lines = said.flatMap(({ event }) =>
    event.type === 'log-lines' && event.origin !== 'resource' ? event.lines : [],
  )
  return next.listed - before.listed < lines.length
}
