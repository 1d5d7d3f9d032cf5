/** About how long a block is; more is not laid out again for each letter that is added at the end. */
const blockChars = 4000

/**
 * A text in blocks that end where a line ends; joined by line ends they are the text. A text that grows keeps all blocks
 * but the last.
 */
export function splitBlocks(text: string): readonly string[] {
  const blocks: string[] = []
  let start = 0
  for (;;) {
    const end = text.indexOf('\n', start + blockChars)
    if (end === -1) return [...blocks, text.slice(start)]
    blocks.push(text.slice(start, end))
    start = end + 1
  }
}
