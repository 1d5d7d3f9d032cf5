import { hasKey, isRecord, readRecords, readText, readValue, type JsonRecord } from '../json.ts'
import type { StatusChange, TaskFields } from '../task-event.ts'
import { readTaskStatus, type StatusCodes, type TaskStatus } from '../task-status.ts'
import { errorText } from './error-text.ts'
import { readProgress } from './read-progress.ts'
import { readTimeMs, readTimeUs } from './read-time.ts'
import type { TaskWire } from './wire-types.ts'

type Draft = { -readonly [Key in keyof TaskFields]: TaskFields[Key] }

/**
 * Reads a task, or the named keys of it, in our words.
 *
 * With `named`, exactly those keys are copied, and the id: one that `data` does not hold is `null`, that is cleared, and
 * what `data` holds beside them is the server's zero value and not news (P§4.5). Without, the keys that `data` holds are
 * copied. Status and id are never cleared. Logs are read elsewhere.
 */
export function readTaskFields(
  data: JsonRecord,
  named: ReadonlySet<string> | null,
  codes: StatusCodes,
): TaskFields {
  const says = (key: keyof TaskWire): boolean => (named === null ? hasKey(data, key) : named.has(key))
  const fields: Draft = {}

  const id = readText(data, 'id')
  if (id !== null) fields.id = id
  readStatusInto(fields, data, says, codes)
  if (says('progress')) fields.progress = readProgress(readValue(data, 'progress'))
  if (says('partial_output')) fields.partialOutput = readValue(data, 'partial_output')
  if (says('output')) fields.output = readValue(data, 'output')
  if (says('error')) fields.error = errorText(readValue(data, 'error'))
  if (says('app')) readAppInto(fields, data, named !== null)
  if (says('input')) fields.input = readValue(data, 'input')
  if (says('session_id')) fields.sessionId = readText(data, 'session_id')
  if (says('created_at')) fields.createdAt = readTimeMs(readValue(data, 'created_at'))
  if (says('updated_at')) fields.updatedAtUs = readTimeUs(readValue(data, 'updated_at'))
  if (says('events') && (named !== null || readValue(data, 'events') !== null)) {
    fields.history = readHistory(data, codes)
  }
  return fields
}

/** Reads the `events` of a task, in the order sent; rows without a status or a time are left out (P§3.3). */
export function readHistory(data: JsonRecord, codes: StatusCodes): readonly StatusChange[] {
  return readRecords(data, 'events').flatMap((row) => {
    const status = readTaskStatus(readValue(row, 'status'), codes)
    const at =
      readTimeMs(readValue(row, 'event_time')) ??
      readTimeMs(readValue(row, 'timestamp')) ??
      readTimeMs(readValue(row, 'created_at'))
    return status === null || at === null ? [] : [{ status, at }]
  })
}

/** `status_text` wins where it is a word that we know, because numbers differ between servers (P§0a.1). */
function readStatusInto(
  fields: Draft,
  data: JsonRecord,
  says: (key: keyof TaskWire) => boolean,
  codes: StatusCodes,
): void {
  const raw = says('status') ? readValue(data, 'status') : null
  const text = says('status_text') ? readText(data, 'status_text') : null
  const status = knownStatus(text, codes) ?? readTaskStatus(raw, codes) ?? readTaskStatus(text, codes)
  if (status === null) return
  fields.status = status
  if (typeof raw === 'number' || typeof raw === 'string') fields.rawStatus = raw
  else if (text !== null) fields.rawStatus = text
}

function knownStatus(text: string | null, codes: StatusCodes): TaskStatus | null {
  const status = readTaskStatus(text, codes)
  return status === 'unknown' ? null : status
}

/**
 * The app is a reference, or an object with its name. In a whole task `null` means that it was not loaded (P§3.3), which
 * is no news, so only a named key clears it.
 */
function readAppInto(fields: Draft, data: JsonRecord, isNamed: boolean): void {
  const value = readValue(data, 'app')
  const app = isRecord(value) ? readText(value, 'name') : readText(data, 'app')
  if (app !== null || isNamed) fields.app = app
}
