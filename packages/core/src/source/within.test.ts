import { expect, it } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import { within } from './within.ts'

const never = <T>(): Promise<T> => new Promise(() => {})
const { signal } = new AbortController()

it('brings what the work brings in time, and leaves no timer', async () => {
  const clock = createManualClock()
  const value = { a: 1 }
  expect(await within(Promise.resolve(value), 100, { clock, signal })).toBe(value)
  expect(clock.pendingCount).toBe(0)
})

it('brings nothing when the time is over', async () => {
  const clock = createManualClock()
  const waited = within(never<object>(), 100, { clock, signal })
  await clock.advance(99)
  expect(clock.pendingCount).toBe(1)
  await clock.advance(1)
  expect(await waited).toBeNull()
})

it('fails as the work does, and leaves no timer', async () => {
  const clock = createManualClock()
  const error = new Error('broken')
  await expect(within(Promise.reject(error), 100, { clock, signal })).rejects.toBe(error)
  expect(clock.pendingCount).toBe(0)
})

it('ends when its signal is aborted, and leaves no timer', async () => {
  const clock = createManualClock()
  const owner = new AbortController()
  const waited = within(never<object>(), 100, { clock, signal: owner.signal })
  owner.abort()
  await expect(waited).rejects.toMatchObject({ code: 'aborted' })
  expect(clock.pendingCount).toBe(0)
})
