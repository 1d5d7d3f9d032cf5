import { StreamError } from '../errors.ts'

/** The bytes ended, the task did not (P§0a.2). */
export function truncated(): StreamError {
  return new StreamError(
    'truncated',
    'The stream ended before the task did, as it does when a proxy cuts it or the server is deployed. Reconnecting.',
    { retryable: true },
  )
}

/** Numbers are missing: what was in between is not known. */
export function gap(): StreamError {
  return new StreamError('gap', 'Part of the stream is missing. Reconnecting to read the task anew.', {
    retryable: true,
  })
}
