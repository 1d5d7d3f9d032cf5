import { expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import type { Frame } from '../wire/frame.ts'
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
