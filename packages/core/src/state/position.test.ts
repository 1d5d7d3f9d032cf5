import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Stamp } from '../protocol/protocol.ts'
import type { LocalTaskEvent, TaskEvent } from '../protocol/task-event.ts'
import { admit, advance, isDense, lostPosition, startPosition, type Position } from './position.ts'
import { reduceTask } from './reduce-task.ts'
import { initialTask, type TaskState } from './task.ts'

/** A message with this id that is no number. */
const named = (cursor: string, mark: number = 1): Stamp => ({ seq: null, cursor, mark })
/** A message with a number for an id. */
const numbered = (seq: number, mark: number = 1): Stamp => ({ seq, cursor: String(seq), mark })
/** A message counted here, as where every connection begins with the first one. */
const counted = (seq: number, mark: number = 1): Stamp => ({ seq, cursor: null, mark })
/** An id without a message. */
const bare = (cursor: string): Stamp => ({ seq: null, cursor, mark: null })
const nothing: Stamp = { seq: null, cursor: null, mark: null }

const reach = (stamps: readonly Stamp[], from: Position = startPosition): Position =>
  stamps.reduce(advance, from)
const upTo = (count: number, of: (seq: number) => Stamp): readonly Stamp[] =>
  Array.from({ length: count }, (_, index) => of(index + 1))

/** Positions that differ in what they make of the next stamp. */
const positions = {
  start: startPosition,
  'ids 1 to 7': reach(upTo(7, numbered)),
  'ids 5, 6, 7': reach([5, 6, 7].map((seq) => numbered(seq))),
  'ids 3, 5, 7': reach([3, 5, 7].map((seq) => numbered(seq))),
  'ids a, b, c': reach(['a', 'b', 'c'].map((id) => named(id))),
  'counted to 7': reach(upTo(7, counted)),
  'ids 1 to 40': reach(upTo(40, numbered)),
  'counted to 40': reach(upTo(40, counted)),
  lost: lostPosition,
  'lost, then ids 1 to 7': reach(upTo(7, numbered), lostPosition),
  'lost, then ids 1 to 40': reach(upTo(40, numbered), lostPosition),
  'lost, then counted to 7': reach(upTo(7, counted), lostPosition),
} as const
type PositionName = keyof typeof positions

