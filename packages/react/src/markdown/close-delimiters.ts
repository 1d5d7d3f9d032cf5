import type { InlineState } from './markdown-parser.ts'

/** Set on the parser's env while the end of a text is not here: what is open is then closed where the text ends. */
export const closesDelimiters: unique symbol = Symbol('closesDelimiters')

const markers: Readonly<Record<number, string>> = { 0x2a: '*', 0x5f: '_', 0x7e: '~~' }

/** A rule for lines: each `**`, `*`, `_` or `~~` that opens something and that nothing closes, is closed at the end. */
export function closeDelimiters(state: InlineState): void {
  if (state.env[closesDelimiters] !== true) return
  const { delimiters } = state
  for (const at of openDelimiters(delimiters).toReversed()) {
    const opener = delimiters[at]
    const marker = opener === undefined ? undefined : markers[opener.marker]
    if (opener === undefined || marker === undefined) continue
    const text = state.push('text', '', 0)
    text.content = marker
    opener.end = delimiters.length
    opener.close = false
    delimiters.push({ ...opener, token: state.tokens.length - 1, end: -1, open: false, close: true })
  }
}

/** Places of those that nothing closes and that stand in no pair. */
function openDelimiters(delimiters: InlineState['delimiters']): readonly number[] {
  const open: number[] = []
  for (let at = 0; at < delimiters.length; at++) {
    const one = delimiters[at]
    if (one === undefined) break
    if (one.end > at) at = one.end
    else if (one.open) open.push(at)
  }
  return open
}
