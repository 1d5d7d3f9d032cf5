import { StreamError } from '../errors.ts'
import type { Clock } from '../store/clock.ts'
import { isLoopback } from './address.ts'
import { cancelBody } from './cancel-body.ts'
import { untilAborted } from './until-aborted.ts'

/** Where bytes go, and who is told and asked on the way. */
export interface PutBytes {
  readonly url: string
  readonly blob: Blob
  /** Told how many bytes have left, where the runtime can tell. */
  readonly onSent: (sentBytes: number) => void
  readonly signal: AbortSignal
  /** The client's own `fetch`, when it was given one. */
  readonly fetch: ((request: Request) => Promise<Response>) | null
  /** Measures how long nothing happens. Without it, an upload may stand still for ever. */
  readonly clock?: Clock
  /** How long an upload may stand still, in milliseconds above 0; default 60,000. */
  readonly idleMs?: number
}

/** Slowest line that is taken for alive where nobody tells how many bytes have left: 128 kbit/s. */
const SLOWEST_BYTES_PER_MS = 16

/**
 * Puts a file at a pre-signed address (protocol §8): the bytes, their content type, no key and no cookie.
 *
 * A browser tells how many bytes have left: the upload fails when for `idleMs` none has, and no answer came. Elsewhere,
 * and through a `fetch` of the caller's, a file leaves as a whole: the upload fails when no answer came within `idleMs` and
 * the time that the bytes take over a line of 128 kbit/s.
 *
 * @throws {StreamError} `upload-failed`, `aborted`, and retryable `idle` (no progress) or `connect-timeout` (no answer)
 */
export async function putBytes(put: PutBytes): Promise<void> {
  assertAddress(put.url)
  if (put.signal.aborted) throw aborted()
  const status =
    put.fetch === null && typeof XMLHttpRequest === 'function' ? await putByXhr(put) : await putByFetch(put)
  if (status >= 200 && status < 300) return
  throw failed(`the storage answered ${status}`, { status, retryable: status >= 500 || status === 429 })
}

function assertAddress(url: string): void {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' }
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return
  throw failed('the server named an upload address that is not https', { retryable: false })
}

async function putByFetch({ url, blob, signal, fetch, clock, idleMs = 60_000 }: PutBytes): Promise<number> {
  const over = new AbortController()
  const abort = (): void => over.abort(aborted())
  const limitMs = idleMs + blob.size / SLOWEST_BYTES_PER_MS
  const disarm = clock?.after(limitMs, () => over.abort(unanswered(limitMs)))
  signal.addEventListener('abort', abort)
  try {
    const request = new Request(url, {
      method: 'PUT',
      body: blob,
      headers: { 'content-type': contentType(blob) },
      credentials: 'omit',
      signal: over.signal,
    })
    const answered = fetch === null ? globalThis.fetch(request) : fetch(request)
    answered.then((late) => {
      if (over.signal.aborted) cancelBody(late)
    }, ignore)
    const response = await untilAborted(answered, over.signal)
    cancelBody(response)
    return response.status
  } catch (cause) {
    if (over.signal.aborted) throw StreamError.from(over.signal.reason)
    throw failed('the line to the storage broke', { retryable: true, cause })
  } finally {
    disarm?.()
    signal.removeEventListener('abort', abort)
  }
}

function putByXhr({ url, blob, onSent, signal, clock, idleMs = 60_000 }: PutBytes): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = (): void => request.abort()
    let disarm: (() => void) | undefined
    const arm = (): void => {
      disarm?.()
      disarm = clock?.after(idleMs, () => {
        reject(stalled(idleMs))
        abort()
      })
    }
    request.upload.addEventListener('progress', (event) => {
      arm()
      onSent(event.loaded)
    })
    request.addEventListener('load', () => resolve(request.status))
    request.addEventListener('error', () =>
      reject(failed('the line to the storage broke', { retryable: true })),
    )
    request.addEventListener('abort', () => reject(aborted()))
    request.addEventListener('loadend', () => {
      disarm?.()
      signal.removeEventListener('abort', abort)
    })
    signal.addEventListener('abort', abort)
    request.open('PUT', url)
    request.setRequestHeader('content-type', contentType(blob))
    arm()
    request.send(blob)
  })
}

function contentType(blob: Blob): string {
  return blob.type === '' ? 'application/octet-stream' : blob.type
}

function failed(
  reason: string,
  details: { status?: number; retryable: boolean; cause?: unknown },
): StreamError {
  return new StreamError('upload-failed', uploadMessage(reason), details)
}

function stalled(idleMs: number): StreamError {
  const reason = `not a byte left and no answer came for ${inSeconds(idleMs)}`
  return new StreamError('idle', uploadMessage(reason), { retryable: true })
}

function unanswered(limitMs: number): StreamError {
  const reason = `the storage did not answer within ${inSeconds(limitMs)}`
  return new StreamError('connect-timeout', uploadMessage(reason), { retryable: true })
}

function uploadMessage(reason: string): string {
  return `A file could not be uploaded: ${reason}. The task was not started; start it again to try once more.`
}

function inSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} seconds`
}

function aborted(): StreamError {
  return new StreamError('aborted', 'The upload was stopped before the task was started. Nothing was run.')
}

function ignore(): void {}
