import type { MarkdownNode } from './nodes.ts'

/** `now`, with each node that is equal to the one in the same place of `before` being that one, the same reference. */
export function keepNodes(before: MarkdownNode, now: MarkdownNode): MarkdownNode {
  if (!('children' in now)) return hasSameFields(before, now) ? before : now
  if (!('children' in before)) return now
  const children = now.children.map((child, at) => {
    const old = before.children[at]
    return old === undefined ? child : keepNodes(old, child)
  })
  const isSame =
    children.length === before.children.length &&
    children.every((child, at) => child === before.children[at]) &&
    hasSameFields(before, now)
  return isSame ? before : ({ ...now, children } as MarkdownNode)
}

/** Whether all but their children is equal; nodes of one type have the same fields. */
function hasSameFields(before: MarkdownNode, now: MarkdownNode): boolean {
  const old: Readonly<Record<string, unknown>> = { ...before }
  return Object.entries(now).every(([name, value]) => name === 'children' || old[name] === value)
}
