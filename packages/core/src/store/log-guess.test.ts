import { describe, expect, it } from 'vitest'
import { unnumbered } from '../protocol/protocol.ts'
import type { LogListOrigin, TaskEvent } from '../protocol/task-event.ts'
import { addLogList, emptyLogs, reopenLogs, type LogState } from '../state/logs.ts'
import { isLogGuess } from './log-guess.ts'

function list(origin: LogListOrigin, ...lines: string[]): TaskEvent {
  return { type: 'log-lines', origin, lines }
}

function guesses(before: LogState, event: TaskEvent): boolean {
  const next = event.type === 'log-lines' ? addLogList(before, event.origin, event.lines, 100) : before
  return isLogGuess([{ stamp: unnumbered, event }], before, next)
}

const held = addLogList(emptyLogs, 'increment', ['a', 'b'], 100)
/** A connection after the first, on which the resource told one more line. */
const reopened = addLogList(reopenLogs(held), 'resource', ['a', 'b', 'c'], 100)

describe('isLogGuess', () => {
  it.each<[string, LogState, TaskEvent, boolean]>([
    ['lines of the first connection', emptyLogs, list('first', 'a'), false],
    ['lines that follow others of the same connection', held, list('increment', 'b'), false],
    ['the resource, which is whole', reopened, list('resource', 'a', 'b', 'c'), false],
    ['new lines after a reconnection', reopened, list('first', 'd'), false],
    ['a line that may be new or the one that the resource told', reopened, list('first', 'c'), true],
    ['a list from the start, which may be one by chance', reopened, list('first', 'a', 'b', 'c', 'd'), true],
    ['no list at all', reopened, { type: 'task-fields', full: false, fields: { status: 'running' } }, false],
  ])('%s', (_name, before, event, wanted) => {
    expect(guesses(before, event)).toBe(wanted)
  })
})
