import type { TaskState } from '../state/task.ts'

/** Whether anything was said that was not known. Where the next list of log lines will stand is our own note. */
export function isNews(next: TaskState, before: TaskState): boolean {
  const { logs } = before
  const isSameLog = next.logs.lines === logs.lines && next.logs.texts === logs.texts
  return Object.entries(next).some(
    ([key, value]) => value !== Reflect.get(before, key) && !(key === 'logs' && isSameLog),
  )
}
