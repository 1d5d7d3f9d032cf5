import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTicker } from './ticker.ts'

beforeEach(() => void vi.useFakeTimers({ now: 10_400 }))
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

test('it ticks on whole seconds, and only while somebody is subscribed', () => {
  const ticker = createTicker()
  expect(vi.getTimerCount()).toBe(0)
  const seen: number[] = []
  const stop = ticker.subscribe(() => seen.push(ticker.nowMs()))
  seen.length = 0
  vi.advanceTimersByTime(2700)
  expect(seen).toEqual([11_000, 12_000, 13_000])
  stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('all who subscribe share one timer and one time', () => {
  const ticker = createTicker()
  const stops = [1, 2, 3].map(() => ticker.subscribe(() => {}))
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(650)
  expect(ticker.nowMs()).toBe(11_000)
  stops.forEach((stop) => stop())
  expect(vi.getTimerCount()).toBe(0)
})

test('whoever subscribes after a pause sees the time of now', () => {
  const ticker = createTicker()
  ticker.subscribe(() => {})()
  vi.advanceTimersByTime(60_000)
  expect(ticker.nowMs()).toBe(10_400)
  const stop = ticker.subscribe(() => {})
  expect(ticker.nowMs()).toBe(70_400)
  stop()
})

test('it rests while the page is hidden, and is right at once when it is seen again', () => {
  const ticker = createTicker()
  const tick = vi.fn()
  const stop = ticker.subscribe(tick)
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
  document.dispatchEvent(new Event('visibilitychange'))
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(30_000)
  hidden.mockReturnValue(false)
  document.dispatchEvent(new Event('visibilitychange'))
  expect(ticker.nowMs()).toBe(40_400)
  expect(vi.getTimerCount()).toBe(1)
  stop()
})
