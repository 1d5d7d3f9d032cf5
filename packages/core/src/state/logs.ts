import type { LogListOrigin } from '../protocol/task-event.ts'
import { LogLines } from './log-lines.ts'
import { closeLogText, emptyLogText, readLogText, visible, type LogText } from './log-text.ts'

/** What a task has logged, and how far each way of saying it has been read. */
export interface LogState {
  /** Every complete line, oldest first, each once. */
  readonly lines: LogLines
  /** The line that is being written and has no end yet; '' where there is none. */
  readonly tail: string
  /** Cumulative logs by source. */
  readonly texts: Readonly<Record<string, LogText>>
  /** Lines said as lists so far, those dropped since included. */
  readonly listed: number
  /** `listed` when the line was opened: a list that begins with all of these is a list from the start. */
  readonly listedAtOpen: number
  /** Number that the next listed line of this connection has in the whole log; `null` while that is not known. */
  readonly nextListed: number | null
  /** Whether a listed line came late, or may be missing, so that what is held is not the beginning of the resource. */
  readonly reordered: boolean
  /** Whether the next list of this connection may be the first of the whole log. */
  readonly mayBeginAnew: boolean
}

/** Nothing logged. */
export const emptyLogs: LogState = {
  lines: LogLines.empty,
  tail: '',
  texts: {},
  listed: 0,
  listedAtOpen: 0,
  nextListed: null,
  reordered: false,
  mayBeginAnew: false,
}

/** Most lines that are kept when nobody says otherwise; older ones are dropped and counted. */
export const defaultMaxLogLines = 200_000

/** How a new connection goes on, as far as that is known. */
export interface LogReopening {
  /** Whether it goes on after the place that was reached in the stream. */
  readonly isContinued: boolean
  /** Whether it may do so: there is such a place, and it was asked for. */
  readonly mayContinue: boolean
}

/**
 * A new connection counts its lists from its own start, unless it continues the one before: then from where that was, however
 * much the resource has told since. Where that is not known, its first list is looked for from there on.
 */
export function reopenLogs(
  logs: LogState,
  { isContinued, mayContinue }: LogReopening = { isContinued: false, mayContinue: false },
): LogState {
  const nextListed = isContinued ? logs.nextListed : null
  const place = logs.nextListed ?? logs.listedAtOpen
  const listedAtOpen = mayContinue ? Math.min(place, logs.listed) : logs.listed
  // A stream that was begun anew and has not listed anything yet is continued from its very beginning.
  const mayBeginAnew = isContinued && logs.mayBeginAnew
  const isFresh =
    logs.listedAtOpen === listedAtOpen && logs.nextListed === nextListed && logs.mayBeginAnew === mayBeginAnew
  return isFresh ? logs : { ...logs, listedAtOpen, nextListed, mayBeginAnew }
}

/** This connection begins with the first event of the task, or with the whole of it, whatever is held already. */
export function beginLogsAnew(logs: LogState): LogState {
  return logs.nextListed !== null || logs.mayBeginAnew ? logs : { ...logs, mayBeginAnew: true }
}

/** A list may have been lost with a frame. */
export function doubtLogs(logs: LogState): LogState {
  return logs.reordered ? logs : { ...logs, reordered: true }
}

/**
 * Adds a list of lines, each once and none lost (protocol §0a).
 *
 * Lists have no numbers on the wire, so the place of a list in the whole log is found from what is known: the resource
 * begins at 0; so does the first list of a connection when it begins with all that was held before the line was opened;
 * after that each list follows the one before. A connection that begins with an increment instead is laid over what the
 * resource told since the line was opened, as far back as it fits. Where lines repeat, that may be too far back: then a
 * line comes late, when the resource is read next, but never twice.
 */
export function addLogList(
  logs: LogState,
  origin: LogListOrigin,
  lines: readonly string[],
  maxLines: number,
): LogState {
  const shown = lines.map(visible)
  if (origin === 'resource') {
    // An older one than is held, as another tab passes it on: what follows it may lie anywhere in what is held.
    const isOld = shown.length < logs.listedAtOpen
    return addResource(isOld ? { ...logs, listedAtOpen: 0 } : logs, shown, maxLines)
  }
  // Told anew from the beginning over a log with a line missing, places mean nothing: then lines are known by what they say.
  if (logs.mayBeginAnew && logs.reordered) return addListed(logs, notHeld(logs.lines, shown), maxLines)
  const whole = origin === 'first' && logs.nextListed === null && fromTheStart(logs, shown)
  const start = whole || begins(logs, shown) ? 0 : (logs.nextListed ?? placeOf(logs, shown))
  const next = whole ? addResource(logs, shown, maxLines) : addFrom(logs, start, shown, maxLines)
  const nextListed = start + shown.length
  if (next.nextListed === nextListed && !next.mayBeginAnew) return next
  return { ...next, nextListed, mayBeginAnew: next.mayBeginAnew && shown.length === 0 }
}

