import type { Frame } from '../wire/frame.ts'
import { createAttempt, type Attempt } from './attempt.ts'
import type { Probe } from './hear-byte.ts'
import type { Ladder } from './ladder.ts'
import { narrowReach } from './narrow-reach.ts'
import { listenByPolling } from './polling-way.ts'
import { createRung } from './rung.ts'
import type { Source } from './source.ts'
import { listenByStream, type StepDown, type Ways } from './stream-way.ts'

/**
 * A source that listens by `stream` where streams get through and by `poll` where they do not, changing between them
 * without an end of the attempt. What it learns about the way to the server it shares through `ladder`; that the server
 * has no stream for this one it remembers by itself, so one source is made per resource and not per attempt.
 *
 * Nothing is lost by a change, because each of the two begins with the whole present, or after the cursor of that moment.
 *
 * @param stream - as `withSnapshot` makes it: its first batch means open, its second is the present
 * @param probe - finds out whether something holds the stream back; without it nobody can tell
 */
export function withLadder(ladder: Ladder, stream: Source, poll: Source, probe?: Probe): Source {
  const rung = createRung(ladder)
  return (reach) =>
    createAttempt(reach.signal, (attempt) =>
      listen({ ladder, rung, stream, poll, probe, reach: narrowReach(reach, attempt) }, attempt),
    )
}

async function* listen(ways: Ways, attempt: Attempt): AsyncGenerator<readonly Frame[], void> {
  let down: StepDown | null = ways.rung.transport === 'stream' ? null : { answer: null }
  for (;;) {
    down ??= yield* listenByStream(ways, attempt)
    if (down === null) return
    if ((yield* listenByPolling(ways, down, attempt)) === 'over') return
    down = null
  }
}
