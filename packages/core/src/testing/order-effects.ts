import type { BodyEffect, BodyMessage } from './body-message.ts'
import type { OrderFault } from './fault-kinds.ts'

type EffectTable = {
  readonly [Kind in OrderFault['kind']]: (fault: Extract<OrderFault, { readonly kind: Kind }>) => BodyEffect
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
}

/** The effect of a fault on the order of one stream, whoever writes it. */
export function orderEffectOf<Kind extends OrderFault['kind']>(
  fault: Extract<OrderFault, { readonly kind: Kind }>,
): BodyEffect {
  return effects[fault.kind](fault)
}

/** Whether a fault changes the order of messages, so that a body that is no stream is safe from it. */
export function isOrderFault<F extends { readonly kind: string }>(fault: F): fault is F & OrderFault {
  return Object.hasOwn(effects, fault.kind)
}
