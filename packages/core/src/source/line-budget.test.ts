import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../wire/frame.ts'
import { createLineBudget, withinBudget } from './line-budget.ts'
import type { Reach, Source, Transport } from './source.ts'

const frame = (data: string): Frame => ({ type: 'message', event: 'message', id: null, data })

/** A source that yields its name again and again until it is left, and counts how often it is open. */
function endless(name: string): { source: Source; open: () => number } {
  let open = 0
  return {
    open: () => open,
    async *source({ signal }: Reach) {
      open++
      try {
        while (!signal.aborted) yield [frame(name)]
      } finally {
        open--
      }
    },
  }
}

describe('createLineBudget', () => {
  it('never grants more places than there are, serves in order, and takes each back once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(fc.nat(9), { maxLength: 40 }), (max, steps) => {
        const budget = createLineBudget(max)
        const held: (() => void)[] = []
        const order: number[] = []
        let asked = 0
        for (const step of steps) {
          if (step < 6) {
            const number = asked++
            const place = budget.take()
            if (place !== null) held.push(place)
            else budget.wait((granted) => (order.push(number), void held.push(granted)))
          } else {
            const [place] = held.splice(step % Math.max(1, held.length), 1)
            place?.()
            place?.()
          }
          expect(held.length).toBeLessThanOrEqual(max)
        }
        expect(order).toEqual([...order].sort((a, b) => a - b))
      }),
    )
  })

  it('passes over whoever has left the line', () => {
    const budget = createLineBudget(1)
    const first = budget.take()
    const granted: string[] = []
    const leave = budget.wait(() => granted.push('left'))
    budget.wait(() => granted.push('stayed'))
    leave()
    first?.()
    expect(granted).toEqual(['stayed'])
  })
})

describe('withinBudget', () => {
  it('streams where there is a place, polls where there is none, and moves up in the same attempt', async () => {
    const budget = createLineBudget(1)
    const stream = endless('stream')
    const poll = endless('poll')
    const source = withinBudget(budget, stream.source, poll.source)
    const said: Transport[] = []
    const reach = { cursor: null, signal: new AbortController().signal }
    const first = source(reach)[Symbol.asyncIterator]()
    const second = source({ ...reach, onTransport: (next) => void said.push(next) })[Symbol.asyncIterator]()
    expect((await first.next()).value).toEqual([frame('stream')])
    expect((await second.next()).value).toEqual([frame('poll')])
    await first.return?.()
    expect((await second.next()).value).toEqual([frame('stream')])
    expect(said).toEqual(['polling', 'stream'])
    await second.return?.()
    expect([stream.open(), poll.open()]).toEqual([0, 0])
    expect(budget.take()).not.toBeNull()
  })

  it('leaves the line, and no place behind, when it is aborted while it waits', async () => {
    const budget = createLineBudget(1)
    const place = budget.take()
    const controller = new AbortController()
    const source = withinBudget(budget, endless('stream').source, endless('poll').source)
    const batches = source({ cursor: null, signal: controller.signal })[Symbol.asyncIterator]()
    await batches.next()
    controller.abort()
    expect((await batches.next()).done).toBe(true)
    place?.()
    expect(budget.take()).not.toBeNull()
  })
})
