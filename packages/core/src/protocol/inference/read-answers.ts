import { isRecord, readNumber, readRecords, readText, readValue, type JsonRecord } from '../json.ts'
import type { TaskStatusReport, TaskTimings, UploadTarget } from '../protocol.ts'
import type { TaskEvent } from '../task-event.ts'
import { readTaskStatus, type StatusCodes, type TaskStatus } from '../task-status.ts'
import { readBody, readBodyRecord, unexpectedBody } from './envelope.ts'
import { readTaskEvents } from './read-task.ts'
import { readHistory } from './read-task-fields.ts'
import { readTimeMs } from './read-time.ts'

/**
 * Reads the body of an answer that is a task.
 *
 * @throws {StreamError} `malformed` when it is none: a task has an id
 */
export function readTaskAnswer(body: string): JsonRecord {
  const data = readBodyRecord(body, 'a task')
  if (readText(data, 'id') === null) throw unexpectedBody('a task')
  return data
}

/** Reads the answer of `GET /tasks/{id}/status` (P§3.4). @throws {StreamError} `malformed` */
export function readStatusAnswer(body: string, codes: StatusCodes): TaskStatusReport {
  const data = readBodyRecord(body, "a task's status")
  const id = readText(data, 'id')
  if (id === null) throw unexpectedBody("a task's status")
  return {
    id,
    status: readRequiredStatus(data, codes, "a task's status"),
    updatedAt: readTimeMs(readValue(data, 'updated_at')),
  }
}

/** Reads the answer of `GET /tasks/{id}/logs` (P§3.4) as the whole log so far. @throws {StreamError} `malformed` */
export function readLogsAnswer(body: string, codes: StatusCodes): readonly TaskEvent[] {
  const data = readBodyRecord(body, "a task's logs")
  const id = readText(data, 'task_id')
  if (id === null) throw unexpectedBody("a task's logs")
  // Why not the whole record: its `id`, if it has one, would not be the task's.
  const task = {
    id,
    status: readValue(data, 'status'),
    events: readValue(data, 'events'),
    logs: readValue(data, 'logs'),
  }
  return readTaskEvents(task, { named: null, full: false, origin: 'resource', codes })
}

/** Reads the answer of `GET /tasks/{id}/timings` (P§3.4, appendix A4). @throws {StreamError} `malformed` */
export function readTimingsAnswer(body: string, codes: StatusCodes): TaskTimings {
  const data = readBodyRecord(body, "a task's timings")
  return {
    status: readRequiredStatus(data, codes, "a task's timings"),
    totalDurationMs: readNumber(data, 'total_duration_ms'),
    groups: readRecords(data, 'groups').flatMap((group) => {
      const startAt = readTimeMs(readValue(group, 'start_at'))
      if (startAt === null) return []
      const endAt = readTimeMs(readValue(group, 'end_at'))
      const durationMs = readNumber(group, 'duration_ms') ?? (endAt === null ? 0 : endAt - startAt)
      return [{ label: readText(group, 'label') ?? '', startAt, endAt, durationMs }]
    }),
    events: readHistory(data, codes),
  }
}

/** Reads the answer of `POST /files` for one file (P§8). @throws {StreamError} `malformed` */
export function readUploadAnswer(body: string): UploadTarget {
  const value = readBody(body)
  const file: unknown = Array.isArray(value) ? value[0] : value
  const uploadUrl = isRecord(file) ? readText(file, 'upload_url') : null
  const uri = isRecord(file) ? readText(file, 'uri') : null
  // Why the scheme: the address comes from outside, and the bytes of a file are sent to it.
  if (uploadUrl === null || uri === null || !/^https?:\/\//i.test(uploadUrl))
    throw unexpectedBody('a place to upload a file to')
  return { uploadUrl, uri }
}

function readRequiredStatus(data: JsonRecord, codes: StatusCodes, what: string): TaskStatus {
  const status = readTaskStatus(readValue(data, 'status'), codes)
  if (status === null) throw unexpectedBody(what)
  return status
}
