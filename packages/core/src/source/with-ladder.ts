import type { Frame } from '../wire/frame.ts'
import { createAttempt, type Attempt } from './attempt.ts'
import type { Ladder } from './ladder.ts'
import type { Start } from './open-line.ts'
import { listenByPolling } from './polling-way.ts'
import { createRung } from './rung.ts'
import type { Source } from './source.ts'
import { listenByStream, type StepDown, type StepUp, type Ways } from './stream-way.ts'
import { tellingTransport } from './telling-transport.ts'

/**
 * A source that listens by `stream` where streams get through and by `poll` where they do not, changing between them
 * without an end of the attempt. What it learns about the way to the server it shares through `ladder`; that the server
 * has no stream for this one it remembers by itself, so one source is made per resource and not per attempt.
 *
 * Nothing is lost by a change, because each of the two begins with the whole present.
 *
 * @param stream - as `withSnapshot` makes it: its first batch means open, its second is the present
 * @param probe - asks for the resource in the words of the snapshot, to find out whether something holds the stream back;
 *   must end when its signal is aborted and must bound itself in time
 */
export function withLadder(
  ladder: Ladder,
  stream: Source,
  poll: Source,
  probe?: (signal: AbortSignal) => Promise<Frame>,
): Source {
  if (ladder.pinned !== null) {
    return tellingTransport(ladder.pinned === 'stream' ? stream : poll, ladder.pinned)
  }
  const rung = createRung(ladder)
  return ({ signal, onTransport, ...start }) =>
    createAttempt(signal, (attempt) =>
      listen({ ladder, rung, stream, poll, probe, say: (next) => onTransport?.(next) }, start, attempt),
    )
}

async function* listen(ways: Ways, start: Start, attempt: Attempt): AsyncGenerator<readonly Frame[], void> {
  let up: StepUp | null = { start, proven: null }
  let down: StepDown | null = ways.rung.transport === 'stream' ? null : { answer: null }
  while (up !== null) {
    down ??= yield* listenByStream(ways, up, attempt)
    if (down === null) return
    up = yield* listenByPolling(ways, down, start, attempt)
    down = null
  }
}
