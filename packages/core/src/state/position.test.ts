import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Stamp } from '../protocol/protocol.ts'
import { admit, advance, startPosition, type Position } from './position.ts'

const at: Position = { cursor: 'c7', seq: 7 }
const stamp = (fields: Partial<Stamp>): Stamp => ({ seq: null, cursor: null, rebase: false, ...fields })

describe('admit', () => {
  it.each([
    ['what is not numbered', stamp({}), 'apply'],
    ['what is not numbered but has a cursor', stamp({ cursor: 'c8' }), 'apply'],
    ['the next number', stamp({ seq: 8 }), 'apply'],
    ['the same number', stamp({ seq: 7 }), 'duplicate'],
    ['an older number', stamp({ seq: 1 }), 'duplicate'],
    ['a number too far', stamp({ seq: 9 }), 'gap'],
    ['an older number that starts anew', stamp({ seq: 1, rebase: true }), 'apply'],
    ['a number too far that starts anew', stamp({ seq: 90, rebase: true }), 'apply'],
  ] as const)('%s', (_name, given, verdict) => {
    expect(admit(at, given)).toBe(verdict)
  })

  it.each([
    [0, 'duplicate'],
    [1, 'apply'],
    [2, 'gap'],
  ] as const)('before the first event the number %i is %s', (seq, verdict) => {
    expect(admit(startPosition, stamp({ seq }))).toBe(verdict)
  })
})

describe('advance', () => {
  it.each([
    ['nothing said', stamp({}), at],
    ['a cursor', stamp({ cursor: 'c8' }), { cursor: 'c8', seq: 7 }],
    ['a number', stamp({ seq: 8 }), { cursor: 'c7', seq: 8 }],
    ['both', stamp({ cursor: 'c8', seq: 8 }), { cursor: 'c8', seq: 8 }],
    ['a new count', stamp({ seq: 1, rebase: true }), { cursor: 'c7', seq: 1 }],
  ] as const)('%s', (_name, given, next) => {
    expect(advance(at, given)).toEqual(next)
  })

  it('keeps its reference when nothing new was said', () => {
    expect(advance(at, stamp({}))).toBe(at)
    expect(advance(at, stamp({ seq: 7, cursor: 'c7' }))).toBe(at)
  })

  it('L4: what was applied is a duplicate afterwards', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer({ min: 1, max: 60 }), fc.boolean(), (seq, next, rebase) => {
        const given = stamp({ seq: next, rebase })
        fc.pre(admit({ cursor: null, seq }, given) === 'apply')
        const after = advance({ cursor: null, seq }, given)
        expect(admit(after, { ...given, rebase: false })).toBe('duplicate')
      }),
    )
  })
})
