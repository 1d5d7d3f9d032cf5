import { StreamError } from '../errors.ts'
import { abortedError, untilAborted } from './until-aborted.ts'

/** The bounds of {@link readBodyText}. */
export interface BodyTextOptions {
  /** Most bytes that are read, after decompression; default 32 MiB. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

const DEFAULT_MAX_BYTES = 32 * 1024 * 1024

/**
 * Reads the body of an answer as UTF-8 text, within a bound. The body is cancelled in every case in which it is not read
 * to its end; an answer without a body is `''`.
 *
 * @throws {StreamError} `frame-too-large` above `maxBytes`, `aborted`, `network` when the line breaks
 */
export async function readBodyText(
  response: Response,
  { maxBytes = DEFAULT_MAX_BYTES, signal }: BodyTextOptions = {},
): Promise<string> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  try {
    return await readAll(reader, maxBytes, signal)
  } catch (thrown) {
    throw signal?.aborted === true ? abortedError(signal) : StreamError.from(thrown)
  } finally {
    reader.cancel().catch(() => {})
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const decoder = new TextDecoder()
  const parts: string[] = []
  let sizeBytes = 0
  for (;;) {
    const { done, value } = await untilAborted(reader.read(), signal)
    if (done) break
    sizeBytes += value.length
    if (sizeBytes > maxBytes) {
      throw new StreamError(
        'frame-too-large',
        `The answer is larger than ${maxBytes} bytes, so the rest of it was not read. Ask for less at a time.`,
      )
    }
    parts.push(decoder.decode(value, { stream: true }))
  }
  return parts.join('') + decoder.decode()
}