/** What is made of a stamp, and why. */
const verdicts: readonly (readonly [PositionName, string, Stamp, ReturnType<typeof admit>])[] = [
  ['start', 'neither number nor id', nothing, 'apply'],
  ['start', 'the first id', numbered(1), 'apply'],
  ['start', 'any id, for nobody knows what was before', numbered(90), 'apply'],
  ['start', 'a name', named('x'), 'apply'],
  ['start', 'the first that is counted', counted(1), 'apply'],

  ['ids 1 to 7', 'neither number nor id', nothing, 'apply'],
  ['ids 1 to 7', 'an id that is taken back', named(''), 'apply'],
  ['ids 1 to 7', 'the next id', numbered(8), 'apply'],
  ['ids 1 to 7', 'a name between the numbers', named('x'), 'apply'],
  ['ids 1 to 7', 'the last id again', numbered(7), 'duplicate'],
  ['ids 1 to 7', 'an earlier id again', numbered(2), 'duplicate'],
  ['ids 1 to 7', 'a bare id that was reached', bare('7'), 'duplicate'],
  ['ids 1 to 7', 'a bare id that is new', bare('8'), 'apply'],
  ['ids 1 to 7', 'the last id with other words: a new count', numbered(7, 2), 'gap'],
  ['ids 1 to 7', 'the first id with other words: a new count', numbered(1, 2), 'gap'],
  ['ids 1 to 7', 'an id too far', numbered(9), 'gap'],

  ['ids 5, 6, 7', 'an id too far, where two steps prove no count', numbered(9), 'apply'],
  ['ids 5, 6, 7', 'an id from before the first', numbered(4), 'apply'],
  ['ids 3, 5, 7', 'the next odd id', numbered(9), 'apply'],
  ['ids 3, 5, 7', 'a known id', numbered(5), 'duplicate'],
  ['ids 3, 5, 7', 'a known id with other words', numbered(5, 2), 'gap'],

  ['ids a, b, c', 'another name', named('d'), 'apply'],
  ['ids a, b, c', 'a known name', named('a'), 'duplicate'],
  ['ids a, b, c', 'a known name with other words', named('a', 2), 'gap'],
  ['ids a, b, c', 'a number', numbered(900), 'apply'],

  ['counted to 7', 'the next', counted(8), 'apply'],
  ['counted to 7', 'the first again', counted(1), 'duplicate'],
  ['counted to 7', 'the first again with other words', counted(1, 2), 'gap'],
  ['counted to 7', 'one too far', counted(9), 'gap'],
  ['counted to 7', 'an id of the same number is another name', named('7'), 'apply'],

  ['ids 1 to 40', 'the oldest that is remembered', numbered(9), 'duplicate'],
  ['ids 1 to 40', 'the last that is forgotten: a new count', numbered(8), 'gap'],
  ['counted to 40', 'the last that is forgotten, in a replay', counted(8), 'duplicate'],
  ['counted to 40', 'what is forgotten, with other words', counted(8, 2), 'duplicate'],
  ['counted to 40', 'the oldest that is remembered, with other words', counted(9, 2), 'gap'],

  ['lost', 'any id, for nobody knows what was before', numbered(90), 'apply'],
  ['lost', 'the first that is counted', counted(1), 'apply'],
  ['lost, then ids 1 to 7', 'the next id', numbered(8), 'apply'],
  ['lost, then ids 1 to 7', 'an id too far, where a row proves nothing any more', numbered(9), 'apply'],
  ['lost, then ids 1 to 7', 'a known id', numbered(2), 'duplicate'],
  ['lost, then ids 1 to 7', 'a known id with other words', numbered(2, 2), 'gap'],
  ['lost, then ids 1 to 40', 'a number that is forgotten', numbered(8), 'apply'],
  ['lost, then counted to 7', 'one too far, for it is counted here', counted(9), 'gap'],
  ['lost, then counted to 7', 'the first again', counted(1), 'duplicate'],
]

describe('admit', () => {
  it.each(verdicts)('%s × %s', (name, _, stamp, verdict) => {
    expect(admit(positions[name], stamp)).toBe(verdict)
  })

  it('looks at every position', () => {
    expect(new Set(verdicts.map(([name]) => name))).toEqual(new Set(Object.keys(positions)))
  })
})

describe('advance', () => {
  const seen = (...keys: readonly (string | number)[]): Position['recent'] =>
    keys.map((key) => ({ key, mark: 1 }))
  const { start } = positions

  it.each<[string, Position, Stamp, Position]>([
    ['a name', start, named('a'), { cursor: 'a', seq: 0, streak: 0, hadHole: false, recent: seen('a') }],
    [
      'the first id',
      start,
      numbered(1),
      { cursor: '1', seq: 1, streak: 1, hadHole: false, recent: seen('1') },
    ],
    ['a later id', start, numbered(5), { cursor: '5', seq: 5, streak: 0, hadHole: false, recent: seen('5') }],
    ['a count', start, counted(1), { cursor: null, seq: 1, streak: 1, hadHole: false, recent: seen(1) }],
    [
      'the next id',
      positions['ids 5, 6, 7'],
      numbered(8),
      { cursor: '8', seq: 8, streak: 3, hadHole: false, recent: seen('5', '6', '7', '8') },
    ],
    [
      'an id after a hole',
      positions['ids 5, 6, 7'],
      numbered(9),
      { cursor: '9', seq: 9, streak: 0, hadHole: false, recent: seen('5', '6', '7', '9') },
    ],
    [
      'a name after numbers',
      positions['ids 5, 6, 7'],
      named('x'),
      { cursor: 'x', seq: 7, streak: 0, hadHole: false, recent: seen('5', '6', '7', 'x') },
    ],
    [
      'an id after a position was lost',
      lostPosition,
      numbered(5),
      { cursor: '5', seq: 5, streak: 0, hadHole: true, recent: seen('5') },
    ],
    [
      'an id that is taken back',
      positions['ids 5, 6, 7'],
      named(''),
      { ...positions['ids 5, 6, 7'], cursor: null },
    ],
  ])('%s', (_, at, stamp, next) => {
    expect(advance(at, stamp)).toStrictEqual(next)
  })

  it('keeps its reference when nothing new was said', () => {
    for (const at of Object.values(positions)) expect(advance(at, nothing)).toBe(at)
    const cleared = advance(positions['ids 1 to 7'], named(''))
    expect(advance(cleared, named(''))).toBe(cleared)
    expect(advance(startPosition, named(''))).toBe(startPosition)
  })
})

