import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { taskEvents } from '../../test/arbitrary-task.ts'
import { unnumbered } from '../protocol/protocol.ts'
import { hydrateTask } from './hydrate-task.ts'
import { reduceTask } from './reduce-task.ts'
import { initialTask, toTask, type TaskState } from './task.ts'

const context = { nowMs: 0, maxLogLines: 50 }
const fold = (events: readonly Parameters<typeof reduceTask>[1][], from: TaskState): TaskState =>
  events.reduce((state, event) => reduceTask(state, event, unnumbered, context), from)

describe('hydrateTask', () => {
  it('a task says of itself what it said before, after any life and through JSON', () => {
    fc.assert(
      fc.property(fc.array(taskEvents, { maxLength: 25 }), (events) => {
        const task = toTask(fold(events, initialTask))
        expect({ ...toTask(hydrateTask(task)) }).toEqual({ ...task })
        const parsed = JSON.parse(JSON.stringify(task)) as typeof task
        expect(JSON.stringify(toTask(hydrateTask(parsed)))).toBe(JSON.stringify(task))
      }),
      { numRuns: 200 },
    )
  })

  it('goes on from there: one that had no id takes the one that it is told', () => {
    const state = hydrateTask(toTask(initialTask))
    const next = fold([{ type: 'task-fields', full: true, fields: { id: 't1', status: 'running' } }], state)
    expect([next.id, next.status]).toEqual(['t1', 'running'])
  })

  it('goes on from there: the whole log told again adds only new lines, as lists or as text', () => {
    const before = fold(
      [
        { type: 'task-fields', full: true, fields: { id: 't1', status: 'running' } },
        { type: 'log-content', source: 'setup', content: '> a\n' },
        { type: 'log-content', source: 'task', content: '> a\n> b\n' },
      ],
      initialTask,
    )
    const opened = fold(
      [{ type: 'line-opened', isContinued: false, mayContinue: false }],
      hydrateTask(toTask(before)),
    )
    const text = fold([{ type: 'log-content', source: 'task', content: '> a\n> b\n> c\n' }], opened)
    expect(toTask(text).logs).toEqual(['> a', '> a', '> b', '> c'])
    const list = fold(
      [{ type: 'log-lines', origin: 'resource', lines: ['> a', '> a', '> b', '> c'] }],
      opened,
    )
    expect(toTask(list).logs).toEqual(['> a', '> a', '> b', '> c'])
  })

  it('shows that it is being cancelled until the server says otherwise', () => {
    const asked = fold([{ type: 'cancel-requested' }], { ...initialTask, id: 't1', status: 'running' })
    const state = hydrateTask(toTask(asked))
    expect(toTask(state).status).toBe('cancelling')
    expect(toTask(fold([{ type: 'cancel-rejected' }], state)).status).toBe('running')
  })
})
