import { StreamError } from '../errors.ts'

/** A text read as JSON: its value, or why there is none. */
export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: StreamError }

/**
 * Reads a text as JSON. Never throws, however deep the text nests.
 *
 * The error has the code `malformed` and is retryable, since a damaged body may arrive whole the next time. It holds the
 * text's length and nothing of the text: engines quote the input in their own message, and inputs hold secrets. So the
 * engine's error is not its `cause` either.
 */
export function parseJson(text: string): ParsedJson {
  try {
    const value: unknown = JSON.parse(text)
    return { ok: true, value }
  } catch {
    return { ok: false, error: malformed(text.length) }
  }
}

function malformed(sizeChars: number): StreamError {
  return new StreamError(
    'malformed',
    `The server sent ${sizeChars} UTF-16 units that are not JSON, so they cannot be read. Look at the body itself: ` +
      'it may have been cut off, or come from a proxy instead of the server.',
    { retryable: true },
  )
}
