import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LogLines } from './log-lines.ts'

interface Version {
  readonly list: LogLines
  readonly model: readonly string[]
  readonly dropped: number
}

function expectSame({ list, model, dropped }: Version): void {
  expect(list.length).toBe(model.length)
  expect(list.droppedCount).toBe(dropped)
  expect([...list]).toEqual(model)
  expect(list.toArray()).toEqual(model)
  expect([list.at(-1), list.at(0), list.at(model.length - 1), list.at(model.length)]).toEqual([
    undefined,
    model[0],
    model.at(-1),
    undefined,
  ])
}

const steps = fc.array(
  fc.record({
    /** Which older version to append to; mostly the newest. */
    back: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(5)),
    lines: fc.array(fc.string({ maxLength: 3 }), { maxLength: 8 }),
  }),
  { maxLength: 30 },
)

function grow(life: readonly { readonly back: number; readonly lines: readonly string[] }[], max: number) {
  const versions: Version[] = [{ list: LogLines.empty, model: [], dropped: 0 }]
  for (const { back, lines } of life) {
    const from = versions[Math.max(0, versions.length - 1 - back)]
    if (from === undefined) throw new Error('there is always an empty version')
    const all = [...from.model, ...lines]
    const over = lines.length === 0 ? 0 : Math.max(0, all.length - max)
    versions.push({
      list: from.list.append(lines, max),
      model: all.slice(over),
      dropped: from.dropped + over,
    })
  }
  return versions
}

describe('LogLines', () => {
  it('every version reads like an array of its own, whatever was appended to which', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 12 }), (life, max) => {
        for (const version of grow(life, max)) expectSame(version)
      }),
    )
  })

  it('slices like an array that knows no negative places', () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: -3, max: 15 }),
        fc.integer({ min: -3, max: 15 }),
        (life, from, to) => {
          const { list, model } = grow(life, 12).at(-1) ?? { list: LogLines.empty, model: [] }
          expect(list.slice(from, to)).toEqual(model.slice(Math.max(0, from), Math.max(0, to)))
          expect(list.slice(from)).toEqual(model.slice(Math.max(0, from)))
        },
      ),
    )
  })

  it('keeps its reference when nothing is appended, and its array once it was asked for', () => {
    const list = LogLines.empty.append(['a'], 9)
    expect(list.append([], 9)).toBe(list)
    expect(list.toArray()).toBe(list.toArray())
  })

  it('hands out copies, so that nobody changes what another reads', () => {
    const list = LogLines.empty.append(['a', 'b'], 9)
    list.slice().push('c')
    expect(list.append(['d'], 9).toArray()).toEqual(['a', 'b', 'd'])
  })

  it('copies in proportion to what is appended, bounded or not', () => {
    const count = 20_000
    for (const max of [500, 1_000_000]) {
      let copied = 0
      let list = LogLines.empty
      whileWatching(
        'slice',
        (array, [from = 0]) => (copied += array.length - Number(from)),
        () => {
          for (let line = 0; line < count; line++) list = list.append(['line'], max)
        },
      )
      expect(list.length).toBe(Math.min(count, max))
      expect(copied).toBeLessThan(count)
    }
  })

  it('holds a bounded number of lines behind those that are dropped', () => {
    let held = 0
    let list = LogLines.empty
    whileWatching(
      'push',
      (array) => (held = Math.max(held, array.length)),
      () => {
        for (let line = 0; line < 20_000; line++) list = list.append(['line'], 2000)
      },
    )
    expect(list.length).toBe(2000)
    expect(held).toBeLessThanOrEqual(2 * 2000 + 1)
  })

  it('the empty list remembers nothing of what was appended to it', () => {
    LogLines.empty.append(['a', 'b'], 9)
    const held: number[] = []
    whileWatching(
      'slice',
      (array) => (held[held.length] = array.length),
      () => LogLines.empty.slice(),
    )
    expect(held).toEqual([0])
  })
})

/** Tells `see` of each call of an array method while `run` runs. By hand: a spy uses arrays itself. */
function whileWatching(
  method: 'push' | 'slice',
  see: (array: readonly unknown[], args: readonly unknown[]) => void,
  run: () => void,
): void {
  const prototype: object = Array.prototype
  const original = Array.prototype[method]
  Object.defineProperty(prototype, method, {
    configurable: true,
    writable: true,
    value(this: unknown[], ...args: unknown[]): unknown {
      see(this, args)
      return Reflect.apply(original, this, args)
    },
  })
  try {
    run()
  } finally {
    Object.defineProperty(prototype, method, { configurable: true, writable: true, value: original })
  }
}
