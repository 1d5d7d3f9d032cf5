import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkScript, countDue, createTaskFold, endOf, taskAfter, taskAt, type TaskScript } from './script.ts'

const script: TaskScript = [
  { atMs: 0, set: { status: 'received' } },
  { atMs: 10, set: { status: 'running', progress: { current: 1, total: 2 } }, logs: ['a', 'b'] },
  { atMs: 10, delta: { response: 'x' } },
  { atMs: 20, set: { progress: null, partialOutput: { n: 1 } }, logs: ['c'] },
  { atMs: 30, set: { status: 'completed', output: 42 } },
]

describe('the task at a moment', () => {
  it('is the fold of the steps up to it', () => {
    expect(taskAt(script, -1)).toMatchObject({ status: 'received', logs: [], history: [], changedAtMs: 0 })
    expect(taskAt(script, 10)).toEqual({
      status: 'running',
      progress: { current: 1, total: 2 },
      partialOutput: null,
      output: null,
      error: null,
      logs: ['a', 'b'],
      deltaCount: 1,
      history: [
        { status: 'received', atMs: 0 },
        { status: 'running', atMs: 10 },
      ],
      changedAtMs: 10,
    })
    expect(taskAt(script, 29)).toMatchObject({
      progress: null,
      partialOutput: { n: 1 },
      logs: ['a', 'b', 'c'],
    })
    expect(taskAt(script, 1e9)).toMatchObject({ status: 'completed', output: 42, changedAtMs: 30 })
  })

  it('counts as many steps as lie at or before it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 20 })),
        fc.integer({ min: -6, max: 21 }),
        (times, ms) => {
          const steps = times.sort((a, b) => a - b).map((atMs) => ({ atMs }))
          expect(countDue(steps, ms)).toBe(steps.filter(({ atMs }) => atMs <= ms).length)
          expect(taskAt(steps, ms)).toEqual(taskAfter(steps, countDue(steps, ms)))
        },
      ),
    )
  })
})

it('is the same in whatever order its moments are asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 7 })), (counts) => {
      const fold = createTaskFold(() => script)
      for (const count of counts) expect(fold.to(count)).toEqual(taskAfter(script, count))
    }),
  )
})

it('ends with its first terminal status, or never', () => {
  expect(endOf(script)).toBe(30)
  expect(endOf(script.slice(0, 4))).toBeNull()
})

it('refuses steps that are not in order', () => {
  expect(checkScript(script)).toBe(script)
  expect(() => checkScript(script.toReversed())).toThrow(/^\[misuse\] Step 1 /)
})