describe('isDense', () => {
  it.each<[string, readonly number[], boolean]>([
    ['nothing', [], false],
    ['the first two of a count', [1, 2], false],
    ['the first three of a count', [1, 2, 3], true],
    ['three in a row that began elsewhere', [7, 8, 9], false],
    ['three steps in a row', [7, 8, 9, 10], true],
    ['a row that broke', [1, 2, 3, 7], false],
    ['a row that broke and was taken up', [1, 2, 3, 7, 8, 9, 10], true],
    ['every other number', [2, 4, 6, 8, 10, 12], false],
  ])('%s', (_, ids, dense) => {
    const stamps = ids.map((id) => numbered(id))
    expect(isDense(reach(stamps))).toBe(dense)
    expect(isDense(reach(stamps, lostPosition))).toBe(false)
  })
})

/** A message with any kind of stamp; few ids and marks, so that they meet. */
const stamps: fc.Arbitrary<Stamp> = fc
  .tuple(fc.integer({ min: 1, max: 45 }), fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(2))
  .chain(([seq, name, mark]) =>
    fc.constantFrom(
      numbered(seq, mark),
      counted(seq, mark),
      named(name, mark),
      bare(name),
      named(''),
      nothing,
    ),
  )
const anyPosition = fc
  .tuple(fc.array(stamps, { maxLength: 60 }), fc.constantFrom(startPosition, lostPosition))
  .map(([life, from]) => reach(life, from))
const hasName = ({ seq, cursor }: Stamp): boolean => seq !== null || (cursor !== null && cursor !== '')

describe('any position', () => {
  it('L4: what was applied is a duplicate afterwards, and stays one for the next 31', () => {
    const others = fc.array(
      fc.nat().map((n) => named(`other ${n}`)),
      { maxLength: 31 },
    )
    fc.assert(
      fc.property(anyPosition, stamps.filter(hasName), others, (at, stamp, later) => {
        fc.pre(admit(at, stamp) === 'apply')
        expect(admit(reach(later, advance(at, stamp)), stamp)).toBe('duplicate')
      }),
      { numRuns: 300 },
    )
  })

  it('takes what has a known name and other words for a hole, whatever its number', () => {
    fc.assert(
      fc.property(anyPosition, stamps, (at, stamp) => {
        fc.pre(hasName(stamp) && stamp.mark !== null && admit(at, stamp) === 'apply')
        expect(admit(advance(at, stamp), { ...stamp, mark: 99 })).toBe('gap')
      }),
      { numRuns: 300 },
    )
  })

  it('remembers the last 32 that have a name, in order, and no more', () => {
    fc.assert(
      fc.property(fc.array(stamps, { maxLength: 80 }), (life) => {
        const keys = life.filter(hasName).map(({ cursor, seq }) => cursor ?? seq)
        expect(reach(life).recent.map(({ key }) => key)).toEqual(keys.slice(-32))
      }),
      { numRuns: 300 },
    )
  })

  it('asks to continue after the last id, and after none once the server took it back', () => {
    fc.assert(
      fc.property(fc.array(stamps, { maxLength: 40 }), (life) => {
        const last = life.findLast(({ cursor }) => cursor !== null)?.cursor ?? ''
        expect(reach(life).cursor).toBe(last === '' ? null : last)
      }),
    )
  })
})

