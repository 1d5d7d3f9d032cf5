import type { StreamError } from '@taskstream/core'
import { errorText } from '../task-progress/failure-text.ts'

/** What people read of an error: the server's own words where there are any, else what happened and how to fix it. */
export function errorWords(error: StreamError): string {
  return error.detail ?? errorText(error)
}
