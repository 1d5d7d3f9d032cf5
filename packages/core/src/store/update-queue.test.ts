import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TaskStatus } from '../protocol/task-status.ts'
import { initialTask, toTask } from '../state/task.ts'
import type { TaskUpdate } from './task-update.ts'
import { createUpdateQueue, type UpdateQueue } from './update-queue.ts'

function update(logs: readonly string[], status: TaskStatus = 'running'): TaskUpdate {
  const task = toTask(initialTask)
  return {
    id: 't1',
    status,
    phase: 'running',
    logs,
    progress: null,
    partialOutput: null,
    output: null,
    error: null,
    task,
  }
}

/** Every update that is left. */
async function drain(queue: UpdateQueue): Promise<TaskUpdate[]> {
  const taken: TaskUpdate[] = []
  for (let step = await queue.next(); step.done !== true; step = await queue.next()) taken.push(step.value)
  return taken
}

const done = { done: true, value: undefined }

describe('createUpdateQueue', () => {
  it('hands out updates in order, those that came before and those that come after the question', async () => {
    const queue = createUpdateQueue()
    const [one, two] = [update(['1']), update(['2'])]
    queue.push(one)
    expect(await queue.next()).toEqual({ done: false, value: one })
    const asked = queue.next()
    queue.push(two)
    expect(await asked).toEqual({ done: false, value: two })
  })

  it('loses no line and no change of status, however slow the reader is', async () => {
    const pushes = fc.array(
      fc.record({
        status: fc.constantFrom<TaskStatus>('queued', 'running'),
        lines: fc.nat(3),
        takes: fc.boolean(),
      }),
      { maxLength: 900, size: 'max' },
    )
    await fc.assert(
      fc.asyncProperty(pushes, fc.boolean(), async (life, reads) => {
        const queue = createUpdateQueue()
        const taken: TaskUpdate[] = []
        const said: string[] = []
        for (const { status, lines, takes } of life) {
          const logs = Array.from({ length: lines }, (_, index) => `line ${said.length + index}`)
          said.push(...logs)
          queue.push(update(logs, status))
          if (reads && takes) {
            const step = await queue.next()
            if (step.done !== true) taken.push(step.value)
          }
        }
        queue.end(null)
        taken.push(...(await drain(queue)))
        expect(taken.flatMap(({ logs }) => logs)).toEqual(said)
        const changes = (statuses: TaskStatus[]): TaskStatus[] =>
          statuses.filter((status, index) => status !== statuses[index - 1])
        expect(changes(taken.map(({ status }) => status))).toEqual(changes(life.map(({ status }) => status)))
      }),
      { numRuns: 50 },
    )
  })

  it('changes no update that it was given, nor one that it has handed out', async () => {
    const queue = createUpdateQueue()
    const given = Array.from({ length: 258 }, (_, index) => update([`${index}`]))
    for (const one of given) queue.push(one)
    const taken: TaskUpdate[] = []
    for (let count = 0; count < 256; count++) {
      const step = await queue.next()
      if (step.done !== true) taken.push(step.value)
    }
    expect(taken.at(-1)?.logs).toEqual(['255', '256', '257'])
    for (let count = 0; count < 300; count++) queue.push(update(['later']))
    expect(taken.at(-1)?.logs).toEqual(['255', '256', '257'])
    expect(given.every(({ logs }) => logs.length === 1)).toBe(true)
  })

  it('holds a bounded number of updates of one status, at a cost linear in their lines', async () => {
    const queue = createUpdateQueue()
    const count = 100_000
    for (let index = 0; index < count; index++) queue.push(update(['line']))
    queue.end(null)
    const taken = await drain(queue)
    expect(taken.length).toBeLessThanOrEqual(256)
    expect(taken.reduce((sum, { logs }) => sum + logs.length, 0)).toBe(count)
  })

  it('ends after the last update, and stays ended', async () => {
    const queue = createUpdateQueue()
    queue.push(update(['1']))
    queue.end(null)
    queue.end(new Error('too late'))
    expect((await queue.next()).done).toBe(false)
    expect([await queue.next(), await queue.next()]).toEqual([done, done])
  })

  it('tells the error once, after the last update', async () => {
    const queue = createUpdateQueue()
    const boom = new Error('boom')
    queue.push(update(['1']))
    queue.end(boom)
    expect((await queue.next()).done).toBe(false)
    await expect(queue.next()).rejects.toBe(boom)
    expect(await queue.next()).toEqual(done)
  })

  it('wakes every reader: each update goes to one of them, the end to all', async () => {
    const queue = createUpdateQueue()
    const readers = [queue.next(), queue.next(), queue.next()]
    queue.push(update(['1']))
    queue.push(update(['2']))
    queue.end(null)
    const steps = await Promise.all(readers)
    expect(steps.map((step) => step.value?.logs)).toEqual([['1'], ['2'], undefined])
  })

  it('tells one of the readers that wait the error, and the others the end', async () => {
    const queue = createUpdateQueue()
    const readers = [queue.next(), queue.next()]
    queue.end(new Error('boom'))
    const steps = await Promise.allSettled(readers)
    expect(steps.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  })
})
