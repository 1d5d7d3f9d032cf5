import type { BlockState } from './markdown-parser.ts'

/** Below the parser's own limit of 50, where it would drop the text. A list adds two levels at once. */
const maxLevel = 48

/** A rule for blocks: so deep, quotes and lists are words like any other. */
export function isParagraphTooDeep(state: BlockState, startLine: number, endLine: number): boolean {
  if (state.level < maxLevel) return false
  let line = startLine + 1
  while (line < endLine && !state.isEmpty(line) && continues(state, line)) line++
  state.line = line
  state.push('paragraph_open', 'p', 1)
  const text = state.push('inline', '', 0)
  text.content = state.getLines(startLine, line, state.blkIndent, false).trim()
  text.children = []
  state.push('paragraph_close', 'p', -1)
  return true
}

/** Lines without a marker that go on with a paragraph have a negative indent. */
function continues(state: BlockState, line: number): boolean {
  const indent = state.sCount[line] ?? 0
  return indent < 0 || indent >= state.blkIndent
}
