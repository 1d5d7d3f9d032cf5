import { describe, expect, it } from 'vitest'
import {
  forecastPartialOutput,
  growPartialOutput,
  joinPartialOutput,
  noPartialOutput,
  reopenPartialOutput,
  storePartialOutput,
  type PartialOutput,
} from './partial-output.ts'

type Piece = readonly [seq: number | null, response: string]

function forecast(pieces: readonly Piece[], from: PartialOutput = noPartialOutput): PartialOutput {
  return pieces.reduce((partial, [seq, response]) => forecastPartialOutput(partial, seq, { response }), from)
}

describe('forecastPartialOutput', () => {
  it.each<readonly [string, readonly Piece[], unknown]>([
    [
      'counts from 1',
      [
        [1, 'Hel'],
        [2, 'lo'],
      ],
      'Hello',
    ],
    [
      'counts from 0',
      [
        [0, 'Hel'],
        [1, 'lo'],
      ],
      'Hello',
    ],
    [
      'is not numbered',
      [
        [null, 'Hel'],
        [null, 'lo'],
      ],
      'Hello',
    ],
    [
      'hears a number twice',
      [
        [1, 'Hel'],
        [1, 'Hel'],
        [2, 'lo'],
        [1, 'Hel'],
      ],
      'Hello',
    ],
    [
      'stops at a hole',
      [
        [1, 'Hel'],
        [3, 'o'],
        [4, '!'],
        [2, 'l'],
      ],
      'Hel',
    ],
  ])('%s', (_name, pieces, response) => {
    expect(forecast(pieces).shown).toEqual({ response })
  })

  it('shows nothing of what was joined late', () => {
    expect(
      forecast([
        [5, 'world'],
        [6, '!'],
      ]).shown,
    ).toBeNull()
  })

  it('hands over what is no object as it is', () => {
    const first = forecastPartialOutput(noPartialOutput, 1, 'frame 1')
    expect(forecastPartialOutput(first, 2, ['frame', 2]).shown).toEqual(['frame', 2])
  })

  it('L4: keeps its reference for a number that was seen', () => {
    const partial = forecast([
      [1, 'a'],
      [2, 'b'],
    ])
    expect(
      forecast(
        [
          [2, 'b'],
          [1, 'a'],
        ],
        partial,
      ),
    ).toBe(partial)
  })

  it('L5: stays stopped after a hole, and says so once', () => {
    const stopped = forecast([
      [1, 'a'],
      [3, 'c'],
    ])
    expect(stopped.whole).toBe(false)
    expect(
      forecast(
        [
          [3, 'c'],
          [null, 'd'],
        ],
        stopped,
      ),
    ).toBe(stopped)
  })
})

describe('storePartialOutput', () => {
  it.each([
    ['a fact alone', { response: 'Hel' }, { response: 'Hel' }],
    ['a fact behind the forecast', { response: 'He' }, { response: 'Hello' }],
    ['a fact ahead of the forecast', { response: 'Hello there' }, { response: 'Hello there' }],
    ['a fact that says otherwise', { response: 'Bye' }, { response: 'Bye' }],
    ['other keys of the fact', { response: 'He', n: 1 }, { response: 'Hello', n: 1 }],
    ['a fact without the key', { n: 1 }, { response: 'Hello', n: 1 }],
    ['a fact that is no object', 'done', 'done'],
    ['a list', [1], [1]],
    ['nothing', null, { response: 'Hello' }],
    ['the empty object, which is nothing', {}, { response: 'Hello' }],
  ])('%s', (name, fact, shown) => {
    const from =
      name === 'a fact alone'
        ? noPartialOutput
        : forecast([
            [1, 'Hel'],
            [2, 'lo'],
          ])
    expect(storePartialOutput(from, fact).shown).toEqual(shown)
  })

  it('L4: keeps its reference for the same fact', () => {
    const fact = { response: 'a' }
    const partial = storePartialOutput(noPartialOutput, fact)
    expect(storePartialOutput(partial, fact)).toBe(partial)
    for (const nothing of [null, undefined, {}]) {
      expect(storePartialOutput(noPartialOutput, nothing)).toBe(noPartialOutput)
      expect(growPartialOutput(partial, nothing)).toBe(partial)
    }
  })

  it('goes on showing the forecast while the fact only catches up', () => {
    const ahead = storePartialOutput(forecast([[1, 'Hello']]), { response: 'Hel' })
    expect(storePartialOutput(ahead, { response: 'Hell' }).shown).toEqual(ahead.shown)
  })
})

describe('reopenPartialOutput', () => {
  it('goes on with numbered pieces, whose holes show', () => {
    const partial = forecast([[1, 'Hel']])
    expect(reopenPartialOutput(partial)).toBe(partial)
    expect(forecast([[2, 'lo']], reopenPartialOutput(partial)).shown).toEqual({ response: 'Hello' })
  })

  it('stops those that are not numbered, because some may be missing', () => {
    const reopened = reopenPartialOutput(forecast([[null, 'Hel']]))
    expect(forecast([[null, 'world']], reopened).shown).toEqual({ response: 'Hel' })
    expect(reopenPartialOutput(reopened)).toBe(reopened)
  })

  it('changes nothing before the first piece', () => {
    expect(reopenPartialOutput(noPartialOutput)).toBe(noPartialOutput)
  })
})

describe('joinPartialOutput', () => {
  it('keeps the fact itself when the forecast adds nothing', () => {
    const fact = { response: 'Hello' }
    expect(joinPartialOutput(fact, { response: 'He' })).toBe(fact)
    expect(joinPartialOutput(fact, null)).toBe(fact)
    expect(joinPartialOutput(fact, 'raw')).toBe(fact)
  })

  it('looks at own keys only', () => {
    const fact: unknown = JSON.parse('{"a":1,"__proto__":{"response":"x"}}')
    expect(joinPartialOutput(fact, { constructor: 'c' })).toMatchObject({ a: 1, constructor: 'c' })
    expect(Object.getPrototypeOf(joinPartialOutput(fact, { response: 'r' }))).toBe(Object.prototype)
  })
})
