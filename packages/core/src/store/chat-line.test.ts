import { describe, expect, it } from 'vitest'
import { asked, message, part, reply } from '../../test/agent-events.ts'
import { createFakeChatLine } from '../../test/fake-chat-line.ts'
import type { AgentEvent } from '../protocol/agent-event.ts'
import type { AgentState } from '../state/agent.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { createChatLine } from './chat-line.ts'

const page = (...ids: readonly string[]): AgentEvent => ({
  type: 'messages-page',
  newest: true,
  olderCursor: null,
  messages: ids.map((id, order) => ({ id, fields: { order, role: 'user', status: 'ready', content: [] } })),
})
const busy: AgentEvent = { type: 'chat-fields', full: false, fields: { activity: 'busy' } }
const idle: AgentEvent = { type: 'chat-fields', full: false, fields: { activity: 'idle' } }
// JSON carries no errors, and nothing reads this one.
const skipped = JSON.parse('{"type":"frame-skipped","error":null}') as AgentEvent

function setup(chatId: string | null = 'c1') {
  const clock = createManualClock()
  const fake = createFakeChatLine(clock)
  const seen: AgentState[] = []
  const line = createChatLine(chatId, {
    ...fake.env,
    onAgent: (next) => void seen.push(next),
    onConnection: () => {},
  })
  const texts = (): readonly (string | null)[] => line.agent.messages.map(({ id }) => id)
  return { clock, fake, line, seen, texts, settle: () => clock.advance(0) }
}

describe('a line to a chat', () => {
  it('that has not begun connects to nothing before it has an id, and then at once', async () => {
    const { fake, line, settle } = setup(null)
    line.want()
    await settle()
    expect([fake.attempts, line.connection.status]).toEqual([[], 'idle'])
    line.fold([{ type: 'chat-fields', full: false, fields: { id: 'c7' } }])
    await settle()
    expect(fake.attempts).toEqual(['c7'])
    line.unwant()
    expect(fake.openCount).toBe(0)
  })

  it('L2, L3: tells what one frame says as one change, and nothing for what is known', async () => {
    const { fake, line, seen, settle } = setup()
    line.want()
    fake.answerWith([page()])
    fake.send(page(), asked('m1', 0, 'Hi'), busy)
    await settle()
    expect(seen).toHaveLength(1)
    fake.send(busy)
    await settle()
    expect(seen).toHaveLength(1)
    line.unwant()
  })

  it('asks once for a chat whose stream tells only what happened', async () => {
    const { fake, line, settle, texts } = setup()
    fake.answerWith([page('m0', 'm1')])
    line.want()
    fake.send(asked('m1', 1, 'Hi'))
    fake.send(busy)
    await settle()
    expect([fake.askCount, texts(), line.agent.isLoaded]).toEqual([1, ['m0', 'm1'], true])
    line.unwant()
  })

  it('L8: tells the end of a turn together with a last word that was lost', async () => {
    const { fake, line, seen, settle } = setup()
    line.want()
    fake.send(page(), asked('m1', 0, 'Hi'), reply('m2', 1, 'Well'), busy)
    await settle()
    fake.answerWith([part('m2', { status: 'ready', content: [{ type: 'text', text: 'Well, hello.' }] })])
    fake.send(idle)
    await settle()
    expect(fake.askCount).toBe(1)
    const states = seen.map((state) => [state.activity, state.messages.at(-1)?.fact?.status])
    expect(states).toEqual([
      ['busy', 'pending'],
      ['idle', 'ready'],
    ])
    line.unwant()
  })

  it('L8: tells the end also where nobody answers the question about it, and asks again by and by', async () => {
    const { clock, fake, line, settle } = setup()
    line.want()
    fake.send(page(), reply('m2', 1, 'Well'), busy)
    await settle()
    fake.answerWith(new Error('no way'))
    fake.send(idle)
    await settle()
    expect([line.agent.activity, line.agent.messages[0]?.fact?.status]).toEqual(['idle', 'pending'])
    fake.answerWith([part('m2', { status: 'ready' })])
    await clock.advance(61_000)
    expect(line.agent.messages[0]?.fact?.status).toBe('ready')
    line.unwant()
  })

  it('L8: doubts a turn that says nothing for a minute, and leaves one alone that nobody has to doubt', async () => {
    const { clock, fake, line, settle } = setup()
    line.want()
    fake.send(page('m1'), idle)
    await settle()
    await clock.advance(120_000)
    expect(fake.askCount).toBe(0)
    fake.send(busy)
    await settle()
    fake.answerWith([idle])
    await clock.advance(80_000)
    expect([fake.askCount, line.agent.activity]).toEqual([1, 'idle'])
    line.unwant()
  })

  it('asks for what could not be read, no more often than every five seconds, and forgets none of it', async () => {
    const { clock, fake, line, settle, texts } = setup()
    line.want()
    fake.send(page(), busy)
    await settle()
    for (let n = 0; n < 20; n++) fake.send(skipped)
    await settle()
    expect([fake.askCount, line.facts.skippedCount]).toEqual([1, 20])
    fake.answerWith([message('m9', { order: 0, role: 'assistant', status: 'ready', content: [] })])
    fake.send(idle)
    await settle()
    expect([fake.askCount, texts()]).toEqual([2, ['m9']])
    await clock.advance(120_000)
    expect(fake.askCount).toBe(2)
    line.unwant()
  })

  it('L5: a number that is missing is a fault, and what is missing again is read anew', async () => {
    const { clock, fake, line, settle } = setup()
    line.want()
    for (let seq = 1; seq <= 40; seq++) fake.number(seq, page())
    fake.number(42, asked('m3', 2, 'three'))
    await settle()
    expect([line.agent.messages.length, line.connection.status]).toEqual([0, 'waiting'])
    await clock.advance(2000)
    fake.answerWith([page('m1', 'm2', 'm3')])
    fake.number(42, asked('m3', 2, 'three'))
    await clock.advance(10_000)
    expect(line.agent.messages).toHaveLength(3)
    line.unwant()
  })

  it('L9: a read that tells nothing new keeps the state as it is', async () => {
    const { fake, line, settle } = setup()
    line.want()
    fake.send(page(), asked('m1', 0, 'Hi'))
    await settle()
    const before = line.agent
    fake.send(asked('m1', 0, 'Hi'), idle)
    await settle()
    expect(line.agent).toBe(before)
    line.unwant()
  })
})
