import type { Reach } from './source.ts'

/** What is another in a {@link narrowReach}; whatever is left out stays as it is. */
export type Narrowing = Pick<Reach, 'signal'> & Partial<Pick<Reach, 'onTransport' | 'onIdleLimit'>>

/**
 * `reach` for a source within a source, which ends by a signal of its own. Its place in the stream stays that of `reach`
 * at every moment, where a copy would keep the one of now.
 */
export function narrowReach(
  reach: Reach,
  { signal, onTransport = reach.onTransport, onIdleLimit = reach.onIdleLimit }: Narrowing,
): Reach {
  return {
    get cursor() {
      return reach.cursor
    },
    get canResume() {
      return reach.canResume ?? false
    },
    signal,
    ...(onTransport && { onTransport }),
    ...(onIdleLimit && { onIdleLimit }),
  }
}
