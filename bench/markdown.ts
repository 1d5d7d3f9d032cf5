/**
 * How long slow inputs take to be parsed, whole and as a stream in steps of 64 characters, and how many characters the
 * parser read for each one of the stream. Prints a table; run it with `pnpm bench:markdown`. The inputs are those in the
 * file named as the first argument, or the project's own.
 */
import { readFileSync } from 'node:fs'
import { createMarkdownDocument } from '../packages/react/src/markdown/markdown-document.ts'
import { makeInput, slowInputs, type SlowInput } from '../packages/react/test/slow-markdown.ts'

const stepChars = 64
const maxWholeMs = 1000
const maxStreamedMs = 10_000

function readInputs(path: string | undefined): readonly SlowInput[] {
  if (path === undefined) return slowInputs
  const { inputs } = JSON.parse(readFileSync(path, 'utf8')) as { readonly inputs: readonly SlowInput[] }
  return inputs
}

function measure(work: () => void): number {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}

const rows = readInputs(process.argv[2]).map((input): Record<string, string | number> => {
  const text = makeInput(input.parts)
  const wholeMs = measure(() => createMarkdownDocument().update(text, true))
  let parsedChars = 0
  const growing = createMarkdownDocument({ onParse: (charCount) => (parsedChars += charCount) })
  const streamedMs = measure(() => {
    for (let end = stepChars; end < text.length; end += stepChars) growing.update(text.slice(0, end), false)
    growing.update(text, true)
  })
  return {
    input: input.name,
    chars: text.length,
    'whole ms': wholeMs.toFixed(1),
    'streamed ms': streamedMs.toFixed(0),
    'in time': wholeMs < maxWholeMs && streamedMs < maxStreamedMs ? 'yes' : 'NO',
    'parsed chars per char': (parsedChars / text.length).toFixed(1),
  }
})
console.table(rows)
if (rows.some((row) => row['in time'] === 'NO')) process.exitCode = 1
