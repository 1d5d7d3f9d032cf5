import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { taskEvents } from '../../test/arbitrary-task.ts'
import { unnumbered } from '../protocol/protocol.ts'
import type { TaskEvent, TaskFields } from '../protocol/task-event.ts'
import { LogLines } from '../state/log-lines.ts'
import { reduceTask } from '../state/reduce-task.ts'
import { initialTask, toTask, type TaskState } from '../state/task.ts'
import { describeUpdate, joinUpdates, newLines, type TaskUpdate } from './task-update.ts'

const context = { nowMs: 0, maxLogLines: 50 }
const fields = (said: TaskFields): TaskEvent => ({ type: 'task-fields', full: false, fields: said })
const reduce = (state: TaskState, event: Parameters<typeof reduceTask>[1]): TaskState =>
  reduceTask(state, event, unnumbered, context)

const running = reduce(initialTask, fields({ id: 't1', status: 'running' }))
const quiet = { logs: [], progress: null, partialOutput: null, output: null, error: null }

/** What `event` is to those who follow a running task; the task itself aside. */
function told(event: TaskEvent): Partial<TaskUpdate> | null {
  const update = describeUpdate(reduce(running, event), running)
  if (update === null) return null
  const { task: _task, ...rest } = update
  return rest
}

describe('describeUpdate', () => {
  const base = { ...quiet, id: 't1', status: 'running', phase: 'running' } as const
  const progress = { value: 0.5, current: 1, total: 2, stage: null }

  it.each<readonly [string, TaskEvent, Partial<TaskUpdate> | null]>([
    ['a status', fields({ status: 'uploading' }), { ...base, status: 'uploading', phase: 'finishing' }],
    ['a line', { type: 'log-lines', origin: 'first', lines: ['a'] }, { ...base, logs: ['a'] }],
    ['an unended line', { type: 'log-content', source: 'task', content: '> a' }, null],
    ['a partial output', fields({ partialOutput: 'half' }), { ...base, partialOutput: 'half' }],
    [
      'progress',
      fields({ progress }),
      { ...base, progress: { ...progress, rate: null, etaMs: null, reportedAt: 0 } },
    ],
    [
      'the end',
      fields({ status: 'completed', output: 'all' }),
      { ...base, status: 'completed', phase: 'success', output: 'all' },
    ],
    [
      'a failure',
      fields({ status: 'failed', error: 'boom' }),
      { ...base, status: 'failed', phase: 'error', error: 'boom' },
    ],
    ['what shows nowhere', fields({ createdAt: 5, updatedAtUs: 7, app: 'a/b' }), null],
  ])('%s', (_name, event, update) => {
    expect(told(event)).toEqual(update)
  })

  it('sets a field only where the step changed it, and everything in the task', () => {
    const state = reduce(running, fields({ partialOutput: 'half' }))
    const update = describeUpdate(reduce(state, fields({ status: 'uploading' })), state)
    expect([update?.partialOutput, update?.task.partialOutput]).toEqual([null, 'half'])
  })

  it('L9: is nothing when nothing changed', () => {
    expect(describeUpdate(running, running)).toBeNull()
  })
})

describe('newLines', () => {
  it('tells each line once over any steps, but for those that were dropped before they were told', () => {
    const steps = fc.array(fc.array(fc.string({ maxLength: 2 }), { maxLength: 6 }))
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 8 }), (life, max) => {
        let lines = LogLines.empty
        for (const fresh of life) {
          const next = lines.append(fresh, max)
          expect(newLines(next, lines)).toEqual(fresh.slice(-max))
          lines = next
        }
      }),
    )
  })

  it('tells of several steps at once what is held of them', () => {
    const before = LogLines.empty.append(['a', 'b'], 3)
    const next = before.append(['c'], 3).append(['d', 'e'], 3)
    expect(newLines(next, before)).toEqual(['c', 'd', 'e'])
    expect(newLines(next, LogLines.empty)).toEqual(['c', 'd', 'e'])
    expect(newLines(next, next)).toEqual([])
  })
})

describe('joinUpdates', () => {
  it('of any life, joined updates say what the single ones say, the newest last', () => {
    fc.assert(
      fc.property(fc.array(taskEvents, { maxLength: 30 }), (events) => {
        let state = initialTask
        let joined: TaskUpdate | null = null
        const single: TaskUpdate[] = []
        for (const event of events) {
          const next = reduce(state, event)
          const update = describeUpdate(next, state)
          state = next
          if (update === null) continue
          single.push(update)
          joined = joined === null ? update : joinUpdates(joined, update, [...joined.logs, ...update.logs])
        }
        if (joined === null) return
        expect(joined.logs).toEqual(toTask(state).logs)
        expect(joined.status).toBe(single.at(-1)?.status)
        for (const key of ['progress', 'partialOutput', 'output', 'error'] as const) {
          expect(joined[key]).toBe(single.findLast((update) => update[key] !== null)?.[key] ?? null)
        }
      }),
      { numRuns: 200 },
    )
  })
})
