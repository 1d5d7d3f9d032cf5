import type { CodeBlockNode } from './nodes.ts'

/** A fence at the beginning of a line that no line closes yet. It takes more text without parsing any of it again. */
export interface OpenFence {
  /** @returns what follows the line that closes it, or `null` while none does */
  readonly push: (text: string) => string | null
  /**
   * What it shows.
   *
   * @param isComplete - whether a last line without a line end is known to be whole; else one that may close it is left out
   */
  readonly show: (isComplete: boolean) => CodeBlockNode
  /** Characters that it holds, with the line that opens it, and the one that closes it once it is closed. */
  readonly length: () => number
}

/** Opens a fence. `text` begins with the line that opens it, with its line end. */
export function createOpenFence(text: string, language: string): OpenFence {
  const marks = /^(?:`+|~+)/.exec(text)?.[0] ?? '```'
  const closing = new RegExp(`^ {0,3}${marks.charAt(0)}{${marks.length},}[ \\t]*$`)
  const mayClose = new RegExp(`^ {0,3}${marks.charAt(0)}+[ \\t]*$`)
  let length = text.indexOf('\n') + 1
  let code = ''
  let lastLine = ''

  function push(added: string): string | null {
    const lines = (lastLine + added).split('\n')
    lastLine = lines.pop() ?? ''
    for (const [at, line] of lines.entries()) {
      length += line.length + 1
      if (closing.test(line)) {
        const rest = [...lines.slice(at + 1), lastLine].join('\n')
        lastLine = ''
        return rest
      }
      code += `${line}\n`
    }
    return null
  }

  function show(isComplete: boolean): CodeBlockNode {
    const shape = isComplete ? closing : mayClose
    const isHidden = shape.test(lastLine) || /^[ \t]*$/.test(lastLine)
    const shown = isHidden ? code : code + lastLine
    return { type: 'code-block', language, text: shown.endsWith('\n') ? shown.slice(0, -1) : shown }
  }

  return { push, show, length: () => length }
}
