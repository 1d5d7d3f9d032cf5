import type { Clock } from '../store/clock.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * What `work` brings within `limitMs` milliseconds, or `null` when it takes longer; it is not ended by that. The timer is
 * gone when this settles.
 *
 * @throws {StreamError} `aborted` when `signal` is aborted first; else whatever `work` rejects with in time
 */
export async function within<T extends object>(
  work: Promise<T>,
  limitMs: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<T | null> {
  let stop = (): void => {}
  const tooLate = new Promise<null>((resolve) => {
    stop = clock.after(limitMs, () => resolve(null))
  })
  try {
    return await untilAborted(Promise.race([work, tooLate]), signal)
  } finally {
    stop()
  }
}
