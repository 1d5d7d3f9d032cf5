import { StreamError } from '../errors.ts'
import { isLoopback } from './address.ts'

/** Where bytes go, and who is told and asked on the way. */
export interface PutBytes {
  readonly url: string
  readonly blob: Blob
  /** Told how many bytes have left, where the runtime can tell. */
  readonly onSent: (sentBytes: number) => void
  readonly signal: AbortSignal
  /** The client's own `fetch`, when it was given one. */
  readonly fetch: ((request: Request) => Promise<Response>) | null
}

/**
 * Puts a file at a pre-signed address (protocol §8): the bytes, their content type, no key and no cookie.
 *
 * A browser tells how many bytes have left; elsewhere, and through a `fetch` of the caller's, a file leaves as a whole.
 *
 * @throws {StreamError} `upload-failed`, `aborted`
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

async function putByFetch({ url, blob, signal, fetch }: PutBytes): Promise<number> {
  try {
    const request = new Request(url, {
      method: 'PUT',
      body: blob,
      headers: { 'content-type': contentType(blob) },
      credentials: 'omit',
      signal,
    })
    const response = await (fetch === null ? globalThis.fetch(request) : fetch(request))
    await response.body?.cancel()
    return response.status
  } catch (cause) {
    if (signal.aborted) throw aborted()
    throw failed('the line to the storage broke', { retryable: true, cause })
  }
}

function putByXhr({ url, blob, onSent, signal }: PutBytes): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = (): void => request.abort()
    request.upload.addEventListener('progress', (event) => onSent(event.loaded))
    request.addEventListener('load', () => resolve(request.status))
    request.addEventListener('error', () =>
      reject(failed('the line to the storage broke', { retryable: true })),
    )
    request.addEventListener('abort', () => reject(aborted()))
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort))
    signal.addEventListener('abort', abort)
    request.open('PUT', url)
    request.setRequestHeader('content-type', contentType(blob))
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
  return new StreamError(
    'upload-failed',
    `A file could not be uploaded: ${reason}. The task was not started; start it again to try once more.`,
    details,
  )
}

function aborted(): StreamError {
  return new StreamError('aborted', 'The upload was stopped before the task was started. Nothing was run.')
}
