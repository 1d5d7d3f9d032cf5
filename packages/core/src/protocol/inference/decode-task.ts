import { hasKey, readNumber, readText, readValue, type JsonRecord } from '../json.ts'
import type { Decode } from '../protocol.ts'
import type { ResumeMode } from '../stamp-frames.ts'
import type { TaskEvent } from '../task-event.ts'
import type { StatusCodes } from '../task-status.ts'
import { createFrameDecoder } from './decode-frames.ts'
import { readTaskAnswer } from './read-answers.ts'
import { readTaskEvents, saysLogs } from './read-task.ts'

/** Names under which a stream sends the task, beside none at all (P§4.2, P§4.3), and that of its deltas. */
const KNOWN: ReadonlySet<string> = new Set(['update', 'tasks', 'task', 'delta'])

/**
 * Makes a decoder for one connection to the stream of one task, see {@link createFrameDecoder}. The resource is the body
 * of `GET /tasks/{id}`.
 *
 * It remembers two things of its connection: whether a list of log lines has come, and which task it is about, so that a
 * frame about another resource is not taken for this one's.
 */
export function createTaskDecoder(codes: StatusCodes, resume: ResumeMode = 'auto'): Decode<TaskEvent> {
  let taskId: string | null = null
  let sawLogList = false

  const resource = (body: string): readonly TaskEvent[] => {
    const data = readTaskAnswer(body)
    taskId = readText(data, 'id')
    return readTaskEvents(data, { named: null, full: true, origin: 'resource', codes })
  }

  const update = (
    _event: string,
    data: JsonRecord,
    named: ReadonlySet<string> | null,
  ): readonly TaskEvent[] => {
    const id = readText(data, 'id')
    if (id !== null && taskId !== null && id !== taskId) return []
    taskId ??= id
    const origin = sawLogList ? 'increment' : 'first'
    // An empty list is one too: what follows it is an increment.
    if (saysLogs(data, named) && Array.isArray(readValue(data, 'logs'))) sawLogList = true
    return readTaskEvents(data, { named, full: named === null && isWhole(data), origin, codes })
  }

  const delta = (data: JsonRecord): readonly TaskEvent[] => {
    // [wire] P§4.6: the id of a chat message; empty for a plain app run.
    const resourceId = readText(data, 'resource_id')
    if (resourceId !== null && resourceId !== taskId) return []
    return [{ type: 'output-delta', seq: readNumber(data, 'seq'), delta: readValue(data, 'delta') }]
  }

  return createFrameDecoder<TaskEvent>(resume, { known: KNOWN, resource, update, delta })
}

/** Whether a message is the whole task rather than a few keys of it: only a resource has both an id and its times. */
function isWhole(data: JsonRecord): boolean {
  return readText(data, 'id') !== null && (hasKey(data, 'created_at') || hasKey(data, 'updated_at'))
}
