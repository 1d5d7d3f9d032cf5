import type { StreamError } from '../errors.ts'
import type { Stamp } from '../protocol/protocol.ts'
import { admit, type Position } from '../state/position.ts'
import { gap } from './line-faults.ts'

/** Watches over the place that a state has in its stream: over holes, and whether the place is of any use. */
export interface PlaceWatch {
  /**
   * Whether what has this stamp was not known.
   *
   * @throws {StreamError} `gap` where something is missing before it (L5)
   */
  isNew(position: Position, stamp: Stamp): boolean
  /** A connection opened; `newsCount`: how often something new was said so far. */
  opened(newsCount: number): void
  /** Whether the place is to be given up, so that the next connection begins without it. Asked once, when the line broke. */
  isLost(cause: StreamError, position: Position, newsCount: number): boolean
}

/** After how many connections in vain the place in the stream is given up, and all is read anew. */
const maxVain = 2

/** A watch that has seen nothing. */
export function createPlaceWatch(): PlaceWatch {
  /** The number after which something is missing, while it is asked for by the cursor. */
  let holeAfter: number | null = null
  let isHoleAhead = false
  let newsAtOpen = 0
  /** Connections in a row that ended without a word and without news. */
  let vainCount = 0
  return {
    isNew(position, stamp) {
      const verdict = admit(position, stamp)
      if (verdict !== 'gap') return verdict === 'apply'
      // What is missing ahead is asked for by the cursor, once: where it is missing again, all is read anew.
      isHoleAhead = isAhead(position, stamp) && holeAfter !== position.seq
      holeAfter = isHoleAhead ? position.seq : null
      throw gap()
    },
    opened(newsCount) {
      newsAtOpen = newsCount
    },
    isLost(cause, position, newsCount) {
      vainCount = cause.code === 'truncated' && newsCount === newsAtOpen ? vainCount + 1 : 0
      // A server that has nothing to say after this place, and no end either, means another place by it.
      const isVain = vainCount >= maxVain && position.recent.length > 0
      const isLost = (cause.code === 'gap' && !isHoleAhead) || isVain
      isHoleAhead = false
      return isLost
    },
  }
}

/** Whether numbers are missing before a stamp. */
export function isAhead(position: Position, { seq }: Stamp): boolean {
  return seq !== null && seq > position.seq + 1
}
