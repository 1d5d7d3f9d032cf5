import type { BodyEffect } from './body-message.ts'
import type { UpdateEncoder } from './encode-update.ts'
import type { BodyFault, StreamFault } from './fault-kinds.ts'
import { isStreamFault, streamEffectOf } from './stream-effects.ts'

/** A character of private use that no script sends. */
export const SPOILT_CHAR: string = '\uE000'

/** Faults that any body can have. */
type PlainFault = Exclude<BodyFault, StreamFault>

type EffectTable = {
  readonly [Kind in PlainFault['kind']]: (fault: Extract<PlainFault, { readonly kind: Kind }>) => BodyEffect
}

const effects: EffectTable = {
  'cut-bytes': ({ afterBytes, how }) => ({ afterBytes: { count: afterBytes, turn: how } }),
  'cut-events': ({ afterEvents, how }) => ({ afterMessages: { count: afterEvents, turn: how } }),
  stall: ({ afterEvents }) => ({ afterMessages: { count: afterEvents, turn: 'stall' } }),
  'garble-line': ({ line }) => ({
    rewrite(message, nth) {
      if (nth !== line) return [message]
      const text = message.text ?? JSON.stringify(message.value)
      return [{ ...message, text: `${text.slice(0, Math.ceil(text.length / 2))}#` }]
    },
  }),
  'invalid-utf8': ({ line }) => ({
    rewrite(message, nth) {
      const { value } = message
      if (nth !== line) return [message]
      const spoilt =
        typeof value === 'object' && value !== null ? { ...value, spoilt: SPOILT_CHAR } : SPOILT_CHAR
      return [{ ...message, value: spoilt, isSpoilt: true }]
    },
  }),
}

function plainEffectOf<Kind extends PlainFault['kind']>(
  fault: Extract<PlainFault, { readonly kind: Kind }>,
): BodyEffect {
  return effects[fault.kind](fault)
}

/** The effect of a fault on one body; `stream` writes its messages, and is `null` for a body that is no stream. */
export function effectOf(fault: BodyFault, stream: UpdateEncoder | null): BodyEffect {
  if (!isStreamFault(fault)) return plainEffectOf(fault)
  return stream === null ? {} : streamEffectOf(fault, stream)
}

/** Whether a fault happens in the body rather than around it. */
export function isBodyFault<F extends { readonly kind: string }>(fault: F): fault is F & BodyFault {
  return Object.hasOwn(effects, fault.kind) || isStreamFault(fault)
}
