import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unnumbered } from '../protocol/protocol.ts'
import type { LocalTaskEvent, TaskEvent } from '../protocol/task-event.ts'
import { reduceTask } from './reduce-task.ts'
import { initialTask, toTask, type TaskState } from './task.ts'

const context = { nowMs: 0, maxLogLines: 10 }

/** The text of `response` that a reader sees: of the result at the end, of what is generated before. */
function shownResponse(state: TaskState): string {
  const { status, output, partialOutput } = toTask(state)
  const shown = status === 'completed' ? output : partialOutput
  const response: unknown =
    typeof shown === 'object' && shown !== null && 'response' in shown ? shown.response : ''
  return typeof response === 'string' ? response : 'not a text'
}

/** One connection: opened, the resource asked for, its events held until the answer, then heard as they come. */
const life = fc.record({
  run: fc.nat(8),
  away: fc.nat(6),
  loses: fc.boolean(),
  doubles: fc.boolean(),
  greets: fc.boolean(),
  answerAfter: fc.nat(4),
  answerIsStale: fc.boolean(),
})

describe('fact and forecast, whatever is lost, doubled, late or stale', () => {
  it.each([0, 1])(
    'L12: shown text is a prefix of the truth, never shrinks, ends as it; numbered from %i',
    (base) => {
      let ahead = 0
      let holes = 0
      fc.assert(
        fc.property(
          fc.array(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 30 }),
          fc.integer({ min: 1, max: 7 }),
          fc.array(life, { maxLength: 8 }),
          fc.constantFrom('output' as const, 'partialOutput' as const),
          (tokens, stride, lives, field) => {
            const truth = tokens.join('')
            let state = initialTask
            let made = 0
            let shown = ''

            const stored = (at: number): TaskEvent => {
              const ended = at >= tokens.length
              const count = ended ? tokens.length : at - (at % stride)
              const fact = count === 0 ? {} : { response: tokens.slice(0, count).join('') }
              return {
                type: 'task-fields',
                full: true,
                fields: {
                  status: ended ? 'completed' : 'running',
                  updatedAtUs: count,
                  ...(ended ? { output: fact } : { output: null, [field]: fact }),
                },
              }
            }
            const take = (event: TaskEvent | LocalTaskEvent): void => {
              // A server that counts from 0 and whose first piece was missed looks like one that counts from 1.
              if (event.type === 'output-delta')
                fc.pre(base === 1 || event.seq !== 1 || state.partial.lastSeq !== null)
              state = reduceTask(state, event, unnumbered, context)
              const next = shownResponse(state)
              expect(truth.startsWith(next)).toBe(true)
              expect(next.length).toBeGreaterThanOrEqual(shown.length)
              shown = next
              if (state.partial.shown !== state.partial.fact && state.partial.fact !== null) ahead++
              if (!state.partial.whole) holes++
            }

            for (const { run, away, loses, doubles, greets, answerAfter, answerIsStale } of lives) {
              take({ type: 'line-opened', isContinued: false, mayContinue: false })
              const held: TaskEvent[] = greets ? [stored(made)] : []
              const asked = stored(made)
              let answered = false
              const emit = (event: TaskEvent): void => {
                if (answered) take(event)
                else held.push(event)
              }
              for (let step = 0; step <= run; step++) {
                if (!answered && step >= answerAfter) {
                  take(answerIsStale ? asked : stored(made))
                  answered = true
                  for (const event of held) take(event)
                }
                if (made >= tokens.length) break
                const delta: TaskEvent = {
                  type: 'output-delta',
                  seq: made + base,
                  delta: { response: tokens[made] ?? '' },
                }
                made++
                if (!(loses && step === 2)) emit(delta)
                if (doubles && step === 1) emit(delta)
                if (made % stride === 0 || made === tokens.length) emit(stored(made))
              }
              made = Math.min(tokens.length, made + away)
            }
            take(stored(tokens.length))
            expect(shown).toBe(truth)
          },
        ),
        { numRuns: 600 },
      )
      // The property would be idle if nothing were ever forecast or lost.
      expect(ahead).toBeGreaterThan(100)
      expect(holes).toBeGreaterThan(100)
    },
  )
})
