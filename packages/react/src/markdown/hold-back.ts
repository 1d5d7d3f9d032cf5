/** Longest last line that may be nothing but the beginning of a structure, in characters. */
const maxHeldChars = 200

/** Only marks, so far: a bullet, a heading, a rule, an underline, a quote, a fence, the second line of a table. */
const onlyMarks = /^(?=.*\S)[-+*_=#~`|:> \t]*$/
const onlyNumber = /^[ \t>]*\d{1,9}(?:[.)][ \t]*)?$/
const onlyTaskBox = /^[ \t>]*(?:[-+*]|\d{1,9}[.)])[ \t]+\[[ xX]?\]?[ \t]*$/
const openingFence = /^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)?(?:`{3,}[^`]*|~{3,}.*)$/
const onlyLabel = /^ {0,3}\[[^\]]+\]:[ \t]*$/
const cells = /^ {0,3}\|/

/**
 * How much of a text that still grows is shown: not a last line of which nobody knows what it will be, and not the first
 * line of a table before its second one. So nothing is shown as one thing and then as another.
 */
export function shownLength(text: string): number {
  const start = text.lastIndexOf('\n') + 1
  const line = text.slice(start, start + maxHeldChars + 1)
  const end = mayBecomeAnything(line, start > 0) ? start : text.length
  return beforeLoneCells(text, end)
}

function mayBecomeAnything(line: string, isAfterOthers: boolean): boolean {
  if (line.length > maxHeldChars) return false
  if (isAfterOthers && onlyNumber.test(line)) return true
  return [onlyMarks, onlyTaskBox, openingFence, onlyLabel].some((shape) => shape.test(line))
}

function beforeLoneCells(text: string, end: number): number {
  const lineEnd = text[end - 1] === '\n' ? end - 1 : end
  const start = lineEnd === 0 ? 0 : text.lastIndexOf('\n', lineEnd - 1) + 1
  if (!cells.test(text.slice(start, start + 5))) return end
  const before = start === 0 ? '' : text.slice(text.lastIndexOf('\n', start - 2) + 1, start)
  return cells.test(before) ? end : start
}
