import { expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import type { Frame } from '../wire/frame.ts'
import { listenTo } from '../../test/hand-source.ts'
import { createPollQueue } from './poll-queue.ts'
import { pollSource } from './poll.ts'

const frame = (data: string): Frame => ({ type: 'message', event: 'message', id: null, data })

it('asks at once, then again two seconds after each answer, and yields each answer as a batch', async () => {
  const clock = createManualClock()
  let asked = 0
  const source = pollSource(() => Promise.resolve(frame(String(++asked))), { clock })
  const batches = source({ cursor: null, signal: new AbortController().signal })[Symbol.asyncIterator]()
  expect(await batches.next()).toEqual({ done: false, value: [frame('1')] })
  const second = batches.next()
  await clock.advance(1999)
  expect(asked).toBe(1)
  await clock.advance(1)
  expect(await second).toEqual({ done: false, value: [frame('2')] })
  await batches.return?.()
  expect(clock.pendingCount).toBe(0)
})

it('says that silence says nothing, since each question bounds itself in time, before it stands in line', async () => {
  const clock = createManualClock()
  const queue = createPollQueue(1, clock)
  const { signal } = new AbortController()
  void queue.run(() => new Promise(() => {}), { signal })
  const listener = listenTo(pollSource(() => Promise.resolve(frame('x')), { clock, queue }))
  await clock.advance(0)
  expect([listener.idleLimitsMs, listener.heard]).toEqual([[Infinity], []])
  listener.abort()
})

it('ends without a word when it is aborted in a pause, and leaves no timer', async () => {
  const clock = createManualClock()
  const controller = new AbortController()
  const source = pollSource(() => Promise.resolve(frame('x')), { clock })
  const batches = source({ cursor: null, signal: controller.signal })[Symbol.asyncIterator]()
  await batches.next()
  const pending = batches.next()
  await clock.advance(10)
  expect(clock.pendingCount).toBe(1)
  controller.abort()
  expect(await pending).toEqual({ done: true, value: undefined })
  expect(clock.pendingCount).toBe(0)
})

it('fails the attempt with the error of a question that failed', async () => {
  const refusal = new StreamError('not-found', 'No such task.')
  const source = pollSource(() => Promise.reject(refusal), { clock: createManualClock() })
  const batches = source({ cursor: null, signal: new AbortController().signal })[Symbol.asyncIterator]()
  await expect(batches.next()).rejects.toBe(refusal)
})

it('counts the pause from the answer, however long its reader takes', async () => {
  const clock = createManualClock()
  let asked = 0
  const source = pollSource(() => Promise.resolve(frame(String(++asked))), { clock })
  const batches = source({ cursor: null, signal: new AbortController().signal })[Symbol.asyncIterator]()
  await batches.next()
  await clock.advance(1500)
  const second = batches.next()
  await clock.advance(500)
  expect(await second).toEqual({ done: false, value: [frame('2')] })
  await clock.advance(5000)
  const third = batches.next()
  await clock.advance(0)
  expect(await third).toEqual({ done: false, value: [frame('3')] })
  await batches.return?.()
})

/** Thirty polled tasks and a server that takes `answerMs` for each answer. */
function manyTasks(answerMs: number) {
  const clock = createManualClock()
  const queue = createPollQueue(1, clock)
  const asked: number[] = []
  let runningCount = 0
  let mostAtOnce = 0
  const taskSource = (id: number) =>
    pollSource(
      async () => {
        asked.push(id)
        mostAtOnce = Math.max(mostAtOnce, ++runningCount)
        await new Promise<void>((resolve) => clock.after(answerMs, resolve))
        runningCount--
        return frame(String(id))
      },
      { clock, queue },
    )
  const listeners = Array.from({ length: 30 }, (_, id) => listenTo(taskSource(id)))
  return { clock, asked, listeners, taskSource, mostAtOnce: () => mostAtOnce }
}

it.each([10, 500])('asks thirty tasks in turn over one connection, %i ms for each', async (answerMs) => {
  const { clock, asked, listeners, mostAtOnce } = manyTasks(answerMs)
  await clock.advance(60_000)
  expect(mostAtOnce()).toBe(1)
  const counts = listeners.map((_, id) => asked.filter((one) => one === id).length)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(Math.floor(60_000 / Math.max(2000, answerMs * 30) / 1.2))
  for (const listener of listeners) listener.abort()
  await clock.advance(1000)
  expect(clock.pendingCount).toBe(0)
})

it('asks for the first word of a task before the others are asked again', async () => {
  const { clock, asked, listeners, taskSource } = manyTasks(500)
  await clock.advance(20_100)
  const late = listenTo(taskSource(30))
  await clock.advance(1000)
  expect(late.heard).toEqual(['30'])
  expect(asked.slice(41, 43)).toEqual([30, 11])
  for (const listener of [late, ...listeners]) listener.abort()
  await clock.advance(1000)
  expect(clock.pendingCount).toBe(0)
})
