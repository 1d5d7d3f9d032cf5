import { afterEach, describe, expect, it, vi } from 'vitest'
import { asked, piece, reply } from '../../test/agent-events.ts'
import { catchUncaught } from '../../test/catch-uncaught.ts'
import { createFakeChatLine } from '../../test/fake-chat-line.ts'
import type { AgentEvent } from '../protocol/agent-event.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { createChatFollower, type ChatFollower } from './chat-follower.ts'
import { createFrameLoop, syncSchedule, type Schedule } from './frame-loop.ts'
import { createRegistry } from './registry.ts'
import { waitForTurn } from './wait-for-turn.ts'

const page: AgentEvent = { type: 'messages-page', newest: true, olderCursor: null, messages: [] }
const idle: AgentEvent = { type: 'chat-fields', full: false, fields: { activity: 'idle' } }
const ignore = (): void => {}

function setup(schedule: Schedule = syncSchedule, chatId: string | null = 'c1') {
  const clock = createManualClock()
  const fake = createFakeChatLine(clock)
  const lookers: number[] = []
  const { sourceOf, ...line } = fake.env
  const registry = createRegistry<ChatFollower>(clock, { disconnectAfterMs: 1000, forgetAfterMs: 300_000 })
  const follower = registry.get('c1', ({ onWatched, onUnwatched }) =>
    createChatFollower(chatId, {
      frames: createFrameLoop(schedule),
      line,
      listen: (id) => ({ source: sourceOf(id), setLookers: (count) => void lookers.push(count) }),
      onAgent: ignore,
      onWatched,
      onUnwatched,
    }),
  )
  return { clock, fake, follower, lookers, settle: () => clock.advance(0) }
}

afterEach(() => vi.restoreAllMocks())

describe('a follower of a chat', () => {
  it('L11: has one line for all who watch, and none after the grace', async () => {
    const { clock, fake, follower } = setup()
    const leave = [follower.store, follower.live, follower.store].map((store) => store.subscribe(ignore))
    await clock.advance(0)
    expect([fake.attempts.length, fake.openCount]).toEqual([1, 1])
    for (const stop of leave) stop()
    await clock.advance(900)
    const again = follower.store.subscribe(ignore)
    await clock.advance(5000)
    expect([fake.attempts.length, fake.openCount]).toEqual([1, 1])
    again()
    await clock.advance(1000)
    expect(fake.openCount).toBe(0)
  })

  it('connects nothing for those who observe, are told of changes, or read', async () => {
    const { clock, fake, follower } = setup()
    const stops = [follower.observe(ignore), follower.onChange(ignore)]
    expect(follower.current()).toBe(follower.store.getState())
    await clock.advance(5000)
    expect(fake.attempts).toEqual([])
    for (const stop of stops) stop()
  })

  it('L10: publishes pieces with the next frame, and ends at once', async () => {
    let flush = ignore
    const { fake, follower, settle } = setup((run) => {
      flush = run
      return ignore
    })
    const leave = follower.store.subscribe(ignore)
    fake.send(page, asked('m1', 0, 'Hi'), reply('m2', 1, ''))
    await settle()
    expect(follower.store.getState().agent.messages).toHaveLength(2)
    fake.send(piece('m2', 1, { text: 'We' }))
    await settle()
    expect(follower.store.getState()).not.toBe(follower.current())
    expect(follower.live.getState()).toBe(follower.current())
    flush()
    expect(follower.store.getState()).toBe(follower.current())
    fake.send(piece('m2', 2, { text: 'll' }), reply('m2', 1, 'Well', { status: 'ready' }))
    await settle()
    expect(follower.store.getState()).toBe(follower.current())
    leave()
  })

  it('is paused for everybody until it is to go on, and tells whoever waits', async () => {
    const { clock, fake, follower, settle } = setup()
    const leave = follower.store.subscribe(ignore)
    await settle()
    let pauseCount = 0
    const stop = follower.onPause(() => pauseCount++)
    follower.disconnect()
    stop()
    expect([pauseCount, follower.isPaused, fake.openCount]).toEqual([1, true, 0])
    const late = follower.live.subscribe(ignore)
    await clock.advance(5000)
    expect(fake.openCount).toBe(0)
    follower.reconnect()
    await settle()
    expect([follower.isPaused, fake.openCount]).toEqual([false, 1])
    leave()
    late()
  })

  it('tries a line that was given up anew for whoever comes later', async () => {
    const { clock, fake, follower, settle } = setup()
    const leave = follower.store.subscribe(ignore)
    for (let n = 0; n < 4; n++) {
      fake.fail(new Error('no'))
      await clock.advance(40_000)
    }
    expect(follower.current().connection.state).toBe('closed')
    leave()
    await clock.advance(2000)
    const again = follower.store.subscribe(ignore)
    await settle()
    expect(fake.openCount).toBe(1)
    again()
  })

  it('tells the source how many look, also of a chat that begins after that', async () => {
    const { follower, lookers, settle } = setup(syncSchedule, null)
    const leave = follower.store.subscribe(ignore)
    const away = [follower.look(), follower.look()]
    follower.fold([{ type: 'chat-fields', full: false, fields: { id: 'c9' } }])
    await settle()
    for (const stop of away) stop()
    expect(lookers).toEqual([1, 0])
    leave()
  })

  it('reports what an observer throws, and tells the others', async () => {
    const { follower, settle } = setup()
    const uncaught = catchUncaught()
    const told: number[] = []
    follower.observe(() => {
      throw new Error('mine')
    })
    follower.observe((next) => void told.push(next.messages.length))
    follower.fold([page, asked('m1', 0, 'Hi')])
    await settle()
    expect([told, uncaught.map(String)]).toEqual([[1], ['Error: mine']])
  })
})

