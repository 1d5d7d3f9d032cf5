/** Farthest from the end that an unfinished address or tag is looked for, in characters. */
const maxTailChars = 4096

/**
 * The text of a block whose end is not here yet, so that no half of a markup shows: an open span of code is closed, a link
 * without an end is its words, a picture or a tag without an end is nothing. `**`, `*`, `_` and `~~` that are open are
 * closed after parsing.
 */
export function repairInline(text: string): string {
  const settled = withoutLastMarks(text)
  const fence = openCodeSpan(settled)
  if (fence !== null) return settled.trimEnd() + fence
  return cutOpenBracket(cutOpenAddress(cutOpenTag(settled)))
}

/** Without marks at the end: nobody knows yet whether they open or close something. */
function withoutLastMarks(text: string): string {
  let end = text.length
  while (end > 0 && '\\*_~`'.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** The backticks that open a span of code and have no match, or `null`. */
function openCodeSpan(text: string): string | null {
  const runs = [...text.matchAll(/`+/g)].map(({ 0: { length }, index }) => ({ length, index }))
  const lastOfLength = new Map(runs.map(({ length }, at) => [length, at]))
  for (let at = 0; at < runs.length; at++) {
    const run = runs[at]
    if (run === undefined) break
    const length = run.length - (isEscaped(text, run.index) ? 1 : 0)
    if (length === 0) continue
    if ((lastOfLength.get(length) ?? -1) <= at) return '`'.repeat(length)
    do at++
    while (runs[at]?.length !== length)
  }
  return null
}

function isEscaped(text: string, index: number): boolean {
  let at = index
  while (text[at - 1] === '\\') at--
  return (index - at) % 2 === 1
}

/** A `<` that may begin a tag or an address, without its `>`. */
function cutOpenTag(text: string): string {
  const at = text.lastIndexOf('<')
  if (at === -1 || text.length - at > maxTailChars) return text
  return /^<(?:[a-z/!?][^<>\s]*|[a-z][a-z0-9-]*\s[^<>\n]*=[^<>\n]*)?$/i.test(text.slice(at))
    ? text.slice(0, at)
    : text
}

/** `[words](address` and `[words][label`: the words; nothing of a picture. */
function cutOpenAddress(text: string): string {
  const at = Math.max(text.lastIndexOf(']('), text.lastIndexOf(']['))
  if (at === -1 || text.length - at > maxTailChars || isClosed(text, at + 1)) return text
  const start = openingBracket(text, at)
  return start === -1 ? text : unlinked(text, start, text.slice(start + 1, at))
}

/** `[words` and `[words]` at the end, which an address may follow; not `list[0`, nor the number of a source. */
function cutOpenBracket(text: string): string {
  const isAtEnd = text.endsWith(']')
  const start = openingBracket(text, isAtEnd ? text.length - 1 : text.length)
  if (start === -1) return text
  const words = text.slice(start + 1, isAtEnd ? -1 : undefined)
  const isImage = text[start - 1] === '!'
  if (!isImage && (/[\p{L}\p{N}_)\]]/u.test(text[start - 1] ?? '') || (isAtEnd && !/\p{L}/u.test(words)))) {
    return text
  }
  return unlinked(text, start, words)
}

function unlinked(text: string, start: number, words: string): string {
  return text[start - 1] === '!' ? text.slice(0, start - 1) : text.slice(0, start) + words
}

/** Whether the parenthesis or bracket at `at` has its match. */
function isClosed(text: string, at: number): boolean {
  const [open, close] = text[at] === '(' ? ['(', ')'] : ['[', ']']
  let depth = 0
  for (let i = at; i < text.length; i++) {
    const char = text[i]
    if (char === '\\') i++
    else if (char === open) depth++
    else if (char === close && --depth === 0) return true
  }
  return false
}

/** Where the `[` stands that is open before `end`, or -1. */
function openingBracket(text: string, end: number): number {
  let depth = 1
  for (let at = end - 1; at >= 0 && end - at <= maxTailChars; at--) {
    const char = text[at]
    if (char !== '[' && char !== ']') continue
    if (isEscaped(text, at)) continue
    depth += char === ']' ? 1 : -1
    if (depth === 0) return isInCode(text, at) ? -1 : at
  }
  return -1
}

function isInCode(text: string, at: number): boolean {
  return text.slice(at).split('`').length % 2 === 0
}
