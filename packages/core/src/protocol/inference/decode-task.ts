import { StreamError } from '../../errors.ts'
import { hasKey, readNumber, readText, readValue, type JsonRecord } from '../json.ts'
import { unnumbered, type Decode, type Stamp, type Stamped } from '../protocol.ts'
import type { TaskEvent } from '../task-event.ts'
import type { StatusCodes } from '../task-status.ts'
import { createStamper, type ResumeMode } from '../stamp-frames.ts'
import { openFrame } from './open-frame.ts'
import { readTaskAnswer } from './read-answers.ts'
import { readTaskEvents, saysLogs } from './read-task.ts'

/** Name of the frame whose data is the body of `GET /tasks/{id}`, envelope and all. */
export const RESOURCE_EVENT = '$resource'

/** Names under which a stream sends the task, beside none at all (P§4.2, P§4.3), and that of its deltas. */
const KNOWN: ReadonlySet<string> = new Set(['update', 'tasks', 'task', 'delta'])

/**
 * Makes a decoder for one connection to the stream of one task, SSE or NDJSON.
 *
 * It remembers two things of its connection: whether a list of log lines has come, and which task it is about, so that a
 * frame about another resource is not taken for this one's.
 *
 * A frame that cannot be read gives `frame-skipped`. The decoder throws the StreamError that the server reports in the
 * stream (P§4.8), or in the envelope of the resource.
 */
export function createTaskDecoder(codes: StatusCodes, resume: ResumeMode = 'auto'): Decode<TaskEvent> {
  const stamper = createStamper(resume)
  let taskId: string | null = null
  let sawLogList = false

  const readMessage = (event: string, text: string): readonly TaskEvent[] => {
    if (event === RESOURCE_EVENT) return readResource(text)
    const opened = openFrame(event, text, KNOWN)
    switch (opened.type) {
      case 'nothing':
        return []
      case 'end':
        return [{ type: 'stream-end' }]
      case 'error':
        throw opened.error
      case 'unreadable':
        return [{ type: 'frame-skipped', error: opened.error }]
      case 'event':
        return opened.event === 'delta' ? readDelta(opened.data) : readUpdate(opened.data, opened.named)
    }
  }

  const readResource = (body: string): readonly TaskEvent[] => {
    try {
      const data = readTaskAnswer(body)
      taskId = readText(data, 'id')
      return readTaskEvents(data, { named: null, full: true, origin: 'resource', codes })
    } catch (thrown) {
      const error = StreamError.from(thrown)
      if (error.code !== 'malformed') throw error
      return [{ type: 'frame-skipped', error }]
    }
  }

  const readUpdate = (data: JsonRecord, named: ReadonlySet<string> | null): readonly TaskEvent[] => {
    const id = readText(data, 'id')
    if (id !== null && taskId !== null && id !== taskId) return []
    taskId ??= id
    const origin = sawLogList ? 'increment' : 'first'
    // An empty list is one too: what follows it is an increment.
    if (saysLogs(data, named) && Array.isArray(readValue(data, 'logs'))) sawLogList = true
    return readTaskEvents(data, { named, full: named === null && isWhole(data), origin, codes })
  }

  const readDelta = (data: JsonRecord): readonly TaskEvent[] => {
    if (!hasKey(data, 'delta')) return [{ type: 'frame-skipped', error: deltaless() }]
    // [wire] P§4.6: the id of a chat message; empty for a plain app run.
    const resourceId = readText(data, 'resource_id')
    if (resourceId !== null && resourceId !== taskId) return []
    return [{ type: 'output-delta', seq: readNumber(data, 'seq'), delta: readValue(data, 'delta') }]
  }

  return (frame) => {
    switch (frame.type) {
      case 'beat':
      case 'retry':
        return []
      case 'id':
        return moved(stamper.id(frame))
      case 'unreadable':
        return [{ stamp: unnumbered, event: { type: 'frame-skipped', error: undecodable(frame.sizeBytes) } }]
      case 'message': {
        const events = readMessage(frame.event, frame.data)
        // The end of a connection is no part of the story, and a sign of life is none either.
        const isEmpty = events.every(({ type }) => type === 'stream-end')
        const stamp = frame.event === RESOURCE_EVENT ? unnumbered : stamper.message(frame, isEmpty)
        if (events.length === 0) return moved(stamp)
        return events.map((event) => ({ stamp, event }))
      }
    }
  }
}

/** What means nothing to us has its place in the stream all the same. */
function moved(stamp: Stamp): readonly Stamped<TaskEvent>[] {
  return stamp === unnumbered ? [] : [{ stamp, event: { type: 'position-moved' } }]
}

/** Whether a message is the whole task rather than a few keys of it: only a resource has both an id and its times. */
function isWhole(data: JsonRecord): boolean {
  return readText(data, 'id') !== null && (hasKey(data, 'created_at') || hasKey(data, 'updated_at'))
}

function undecodable(sizeBytes: number): StreamError {
  return new StreamError(
    'malformed',
    `A line of ${sizeBytes} bytes is not UTF-8, so it was not read. It is skipped and the state is asked for again; ` +
      'if it happens often, look at what sits between here and the server.',
    { retryable: true },
  )
}

function deltaless(): StreamError {
  return new StreamError(
    'malformed',
    'The server sent a delta event without a delta, so there is nothing to add to the output. It is skipped and the ' +
      'state is asked for again.',
    { retryable: true },
  )
}
