import { describe, expect, it } from 'vitest'
import { taskStatuses, type TaskStatus } from '../protocol/task-status.ts'
import { initialTask, toTask } from '../state/task.ts'
import { collectLogs } from './collect-logs.ts'
import { StreamProcessor } from './stream-processor.ts'
import type { TaskUpdate } from './task-update.ts'

function update(status: TaskStatus, logs: readonly string[] = []): TaskUpdate {
  const task = toTask({ ...initialTask, id: 't1', status })
  return { ...task, logs, task }
}

/** A clock that shows these moments, one after the other. */
function clock(...moments: number[]): () => number {
  return () => moments.shift() ?? expect.unreachable('the clock was read once too often')
}

describe('StreamProcessor', () => {
  it('knows nothing at first', () => {
    const processor = new StreamProcessor(clock())
    const { logs, startedAt, endedAt, duration } = processor
    expect([logs, startedAt, endedAt, duration]).toEqual([[], null, null, null])
  })

  it('collects every line, and the time from the first update to the end', () => {
    const processor = new StreamProcessor(clock(100, 350))
    const updates = [update('running', ['a']), update('running'), update('completed', ['b', 'c'])]
    expect(updates.map((one) => processor.process(one))).toEqual([false, false, true])
    expect([processor.logs, processor.startedAt, processor.endedAt, processor.duration]).toEqual([
      ['a', 'b', 'c'],
      100,
      350,
      250,
    ])
  })

  it('keeps its end when more is said after it', () => {
    const processor = new StreamProcessor(clock(100, 350))
    for (const one of [update('running'), update('failed'), update('failed', ['late'])])
      processor.process(one)
    expect([processor.endedAt, processor.logs]).toEqual([350, ['late']])
  })

  it.each(taskStatuses)('knows whether %s is the last', (status) => {
    const ends = ['completed', 'failed', 'cancelled'].includes(status)
    expect(new StreamProcessor().process(update(status))).toBe(ends)
  })

  it('begins and ends at once with a task that is done already', () => {
    const processor = new StreamProcessor(clock(100, 100))
    processor.process(update('completed'))
    expect(processor.duration).toBe(0)
  })
})

describe('collectLogs', () => {
  it('is every line of a run, in order, also of one that failed', async () => {
    async function* run(): AsyncGenerator<TaskUpdate> {
      yield update('running', ['a', 'b'])
      yield await Promise.resolve(update('running'))
      yield update('failed', ['c'])
    }
    expect(await collectLogs(run())).toEqual(['a', 'b', 'c'])
  })

  it('rejects where the run does', async () => {
    async function* run(): AsyncGenerator<TaskUpdate> {
      yield await Promise.resolve(update('running', ['a']))
      throw new Error('gone')
    }
    await expect(collectLogs(run())).rejects.toThrow('gone')
  })
})
