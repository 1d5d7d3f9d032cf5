import { expect, it } from 'vitest'
import { createLookers } from './lookers.ts'

function target(): { look(): () => void; readonly count: number } {
  let count = 0
  return {
    look() {
      count++
      return () => void count--
    },
    get count() {
      return count
    },
  }
}

it('lookers look at what there is, from when it is there, and at one thing at a time', () => {
  const [a, b] = [target(), target()]
  const lookers = createLookers()
  const leave = [lookers.look(), lookers.look()]
  lookers.pointAt(a)
  expect([a.count, b.count]).toEqual([1, 0])
  lookers.pointAt(b)
  expect([a.count, b.count]).toEqual([0, 1])
  leave[0]?.()
  leave[0]?.()
  expect(b.count).toBe(1)
  leave[1]?.()
  expect(b.count).toBe(0)
  lookers.look()
  lookers.pointAt(null)
  expect([a.count, b.count]).toEqual([0, 0])
})
