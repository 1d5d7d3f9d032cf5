/**
 * The `Last-Event-ID` header for a cursor, or no header at all.
 *
 * The id is sent as the bytes of its UTF-8 form, each byte as one character, which is how a header value is written. An
 * id that no header can hold (it has a NUL or a line break) is left out: starting over is better than never coming back.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
 */
export function lastEventIdHeader(cursor: string | null): Readonly<Record<string, string>> {
  if (cursor === null || cursor === '') return {}
  const headers = { 'last-event-id': toByteString(cursor) }
  try {
    void new Headers(headers)
    return headers
  } catch {
    return {}
  }
}

function toByteString(text: string): string {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}
