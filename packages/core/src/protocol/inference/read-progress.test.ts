import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReportedProgress } from '../task-event.ts'
import { readProgress } from './read-progress.ts'

const share = (value: number): ReportedProgress => ({ value, current: null, total: null, stage: null })
const units = (value: number | null, current: number | null, total: number | null): ReportedProgress => ({
  value,
  current,
  total,
  stage: null,
})
const staged = (progress: ReportedProgress, stage: string): ReportedProgress => ({ ...progress, stage })
const unknown = units(null, null, null)

describe('readProgress', () => {
  it.each<[unknown, ReportedProgress | null]>([
    // units
    [{ current: 3, total: 10 }, units(0.3, 3, 10)],
    [{ current: 0, total: 10 }, units(0, 0, 10)],
    [{ current: 10, total: 10 }, units(1, 10, 10)],
    [{ current: 12, total: 10 }, units(1, 12, 10)],
    [{ current: 3, total: 0 }, units(null, 3, null)],
    [{ current: 3, total: -1 }, units(null, 3, null)],
    [{ current: -3, total: 10 }, units(null, null, 10)],
    [{ current: NaN, total: 10 }, units(null, null, 10)],
    [{ current: 3, total: Infinity }, units(null, 3, null)],
    [{ current: 3 }, units(null, 3, null)],
    [{ total: 10 }, units(null, null, 10)],
    [{ current: '3', total: '10' }, null],
    [{ current: 3, total: 10, message: 'steps' }, staged(units(0.3, 3, 10), 'steps')],
    [{ current: 3, total: 10, percent: 90 }, units(0.3, 3, 10)],
    [{ current: 3, total: 0, percent: 90 }, units(0.9, 3, null)],
    // shares in objects
    [{ value: 0.4 }, share(0.4)],
    [{ value: 40 }, share(0.4)],
    [{ value: '40%' }, share(0.4)],
    [{ progress: 0.4, label: 'Baking' }, staged(share(0.4), 'Baking')],
    [{ fraction: 0.4 }, share(0.4)],
    [{ fraction: 1.2 }, share(1)],
    [{ fraction: -0.2 }, share(0)],
    [{ percent: 40 }, share(0.4)],
    [{ percent: 0.5 }, share(0.005)],
    [{ percentage: 140 }, share(1)],
    [{ percentage: '40%' }, share(0.4)],
    [{ value: null, stage: 'Loading' }, staged(unknown, 'Loading')],
    [{ stage: 'A', message: 'B', label: 'C' }, staged(unknown, 'A')],
    [{ message: 'B', label: 'C' }, staged(unknown, 'B')],
    [{ stage: '  ' }, null],
    [{}, null],
    [JSON.parse('{"__proto__":{"current":3,"total":10}}'), null],
    // bare numbers and strings
    [0, share(0)],
    [-0, share(0)],
    [0.45, share(0.45)],
    [1, share(1)],
    [1.5, share(0.015)],
    [45, share(0.45)],
    [100, share(1)],
    [100.5, null],
    [-1, null],
    [NaN, null],
    [Infinity, null],
    ['45%', share(0.45)],
    [' 45.5 % ', share(0.455)],
    ['150%', share(1)],
    ['45', null],
    ['-5%', null],
    ['almost', null],
    // nothing
    [null, null],
    [undefined, null],
    [true, null],
    [[3, 10], null],
  ])('reads %j as %j', (value, expected) => {
    expect(readProgress(value)).toEqual(expected)
  })

  it('stays within its bounds for anything that may come', () => {
    const keys = ['current', 'total', 'value', 'fraction', 'percent', 'percentage', 'progress', 'stage']
    const some = fc.oneof(fc.double(), fc.integer(), fc.string(), fc.constantFrom('7%', null, true))
    fc.assert(
      fc.property(fc.oneof(some, fc.dictionary(fc.constantFrom(...keys), some)), (value) => {
        const progress = readProgress(value)
        if (progress === null) return
        if (progress.value !== null) {
          expect(progress.value).toBeGreaterThanOrEqual(0)
          expect(progress.value).toBeLessThanOrEqual(1)
        }
        if (progress.total !== null) expect(progress.total).toBeGreaterThan(0)
        if (progress.current !== null) expect(progress.current).toBeGreaterThanOrEqual(0)
        expect(Object.values(progress).some((part) => part !== null)).toBe(true)
      }),
    )
  })
})
