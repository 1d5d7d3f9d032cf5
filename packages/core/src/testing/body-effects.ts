import type { BodyEffect, StreamWriter } from './body-message.ts'
import type { BodyFault, StreamFault } from './fault-kinds.ts'
import { isOrderFault, orderEffectOf } from './order-effects.ts'
import { flipBytes, garbleBytes, spoilChar, spoilUtf8 } from './spoil-bytes.ts'
import { isTaskFault, taskEffectOf } from './stream-effects.ts'

/** The body that a fault meets. */
export interface FaultPlace {
  /** Whether it is a stream; any other body counts as one message and is safe from a {@link StreamFault}. */
  readonly isStream: boolean
  /** Writes the messages of the stream; `null` where nobody here does. */
  readonly updates: StreamWriter | null
  /** A number from 0 (included) to 1 (excluded). */
  readonly random: () => number
}

/** A character of private use that no script sends. */
const SPOILT_CHAR = '\uE000'

/** Faults that any body can have. */
type PlainFault = Exclude<BodyFault, StreamFault>

type EffectTable = {
  readonly [Kind in PlainFault['kind']]: (
    fault: Extract<PlainFault, { readonly kind: Kind }>,
    place: FaultPlace,
  ) => BodyEffect
}

const effects: EffectTable = {
  'cut-bytes': ({ afterBytes, how }) => ({ afterBytes: { count: afterBytes, turn: how } }),
  'cut-events': ({ afterEvents, how }) => ({ afterMessages: { count: afterEvents, turn: how } }),
  stall: ({ afterEvents }) => ({ afterMessages: { count: afterEvents, turn: 'stall' } }),
  'stall-bytes': ({ afterBytes }) => ({ afterBytes: { count: afterBytes, turn: 'stall' } }),
  'garble-line': ({ line }) => ({
    rewrite(message, nth) {
      if (nth !== line) return [message]
      if (message.bytes !== undefined) return [{ ...message, bytes: garbleBytes(message.bytes) }]
      const text = message.text ?? JSON.stringify(message.value)
      return [{ ...message, text: `${text.slice(0, Math.ceil(text.length / 2))}#` }]
    },
  }),
  'flip-bytes': ({ line, count }, { random }) => ({
    rewrite: (message, nth) =>
      nth === line ? [{ ...message, alter: (bytes) => flipBytes(bytes, count, random) }] : [message],
  }),
  'invalid-utf8': ({ line }) => ({
    rewrite(message, nth) {
      const { value } = message
      if (nth !== line) return [message]
      if (message.bytes !== undefined) return [{ ...message, bytes: spoilUtf8(message.bytes) }]
      const spoilt =
        typeof value === 'object' && value !== null ? { ...value, spoilt: SPOILT_CHAR } : SPOILT_CHAR
      return [{ ...message, value: spoilt, alter: (bytes) => spoilChar(bytes, SPOILT_CHAR) }]
    },
  }),
}

function plainEffectOf<Kind extends PlainFault['kind']>(
  fault: Extract<PlainFault, { readonly kind: Kind }>,
  place: FaultPlace,
): BodyEffect {
  return effects[fault.kind](fault, place)
}

/** The effect of a fault on one body. */
export function effectOf(fault: BodyFault, place: FaultPlace): BodyEffect {
  if (isOrderFault(fault)) return place.isStream ? orderEffectOf(fault) : {}
  if (isTaskFault(fault)) return place.updates === null ? {} : taskEffectOf(fault, place.updates)
  return plainEffectOf(fault, place)
}

/** Whether a fault happens in the body rather than around it. */
export function isBodyFault<F extends { readonly kind: string }>(fault: F): fault is F & BodyFault {
  return Object.hasOwn(effects, fault.kind) || isOrderFault(fault) || isTaskFault(fault)
}
