import type { StreamError } from '@taskstream/core'
import type { ShownTask } from './shown-task.ts'
import type { TaskProgressLabels } from './labels.ts'

/** What people read of an error: the server's own words where there are any, else what happened and how to fix it. */
export function failureText({ error, view }: ShownTask, labels: TaskProgressLabels): string | null {
  if (error === null) return null
  // Why not the message: it wraps the server's words in advice to programmers.
  if (error.code === 'task-failed') return view.task.error === '' ? null : view.task.error
  return error.requirements.length > 0 ? labels.requirementsText : (error.detail ?? errorText(error))
}

/** The message of an error without the code that it begins with. */
export function errorText({ code, message }: StreamError): string {
  const mark = `[${code}] `
  return message.startsWith(mark) ? message.slice(mark.length) : message
}
