import type { StreamError } from '../errors.ts'

/** No content, no such thing, no such method, no such type, gone, not implemented (RFC 9110 §15). */
const statuses: ReadonlySet<number> = new Set([204, 205, 404, 405, 406, 410, 501])

/**
 * Whether a refusal says that there is no stream to be had there, which leaves open whether there is a resource. A refused
 * cursor says nothing of the kind, whatever its status.
 */
export function isNoStream({ code, status }: StreamError): boolean {
  if (code === 'gap') return false
  return code === 'gone' || code === 'not-found' || (status !== null && statuses.has(status))
}
