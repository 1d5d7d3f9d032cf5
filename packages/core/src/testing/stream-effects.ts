import type { BodyEffect, StreamWriter } from './body-message.ts'
import type { TaskFault } from './fault-kinds.ts'

type EffectTable = {
  readonly [Kind in TaskFault['kind']]: (
    fault: Extract<TaskFault, { readonly kind: Kind }>,
    updates: StreamWriter,
  ) => BodyEffect
}

const effects: EffectTable = {
  'delta-after-end': (_fault, updates) => ({
    rewrite: (message) =>
      message.endsTask === true ? [message, ...updates.late(message.stepCount ?? 0)] : [message],
  }),
  'stale-snapshot': ({ line }, updates) => ({
    rewrite(message, nth) {
      if (nth !== line || message.stepCount === undefined) return [message]
      return [message, ...updates.stale(message.stepCount)]
    },
  }),
  'error-event': ({ problem, afterEvents }, updates) => ({
    afterMessages: { count: afterEvents, turn: 'eof', lastWord: updates.named('error', problem) },
  }),
}

/** The effect of a fault on a stream whose messages `updates` writes. */
export function taskEffectOf<Kind extends TaskFault['kind']>(
  fault: Extract<TaskFault, { readonly kind: Kind }>,
  updates: StreamWriter,
): BodyEffect {
  return effects[fault.kind](fault, updates)
}

/** Whether a fault says something about a task, which only the writer of its stream can. */
export function isTaskFault<F extends { readonly kind: string }>(fault: F): fault is F & TaskFault {
  return Object.hasOwn(effects, fault.kind)
}
