import type { StoredToolStatus, ToolInvocation } from '../protocol/agent-event.ts'
import { isToolOver } from './agent-ends.ts'
import { byId, keepItems } from './keep-items.ts'

/** How far a call has come; a server never goes back (P§6.2). `unknown` is a word of a newer one, and is believed. */
const stages: Readonly<Record<StoredToolStatus, number | null>> = {
  pending: 0,
  awaiting_approval: 1,
  in_progress: 2,
  awaiting_input: 2,
  completed: 3,
  failed: 3,
  cancelled: 3,
  unknown: null,
}

/**
 * The calls of a message after the server has listed them. A call keeps how it ended (L7), and what says that it is less
 * far than it is known to be is late. `isLate`: the list is older than what is held, so that nothing is missing on purpose.
 */
export function mergeInvocations(
  held: readonly ToolInvocation[],
  said: readonly ToolInvocation[],
  isLate: boolean,
): readonly ToolInvocation[] {
  const known = new Map(held.map((call) => [call.id, call]))
  const listed = said.map((call) => {
    const before = known.get(call.id)
    return before !== undefined && isBack(before.status, call.status) ? before : call
  })
  if (!isLate) return keepItems(held, listed, byId)
  const moved = new Map(listed.map((call) => [call.id, call]))
  const rest = listed.filter(({ id }) => !known.has(id))
  return keepItems(held, [...held.map((call) => moved.get(call.id) ?? call), ...rest], byId)
}

function isBack(held: StoredToolStatus, said: StoredToolStatus): boolean {
  if (isToolOver(held)) return said !== held
  const [before, after] = [stages[held], stages[said]]
  return before !== null && after !== null && after < before
}
