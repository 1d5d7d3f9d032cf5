/** The stream formats that this library reads. */
export type StreamFormat = 'sse' | 'ndjson'

// Why no application/json-seq: RFC 7464 begins each text with a record separator, which is another framing.
const FORMATS: ReadonlyMap<string, StreamFormat> = new Map([
  ['text/event-stream', 'sse'],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
  ['application/json-lines', 'ndjson'],
])

/**
 * The format that a `Content-Type` header names, or `null` when it names none that streams.
 *
 * Case and parameters do not count, `charset` included: both formats are UTF-8 by definition.
 */
export function decoderFor(contentType: string | null): StreamFormat | null {
  const [essence = ''] = (contentType ?? '').split(';')
  return FORMATS.get(essence.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '').toLowerCase()) ?? null
}
