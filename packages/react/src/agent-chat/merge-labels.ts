import { englishChatLabels } from './english-labels.ts'
import type { AgentChatLabels } from './labels.ts'

/** Any of the labels; of a group of labels, any of the group. */
export type SomeAgentChatLabels = {
  readonly [K in keyof AgentChatLabels]?: AgentChatLabels[K] extends string | ((...values: never[]) => string)
    ? AgentChatLabels[K]
    : Partial<AgentChatLabels[K]>
}

/** `given` over the English labels. */
export function mergeLabels(given: SomeAgentChatLabels = {}): AgentChatLabels {
  const english = englishChatLabels
  return {
    ...english,
    ...given,
    connection: { ...english.connection, ...given.connection },
    author: { ...english.author, ...given.author },
    note: { ...english.note, ...given.note },
    toolKind: { ...english.toolKind, ...given.toolKind },
    toolStatus: { ...english.toolStatus, ...given.toolStatus },
    gateTitle: { ...english.gateTitle, ...given.gateTitle },
    planStatus: { ...english.planStatus, ...given.planStatus },
    errorTitle: { ...english.errorTitle, ...given.errorTitle },
    announce: { ...english.announce, ...given.announce },
  }
}

/** Whether two sets of words are the same, so that they may be written in place. */
export function isSameLabels(a: SomeAgentChatLabels, b: SomeAgentChatLabels): boolean {
  return isSameRecord(a, b, (one, other) => isSameRecord(one, other, Object.is))
}

function isSameRecord(a: unknown, b: unknown, isSame: (a: unknown, b: unknown) => boolean): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => isSame(Reflect.get(a, name), Reflect.get(b, name)))
  )
}
