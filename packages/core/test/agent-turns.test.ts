import { describe, expect, it } from 'vitest'
import { selectAgentStatus, selectMessages } from '../src/state/select-agent.ts'
import type { StandardSchemaV1 } from '../src/store/standard-schema.ts'
import type { MessageUpdate } from '../src/store/message-update.ts'
import type { Chat } from '../src/store/chat.ts'
import { fault } from '../src/testing/faults.ts'
import { withFaults } from '../src/testing/with-faults.ts'
import { createAgentWorld } from './agent-world.ts'

const shown = (chat: Chat) => selectMessages(chat.current().agent)
const statuses = (chat: Chat): readonly string[] => shown(chat).map(({ role, status }) => `${role} ${status}`)

/** How a promise stands, without waiting for it. */
function watchSettling<T>(work: Promise<T>): { readonly state: () => string } {
  let state = 'waiting'
  work.then(
    () => (state = 'resolved'),
    (thrown: unknown) => (state = `rejected ${Reflect.get(Object(thrown), 'code')}`),
  )
  return { state: () => state }
}

describe('a turn', () => {
  it('is submitted from the answer to the message until something of it is told', async () => {
    const { client, server, clock } = createAgentWorld((make) => make.queue({ forMs: 20_000 }))
    const agent = client.agent('my-org/assistant')
    server.setFaults([
      fault.slowHeaders(3000, { on: 'chat-stream' }),
      fault.slowHeaders(3000, { on: 'chat' }),
    ])
    agent.sendMessage('one').catch(() => {})
    await clock.advance(100)
    expect(selectAgentStatus(agent.chat.current().agent)).toBe('submitted')
    client.close()
  })

  it('goes from submitted to streaming to ready, once each, also where there was a turn before', async () => {
    const { client, drive } = createAgentWorld((make) => make.usual({ reasoning: 'Hm.', text: 'Yes.' }))
    const agent = client.agent('my-org/assistant')
    for (const text of ['one', 'two']) {
      const seen: string[] = []
      const stop = agent.chat.observe((next) => {
        const status = selectAgentStatus(next)
        if (seen.at(-1) !== status) seen.push(status)
      })
      await drive(agent.sendMessage(text))
      stop()
      expect(seen).toEqual(['submitted', 'streaming', 'ready'])
    }
  })

  it('L6: is never ended by the idle state of the turn before, however late its own begins to show', async () => {
    const { client, drive, clock, server } = createAgentWorld((make) =>
      make.usual({ text: 'Yes.', stepMs: 2000 }),
    )
    const agent = client.agent('my-org/assistant')
    await drive(agent.sendMessage('one'))
    // The line is gone, and what it brings first when it comes again is late.
    await clock.advance(10_000)
    server.setFaults([fault.slowHeaders(900, { on: 'chat-stream' }), fault.slowHeaders(900, { on: 'chat' })])
    const second = watchSettling(agent.sendMessage('two'))
    await clock.advance(1900)
    expect(second.state()).toBe('waiting')
    expect(selectAgentStatus(agent.chat.current().agent)).not.toBe('ready')
    await clock.advance(1500)
    expect(second.state()).toBe('resolved')
  })

  it('has the output of its own run, and none where that has none', async () => {
    const { client, drive } = createAgentWorld((make) =>
      make.turns([make.structured({ output: { city: 'Oslo' } }), make.usual({ text: 'Fine.' })]),
    )
    const agent = client.agent('my-org/assistant')
    expect((await drive(agent.sendMessage('one'))).output).toEqual({ city: 'Oslo' })
    expect((await drive(agent.sendMessage('two'))).output).toBeNull()
  })

  it('has structured output that is checked by the schema that was given for it', async () => {
    const { client, drive } = createAgentWorld((make) => make.structured({ output: { n: 1 } }))
    const schema = (isRight: boolean): StandardSchemaV1<unknown, { n: number }> => ({
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => (isRight ? { value: { n: 2 } } : { issues: [{ message: 'n is missing' }] }),
      },
    })
    const right = client.agent('my-org/a', { output: schema(true) })
    expect((await drive(right.sendMessage('one'))).output.n).toBe(2)
    const wrong = client.agent('my-org/a', { output: schema(false) })
    await expect(drive(wrong.sendMessage('one'))).rejects.toThrow(/n is missing/)
  })

  it('that fails is followed by one that does not', async () => {
    const { client, drive } = createAgentWorld((make) =>
      make.turns([make.fails(), make.usual({ text: 'Now.' })]),
    )
    const agent = client.agent('my-org/assistant')
    await expect(drive(agent.sendMessage('one'))).rejects.toMatchObject({ code: 'agent-failed' })
    expect(selectAgentStatus(agent.chat.current().agent)).toBe('error')
    expect((await drive(agent.regenerate())).text).toBe('Now.')
    expect(shown(agent.chat).filter(({ role }) => role === 'user')).toHaveLength(2)
  })

  it('can be awaited no longer, and goes on', async () => {
    const { client, drive, clock } = createAgentWorld((make) => make.usual({ text: 'Late.' }))
    const agent = client.agent('my-org/assistant')
    const stop = new AbortController()
    const reply = watchSettling(agent.sendMessage('one', { signal: stop.signal }))
    await clock.advance(100)
    stop.abort()
    await clock.advance(0)
    expect(reply.state()).toBe('rejected aborted')
    await clock.advance(5000)
    expect((await drive(agent.sendMessage('two'))).text).toBe('Late.')
    expect(statuses(agent.chat)).toEqual(['user ready', 'assistant ready', 'user ready', 'assistant ready'])
  })

  it('that nobody is to follow any more is told so, and is followed again by the next message', async () => {
    const { client, drive, clock } = createAgentWorld((make) => make.usual({ text: 'Yes.' }))
    const agent = client.agent('my-org/assistant')
    const reply = watchSettling(agent.sendMessage('one'))
    await clock.advance(100)
    agent.chat.disconnect()
    await clock.advance(0)
    expect(reply.state()).toBe('rejected disconnected')
    expect((await drive(agent.sendMessage('two'))).text).toBe('Yes.')
    const open = watchSettling(agent.sendMessage('three'))
    await clock.advance(100)
    client.close()
    await clock.advance(0)
    expect(open.state()).toBe('rejected disconnected')
  })
})

