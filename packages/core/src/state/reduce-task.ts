import type { Stamp } from '../protocol/protocol.ts'
import type { LocalTaskEvent, TaskEvent, TaskFields } from '../protocol/task-event.ts'
import { isTerminalStatus, taskStatusTable, type TaskStatus } from '../protocol/task-status.ts'
import {
  addLogContent,
  addLogList,
  beginLogsAnew,
  closeLogs,
  doubtLogs,
  reopenLogs,
  type LogState,
} from './logs.ts'
import {
  forecastPartialOutput,
  growPartialOutput,
  reopenPartialOutput,
  storePartialOutput,
  isEmptyOutput,
} from './partial-output.ts'
import { admit, advance, lostPosition } from './position.ts'
import { keepIfSame } from './keep-if-same.ts'
import { trackProgress } from './progress.ts'
import type { TaskState } from './task.ts'

/** What the fold needs to know that no event says. */
export interface FoldContext {
  /** Epoch milliseconds, on our clock. */
  readonly nowMs: number
  /** Most log lines kept. */
  readonly maxLogLines: number
}

/**
 * Applies one stamped event to a task; event and position in one step (L3). The same reference when nothing changed: an
 * event that is known (L4), stale, or about something else. A hole is never applied over: ask `admit` first (L5).
 */
export function reduceTask(
  state: TaskState,
  event: TaskEvent | LocalTaskEvent,
  stamp: Stamp,
  context: FoldContext,
): TaskState {
  if (admit(state.position, stamp) !== 'apply') return state
  const next = apply(state, event, context)
  const position = advance(state.position, stamp)
  return position === state.position ? next : { ...next, position }
}

function apply(state: TaskState, event: TaskEvent | LocalTaskEvent, context: FoldContext): TaskState {
  switch (event.type) {
    case 'task-fields':
      return applyFields(state, event.fields, event.full, context)
    case 'log-lines':
      return withLogs(state, addLogList(state.logs, event.origin, event.lines, context.maxLogLines), context)
    case 'log-content':
      return withLogs(
        state,
        addLogContent(state.logs, event.source, event.content, context.maxLogLines),
        context,
      )
    case 'output-delta': {
      if (isTerminalStatus(state.status)) return state
      return patch(state, { partial: forecastPartialOutput(state.partial, event.seq, event.delta) })
    }
    case 'line-opened':
      return patch(state, {
        logs: reopenLogs(state.logs, event),
        partial: reopenPartialOutput(state.partial),
      })
    case 'stream-began':
      return patch(state, { logs: beginLogsAnew(state.logs) })
    case 'log-doubted':
      return patch(state, { logs: doubtLogs(state.logs) })
    case 'position-lost':
      return patch(state, { position: lostPosition })
    case 'cancel-requested':
      return isTerminalStatus(state.status) ? state : patch(state, { cancelRequested: true })
    case 'cancel-rejected':
      return patch(state, { cancelRequested: false })
    case 'stream-end':
    case 'frame-skipped':
    case 'position-moved':
      return state
    default:
      return event satisfies never
  }
}

function applyFields(state: TaskState, said: TaskFields, full: boolean, context: FoldContext): TaskState {
  if (said.id !== undefined && state.id !== null && said.id !== state.id) return state
  const at = said.updatedAtUs ?? null
  const lastWord = said.status !== undefined && isTerminalStatus(said.status)
  // After the end, what says that it runs, or that it ended otherwise, is late (L7).
  if (isTerminalStatus(state.status) && said.status !== undefined && said.status !== state.status)
    return state
  // A whole resource holds everything up to its stamp; what is older is in it already.
  const covered = full ? state.updatedAtUs : state.snapshotAtUs
  if (!lastWord && at !== null && covered !== null && at < covered) return state
  const status = nextStatus(state, said.status, at)
  const ended = isTerminalStatus(status)
  const next = patch(state, {
    id: state.id ?? said.id ?? null,
    status,
    rawStatus: status === state.status ? state.rawStatus : (said.rawStatus ?? null),
    track: nextTrack(state, said, ended, context),
    ...outputOf(state, said, ended),
    error: said.error === undefined ? state.error : said.error,
    app: said.app ?? state.app,
    input: said.input === undefined ? state.input : keepIfSame(state.input, said.input),
    sessionId: said.sessionId ?? state.sessionId,
    createdAt: said.createdAt ?? state.createdAt,
    updatedAtUs: at === null ? state.updatedAtUs : Math.max(at, state.updatedAtUs ?? at),
    snapshotAtUs: full && at !== null ? at : state.snapshotAtUs,
    history: said.history === undefined ? state.history : keepIfSame(state.history, said.history),
    seen: status === state.status ? state.seen : [...state.seen, { status, at: context.nowMs }],
  })
  return ended && !isTerminalStatus(state.status)
    ? patch(next, { logs: closeLogs(next.logs, context.maxLogLines), cancelRequested: false })
    : next
}

/**
 * Nothing leaves a terminal status (L7). Without a newer stamp the order of a life is kept, but for a task that lost its
 * worker and queues again: what goes back otherwise is late (protocol §3.1).
 */
function nextStatus(state: TaskState, said: TaskStatus | undefined, atUs: number | null): TaskStatus {
  const { status } = state
  if (said === undefined || said === status || isTerminalStatus(status)) return status
  if (isTerminalStatus(said) || said === 'unknown' || status === 'unknown' || status === 'idle') return said
  const newer = atUs !== null && state.updatedAtUs !== null && atUs > state.updatedAtUs
  const requeued = status === 'scheduled' && (said === 'received' || said === 'queued')
  return newer || requeued || taskStatusTable[said].order > taskStatusTable[status].order ? said : status
}

function nextTrack(
  state: TaskState,
  said: TaskFields,
  ended: boolean,
  context: FoldContext,
): TaskState['track'] {
  if (said.progress === undefined || (ended && isTerminalStatus(state.status))) return state.track
  return said.progress === null ? null : trackProgress(state.track, said.progress, context.nowMs)
}

function outputOf(
  state: TaskState,
  said: TaskFields,
  ended: boolean,
): Pick<TaskState, 'output' | 'outputNamed' | 'partial'> {
  const named = said.output !== undefined
  let { partial } = state
  if (said.partialOutput !== undefined)
    partial = storePartialOutput(partial, keepIfSame(partial.fact, said.partialOutput))
  else if (named && !ended) partial = growPartialOutput(partial, keepIfSame(partial.fact, said.output))
  return {
    output: named ? keepIfSame(state.output, said.output) : state.output,
    // Before the end an empty output only says that there is none yet.
    outputNamed: state.outputNamed || (named && (ended || !isEmptyOutput(said.output))),
    partial,
  }
}

function withLogs(state: TaskState, logs: LogState, context: FoldContext): TaskState {
  // After the end there is no more to wait for: an unended line is a line.
  return patch(state, { logs: isTerminalStatus(state.status) ? closeLogs(logs, context.maxLogLines) : logs })
}

function patch(state: TaskState, fields: Partial<TaskState>): TaskState {
  const changed = Object.entries(fields).some(([key, value]) => !Object.is(Reflect.get(state, key), value))
  return changed ? { ...state, ...fields } : state
}
