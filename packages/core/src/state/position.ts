import type { Stamp } from '../protocol/protocol.ts'

/** How far into a stream a state reaches. A field of the state that it describes, so that the two cannot part (L3). */
export interface Position {
  /** What a new connection asks to continue after; `null` where the server gave nothing. */
  readonly cursor: string | null
  /** Number of the last event applied, 0 before the first. */
  readonly seq: number
}

/** Before the first event. */
export const startPosition: Position = { cursor: null, seq: 0 }

/**
 * Whether an event may be applied to a state that reaches to `at`: not a second time (L4), and never over a hole (L5).
 * What is not numbered is always applied; a `rebase` starts the count anew.
 */
export function admit(at: Position, stamp: Stamp): 'apply' | 'duplicate' | 'gap' {
  if (stamp.rebase || stamp.seq === null || stamp.seq === at.seq + 1) return 'apply'
  return stamp.seq <= at.seq ? 'duplicate' : 'gap'
}

/** The position after the event with this stamp; the same reference when it says nothing new. */
export function advance(at: Position, stamp: Stamp): Position {
  const cursor = stamp.cursor ?? at.cursor
  const seq = stamp.seq ?? at.seq
  return cursor === at.cursor && seq === at.seq ? at : { cursor, seq }
}
