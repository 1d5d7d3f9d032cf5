/** Most characters of a line that are shown; a browser takes seconds to lay out a line of millions. */
const maxShownChars = 10_000

// [spec] ECMA-48 §5.4, §5.6: control sequences (`ESC [ … m`), control strings (`ESC ] … BEL`) and other escapes, with the
// 8-bit forms of their first two characters. A sequence that never ends is taken as far as it goes, so that each
// character is looked at once.
const sequences =
  // oxlint-disable-next-line no-control-regex -- controls are what is looked for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b[P\]X^_]|[\u0090\u009d\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g

// oxlint-disable-next-line no-control-regex -- controls are what is looked for
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/**
 * A log line as text alone: without colours, titles, links and other terminal controls, and without marks that turn the
 * direction of what follows; tabs stay. What it says is not
 * trusted, and neither is its length.
 *
 * @param maxChars - longest result in UTF-16 units, default 10,000; what is cut off shows as `…`
 */
export function plainLine(line: string, maxChars: number = maxShownChars): string {
  // Why: escapes that are taken out leave room, but a line of escapes alone is not read to its end.
  const head = line.length > maxChars * 4 ? line.slice(0, maxChars * 4) : line
  const plain = head.replace(sequences, '').replace(controls, '')
  if (plain.length <= maxChars && head.length === line.length) return plain
  const cut = plain.slice(0, maxChars - 1)
  const splitsPair = /[\ud800-\udbff]$/.test(cut)
  return `${splitsPair ? cut.slice(0, -1) : cut}…`
}
