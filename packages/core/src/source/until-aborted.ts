import { StreamError } from '../errors.ts'

/**
 * Waits for `work`, but no longer than until `signal` is aborted. The listener on the signal is gone when it settles,
 * and a later failure of `work` is not reported as unhandled.
 *
 * @throws {StreamError} `aborted`, with the signal's reason as its cause; else whatever `work` rejects with
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  let stop = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(abortedError(signal))
  })
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([aborted, work])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** The error of a call whose own `signal` was aborted. */
export function abortedError(signal: AbortSignal): StreamError {
  return new StreamError(
    'aborted',
    'The call was ended by its own signal before the answer came. What it asked for may still happen on the server.',
    { cause: signal.reason },
  )
}
