import { describe, expect, it } from 'vitest'
import { selectMessages } from '../src/state/select-agent.ts'
import type { Chat } from '../src/store/chat.ts'
import type { UploadProgress } from '../src/store/task-view.ts'
import { fault } from '../src/testing/faults.ts'
import { createSharedStorage } from './tool-world.ts'
import { createAgentWorld } from './agent-world.ts'

const textsOf = (chat: Chat): readonly string[] =>
  selectMessages(chat.current().agent).map(({ text }) => text)

describe('older messages', () => {
  /** A chat of 120 messages, and a client that has just come to it. */
  async function longChat() {
    const world = createAgentWorld((make) => make.echo({ stepMs: 0, everyMs: 0, pieceChars: 9 }))
    const writer = world.client.agent('my-org/assistant')
    for (let n = 1; n <= 60; n++) await world.drive(writer.sendMessage(`m${n}`))
    const { chat } = world.connect().agent('my-org/assistant', { chatId: writer.chatId ?? '' })
    const leave = chat.store.subscribe(() => {})
    await world.clock.advance(100)
    const all = Array.from({ length: 120 }, (_, index) => `m${Math.floor(index / 2) + 1}`)
    return { world, chat, leave, all }
  }

  it('are read page by page, once however often they are asked for, until there are none', async () => {
    const { world, chat, leave, all } = await longChat()
    const asked = (): number => world.server.counters.requests.messages
    expect(textsOf(chat)).toEqual(all.slice(-50))
    const before = asked()
    await world.drive(Promise.all([chat.loadOlder(), chat.loadOlder()]))
    expect([textsOf(chat).length, asked() - before]).toEqual([100, 1])
    await world.drive(chat.loadOlder())
    expect([textsOf(chat), asked() - before, chat.current().agent.olderCursor]).toEqual([all, 2, null])
    await world.drive(chat.loadOlder())
    expect(asked() - before).toBe(2)
    leave()
  })

  it('that could not be read are asked for again, and what is there stays', async () => {
    const { world, chat, leave, all } = await longChat()
    world.server.setFaults([fault.refuse({ on: 'messages', status: 500 })])
    await expect(world.drive(chat.loadOlder())).rejects.toMatchObject({ status: 500 })
    expect(chat.current().agent).toMatchObject({ isLoadingOlder: false, olderError: { status: 500 } })
    await world.drive(chat.loadOlder())
    expect(chat.current().agent.olderError).toBeNull()
    expect(textsOf(chat)).toEqual(all.slice(-100))
    leave()
  })

  it('L6: stay when the line comes again, with what was said meanwhile', async () => {
    const { world, chat, leave, all } = await longChat()
    await world.drive(chat.loadOlder())
    chat.disconnect()
    await world.drive(
      world.client.agent('my-org/assistant', { chatId: chat.current().agent.id ?? '' }).sendMessage('m61'),
    )
    chat.reconnect()
    await world.clock.advance(3000)
    expect(textsOf(chat)).toEqual([...all.slice(-100), 'm61', 'm61'])
    leave()
  })
})

