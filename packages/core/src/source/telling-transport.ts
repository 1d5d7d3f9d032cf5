import type { Frame } from '../wire/frame.ts'
import { createAttempt } from './attempt.ts'
import { narrowReach } from './narrow-reach.ts'
import type { Reach, Source, Transport } from './source.ts'

/** `source`, which says before its first batch that it listens by `transport`, unless it has said by itself how it does. */
export function tellingTransport(source: Source, transport: Transport): Source {
  return (reach) => createAttempt(reach.signal, ({ signal }) => tell(source, transport, reach, signal))
}

async function* tell(
  source: Source,
  transport: Transport,
  reach: Reach,
  signal: AbortSignal,
): AsyncGenerator<readonly Frame[], void> {
  let said: Transport | null = null
  const isSilent = (): boolean => said === null
  const say = (next: Transport): void => {
    said = next
    reach.onTransport?.(next)
  }
  for await (const batch of source(narrowReach(reach, { signal, onTransport: say }))) {
    if (isSilent()) say(transport)
    yield batch
  }
}