function addFrom(logs: LogState, start: number, lines: readonly string[], maxLines: number): LogState {
  return addListed(logs, lines.slice(Math.max(0, logs.listed - start)), maxLines)
}

/** What is held is the start of the resource, unless a list was skipped or repeated lines misled {@link placeOf}. */
function addResource(logs: LogState, lines: readonly string[], maxLines: number): LogState {
  if (matches(logs, 0, lines)) return addFrom(logs, 0, lines, maxLines)
  const late = addListed(logs, notHeld(logs.lines, lines.slice(logs.lines.droppedCount)), maxLines)
  return late === logs || logs.reordered ? late : { ...late, reordered: true }
}

function addListed(logs: LogState, fresh: readonly string[], maxLines: number): LogState {
  if (fresh.length === 0) return logs
  return { ...logs, lines: logs.lines.append(fresh, maxLines), listed: logs.listed + fresh.length }
}

/** Those of `lines` that `held` has not, or not as often; in order. */
function notHeld(held: Iterable<string>, lines: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const line of held) counts.set(line, (counts.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const left = counts.get(line) ?? 0
    counts.set(line, left - 1)
    return left <= 0
  })
}

function fromTheStart(logs: LogState, lines: readonly string[]): boolean {
  if (lines.length < logs.listedAtOpen) return false
  if (matches(logs, 0, lines)) return true
  const heldAtOpen = logs.lines.slice(0, logs.listedAtOpen - logs.lines.droppedCount)
  return logs.reordered && heldAtOpen.length > 0 && notHeld(lines, heldAtOpen).length === 0
}

/** Whether a stream that begins with the first event begins with these lines, all of which are held already. */
function begins(logs: LogState, lines: readonly string[]): boolean {
  if (!logs.mayBeginAnew || lines.length === 0) return false
  return matches(logs, 0, lines)
}

function placeOf(logs: LogState, lines: readonly string[]): number {
  for (let place = logs.listedAtOpen; place < logs.listed; place++)
    if (matches(logs, place, lines)) return place
  return logs.listed
}

/** Whether `lines` laid on the log from `place` on differ nowhere from what is held there; dropped lines prove nothing. */
function matches(logs: LogState, place: number, lines: readonly string[]): boolean {
  const { droppedCount } = logs.lines
  const first = Math.max(0, droppedCount - place)
  const end = Math.min(lines.length, logs.listed - place)
  if (first > 0 && first >= end) return false
  for (let index = first; index < end; index++)
    if (logs.lines.at(place + index - droppedCount) !== lines[index]) return false
  return true
}

/** Takes the whole log so far of one source; only its new lines are added. */
export function addLogContent(logs: LogState, source: string, content: string, maxLines: number): LogState {
  const before = Object.hasOwn(logs.texts, source) ? logs.texts[source] : undefined
  const { text, lines } = readLogText(before ?? emptyLogText, content)
  if (text === before || content === '') return logs
  // Lines that were told as a list are those of a task from a cache, which does not know their sources.
  const fresh = before === undefined && logs.listed > 0 ? notHeld(logs.lines, lines) : lines
  return {
    ...logs,
    lines: logs.lines.append(fresh, maxLines),
    tail: visible(text.tail),
    texts: { ...logs.texts, [source]: text },
  }
}

/** Ends every unended line, because the task has ended. */
export function closeLogs(logs: LogState, maxLines: number): LogState {
  const steps = Object.entries(logs.texts).map(([source, text]) => [source, closeLogText(text)] as const)
  const lines = steps.flatMap(([, step]) => step.lines)
  if (lines.length === 0) return logs
  const texts = Object.fromEntries(steps.map(([source, step]) => [source, step.text]))
  return { ...logs, lines: logs.lines.append(lines, maxLines), tail: '', texts }
}
