import { expect, it } from 'vitest'
import { createHandSource, listenTo, word } from '../../test/hand-source.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { tellingTransport } from './telling-transport.ts'

const settled = async (): Promise<void> => await createManualClock().advance(0)

it('says how it listens once, before the first batch and not before there is one', async () => {
  const hand = createHandSource()
  const { heard } = listenTo(tellingTransport(hand.source, 'polling'))
  await settled()
  expect(heard).toEqual([])
  hand.last.send(word('a'))
  hand.last.send(word('b'))
  hand.last.end()
  await settled()
  expect(heard).toEqual(['>polling', 'a', 'b', 'end'])
})

it('leaves the word to a source that says it by itself', async () => {
  const hand = createHandSource()
  const { heard } = listenTo(tellingTransport(hand.source, 'stream'))
  await settled()
  hand.last.reach.onTransport?.('polling')
  hand.last.send(word('a'))
  await settled()
  expect(heard).toEqual(['>polling', 'a'])
  await settled()
  hand.last.end()
})

it('hands on from where to listen, and can be left while nothing comes', async () => {
  const hand = createHandSource()
  const listener = listenTo(tellingTransport(hand.source, 'stream'), { cursor: '7', canResume: true })
  await settled()
  expect(hand.last.reach).toMatchObject({ cursor: '7', canResume: true })
  await listener.leave()
  expect(hand.openCount).toBe(0)
})
