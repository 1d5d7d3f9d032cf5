import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { repeatableEvents, taskEvents, type AnyTaskEvent } from '../../test/arbitrary-task.ts'
import { unnumbered, type Stamp } from '../protocol/protocol.ts'
import type { TaskFields } from '../protocol/task-event.ts'
import { isTerminalStatus } from '../protocol/task-status.ts'
import { admit } from './position.ts'
import { reduceTask } from './reduce-task.ts'
import { initialTask, shownStatus, type TaskState } from './task.ts'

const at = (nowMs: number): { nowMs: number; maxLogLines: number } => ({ nowMs, maxLogLines: 50 })
const fold = (events: readonly AnyTaskEvent[], from: TaskState = initialTask): TaskState =>
  events.reduce((state, event, index) => reduceTask(state, event, unnumbered, at(index * 100)), from)
const lives = fc.array(taskEvents, { maxLength: 30 })
const runs = { numRuns: 300 }

/** The parts of the state that a key of a message may change. */
const touched: Readonly<Record<keyof TaskFields, readonly (keyof TaskState)[]>> = {
  id: ['id'],
  status: ['status', 'rawStatus', 'seen', 'logs', 'cancelRequested'],
  rawStatus: [],
  progress: ['track'],
  partialOutput: ['partial'],
  output: ['output', 'outputNamed', 'partial'],
  error: ['error'],
  app: ['app'],
  input: ['input'],
  sessionId: ['sessionId'],
  createdAt: ['createdAt'],
  updatedAtUs: ['updatedAtUs', 'snapshotAtUs'],
  history: ['history'],
}

function mayChange(event: AnyTaskEvent): readonly (keyof TaskState)[] {
  switch (event.type) {
    case 'task-fields':
      return Object.entries(touched).flatMap(([key, parts]) => (key in event.fields ? parts : []))
    case 'log-lines':
    case 'log-content':
      return ['logs']
    case 'output-delta':
      return ['partial']
    case 'line-opened':
      return ['logs', 'partial']
    case 'cancel-requested':
    case 'cancel-rejected':
      return ['cancelRequested']
    case 'stream-end':
    case 'frame-skipped':
      return []
  }
}

describe('any life of a task', () => {
  it('L7: a terminal status absorbs everything', () => {
    fc.assert(
      fc.property(lives, lives, fc.constantFrom('completed', 'failed', 'cancelled'), (before, after, end) => {
        let state = fold([...before, { type: 'task-fields', full: false, fields: { status: end } }])
        const { status } = state
        expect(isTerminalStatus(status)).toBe(true)
        for (const event of after) {
          state = fold([event], state)
          expect([state.status, shownStatus(state), state.cancelRequested]).toEqual([status, status, false])
        }
      }),
      runs,
    )
  })

  it('L4: an event that is said again changes nothing, not even the reference', () => {
    fc.assert(
      fc.property(lives, repeatableEvents, (before, event) => {
        const once = fold([event], fold(before))
        expect(fold([event], once)).toBe(once)
      }),
      runs,
    )
  })

  it('keeps its reference when nothing changed, and changes it only with something', () => {
    fc.assert(
      fc.property(lives, taskEvents, (before, event) => {
        const state = fold(before)
        const next = fold([event], state)
        const changed = Object.entries(next).some(([key, part]) => part !== Reflect.get(state, key))
        expect(next !== state).toBe(changed)
      }),
      runs,
    )
  })

  it('L9: what an event does not name keeps its identity', () => {
    fc.assert(
      fc.property(lives, taskEvents, (before, event) => {
        const state = fold(before)
        const next = fold([event], state)
        const allowed = new Set<string>(mayChange(event))
        for (const [key, part] of Object.entries(next)) {
          if (!allowed.has(key)) expect([key, part === Reflect.get(state, key)]).toEqual([key, true])
        }
      }),
      runs,
    )
  })

  it('L2: the moments at which events are folded change only what tells moments', () => {
    fc.assert(
      fc.property(lives, fc.array(fc.nat(100_000)), (life, times) => {
        const timeless = (nowMs: (index: number) => number): unknown => {
          const end = life.reduce(
            (state, event, index) => reduceTask(state, event, unnumbered, at(nowMs(index))),
            initialTask,
          )
          return { ...end, seen: end.seen.map(({ status }) => status), track: null }
        }
        expect(timeless((index) => times[index] ?? 0)).toEqual(timeless(() => 0))
      }),
      runs,
    )
  })

  it('L3, L4, L5: a numbered stream is applied in order, each once, whatever is doubled or missing', () => {
    const deliveries = fc.array(fc.nat(14), { maxLength: 40 })
    const numbered = fc.array(taskEvents, { minLength: 15, maxLength: 15 })
    fc.assert(
      fc.property(numbered, deliveries, (events, order) => {
        let state = initialTask
        let reached = 0
        for (const index of order) {
          const stamp: Stamp = { seq: index + 1, cursor: `c${index}`, rebase: false }
          const event = events[index]
          if (event === undefined) continue
          const verdict = admit(state.position, stamp)
          const next = reduceTask(state, event, stamp, at(index * 100))
          expect(verdict).toBe(index < reached ? 'duplicate' : index === reached ? 'apply' : 'gap')
          if (verdict === 'apply') {
            reached++
            expect(next.position).toEqual({ seq: reached, cursor: `c${index}` })
          } else expect(next).toBe(state)
          state = next
        }
        expect({ ...state, position: null }).toEqual({ ...fold(events.slice(0, reached)), position: null })
      }),
      runs,
    )
  })
})