describe('waiting for a turn', () => {
  it('watches the chat until then, and leaves nothing behind', async () => {
    const { clock, fake, follower, settle } = setup()
    const ended = waitForTurn(follower, 'm1', undefined)
    fake.send(page, asked('m1', 0, 'Hi'), reply('m2', 1, 'Yes', { status: 'ready' }), idle)
    await settle()
    expect((await ended).turn.outcome).toBe('completed')
    await clock.advance(1000)
    expect(fake.openCount).toBe(0)
  })

  it('L6: is not ended by a chat that is idle from the turn before', async () => {
    const { fake, follower, settle } = setup()
    const stop = new AbortController()
    let state = 'waiting'
    waitForTurn(follower, 'm3', stop.signal).catch((thrown: unknown) => {
      state = String(Reflect.get(Object(thrown), 'code'))
    })
    fake.send(page, asked('m1', 0, 'Hi'), reply('m2', 1, 'Yes', { status: 'ready' }), idle)
    fake.send(asked('m3', 2, 'And?'))
    await settle()
    expect(state).toBe('waiting')
    stop.abort()
    await settle()
    expect(state).toBe('aborted')
  })

  it('is over at once for a signal that was aborted, and connects nothing', async () => {
    const { fake, follower, settle } = setup()
    await expect(waitForTurn(follower, 'm1', AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' })
    await settle()
    expect(fake.attempts).toEqual([])
  })

  it.each([
    ['disconnected', (follower: ChatFollower): void => follower.disconnect()],
    ['network', ignore],
  ])('ends with %s where nobody follows the chat any more', async (code, act) => {
    const { clock, fake, follower, settle } = setup()
    let said: unknown = null
    waitForTurn(follower, 'm1', undefined).catch((thrown: unknown) => {
      said = Reflect.get(Object(thrown), 'code')
    })
    await settle()
    act(follower)
    for (let n = 0; n < 4; n++) {
      fake.fail(new Error('no'))
      await clock.advance(40_000)
    }
    expect(said).toBe(code)
  })
})
