import * as fc from 'fast-check'
import type { LogListOrigin } from '../src/protocol/task-event.ts'
import { addLogList, emptyLogs, reopenLogs, type LogState } from '../src/state/logs.ts'

/** One connection to a server that says its log as lists of lines. Moments are counted in lines written. */
export interface LogLife {
  /** Lines written before it opens, heard by nobody. */
  readonly away: number
  /** Lines written from the opening to the moment at which the resource is read, then to its arrival, then to the drop. */
  readonly untilRead: number
  readonly untilAnswer: number
  readonly untilDrop: number
  /** Whether the line drops before the resource has arrived. */
  readonly dropsEarly: boolean
  /** Lines in one message. */
  readonly perMessage: number
  /** Which messages are lost as unreadable frames: each one at a place that this divides; 0 for none. */
  readonly skipEvery: number
}

/** Lives of connections; `mayLose` allows unreadable frames. */
export function logLives(mayLose: boolean): fc.Arbitrary<LogLife[]> {
  return fc.array(
    fc.record({
      away: fc.nat(4),
      untilRead: fc.nat(4),
      untilAnswer: fc.nat(4),
      untilDrop: fc.nat(6),
      dropsEarly: fc.boolean(),
      perMessage: fc.integer({ min: 1, max: 3 }),
      skipEvery: mayLose ? fc.nat(3) : fc.constant(0),
    }),
    { maxLength: 6 },
  )
}

/** How a server says its log. */
export interface LogServer {
  /** Every line that it ever writes. */
  readonly lines: readonly string[]
  /** Whether a connection begins with everything so far. */
  readonly greets: boolean
  readonly maxLines: number
}

/**
 * Folds what such a server says during `lives`, then the whole log as the resource says it at the end. `check` sees
 * each state with the number of lines written by then.
 */
export function followLog(
  server: LogServer,
  lives: readonly LogLife[],
  check: (logs: LogState, written: number) => void,
): LogState {
  let logs = emptyLogs
  let written = 0
  const write = (count: number): readonly string[] => {
    const from = written
    written = Math.min(server.lines.length, written + count)
    return server.lines.slice(from, written)
  }
  const take = (origin: LogListOrigin, lines: readonly string[]): void => {
    if (lines.length > 0) logs = addLogList(logs, origin, lines, server.maxLines)
    check(logs, written)
  }

  for (const life of lives) {
    write(life.away)
    logs = reopenLogs(logs)
    const line = createLine(server, life)
    if (server.greets) line.send(server.lines.slice(0, written))
    line.sendAll(write(life.untilRead))
    const resource = server.lines.slice(0, written)
    line.sendAll(write(life.untilAnswer))
    if (life.dropsEarly) continue
    take('resource', resource)
    for (const { origin, lines } of line.flush()) take(origin, lines)
    line.sendAll(write(life.untilDrop))
    for (const { origin, lines } of line.flush()) take(origin, lines)
  }
  write(server.lines.length)
  logs = reopenLogs(logs)
  take('resource', server.lines)
  return logs
}

/** The messages of one connection, read as the decoder reads them: the first list is the first, be it empty. */
function createLine({ greets }: LogServer, { perMessage, skipEvery }: LogLife) {
  let sent: { readonly origin: LogListOrigin; readonly lines: readonly string[] }[] = []
  let count = 0
  let sawList = false
  const send = (lines: readonly string[]): void => {
    count++
    // A greeting that cannot be read is a line that does not greet.
    if (skipEvery > 0 && count % skipEvery === 0 && !(greets && count === 1)) return
    sent.push({ origin: sawList ? 'increment' : 'first', lines })
    sawList = true
  }
  return {
    send,
    sendAll(lines: readonly string[]) {
      for (let at = 0; at < lines.length; at += perMessage) send(lines.slice(at, at + perMessage))
    },
    flush() {
      const due = sent
      sent = []
      return due
    },
  }
}
