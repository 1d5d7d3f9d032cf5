import { isRecord, readNumber, readString, type JsonRecord } from '../json.ts'
import type { LogListOrigin, TaskEvent } from '../task-event.ts'

/** Names of the `log_type` numbers (P§3.3). */
export const logSources: readonly string[] = ['build', 'run', 'serve', 'setup', 'task']

/** Keys under which a log entry of an unknown form may hold its text. */
const TEXT_KEYS = ['message', 'text', 'line', 'content']

/**
 * Reads the `logs` of a task in any of their forms (P§0a.1, P§3.3).
 *
 * A string is the whole log so far. Of a list, rows with a `log_type` are the whole log so far of that source, as sent
 * (perhaps base64); strings, and objects that hold one under a usual key, are lines, all in one event. Entries of several
 * lines are split. What holds no text is left out, and so is the event where nothing is left.
 *
 * @param origin - where a list of lines stands
 */
export function readLogs(logs: unknown, origin: LogListOrigin): readonly TaskEvent[] {
  if (typeof logs === 'string') {
    return logs === '' ? [] : [{ type: 'log-content', source: 'task', content: logs }]
  }
  if (!Array.isArray(logs)) return []

  const events: TaskEvent[] = []
  const lines: string[] = []
  for (const entry of logs as readonly unknown[]) {
    const row = isRecord(entry) ? readRow(entry) : null
    if (row !== null) events.push(row)
    // Why one by one: as arguments of one call, the lines of a large entry would exceed the stack.
    else for (const line of splitLines(entry)) lines.push(line)
  }
  if (lines.length > 0) events.push({ type: 'log-lines', origin, lines })
  return events
}

function readRow(entry: JsonRecord): TaskEvent | null {
  const content = readString(entry, 'content')
  if (content === null) return null
  const name = readString(entry, 'log_type')
  if (name !== null) return { type: 'log-content', source: name.toLowerCase(), content }
  const number = readNumber(entry, 'log_type')
  return number === null
    ? null
    : { type: 'log-content', source: logSources[number] ?? `log-${number}`, content }
}

function splitLines(entry: unknown): readonly string[] {
  const text = typeof entry === 'string' ? entry : isRecord(entry) ? readHeldText(entry) : null
  return text === null ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
}

function readHeldText(entry: JsonRecord): string | null {
  for (const key of TEXT_KEYS) {
    const text = readString(entry, key)
    if (text !== null) return text
  }
  return null
}
