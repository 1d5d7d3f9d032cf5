import type { TaskChange, TaskScript, TaskStep } from '@taskstream/core/testing'

const life = [
  ['received', 0],
  ['queued', 200],
  ['scheduled', 5300],
  ['preparing', 5900],
  ['serving', 8100],
  ['setting_up', 9700],
  ['running', 13_200],
  ['uploading', 41_600],
  ['completed', 43_400],
] as const

/** A status on the usual way of a task. */
export type LifeStatus = (typeof life)[number][0]

/** When a usual task comes to a status, in milliseconds since its start. */
export function momentOf(status: LifeStatus): number {
  return life.find(([name]) => name === status)?.[1] ?? 0
}

/** A usual life up to `status`, which then has `more`, and where it stays. */
export function until(status: LifeStatus, more: Omit<TaskStep, 'atMs'> = {}): TaskScript {
  const endMs = momentOf(status)
  return life
    .filter(([, atMs]) => atMs <= endMs)
    .map(([name, atMs]): TaskStep => {
      if (name !== status) return { atMs, set: { status: name } }
      return { ...more, atMs, set: { status: name, ...more.set } }
    })
}

/** A usual life up to `after`, and `waitMs` milliseconds later a change of its own, after which nothing happens. */
export function afterwards(
  after: TaskScript,
  waitMs: number,
  set: TaskChange,
  logs: readonly string[] = [],
): TaskScript {
  return [...after, { atMs: (after.at(-1)?.atMs ?? 0) + waitMs, set, logs }]
}

/** Completed at once, with this output. */
export function gives(output: unknown): TaskScript {
  return [{ atMs: 0, set: { status: 'completed', output } }]
}
