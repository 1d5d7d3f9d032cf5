import type { TaskStep } from './script.ts'

/** How much is written. */
export interface ChattyOptions {
  /** Lines in all. */
  readonly lines: number
  /** Lines in a second; above 100 they come in bundles, 100 bundles a second. */
  readonly perSecond: number
  /** What a line says, counted from 1; default its number. */
  readonly line?: (number: number) => string
}

/** What is generated. */
export interface DeltaOptions {
  readonly text: string
  /** UTF-16 units in a piece, 1 or more; default 4. A pair of surrogates is never cut. */
  readonly pieceChars?: number
  /** Milliseconds between two pieces; default 40. */
  readonly everyMs?: number
  /** After how many pieces the text so far is stored as partial output, 1 or more; default 8 (P§4.6). */
  readonly storeEvery?: number
}

/** Lines of a log after `start`, then the end. */
export function chattySteps(
  start: readonly TaskStep[],
  { lines, perSecond, line = (number) => `line ${number} of ${lines}` }: ChattyOptions,
): readonly TaskStep[] {
  const bundlesPerSecond = Math.min(perSecond, 100)
  const bundleLines = Math.ceil(perSecond / bundlesPerSecond)
  const fromMs = start.at(-1)?.atMs ?? 0
  const steps: TaskStep[] = [...start]
  let atMs = fromMs
  for (let first = 0; first < lines; first += bundleLines) {
    const count = Math.min(bundleLines, lines - first)
    atMs = fromMs + ((first + count) / perSecond) * 1000
    steps.push({
      atMs,
      logs: Array.from({ length: count }, (_, index) => line(first + index + 1)),
    })
  }
  return [...steps, { atMs: atMs + 100, set: { status: 'completed', output: { lines } } }]
}

/** Pieces of a text after `start`, in the form of a language model's deltas, then the whole of it. */
export function deltaSteps(
  start: readonly TaskStep[],
  { text, pieceChars = 4, everyMs = 40, storeEvery = 8 }: DeltaOptions,
): readonly TaskStep[] {
  let atMs = start.at(-1)?.atMs ?? 0
  let soFar = ''
  const steps: TaskStep[] = [...start]
  for (const [index, piece] of cut(text, pieceChars).entries()) {
    atMs += everyMs
    soFar += piece
    steps.push({ atMs, delta: { response: piece } })
    if ((index + 1) % storeEvery === 0) steps.push({ atMs, set: { partialOutput: { response: soFar } } })
  }
  return [
    ...steps,
    { atMs: atMs + everyMs, set: { status: 'uploading', partialOutput: { response: text } } },
    { atMs: atMs + 2 * everyMs, set: { status: 'completed', output: { response: text } } },
  ]
}

function cut(text: string, pieceChars: number): readonly string[] {
  const pieces: string[] = []
  let piece = ''
  for (const char of text) {
    piece += char
    if (piece.length >= pieceChars) {
      pieces.push(piece)
      piece = ''
    }
  }
  if (piece !== '') pieces.push(piece)
  return pieces
}
