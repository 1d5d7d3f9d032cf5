const LF = 10
const CR = 13
const COLON = 58

/**
 * Takes the next text of an event stream and returns how much of it may be read, in UTF-16 units: all of it, or up to
 * the line (as far as this text holds it) that exceeds the limit. After that it must not be called again.
 */
export type BlockMeter = (text: string) => number

/**
 * Makes a meter for the lines and blocks of one event stream, its byte order mark already removed.
 *
 * A line counts by its units without the ending, a block by the sum of its lines. Comments count as lines only: a
 * heartbeat may come without a blank line for days, and nothing of it is kept.
 *
 * Why not the parser's own `maxBufferSize`: what it measures depends on where the chunks were cut.
 */
export function createBlockMeter(maxChars: number): BlockMeter {
  let blockChars = 0
  let lineChars = 0
  let isComment = false
  let endedInCr = false

  return (text) => {
    if (text === '') return 0
    let at = endedInCr && text.charCodeAt(0) === LF ? 1 : 0
    endedInCr = false
    let lf = text.indexOf('\n', at)
    let cr = text.indexOf('\r', at)
    for (;;) {
      // Why: a search that has failed is not repeated and a hit not yet reached is kept, or a chunk of many lines with
      // one kind of ending would be scanned once per line.
      if (lf !== -1 && lf < at) lf = text.indexOf('\n', at)
      if (cr !== -1 && cr < at) cr = text.indexOf('\r', at)
      const ending = lf === -1 ? cr : cr === -1 ? lf : Math.min(lf, cr)
      const stop = ending === -1 ? text.length : ending

      if (lineChars === 0 && stop > at) isComment = text.charCodeAt(at) === COLON
      lineChars += stop - at
      if (lineChars + (isComment ? 0 : blockChars) > maxChars) return at
      if (ending === -1) return text.length

      if (lineChars === 0) blockChars = 0
      else if (!isComment) blockChars += lineChars
      lineChars = 0
      at = ending + 1
      if (text.charCodeAt(ending) === CR) {
        if (at === text.length) endedInCr = true
        else if (text.charCodeAt(at) === LF) at++
      }
    }
  }
}
