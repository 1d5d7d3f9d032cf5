import { describe, expect, it } from 'vitest'
import { asked, foldAgent, page, sends } from '../../test/agent-events.ts'
import { StreamError } from '../errors.ts'
import type { AgentEvent } from '../protocol/agent-event.ts'
import type { AgentState } from './agent.ts'

const at = (order: number, text = 'a'): AgentEvent => asked(`m${order}`, order, text)
const ids = (state: AgentState): readonly (string | null)[] => state.messages.map(({ id }) => id)
const asks = { type: 'older-asked' } as const

describe('the newest page', () => {
  it.each<[string, readonly AgentEvent[], AgentEvent, readonly string[], string | null]>([
    ['is all there is at first', [], page(true, [at(2), at(1)], 'p1'), ['m1', 'm2'], 'p1'],
    [
      'says what is gone within its reach',
      [at(1), at(2), at(3)],
      page(true, [at(1), at(3)], 'p1'),
      ['m1', 'm3'],
      'p1',
    ],
    [
      'says nothing of what came since',
      [at(1), at(4)],
      page(true, [at(1), at(3)], null),
      ['m1', 'm3', 'm4'],
      null,
    ],
    [
      'leaves what is older and met by it',
      [page(true, [at(1), at(2)], 'p1')],
      page(true, [at(2), at(3)], 'p2'),
      ['m1', 'm2', 'm3'],
      'p1',
    ],
    [
      'drops what is older and has lost touch with it',
      [page(true, [at(1), at(2)], 'p1')],
      page(true, [at(8), at(9)], 'p8'),
      ['m8', 'm9'],
      'p8',
    ],
    [
      'leaves what is older where it says that nothing is',
      [page(true, [at(1)], 'p1')],
      page(true, [at(8)], null),
      ['m1', 'm8'],
      'p1',
    ],
    [
      'moves the cursor where it begins with the first that is held',
      [page(true, [at(1)], 'p1')],
      page(true, [at(1), at(2)], 'p2'),
      ['m1', 'm2'],
      'p2',
    ],
    ['says nothing when it is empty', [page(true, [at(1)], 'p1')], page(true, [], null), ['m1'], 'p1'],
    ['knows that there is nothing', [], page(true, [], null), [], null],
  ])('%s', (_, before, newest, expected, cursor) => {
    const state = foldAgent([...before, newest])
    expect(ids(state)).toEqual(expected)
    expect(state).toMatchObject({ olderCursor: cursor, isLoaded: true })
    expect(foldAgent([newest], state)).toBe(state)
  })

  it('leaves what the server does not have yet', () => {
    const state = foldAgent([at(1), sends('k1', 'x'), page(true, [at(8)], 'p1')])
    expect(state.messages.map(({ key }) => key)).toEqual(['m8', 'k1'])
  })
})

describe('an older page', () => {
  const loaded = foldAgent([page(true, [at(5), at(6)], 'p5')])

  it('comes before what is held, when it was asked for', () => {
    const asking = foldAgent([asks], loaded)
    expect(asking).toMatchObject({ isLoadingOlder: true, olderCursor: 'p5' })
    const state = foldAgent([page(false, [at(4), at(3)], 'p3')], asking)
    expect(ids(state)).toEqual(['m3', 'm4', 'm5', 'm6'])
    expect(state).toMatchObject({ isLoadingOlder: false, olderCursor: 'p3', olderError: null })
  })

  it('moves the cursor also where it is empty', () => {
    expect(foldAgent([asks, page(false, [], null)], loaded)).toMatchObject({
      olderCursor: null,
      isLoadingOlder: false,
    })
  })

  it('may fail, and be asked for again', () => {
    const error = new StreamError('network', 'The line broke.')
    const failed = foldAgent([asks, { type: 'older-failed', error }], loaded)
    expect(failed).toMatchObject({ isLoadingOlder: false, olderError: error, olderCursor: 'p5' })
    expect(foldAgent([asks], failed)).toMatchObject({ isLoadingOlder: true, olderError: null })
  })

  it('is too late when the newest page has dropped what it continues', () => {
    const dropped = foldAgent([asks, page(true, [at(20), at(21)], 'p20')], loaded)
    expect(dropped).toMatchObject({ isLoadingOlder: false, olderCursor: 'p20' })
    expect(foldAgent([page(false, [at(4)], 'p4')], dropped)).toBe(dropped)
  })

  it('does not go over what is newer', () => {
    const state = foldAgent(
      [asks, page(false, [at(5, ''), at(4)], null)],
      foldAgent([asked('m5', 5, 'edited')], loaded),
    )
    expect(ids(state)).toEqual(['m4', 'm5', 'm6'])
  })
})
