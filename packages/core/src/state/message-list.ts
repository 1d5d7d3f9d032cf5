import type { MessageState } from './agent.ts'

/** Where the message with this id is, and -1 where it is not. Searched from the end, where nearly everything happens. */
export function placeOfId(messages: readonly MessageState[], id: string): number {
  return messages.findLastIndex((message) => message.id === id)
}

/** Where the message with this key is, and -1 where it is not. */
export function placeOfKey(messages: readonly MessageState[], key: string): number {
  return messages.findLastIndex((message) => message.key === key)
}

/**
 * The list with `message` in place of the one at `place`, or added where that is -1; in the order in which messages are
 * shown: by their place in the chat, then by time, then by id, and last what the server does not have yet, as it was sent.
 */
export function putMessage(
  messages: readonly MessageState[],
  place: number,
  message: MessageState,
): readonly MessageState[] {
  if (messages[place] === message) return messages
  const next = messages.slice()
  const before = messages[place - 1]
  const after = messages[place + 1]
  const stays =
    place !== -1 &&
    (before === undefined || compareMessages(before, message) <= 0) &&
    (after === undefined || compareMessages(message, after) <= 0)
  if (stays) {
    next[place] = message
    return next
  }
  if (place !== -1) next.splice(place, 1)
  const last = next.findLastIndex((other) => compareMessages(other, message) <= 0)
  next.splice(last + 1, 0, message)
  return next
}

function compareMessages(a: MessageState, b: MessageState): number {
  if (a.fact === null || b.fact === null) return (a.fact === null ? 1 : 0) - (b.fact === null ? 1 : 0)
  const byOrder = compareNumbers(a.fact.order, b.fact.order)
  if (byOrder !== 0) return byOrder
  const byTime = compareNumbers(a.fact.createdAt, b.fact.createdAt)
  if (byTime !== 0) return byTime
  const [idA, idB] = [a.id ?? '', b.id ?? '']
  return idA < idB ? -1 : idA > idB ? 1 : 0
}

/** What was not told comes last. */
function compareNumbers(a: number | null, b: number | null): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? 1 : -1
  return a - b
}
