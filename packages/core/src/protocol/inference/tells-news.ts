import type { Frame } from '../../wire/frame.ts'
import type { TaskEvent, TaskFields } from '../task-event.ts'
import type { StatusCodes } from '../task-status.ts'
import { createTaskDecoder } from './decode-task.ts'
import { withoutQueries } from './without-queries.ts'

/**
 * Whether the second of two answers says more of the task than the first one: its status, its progress, its logs, what it
 * has brought forth so far, whether it has an output, why it failed. Not what may differ between two answers about the
 * same: times, the queries of addresses, and whatever belongs to the answer rather than to the task. An answer that cannot
 * be read says nothing.
 */
export function tellsNews(before: Frame, after: Frame, codes: StatusCodes): boolean {
  const [known, told] = [wordsOf(before, codes), wordsOf(after, codes)]
  return known !== null && told !== null && known !== told
}

/** What a stream would have told, as a text to compare; `null` where the answer cannot be read. */
function wordsOf(frame: Frame, codes: StatusCodes): string | null {
  const events = readEvents(frame, codes)
  if (events === null || events.some(({ type }) => type === 'frame-skipped')) return null
  return JSON.stringify(events.map((event) => (event.type === 'task-fields' ? tell(event.fields) : event)))
}

function readEvents(frame: Frame, codes: StatusCodes): readonly TaskEvent[] | null {
  try {
    return createTaskDecoder(codes)(frame).map(({ event }) => event)
  } catch {
    return null
  }
}

function tell({ status, progress, partialOutput, output, error }: TaskFields): readonly unknown[] {
  return [status, progress, withoutQueries(partialOutput), (output ?? null) !== null, error ?? null]
}