describe('a server that counts without holes', () => {
  const origins = fc.oneof(fc.constant(1), fc.nat(1000))

  it('L5: once four followed each other, a hole of any size is a gap, and the next is not', () => {
    fc.assert(
      fc.property(
        origins,
        fc.integer({ min: 4, max: 50 }),
        fc.integer({ min: 1, max: 999 }),
        (first, n, lost) => {
          const at = reach(upTo(n, (seq) => numbered(first + seq)))
          expect(admit(at, numbered(first + n + 1))).toBe('apply')
          expect(admit(at, numbered(first + n + 1 + lost))).toBe('gap')
        },
      ),
    )
  })

  it('whose count begins anew is a gap with its first message, unless that is the very same message', () => {
    const marks = fc.array(fc.nat(3), { minLength: 4, maxLength: 60 })
    fc.assert(
      fc.property(marks, fc.nat(3), (said, again) => {
        const at = reach(said.map((mark, index) => numbered(index + 1, mark)))
        const isRemembered = said.length <= 32
        const verdict = isRemembered && said[0] === again ? 'duplicate' : 'gap'
        expect(admit(at, numbered(1, again))).toBe(verdict)
      }),
    )
  })
})

describe('a server whose ids are names, or numbers with holes', () => {
  it('never gives a gap by a new id, before three followed each other', () => {
    const steps = fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 9 })), { maxLength: 40 })
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 99 }), steps, (first, life) => {
        let at = reach([numbered(first)])
        let id = first
        let inRow = 0
        for (const step of life) {
          id += step
          if (inRow >= 3 && step > 1) {
            expect(admit(at, numbered(id))).toBe('gap')
            return
          }
          expect(admit(at, numbered(id))).toBe('apply')
          at = advance(at, numbered(id))
          inRow = step === 1 ? inRow + 1 : 0
        }
      }),
      { numRuns: 300 },
    )
  })

  it('applies every name that is not known', () => {
    const names = fc.uniqueArray(
      fc.string({ minLength: 1 }).filter((id) => !/^\d+$/.test(id)),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(names, (ids) => {
        let at = startPosition
        for (const id of ids) {
          expect(admit(at, named(id))).toBe('apply')
          at = advance(at, named(id))
        }
      }),
    )
  })
})

describe('a server that says everything from the start at each connection', () => {
  it('L4, L5: is heard once and in order, however often and wherever it is cut', () => {
    const all = upTo(70, (seq) => counted(seq, seq % 5))
    const cuts = fc.array(fc.nat(all.length), { maxLength: 5 })
    fc.assert(
      fc.property(cuts, (lengths) => {
        let at = startPosition
        const applied: Stamp[] = []
        const verdicts = new Set<string>()
        for (const stamp of [...lengths, all.length].flatMap((length) => all.slice(0, length))) {
          const verdict = admit(at, stamp)
          verdicts.add(verdict)
          if (verdict !== 'apply') continue
          at = advance(at, stamp)
          applied.push(stamp)
        }
        expect(applied).toEqual(all)
        expect(verdicts).not.toContain('gap')
      }),
    )
  })

  it('L5: is never heard over a hole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (reached, lost) => {
        expect(admit(reach(upTo(reached, counted)), counted(reached + 1 + lost))).toBe('gap')
      }),
    )
  })
})

