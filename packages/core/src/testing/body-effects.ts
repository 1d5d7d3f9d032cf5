import type { UpdateEncoder } from './encode-update.ts'
import type { BodyFault, StreamFault } from './fault-kinds.ts'
import { isStreamFault, streamEffectOf } from './stream-effects.ts'

/** A message on its way out, before it is framed. */
export interface BodyMessage {
  /** Name of the SSE event; `null` when it has none. NDJSON knows no names. */
  readonly event: string | null
  readonly value: unknown
  /** In place of the JSON of the value. */
  readonly text?: string
  /** Bytes that are not UTF-8 stand where {@link SPOILT_CHAR} does. */
  readonly isSpoilt?: boolean
  /** It is the last one of its body. */
  readonly isLast?: boolean
  /** How many steps of the script have happened when it is said; only messages about a task have it. */
  readonly stepCount?: number
  /** It says that the task has ended. */
  readonly endsTask?: boolean
}

/** How a body goes on after a fault: in silence, to a clean end, or to an error. */
export type BodyTurn = 'stall' | 'eof' | 'reset'

/** What a fault does to one body. A fresh one for each body, so that it may count. */
export interface BodyEffect {
  /** What is written in place of the `nth` message, counted from 1. */
  readonly rewrite?: (message: BodyMessage, nth: number) => readonly BodyMessage[]
  /** What `rewrite` still holds back, when the body comes to its own end. */
  readonly flush?: () => readonly BodyMessage[]
  /** What happens once so many messages have been written, 0 or more; `lastWord` is written before. */
  readonly afterMessages?: {
    readonly count: number
    readonly turn: BodyTurn
    readonly lastWord?: BodyMessage
  }
  /** What happens once so many bytes have been written, 0 or more; no byte more is written. */
  readonly afterBytes?: { readonly count: number; readonly turn: BodyTurn }
}

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