describe('files', () => {
  const picture = new File([new Uint8Array(5000)], 'fox.png', { type: 'image/png' })

  it('are uploaded with their progress, shown meanwhile, and sent with the message', async () => {
    const { client, drive, server } = createAgentWorld((make) => make.echo())
    const agent = client.agent('my-org/assistant')
    const progress: UploadProgress[] = []
    const reply = agent.sendMessage(
      { files: [picture] },
      { onUpload: (upload) => void progress.push(upload) },
    )
    expect(selectMessages(agent.chat.current().agent)[0]).toMatchObject({
      status: 'sending',
      attachments: [{ filename: 'fox.png', contentType: 'image/png', sizeBytes: 5000 }],
    })
    expect((await drive(reply)).text).toBe('You sent 1 files.')
    expect(progress.at(-1)).toEqual({ fileCount: 1, sentBytes: 5000, totalBytes: 5000 })
    expect(server.counters.uploadedBytes).toBe(5000)
    const again = await drive(agent.regenerate())
    expect(again.messages[0]?.parts).toMatchObject([{ type: 'image' }])
    expect(server.counters.uploads).toBe(1)
  })

  it('whose upload fails keep the message, and go along when it is sent again', async () => {
    const { client, drive, server } = createAgentWorld((make) => make.echo())
    const agent = client.agent('my-org/assistant')
    server.setFaults([fault.refuse({ on: 'files', status: 413 })])
    await expect(drive(agent.sendMessage({ text: 'Look.', files: [picture] }))).rejects.toMatchObject({
      status: 413,
    })
    const [message] = selectMessages(agent.chat.current().agent)
    expect(message).toMatchObject({ status: 'failed', text: 'Look.', error: { status: 413 } })
    const reply = await drive(agent.chat.retryMessage(message?.key ?? ''))
    expect(reply.messages[0]?.parts.map(({ type }) => type)).toEqual(['text', 'image'])
    expect([server.counters.uploads, server.counters.messages]).toEqual([1, 1])
  })

  it('that arrived are not uploaded again when only the message was refused', async () => {
    const { client, drive, server } = createAgentWorld((make) => make.echo())
    const agent = client.agent('my-org/assistant')
    server.setFaults([fault.refuse({ on: 'agent-run', status: 500 })])
    await expect(drive(agent.sendMessage({ files: [picture] }))).rejects.toMatchObject({ status: 500 })
    await drive(agent.chat.retryMessage(selectMessages(agent.chat.current().agent)[0]?.key ?? ''))
    expect([server.counters.uploads, server.counters.messages]).toEqual([1, 1])
  })

  it.each(['signal', 'stop', 'withdraw'] as const)(
    'that are on their way are given up by %s, with the message',
    async (how) => {
      const { client, drive, server, clock } = createAgentWorld((make) => make.echo())
      const agent = client.agent('my-org/assistant')
      server.setFaults([fault.slowHeaders(5000, { on: 'upload' })])
      const abort = new AbortController()
      const reply = agent.sendMessage({ files: [picture] }, { signal: abort.signal })
      reply.catch(() => {})
      await clock.advance(1000)
      if (how === 'signal') abort.abort()
      if (how === 'stop') await drive(agent.stop())
      if (how === 'withdraw') await agent.chat.withdrawMessage('sent-1')
      await expect(drive(reply)).rejects.toMatchObject({ code: 'aborted' })
      expect(agent.chat.current().agent.messages).toEqual([])
      expect([server.counters.messages, server.counters.uploads]).toEqual([0, 0])
    },
  )
})

describe('stop', () => {
  it('of a message whose turn has not shown itself yet ends that turn', async () => {
    const { client, drive, server, clock } = createAgentWorld((make) => make.queue({ forMs: 20_000 }))
    const agent = client.agent('my-org/assistant')
    server.setFaults([
      fault.slowHeaders(3000, { on: 'chat-stream' }),
      fault.slowHeaders(3000, { on: 'chat' }),
    ])
    const reply = agent.sendMessage('one')
    await clock.advance(100)
    await drive(agent.stop())
    expect(await drive(reply)).toMatchObject({ status: 'cancelled' })
    expect(server.counters.requests.stop).toBe(1)
  })

  it('where nothing is under way asks for nothing; one that is refused is told, and the turn goes on', async () => {
    const { client, drive, server, clock } = createAgentWorld((make) =>
      make.usual({ text: 'Yes.', stepMs: 3000 }),
    )
    const agent = client.agent('my-org/assistant')
    await drive(agent.stop())
    const reply = agent.sendMessage('one')
    await clock.advance(1000)
    server.setFaults([fault.refuse({ on: 'stop', status: 500 })])
    await expect(drive(agent.stop())).rejects.toMatchObject({ status: 500 })
    expect(agent.chat.current().agent.isStopRequested).toBe(false)
    expect(await drive(reply)).toMatchObject({ status: 'completed', text: 'Yes.' })
    await drive(agent.stop())
    expect(server.counters.requests.stop).toBe(1)
  })
})

