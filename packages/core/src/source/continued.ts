import { StreamError } from '../errors.ts'
import { createAttempt } from './attempt.ts'
import { narrowReach } from './narrow-reach.ts'
import type { Source } from './source.ts'

/** What a server answers that does not know the event any more that it is asked to continue after. */
const unknownCursor: ReadonlySet<number> = new Set([409, 410, 412])

/** `line`, whose refusal of a cursor is a hole in the stream rather than the end of it: the next attempt begins anew. */
export function continued(line: Source): Source {
  return (reach) =>
    createAttempt(reach.signal, async function* listen({ signal }) {
      const { cursor } = reach
      let isOpen = false
      try {
        for await (const batch of line(narrowReach(reach, { signal }))) {
          isOpen = true
          yield batch
        }
      } catch (thrown) {
        const error = StreamError.from(thrown)
        if (isOpen || cursor === null || error.status === null || !unknownCursor.has(error.status))
          throw error
        throw new StreamError(
          'gap',
          'The server cannot continue after the last event that was heard, as after a restart. Its present is read anew.',
          { retryable: true, status: error.status, retryAfterMs: error.retryAfterMs, cause: error },
        )
      }
    })
}
