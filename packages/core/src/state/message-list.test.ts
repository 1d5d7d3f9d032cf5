import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asked, foldAgent, messageOf } from '../../test/agent-events.ts'
import { newMessage, type MessageState } from './agent.ts'
import { placeOfId, placeOfKey, putMessage } from './message-list.ts'

const stored = (id: string, order: number | null, createdAt: number | null = null): MessageState =>
  messageOf(foldAgent([asked(id, 0, '', { order, createdAt })]), id)

describe('putMessage', () => {
  it('stands by order, then time, then id; what was not told is last, and what the server does not have behind that', () => {
    const inOrder = [
      stored('z', 0),
      stored('b', 1, 5),
      stored('a', 1, 6),
      stored('c', 1, 6),
      stored('d', 1),
      stored('e', null, 1),
      stored('f', null),
      newMessage('k1', null),
    ]
    fc.assert(
      fc.property(fc.shuffledSubarray(inOrder, { minLength: inOrder.length }), (shuffled) => {
        const list = shuffled.reduce<readonly MessageState[]>((held, one) => putMessage(held, -1, one), [])
        expect(list.map(({ key }) => key)).toEqual(inOrder.map(({ key }) => key))
      }),
    )
  })

  it('moves a message whose place has changed, and leaves the others', () => {
    const [a, b, c] = [stored('a', 0), stored('b', 1), stored('c', 2)]
    const moved = stored('a', 5)
    expect(putMessage([a, b, c], 0, moved)).toEqual([b, c, moved])
    expect(putMessage([a, b, c], 2, { ...c, key: 'k' })).toEqual([a, b, { ...c, key: 'k' }])
  })

  it('L4: is the same list where nothing changes', () => {
    const list = [stored('a', 0), stored('b', 1)]
    const [first] = list
    if (first !== undefined) expect(putMessage(list, 0, first)).toBe(list)
  })

  it('keeps what is sent in the order in which it was', () => {
    const [a, b] = [newMessage('k1', null), newMessage('k2', null)]
    expect(putMessage(putMessage([], -1, a), -1, b)).toEqual([a, b])
  })
})

describe('placeOfId and placeOfKey', () => {
  it('find a message by either name, and nothing by none', () => {
    const list = [stored('a', 0), { ...stored('b', 1), key: 'k' }]
    expect([
      placeOfId(list, 'b'),
      placeOfKey(list, 'k'),
      placeOfKey(list, 'b'),
      placeOfId(list, 'x'),
    ]).toEqual([1, 1, -1, -1])
  })
})