describe('a message', () => {
  it('that is sent while the agent is busy is queued, and answered in its turn', async () => {
    const { client, clock, drive } = createAgentWorld((make) =>
      make.turns([make.queue({ forMs: 5000, text: 'First.' }), make.echo()]),
    )
    const agent = client.agent('my-org/assistant')
    const first = agent.sendMessage('one')
    await clock.advance(1000)
    const second = agent.sendMessage('two')
    await clock.advance(1000)
    expect(shown(agent.chat).at(-1)).toMatchObject({ text: 'two', status: 'queued' })
    const replies = await drive(Promise.all([first, second]))
    expect(replies.map(({ text }) => text)).toEqual(['First.', 'two'])
    expect(replies[1].messages.map(({ text }) => text)).toEqual(['two', 'two'])
  })

  it('that is queued can be taken back, and its wait ends as cancelled', async () => {
    const { client, clock, drive } = createAgentWorld((make) => make.queue({ forMs: 5000, text: 'First.' }))
    const agent = client.agent('my-org/assistant')
    const first = agent.sendMessage('one')
    await clock.advance(1000)
    const second = agent.sendMessage('two')
    await clock.advance(1000)
    await drive(agent.chat.withdrawMessage(shown(agent.chat).at(-1)?.key ?? ''))
    expect(await drive(second)).toMatchObject({ status: 'cancelled', text: '' })
    expect(await drive(first)).toMatchObject({ status: 'completed', text: 'First.' })
    expect(shown(agent.chat).find(({ text }) => text === 'two')?.status).toBe('cancelled')
  })

  it('whose turn has begun cannot be taken back, and is not shown as if', async () => {
    const { client, clock, drive } = createAgentWorld((make) => make.usual({ text: 'First.' }))
    const agent = client.agent('my-org/assistant')
    const reply = agent.sendMessage('one')
    await clock.advance(100)
    await drive(agent.chat.withdrawMessage(shown(agent.chat)[0]?.key ?? ''))
    expect(await drive(reply)).toMatchObject({ status: 'completed' })
    expect(shown(agent.chat)[0]?.status).toBe('ready')
  })

  it('that arrived although its answer was lost is shown once, and its turn is awaited', async () => {
    const { client, clock, drive, server } = createAgentWorld((make) => make.echo())
    const agent = client.agent('my-org/assistant')
    await drive(agent.sendMessage('one'))
    const leave = agent.chat.store.subscribe(() => {})
    await clock.advance(1000)
    server.setFaults([fault.cutAfterBytes(0, { on: 'agent-run', how: 'reset' })])
    const reply = await drive(agent.sendMessage('two'))
    expect(reply.text).toBe('two')
    expect(statuses(agent.chat)).toEqual(['user ready', 'assistant ready', 'user ready', 'assistant ready'])
    expect(agent.chat.current().agent.messages.map(({ outgoing }) => outgoing)).toEqual([
      null,
      null,
      null,
      null,
    ])
    expect(server.counters.messages).toBe(2)
    leave()
  })

  it('is not sent before those before it were answered, also where one between failed', async () => {
    const { client, drive, server } = createAgentWorld((make) => make.echo())
    const agent = client.agent('my-org/assistant')
    server.setFaults([
      fault.slowHeaders(500, { on: 'agent-run' }),
      fault.refuse({ on: 'files', status: 400 }),
    ])
    const first = agent.sendMessage('one')
    const broken = watchSettling(agent.sendMessage({ files: [new Blob(['x'])] }))
    const third = agent.sendMessage('three')
    const [a, b] = await drive(Promise.all([first, third]))
    expect(broken.state()).toMatch(/^rejected/)
    expect([a.text, b.text, a.chatId === b.chatId, server.counters.chats]).toEqual(['one', 'three', true, 1])
  })

  it('goes while the line is given up, which is tried anew for the reply', async () => {
    const { client, clock, drive, server } = createAgentWorld((make) => make.echo())
    const agent = client.agent('my-org/assistant')
    await drive(agent.sendMessage('one'))
    const leave = agent.chat.store.subscribe(() => {})
    server.setFaults([
      fault.refuse({ on: 'chat-stream', status: 403, times: 1 }),
      fault.refuse({ on: 'chat', status: 403, times: Infinity }),
    ])
    server.restart()
    await clock.advance(60_000)
    expect(agent.chat.current().connection).toMatchObject({ state: 'closed', error: { code: 'forbidden' } })
    server.setFaults([])
    expect((await drive(agent.sendMessage('two'))).text).toBe('two')
    leave()
  })

  it('that cannot go because there is no network stays, and goes when it is sent again', async () => {
    const world = createAgentWorld((make) => make.echo())
    const network = withFaults(world.server, [], { clock: world.clock })
    const agent = world.connect({ fetch: network }).agent('my-org/assistant')
    network.goOffline()
    await expect(world.drive(agent.sendMessage('one'))).rejects.toMatchObject({ code: 'network' })
    network.goOnline()
    const [message] = shown(agent.chat)
    expect(message).toMatchObject({ status: 'failed', error: { code: 'network' } })
    expect((await world.drive(agent.chat.retryMessage(message?.key ?? ''))).messages).toHaveLength(2)
    await expect(agent.chat.retryMessage(message?.key ?? '')).rejects.toMatchObject({ code: 'misuse' })
  })

  it('tells what the agent says, and neither the past nor the answers of tools', async () => {
    const { client, drive, clock } = createAgentWorld((make) =>
      make.turns([
        make.usual({ text: 'Old.' }),
        make.serverTool({ name: 'f', result: 'of a tool', reply: 'New.' }),
      ]),
    )
    const { chatId } = await drive(client.agent('my-org/assistant').sendMessage('one'))
    await clock.advance(10_000)
    const updates: MessageUpdate[] = []
    const other = client.agent('my-org/assistant', { chatId })
    await drive(other.sendMessage('two', { onMessage: (update) => void updates.push(update) }))
    const said = updates.filter(({ type }) => type === 'text').map(({ content }) => content)
    expect(said.join('')).toBe('New.')
  })
})
