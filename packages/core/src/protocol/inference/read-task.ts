import { hasKey, readValue, type JsonRecord } from '../json.ts'
import type { LogListOrigin, TaskEvent } from '../task-event.ts'
import type { StatusCodes } from '../task-status.ts'
import { readLogs } from './read-logs.ts'
import { readTaskFields } from './read-task-fields.ts'

/** How a message that holds a task is to be taken. */
export interface TaskReading {
  /** The keys that changed, or `null` for those that it holds (P§4.5). */
  readonly named: ReadonlySet<string> | null
  /** Whether it is the whole resource. */
  readonly full: boolean
  /** Where a list of log lines in it stands. */
  readonly origin: LogListOrigin
  readonly codes: StatusCodes
}

/**
 * Reads a task as events: its logs, then its fields.
 *
 * Logs first, so that a terminal status is the last word of its message. Parts that name nothing but the id are no news.
 */
export function readTaskEvents(data: JsonRecord, reading: TaskReading): readonly TaskEvent[] {
  const { named, full, origin, codes } = reading
  const events = saysLogs(data, named) ? [...readLogs(readValue(data, 'logs'), origin)] : []
  const fields = readTaskFields(data, named, codes)
  if (full || Object.keys(fields).some((key) => key !== 'id'))
    events.push({ type: 'task-fields', full, fields })
  return events
}

/** Whether the message says anything of the logs: as with every key, one that was not named is not news. */
export function saysLogs(data: JsonRecord, named: ReadonlySet<string> | null): boolean {
  return named === null ? hasKey(data, 'logs') : named.has('logs')
}
