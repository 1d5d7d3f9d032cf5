import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fingerprint } from '../wire/fingerprint.ts'
import type { Frame } from '../wire/frame.ts'
import { unnumbered, type Stamp } from './protocol.ts'
import { createStamper, type ResumeMode } from './stamp-frames.ts'

type Message = Extract<Frame, { type: 'message' }>

const message = (id: string | null, data = 'x'): Message => ({ type: 'message', event: 'message', id, data })
const mark = fingerprint('x')
const modes: readonly ResumeMode[] = ['auto', 'cursor', 'replay', 'snapshot']

/** The stamp of the first message of a connection that means something, by its id, in each mode. */
const table: Readonly<Record<string, readonly [id: string | null, Readonly<Record<ResumeMode, Stamp>>]>> = {
  'no id': [null, row(unnumbered, unnumbered)],
  'an id taken back': ['', row(named('', null), named('', null))],
  'a count': ['42', row(named('42', 42), named('42', 42))],
  'the first of a count': ['1', row(named('1', 1), named('1', 1))],
  'zero, where no count begins': ['0', row(named('0', null), named('0', null))],
  'a number with a zero before it': ['007', row(named('007', null), named('007', null))],
  'a number with a sign': ['-7', row(named('-7', null), named('-7', null))],
  'a number that is not whole': ['1.5', row(named('1.5', null), named('1.5', null))],
  'a number in another writing': ['1e3', row(named('1e3', null), named('1e3', null))],
  'a number with a blank': [' 7', row(named(' 7', null), named(' 7', null))],
  'digits of another script': ['٣', row(named('٣', null), named('٣', null))],
  'the longest count': ['9'.repeat(15), row(named('9'.repeat(15), 999_999_999_999_999), null)],
  'one digit more': [`1${'0'.repeat(15)}`, row(named(`1${'0'.repeat(15)}`, null), null)],
  'a stream id of Redis': ['1526919030474-55', row(named('1526919030474-55', null), null)],
  'a name': ['evt_8f', row(named('evt_8f', null), null)],
}

function named(cursor: string, seq: number | null): Stamp {
  return { seq, cursor, mark }
}

/** Ids are read in the same way wherever they are read at all. */
function row(auto: Stamp, cursor: Stamp | null): Readonly<Record<ResumeMode, Stamp>> {
  return { auto, cursor: cursor ?? auto, replay: { seq: 1, cursor: null, mark }, snapshot: unnumbered }
}

describe('createStamper', () => {
  const cells = Object.entries(table).flatMap(([name, [id, stamps]]) =>
    modes.map((resume) => ({ name, id, resume, stamp: stamps[resume] })),
  )
  it.each(cells)('$resume: $name', ({ id, resume, stamp }) => {
    expect(createStamper(resume).message(message(id), false)).toStrictEqual(stamp)
  })

  it.each(cells)('$resume: $name, of a message that means nothing', ({ id, resume, stamp }) => {
    // It has its place among ids, and none in a count.
    const expected = resume === 'replay' ? unnumbered : stamp
    expect(createStamper(resume).message(message(id), true)).toStrictEqual(expected)
  })

  it.each(cells.filter(({ id }) => id !== null))(
    '$resume: $name, without a message',
    ({ id, resume, stamp }) => {
      const isRead = resume === 'auto' || resume === 'cursor'
      const moved = createStamper(resume).id({ type: 'id', id: id ?? '' })
      expect(moved).toStrictEqual(isRead ? { ...stamp, mark: null } : unnumbered)
    },
  )

  it.each(['auto', 'cursor', 'snapshot'] as const)(
    '%s stamps nothing that is not named, by identity',
    (mode) => {
      expect(createStamper(mode).message(message(null), false)).toBe(unnumbered)
      expect(createStamper(mode).message(message(null), true)).toBe(unnumbered)
    },
  )

  it.each(['replay', 'snapshot'] as const)(
    '%s stamps neither what means nothing nor a bare id, by identity',
    (mode) => {
      const stamper = createStamper(mode)
      expect(stamper.message(message('42'), true)).toBe(unnumbered)
      expect(stamper.id({ type: 'id', id: '42' })).toBe(unnumbered)
    },
  )

  it('replay counts what its connection says from one, whatever means nothing between, and a fresh one begins anew', () => {
    const said = fc.array(
      fc.record({ id: fc.option(fc.string()), data: fc.string() }).map(({ id, data }) => message(id, data)),
    )
    /** Where signs of life stand, by how many messages came before them; each is an empty message or a bare id. */
    const signs = fc.array(fc.tuple(fc.nat(12), fc.boolean()))
    fc.assert(
      fc.property(said, fc.array(signs, { minLength: 2, maxLength: 2 }), (frames, connections) => {
        const expected = frames.map(({ data }, index) => ({
          seq: index + 1,
          cursor: null,
          mark: fingerprint(data),
        }))
        for (const places of connections) {
          const stamper = createStamper('replay')
          const stamps = frames.map((frame, index) => {
            for (const [place, isBare] of places) {
              if (place !== index) continue
              if (isBare) stamper.id({ type: 'id', id: '99' })
              else stamper.message(message('99', 'alive'), true)
            }
            return stamper.message(frame, false)
          })
          expect(stamps).toEqual(expected)
        }
      }),
    )
  })

  it('a number stands for its id and no other', () => {
    const ids = fc.oneof(
      fc.nat().map(String),
      fc.maxSafeNat().map(String),
      fc.string({ unit: fc.constantFrom('0', '1', '7', '9', '.', '-', '+', ' ', 'e') }),
    )
    fc.assert(
      fc.property(ids, fc.constantFrom('auto' as const, 'cursor' as const), (id, mode) => {
        const stamper = createStamper(mode)
        const { seq, cursor } = stamper.message(message(id), false)
        expect(stamper.id({ type: 'id', id })).toEqual({ seq, cursor, mark: null })
        expect(cursor).toBe(id)
        if (seq === null) return
        expect(String(seq)).toBe(id)
        expect(Number.isSafeInteger(seq)).toBe(true)
        expect(seq).toBeGreaterThan(0)
      }),
    )
  })

  it('marks what a message says, and nothing else of it', () => {
    const markOf = (frame: Message): number | null => createStamper('auto').message(frame, false).mark
    expect(markOf({ ...message('2', 'a'), event: 'other' })).toBe(markOf(message('1', 'a')))
    expect(markOf(message('1', 'b'))).not.toBe(markOf(message('1', 'a')))
  })
})
