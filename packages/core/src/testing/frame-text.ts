import { encodeNdjson } from '../wire/ndjson.ts'
import { encodeSse } from '../wire/sse.ts'
import type { BodyMessage } from './body-message.ts'
import type { Noise, SimulatorSettings } from './simulator-options.ts'

/** A way to put messages on the wire. */
export type Framing = 'sse' | 'ndjson'

/** Content types of the framings. */
export const framingContentType: Readonly<Record<Framing, string>> = {
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson',
}

/** The framing of an answer (P§4.1). */
export function chooseFraming(setting: SimulatorSettings['framing'], accept: string | null): Framing {
  if (setting !== 'negotiate') return setting
  const asked = (accept ?? '').toLowerCase()
  const line = /application\/(x-ndjson|jsonl)/.exec(asked)?.index ?? Infinity
  const sse = asked.includes('text/event-stream') ? asked.indexOf('text/event-stream') : Infinity
  return line < sse ? 'ndjson' : 'sse'
}

/** The text of a message, with its line endings. */
export function frameText(framing: Framing, message: BodyMessage): string {
  if (framing === 'ndjson')
    return message.text === undefined ? encodeNdjson(message.value) : `${message.text}\n`
  const data = message.text ?? JSON.stringify(message.value)
  return encodeSse({ type: 'message', event: message.event ?? 'message', id: message.id ?? null, data })
}

/** The text of a heartbeat (P§4.2 f, §4.3). */
export function heartbeatText(framing: Framing): string {
  return framing === 'ndjson' ? encodeNdjson({ type: 'heartbeat' }) : encodeSse({ type: 'beat' })
}

/** The text of a {@link Noise}. */
export function noiseText(framing: Framing, noise: Noise): string {
  switch (noise) {
    case 'blank':
      return '\n'
    case 'junk':
      return frameText(framing, { event: null, value: null, text: '{"data": oops' })
    case 'null':
      return frameText(framing, { event: null, value: null })
    case 'unknown-event': {
      const value = { sparkle: true }
      return frameText(framing, {
        event: 'sparkles',
        value: framing === 'sse' ? value : { event: 'sparkles', data: value },
      })
    }
    case 'heartbeat':
      return heartbeatText(framing)
  }
}
