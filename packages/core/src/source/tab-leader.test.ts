import { describe, expect, it } from 'vitest'
import type { Frame } from '../wire/frame.ts'
import { createTabLeader } from './tab-leader.ts'
import type { TabMessage } from './tab-message.ts'

const frame = (data: string): Frame => ({ type: 'message', event: 'message', id: null, data })

function start() {
  const posted: TabMessage[] = []
  let deposedCount = 0
  const leader = createTabLeader({
    id: 'a',
    term: 5,
    limits: { maxFrames: 2, maxChars: 100 },
    channel: { post: (message) => void posted.push(message), close() {} },
    onDeposed: () => void deposedCount++,
  })
  const me = { from: 'a', term: 5 }
  return { leader, me, take: () => posted.splice(0), deposed: () => deposedCount }
}

describe('createTabLeader', () => {
  it('says that it leads, numbers what it passes on, and says when it is over', () => {
    const { leader, me, take } = start()
    expect(take()).toEqual([{ type: 'lead', ...me }])
    leader.begin({ transport: 'polling', isWhole: true })
    leader.share([])
    leader.share([frame('1')])
    leader.begin({ transport: 'stream', isWhole: true })
    leader.share([frame('2')])
    leader.over()
    const batch = { type: 'batch', ...me, beginning: null }
    expect(take()).toEqual([
      { ...batch, number: 1, beginning: { transport: 'polling', isWhole: true }, frames: [] },
      { ...batch, number: 2, frames: [frame('1')] },
      { ...batch, number: 3, beginning: { transport: 'stream', isWhole: true }, frames: [frame('2')] },
      { type: 'over', ...me },
    ])
  })

  it('answers a hello with everything since the line began, as long as that is known', () => {
    const { leader, me, take } = start()
    const hello = (): readonly TabMessage[] => {
      take()
      leader.hear({ type: 'hello', from: 'b' })
      return take()
    }
    const transcript = { type: 'transcript', ...me, to: 'b', transport: null }
    expect(hello()).toEqual([{ ...transcript, number: 0, frames: [] }])
    leader.share([frame('1')])
    leader.share([{ type: 'beat' }, frame('2')])
    expect(hello()).toEqual([{ ...transcript, number: 2, frames: [frame('1'), frame('2')] }])
    leader.share([frame('3')])
    expect(hello()).toEqual([{ ...transcript, number: 3, frames: null }])
    leader.begin({ transport: 'stream', isWhole: true })
    leader.share([frame('4')])
    expect(hello()).toEqual([{ ...transcript, number: 4, transport: 'stream', frames: [frame('4')] }])
    leader.begin({ transport: null, isWhole: false })
    leader.share([frame('5')])
    expect(hello()).toEqual([{ ...transcript, number: 5, frames: null }])
  })

  it('answers a ping, and gives way to a later leader only', () => {
    const { leader, me, take, deposed } = start()
    take()
    leader.hear({ type: 'ping', from: 'b' })
    leader.hear({ type: 'lead', from: 'c', term: 5 })
    leader.hear({ type: 'over', from: 'c', term: 9 })
    expect([take(), deposed()]).toEqual([[{ type: 'pong', ...me }], 0])
    leader.hear({ type: 'lead', from: 'c', term: 6 })
    expect(deposed()).toBe(1)
  })
})