describe('chats', () => {
  it('of one client mix nothing, however fast one goes from one to the other (P§11.4)', async () => {
    const { client, drive, clock } = createAgentWorld((make) => make.echo({ stepMs: 50 }))
    const [a, b] = [client.agent('my-org/a'), client.agent('my-org/b')]
    const first = a.sendMessage('of a')
    await clock.advance(60)
    const second = b.sendMessage('of b')
    const replies = await drive(Promise.all([first, second]))
    expect(replies.map(({ text }) => text)).toEqual(['of a', 'of b'])
    expect([textsOf(a.chat), textsOf(b.chat)]).toEqual([
      ['of a', 'of a'],
      ['of b', 'of b'],
    ])
    expect(replies[0].chatId).not.toBe(replies[1].chatId)
    a.reset()
    expect([a.chatId, textsOf(a.chat)]).toEqual([null, []])
    expect((await drive(a.sendMessage('anew'))).chatId).not.toBe(replies[0].chatId)
  })

  it('of sub-agents are followed by their ids, and are none of the chat above them', async () => {
    const { client, drive } = createAgentWorld((make) =>
      make.subAgent({
        name: 'my-org/finder',
        child: make.usual({ text: 'A fox.' }),
        reply: (result) => `Found: ${result}`,
      }),
    )
    const agent = client.agent('my-org/assistant')
    expect((await drive(agent.sendMessage('Find one.'))).text).toBe('Found: A fox.')
    const [childId = ''] = agent.chat.current().agent.childIds
    const child = client.agent('my-org/finder', { chatId: childId }).chat
    const leave = child.store.subscribe(() => {})
    await drive(Promise.resolve())
    expect(textsOf(child).at(-1)).toBe('A fox.')
    expect(child.current().agent.parentId).toBe(agent.chatId)
    leave()
  })

  it('are found again after a reload in the middle of a turn, unless that is not wanted', async () => {
    const world = createAgentWorld((make) =>
      make.usual({ text: 'A long answer, piece by piece.', everyMs: 200 }),
    )
    const resumeStorage = createSharedStorage()
    const before = world.connect({ resumeStorage })
    const chat = before.follow.conversation({ agent: 'my-org/a' }).store.getState()
    chat.sendMessage('one').catch(() => {})
    await world.clock.advance(900)
    before.close()
    const after = world.connect({ resumeStorage })
    const again = after.follow.conversation({ agent: 'my-org/a' }).store.getState()
    expect(again.current().agent.id).toBe(chat.current().agent.id)
    again.store.subscribe(() => {})
    await world.clock.advance(5000)
    expect(textsOf(again)).toEqual(['one', 'A long answer, piece by piece.'])
    const fresh = after.follow
      .conversation({ agent: 'my-org/a', key: 'other', resume: false })
      .store.getState()
    expect(fresh.current().agent.id).toBeNull()
    after.close()
  })

  it('that were remembered and are gone begin anew, and those that were asked for by name say so', async () => {
    const world = createAgentWorld((make) => make.echo())
    const resumeStorage = createSharedStorage()
    const before = world.connect({ resumeStorage })
    const chat = before.follow.conversation({ agent: 'my-org/a' }).store.getState()
    const { chatId } = await world.drive(chat.sendMessage('one'))
    before.close()
    world.server.setFaults([
      fault.refuse({ on: 'chat', status: 404, times: Infinity }),
      fault.refuse({ on: 'chat-stream', status: 404, times: Infinity }),
    ])
    const after = world.connect({ resumeStorage })
    const { store } = after.follow.conversation({ agent: 'my-org/a' })
    expect(store.getState().current().agent.id).toBe(chatId)
    store.getState().store.subscribe(() => {})
    await world.clock.advance(10_000)
    expect(store.getState().current().agent.id).toBeNull()
    const named = after.follow.conversation({ chatId }).store
    named.getState().store.subscribe(() => {})
    await world.clock.advance(10_000)
    expect(named.getState().current()).toMatchObject({
      agent: { id: chatId },
      connection: { error: { code: 'not-found' } },
    })
    after.close()
  })
})
