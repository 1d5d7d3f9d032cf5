import { isStreamError } from '../errors.ts'

/** Longest answer of a client tool, in UTF-16 units. */
export const maxAnswerChars: number = 2 ** 20

/** Longest message of an error that an agent is told, in UTF-16 units. */
const maxErrorChars = 2000

/**
 * What an agent is told of the value that a tool gave: text as it is, `undefined` as `null` (an empty text could be taken
 * for a missing answer), anything else as JSON. An error where it cannot be written, or is longer than
 * {@link maxAnswerChars}.
 */
export function answerOf(value: unknown): string {
  let text: unknown
  try {
    text = typeof value === 'string' ? value : JSON.stringify(value === undefined ? null : value)
  } catch (thrown) {
    return errorAnswer(`The tool ran, but its result cannot be written as JSON (${messageOf(thrown)}).`)
  }
  if (typeof text !== 'string') return errorAnswer('The tool ran, but its result cannot be written as JSON.')
  if (text.length <= maxAnswerChars) return text
  return errorAnswer(
    `The tool ran, but its result has ${text.length} characters; ${maxAnswerChars} are allowed. Ask for less.`,
  )
}

/** What an agent is told when a tool has no result: `{ "error": message }`, with `more` beside it. */
export function errorAnswer(message: string, more: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({ error: clipText(message, maxErrorChars), ...more })
}

/** The words of something that was thrown, whatever it is. Never throws. */
export function messageOf(thrown: unknown): string {
  try {
    if (typeof thrown === 'string' && thrown !== '') return thrown
    if (isStreamError(thrown) || thrown instanceof Error) return thrown.message || thrown.name
    if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
      if (typeof thrown.message === 'string' && thrown.message !== '') return thrown.message
    }
  } catch {
    // Something whose reading throws has no words.
  }
  return 'The tool failed and did not say why.'
}

/** `text`, cut to `maxChars` UTF-16 units and marked where it is longer; no surrogate pair is split. */
export function clipText(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  return `${text.slice(0, maxChars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