describe('after a hole', () => {
  const lives = fc.array(stamps, { maxLength: 60 })

  it('no id that is not known is a gap, however many in a row followed each other', () => {
    fc.assert(
      fc.property(lives, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 999 }), (life, n, id) => {
        const row = upTo(n, (seq) => numbered(seq + 1000))
        const at = reach([...life, ...row], lostPosition)
        expect(at.hadHole).toBe(true)
        expect(isDense(at)).toBe(false)
        const isKnown = at.recent.some(({ key }) => key === String(id))
        fc.pre(!isKnown)
        expect([admit(at, numbered(id)), admit(at, numbered(1000 + n + 1 + id))]).toEqual(['apply', 'apply'])
      }),
      { numRuns: 300 },
    )
  })

  it('what is known is a repetition all the same, and with other words a hole', () => {
    fc.assert(
      fc.property(lives, stamps, (life, stamp) => {
        fc.pre(hasName(stamp) && stamp.mark !== null)
        const before = reach(life, lostPosition)
        fc.pre(admit(before, stamp) === 'apply')
        const at = advance(before, stamp)
        expect([admit(at, stamp), admit(at, { ...stamp, mark: 99 })]).toEqual(['duplicate', 'gap'])
      }),
    )
  })

  it('L5: what is counted here is still never heard over a hole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (reached, lost) => {
        const at = reach(upTo(reached, counted), lostPosition)
        expect(admit(at, counted(reached + 1 + lost))).toBe('gap')
      }),
    )
  })
})

describe('in the fold', () => {
  const fold = (state: TaskState, event: TaskEvent | LocalTaskEvent, stamp: Stamp): TaskState =>
    reduceTask(state, event, stamp, { nowMs: 0, maxLogLines: 50 })
  const line: TaskEvent = { type: 'log-lines', origin: 'increment', lines: ['a'] }
  const moved: TaskEvent = { type: 'position-moved' }

  it('L3, L4, L5: event and position move together, by what is admitted alone', () => {
    fc.assert(
      fc.property(fc.array(stamps, { maxLength: 40 }), (life) => {
        let state = initialTask
        for (const stamp of life) {
          const verdict = admit(state.position, stamp)
          const next = fold(state, line, stamp)
          if (verdict === 'apply') {
            expect(next.logs.lines.length).toBe(state.logs.lines.length + 1)
            expect(next.position).toStrictEqual(advance(state.position, stamp))
          } else expect(next).toBe(state)
          state = next
        }
      }),
    )
  })

  it('L4: what is said again keeps the reference of the whole task', () => {
    fc.assert(
      fc.property(fc.array(stamps, { maxLength: 40 }), stamps.filter(hasName), (life, stamp) => {
        const before = life.reduce((state, each) => fold(state, line, each), initialTask)
        fc.pre(admit(before.position, stamp) === 'apply')
        const once = fold(before, line, stamp)
        expect(fold(once, line, stamp)).toBe(once)
      }),
    )
  })

  it('a message that says nothing moves the position, and nothing else', () => {
    const next = fold(initialTask, moved, numbered(1))
    expect(next).toStrictEqual({ ...initialTask, position: advance(startPosition, numbered(1)) })
    expect(fold(next, moved, numbered(1))).toBe(next)
  })

  it('a position that is lost begins anew, after a hole from then on, and the task stays as it is', () => {
    const lives = fc.array(stamps, { maxLength: 40 })
    fc.assert(
      fc.property(lives, lives, (life, later) => {
        const state = life.reduce((before, stamp) => fold(before, line, stamp), initialTask)
        const lost = fold(state, { type: 'position-lost' }, nothing)
        expect(lost.position).toBe(lostPosition)
        expect(lost).toStrictEqual({ ...state, position: lostPosition })
        expect(fold(lost, { type: 'position-lost' }, nothing)).toBe(lost)
        const end = later.reduce((before, stamp) => fold(before, line, stamp), lost)
        expect(end.position.hadHole).toBe(true)
      }),
    )
  })
})
