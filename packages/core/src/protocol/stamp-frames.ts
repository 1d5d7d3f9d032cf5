import { fingerprint } from '../wire/fingerprint.ts'
import type { Frame } from '../wire/frame.ts'
import { unnumbered, type Stamp } from './protocol.ts'

/**
 * How a server lets a client come back to a stream that broke (architecture §6):
 *
 * - `auto`: by `Last-Event-ID` where it gives ids that are a count without holes; else the present is asked for, and what
 *   the stream brings meanwhile is folded after it;
 * - `cursor`: by `Last-Event-ID` alone, whatever its ids look like: it sends exactly what came after that id, and without
 *   one begins with the task as it is or with its first event;
 * - `replay`: every connection brings all events from the first on, in the same order, and they are counted here;
 * - `snapshot`: it can only tell the present, and its ids mean nothing.
 */
export type ResumeMode = 'auto' | 'cursor' | 'replay' | 'snapshot'

/** Stamps what one connection brings; a fresh one per connection, because a replay is counted from its start. */
export interface Stamper {
  /** The stamp of a message; `isEmpty`: it means nothing, as a sign of life does, which no replay has to repeat. */
  message(frame: Extract<Frame, { type: 'message' }>, isEmpty: boolean): Stamp
  /** The stamp of an id that came without a message. */
  id(frame: Extract<Frame, { type: 'id' }>): Stamp
}

/** A stamper for a server that lets clients come back by `resume`. */
export function createStamper(resume: ResumeMode): Stamper {
  const isTold = resume === 'auto' || resume === 'cursor'
  let count = 0
  return {
    message({ id, data }, isEmpty) {
      if (resume === 'replay' && !isEmpty) return { seq: ++count, cursor: null, mark: fingerprint(data) }
      return id === null || !isTold ? unnumbered : { seq: numberOf(id), cursor: id, mark: fingerprint(data) }
    },
    id: ({ id }) => (isTold ? { seq: numberOf(id), cursor: id, mark: null } : unnumbered),
  }
}

/** A whole number that can be counted on: without leading zeros, and not beyond what a number holds exactly. */
function numberOf(id: string): number | null {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : null
}
