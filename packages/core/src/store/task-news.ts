import type { TaskState } from '../state/task.ts'

/**
 * Whether anything was said that was not known. How far the stream was read, and where the next list of log lines will
 * stand, are notes of our own.
 */
export function isNews(next: TaskState, before: TaskState): boolean {
  const { logs } = before
  const isSameLog = next.logs.lines === logs.lines && next.logs.texts === logs.texts
  return Object.entries(next).some(
    ([key, value]) =>
      value !== Reflect.get(before, key) && key !== 'position' && !(key === 'logs' && isSameLog),
  )
}
