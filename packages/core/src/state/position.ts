import type { Stamp } from '../protocol/protocol.ts'

/** How far into a stream a state reaches. A field of the state that it describes, so that the two cannot part (L3). */
export interface Position {
  /** What a new connection asks to continue after; `null` where the server gave nothing. */
  readonly cursor: string | null
  /** Number of the last event applied, 0 before the first. */
  readonly seq: number
  /** How many events in a row were numbered one after the other. */
  readonly streak: number
  /** Whether there once was a hole: then numbers are names, and no longer trusted to be a count. */
  readonly hadHole: boolean
  /** The last events applied, oldest first, so that one that comes again is known, also where ids are no numbers. */
  readonly recent: readonly Seen[]
}

/** An event that was applied: its id, or its number where it has none, and what it said. */
interface Seen {
  readonly key: string | number
  readonly mark: number | null
}

/** Events that are remembered. What repeats more than these was not meant to be continued. */
const maxRecent = 32

/** Numbers that follow each other this often are taken for a count without holes. */
const denseAfter = 3

/** Before the first event. */
export const startPosition: Position = { cursor: null, seq: 0, streak: 0, hadHole: false, recent: [] }

/** Where a position is begun anew of which something is missing. */
export const lostPosition: Position = { ...startPosition, hadHole: true }

/**
 * Whether an event may be applied to a state that reaches to `at`: not a second time (L4), and never over a hole (L5).
 *
 * What has neither number nor id is always applied. Ids are names: one that is known is a repetition, or, where it says
 * something else now, a server that has begun to count anew, which is a hole as well. Ids that are numbers are a count
 * only once they have followed each other; a number below an id's own count that nobody remembers is a hole too.
 */
export function admit(at: Position, stamp: Stamp): 'apply' | 'duplicate' | 'gap' {
  const key = keyOf(stamp)
  if (key === null || at.recent.length === 0) return 'apply'
  const known = at.recent.find((seen) => seen.key === key)
  // A bare id says where the stream stands, which is known then.
  if (known !== undefined) return stamp.mark === null || known.mark === stamp.mark ? 'duplicate' : 'gap'
  if (stamp.seq === null || stamp.seq === at.seq + 1) return 'apply'
  if (stamp.cursor === null) return stamp.seq <= at.seq ? 'duplicate' : 'gap'
  return isDense(at) ? 'gap' : 'apply'
}

/** Whether numbers have shown that nothing is missing between them, so that a server that resumes leaves no hole unseen. */
export function isDense(at: Position): boolean {
  return at.streak >= denseAfter && !at.hadHole
}

/**
 * Whether a new connection goes on after this place: a count without holes, be it the server's or that of a replay, or any
 * id of a server that is trusted to continue after each.
 */
export function isContinued(at: Position, isCursorTrusted: boolean): boolean {
  return at.recent.length > 0 && (at.cursor === null || isCursorTrusted || isDense(at))
}

/** The position after the event with this stamp; the same reference when it says nothing new. An id of `''` clears. */
export function advance(at: Position, stamp: Stamp): Position {
  const cursor = stamp.cursor === null ? at.cursor : stamp.cursor || null
  const key = keyOf(stamp)
  if (key === null) return cursor === at.cursor ? at : { ...at, cursor }
  return {
    ...at,
    cursor,
    seq: stamp.seq ?? at.seq,
    streak: stamp.seq !== null && stamp.seq === at.seq + 1 ? at.streak + 1 : 0,
    recent: [...at.recent.slice(1 - maxRecent), { key, mark: stamp.mark }],
  }
}

function keyOf({ cursor, seq }: Stamp): string | number | null {
  return cursor === null || cursor === '' ? seq : cursor
}
