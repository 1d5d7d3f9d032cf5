import type { StatusChange } from '../protocol/task-event.ts'
import { phaseOf, type TaskPhase, type TaskStatus } from '../protocol/task-status.ts'
import { emptyLogs, type LogState } from './logs.ts'
import { noPartialOutput, type PartialOutput } from './partial-output.ts'
import { startPosition, type Position } from './position.ts'
import type { Progress, ProgressTrack } from './progress.ts'

/** What is true of a task: the fold of everything the server said about it, and of what was asked of it here. */
export interface TaskState {
  readonly position: Position
  readonly id: string | null
  /** What the server last said; see {@link shownStatus} for what to show. */
  readonly status: TaskStatus
  readonly rawStatus: string | number | null
  /** Whether somebody here asked for it to stop and has not been refused. */
  readonly cancelRequested: boolean
  readonly track: ProgressTrack | null
  readonly logs: LogState
  readonly partial: PartialOutput
  readonly output: unknown
  /** Whether the server has told the output, or said at the end that there is none. */
  readonly outputNamed: boolean
  /** Why it failed, in the server's words. */
  readonly error: string | null
  readonly app: string | null
  readonly input: unknown
  readonly sessionId: string | null
  /** Epoch milliseconds, on the server's clock. */
  readonly createdAt: number | null
  /** Epoch microseconds of the newest word, on the server's clock. */
  readonly updatedAtUs: number | null
  /** Epoch microseconds of the newest whole resource: what is older is in it. */
  readonly snapshotAtUs: number | null
  /** Statuses it went through, oldest first, on the server's clock. */
  readonly history: readonly StatusChange[]
  /** Statuses as they were seen here, oldest first, on our clock; empty for what happened before we looked. */
  readonly seen: readonly StatusChange[]
}

/** A task of which nothing is known yet. */
export const initialTask: TaskState = {
  position: startPosition,
  id: null,
  status: 'idle',
  rawStatus: null,
  cancelRequested: false,
  track: null,
  logs: emptyLogs,
  partial: noPartialOutput,
  output: null,
  outputNamed: false,
  error: null,
  app: null,
  input: null,
  sessionId: null,
  createdAt: null,
  updatedAtUs: null,
  snapshotAtUs: null,
  history: [],
  seen: [],
}

/** A task as the API hands it out: plain, read-only, and complete at the moment it was made. */
export interface Task {
  readonly id: string
  readonly status: TaskStatus
  readonly phase: TaskPhase
  /** The status as it stood on the wire. */
  readonly rawStatus: string | number | null
  readonly app: string | null
  readonly input: unknown
  readonly progress: Progress | null
  /** Every line so far. */
  readonly logs: readonly string[]
  readonly partialOutput: unknown
  /** The result, once it has completed. */
  readonly output: unknown
  /** Why it failed, in the server's words. */
  readonly error: string | null
  readonly sessionId: string | null
  /** Epoch milliseconds. */
  readonly createdAt: number | null
  /** Epoch milliseconds. */
  readonly updatedAt: number | null
  /** Statuses it went through, oldest first. */
  readonly history: readonly StatusChange[]
}

/** The state of a task for people outside; `id` is '' while the server has not given one. */
export function toTask(state: TaskState): Task {
  const status = shownStatus(state)
  return {
    id: state.id ?? '',
    status,
    phase: phaseOf(status),
    rawStatus: state.rawStatus,
    app: state.app,
    input: state.input,
    progress: state.track?.progress ?? null,
    // Why a getter: most readers of a task never read its log, and copying it would cost its length each time.
    get logs() {
      return state.logs.lines.toArray()
    },
    partialOutput: state.partial.shown,
    output: shownOutput(state),
    error: state.error,
    sessionId: state.sessionId,
    createdAt: state.createdAt,
    updatedAt: state.updatedAtUs === null ? null : Math.floor(state.updatedAtUs / 1000),
    history: wholeHistory(state),
  }
}

/** What the server told of its statuses, and after that what was seen here: not every update repeats the list. */
function wholeHistory({ history, seen }: TaskState): readonly StatusChange[] {
  const told = new Set(history.map(({ status }) => status))
  const since = seen.filter(({ status }) => !told.has(status))
  if (history.length === 0 || since.length === 0) return history.length === 0 ? seen : history
  return [...history, ...since]
}

/** The status to show: `cancelling` from the moment somebody asked for it until the server says how it ended. */
export function shownStatus(state: TaskState): TaskStatus {
  const phase = phaseOf(state.status)
  const mayCancel = phase === 'pending' || phase === 'running' || phase === 'finishing'
  return state.cancelRequested && mayCancel ? 'cancelling' : state.status
}

/** The result of a completed task. Before that an output is partial, and after a failure it is not a result. */
export function shownOutput(state: TaskState): unknown {
  return state.status === 'completed' ? state.output : null
}
