/** A task's status in the public vocabulary. `idle` is ours (nothing was started); `unknown` is a word we do not know. */
export type TaskStatus =
  | 'idle'
  | 'unknown'
  | 'received'
  | 'queued'
  | 'scheduled'
  | 'preparing'
  | 'serving'
  | 'setting_up'
  | 'running'
  | 'cancelling'
  | 'uploading'
  | 'completed'
  | 'failed'
  | 'cancelled'

/** The status in seven words, for a user interface that does not care which machine is being prepared. */
export type TaskPhase = 'idle' | 'pending' | 'running' | 'finishing' | 'success' | 'error' | 'cancelled'

interface StatusRow {
  readonly phase: TaskPhase
  readonly terminal: boolean
  /** Place in the usual life; a later word never goes back to an earlier one, but for a requeue (protocol §3.1). */
  readonly order: number
  /** Number on the wire in the streaming reference, the default. */
  readonly referenceCode: number | null
  /** Number on the wire of the live service, where 8 is cancelling. */
  readonly liveCode: number | null
  /** Other words for it on the wire. */
  readonly aliases: readonly string[]
}

/** The one table from which every predicate, order and number derives. */
export const taskStatusTable: Readonly<Record<TaskStatus, StatusRow>> = {
  idle: row('idle', false, -1, null, null),
  unknown: row('pending', false, 0, 0, 0),
  received: row('pending', false, 1, 1, 1),
  queued: row('pending', false, 2, 2, 2),
  scheduled: row('pending', false, 3, 3, 3, 'dispatched'),
  preparing: row('pending', false, 4, 4, 4),
  serving: row('pending', false, 5, 5, 5),
  setting_up: row('pending', false, 6, 6, 6),
  running: row('running', false, 7, 7, 7),
  cancelling: row('finishing', false, 8, null, 8, 'canceling'),
  uploading: row('finishing', false, 9, 8, 9),
  completed: row('success', true, 10, 10, 10),
  failed: row('error', true, 11, 11, 11),
  cancelled: row('cancelled', true, 12, 12, 12, 'canceled'),
}

function row(
  phase: TaskPhase,
  terminal: boolean,
  order: number,
  referenceCode: number | null,
  liveCode: number | null,
  ...aliases: string[]
): StatusRow {
  return { phase, terminal, order, referenceCode, liveCode, aliases }
}

/** Every status, in the order of a usual life. */
export const taskStatuses: readonly TaskStatus[] = Object.keys(taskStatusTable).filter(isTaskStatus)

/** The numbers that a server sends for statuses. */
export type StatusCodes = Readonly<Record<number, TaskStatus>>

/** The numbers of the streaming reference, where 8 is uploading. The default. */
export const referenceStatusCodes: StatusCodes = codesOf('referenceCode')

/** The numbers of the live service, where 8 is cancelling and 9 is uploading (protocol §3.1). */
export const liveStatusCodes: StatusCodes = codesOf('liveCode')

/** Whether nothing can change the status any more. */
export function isTerminalStatus(status: TaskStatus): boolean {
  return taskStatusTable[status].terminal
}

/** The phase of a status. */
export function phaseOf(status: TaskStatus): TaskPhase {
  return taskStatusTable[status].phase
}

/** Whether `word` is one of our status words, spelled as we spell it. */
export function isTaskStatus(word: string): word is TaskStatus {
  return Object.hasOwn(taskStatusTable, word)
}

const words: ReadonlyMap<string, TaskStatus> = new Map(
  taskStatuses.flatMap((status) =>
    [status, ...taskStatusTable[status].aliases].map((word) => [word, status] as const),
  ),
)

/**
 * Reads a status as a server sends it: a number, a number in a string, or a name in any case and with spaces or hyphens.
 * What it does not know is `unknown`, which is never terminal; `null` and `undefined` are `null`: not said.
 */
export function readTaskStatus(raw: unknown, codes: StatusCodes = referenceStatusCodes): TaskStatus | null {
  if (raw === null || raw === undefined) return null
  if (typeof raw === 'number') return codes[raw] ?? 'unknown'
  if (typeof raw !== 'string') return 'unknown'
  const word = raw
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
  if (/^\d+$/.test(word)) return codes[Number(word)] ?? 'unknown'
  const status = words.get(word)
  return status === undefined || status === 'idle' ? 'unknown' : status
}

function codesOf(column: 'referenceCode' | 'liveCode'): StatusCodes {
  const codes: Record<number, TaskStatus> = {}
  for (const status of taskStatuses) {
    const code = taskStatusTable[status][column]
    if (code !== null) codes[code] = status
  }
  return codes
}
