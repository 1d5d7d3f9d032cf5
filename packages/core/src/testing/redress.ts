/** Another address than the one that was asked. */
export interface AnswerAddress {
  readonly url: string
  readonly redirected: boolean
}

/** The same answer with another body and with changed headers, of which `null` takes one away. */
export function redress(
  answer: Response,
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  changed: Readonly<Record<string, string | null>> = {},
): Response {
  const { status, statusText, url, redirected } = answer
  const headers = new Headers(answer.headers)
  for (const [name, value] of Object.entries(changed)) {
    if (value === null) headers.delete(name)
    else headers.set(name, value)
  }
  return readdress(new Response(body, { status, statusText, headers }), { url, redirected })
}

/** The answer as if it had come from this address. It is the same object. */
export function readdress(answer: Response, { url, redirected }: AnswerAddress): Response {
  // Why: only fetch can make a Response with an address; to a reader, an own property is no different.
  return Object.defineProperties(answer, { url: { value: url }, redirected: { value: redirected } })
}
