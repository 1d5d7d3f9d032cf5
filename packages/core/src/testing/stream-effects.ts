import type { BodyEffect, BodyMessage } from './body-message.ts'
import type { UpdateEncoder } from './encode-update.ts'
import type { StreamFault } from './fault-kinds.ts'

type EffectTable = {
  readonly [Kind in StreamFault['kind']]: (
    fault: Extract<StreamFault, { readonly kind: Kind }>,
    stream: UpdateEncoder,
  ) => BodyEffect
}

const effects: EffectTable = {
  duplicate({ line, count }) {
    const seen: BodyMessage[] = []
    return {
      rewrite(message, nth) {
        if (nth < line || nth >= line + count) return [message]
        seen.push(message)
        return seen.length === count ? [message, ...seen] : [message]
      },
    }
  },
  reorder({ line, by }) {
    let held: readonly BodyMessage[] = []
    const release = (): readonly BodyMessage[] => {
      const released = held
      held = []
      return released
    }
    return {
      rewrite(message, nth) {
        if (nth === line && by > 0) {
          held = [message]
          return []
        }
        return nth === line + by ? [message, ...release()] : [message]
      },
      flush: release,
    }
  },
  gap: ({ line, count }) => ({
    rewrite: (message, nth) => (nth >= line && nth < line + count ? [] : [message]),
  }),
  'delta-after-end': (_fault, stream) => ({
    rewrite: (message) => (message.endsTask === true ? [message, ...stream.late()] : [message]),
  }),
  'stale-snapshot': ({ line }, stream) => ({
    rewrite(message, nth) {
      if (nth !== line || message.stepCount === undefined) return [message]
      return [message, stream.whole(message.stepCount), stream.whole(0)]
    },
  }),
  'error-event': ({ problem, afterEvents }, stream) => ({
    afterMessages: { count: afterEvents, turn: 'eof', lastWord: stream.named('error', problem) },
  }),
}

/** The effect of a fault on one stream, whose messages `stream` writes. */
export function streamEffectOf<Kind extends StreamFault['kind']>(
  fault: Extract<StreamFault, { readonly kind: Kind }>,
  stream: UpdateEncoder,
): BodyEffect {
  return effects[fault.kind](fault, stream)
}

/** Whether a fault happens between the messages of a stream, so that any other body is safe from it. */
export function isStreamFault<F extends { readonly kind: string }>(fault: F): fault is F & StreamFault {
  return Object.hasOwn(effects, fault.kind)
}
