import { describe, expect, it } from 'vitest'
import { asked } from '../../test/agent-events.ts'
import { StreamError } from '../errors.ts'
import type { AgentEvent, Attachment } from '../protocol/agent-event.ts'
import { unnumbered } from '../protocol/protocol.ts'
import { initialAgent, type AgentState } from '../state/agent.ts'
import { reduceAgent } from '../state/reduce-agent.ts'
import type { OutgoingRun } from './agent-calls.ts'
import { type OutboxEnv, createOutbox } from './outbox.ts'

const policy = { maxRetries: 0, retryDelayMs: 1000, maxDelayMs: 30_000 }
const page = (...messages: readonly { readonly id: string; readonly text: string }[]): AgentEvent => ({
  type: 'messages-page',
  newest: true,
  olderCursor: null,
  messages: messages.map(({ id, text }, order) => ({
    id,
    fields: { order, role: 'user', status: 'ready', content: [{ type: 'text', text }] },
  })),
})

interface Pending {
  readonly run: OutgoingRun
  take(): void
  fail(error: StreamError): void
}

/** An outbox over a chat that is state alone, and a server that answers when it is told to. */
function setup(from: AgentState = initialAgent) {
  let agent = from
  const pending: Pending[] = []
  const uploads: Blob[] = []
  let uploadFault: StreamError | null = null
  let present: AgentEvent | null = null
  const calls: Partial<OutboxEnv['calls']> = {
    send: (run) =>
      new Promise((resolve, reject) => {
        const id = `m${pending.length + 1}`
        pending.push({
          run,
          take: () => resolve({ chatId: 'c1', messageId: id, events: [asked(id, pending.length, run.text)] }),
          fail: reject,
        })
      }),
    async messages() {
      if (present === null) throw new StreamError('network', 'no way')
      return present
    },
    async upload(file, { onProgress = () => {} }) {
      if (uploadFault !== null) throw uploadFault
      uploads.push(file)
      onProgress({ fileCount: 1, sentBytes: file.size, totalBytes: file.size })
      return {
        uri: `https://f.test/${uploads.length}`,
        filename: 'f',
        contentType: 'text/plain',
        sizeBytes: file.size,
      }
    },
  }
  const follower: Partial<OutboxEnv['follower']> = {
    get agent() {
      return agent
    },
    fold(events) {
      agent = events.reduce((state, event) => reduceAgent(state, event, unnumbered, { nowMs: 1 }), agent)
    },
  }
  const outbox = createOutbox({
    follower: follower as OutboxEnv['follower'],
    calls: calls as OutboxEnv['calls'],
    policy,
    readAgent: () => ({ agent: 'a/b', context: { team: 'x' } }),
  })
  return {
    outbox,
    pending,
    uploads,
    setUploadFault: (error: StreamError | null): void => void (uploadFault = error),
    setPresent: (next: AgentEvent): void => void (present = next),
    shown: () => agent.messages.map(({ key, id, outgoing }) => [key, id, outgoing?.error?.code ?? null]),
    agent: (): AgentState => agent,
    settle: (): Promise<void> => new Promise((resolve) => setImmediate(resolve)),
  }
}

const loaded: AgentState = { ...initialAgent, id: 'c1', isLoaded: true }
const lost = new StreamError('network', 'the answer was lost', { retryable: true })
const file: Attachment = { uri: 'https://f.test/9', filename: 'f', contentType: 'text/plain', sizeBytes: 3 }

describe('an outbox', () => {
  it('sends one message after the other: the first begins the chat, with its context, and the others go on in it', async () => {
    const { outbox, pending, settle } = setup()
    const sent = ['one', 'two'].map((text) => outbox.send(outbox.newKey(), { text }, {}))
    await settle()
    expect(pending.map(({ run }) => [run.text, run.chatId, run.context])).toEqual([
      ['one', null, { team: 'x' }],
    ])
    pending[0]?.take()
    await settle()
    expect(pending.map(({ run }) => [run.text, run.chatId, run.context])[1]).toEqual(['two', 'c1', null])
    pending[1]?.take()
    expect(await Promise.all(sent)).toEqual(['m1', 'm2'])
  })

  it('shows a message before it is sent, and lets one that is refused stay, for another attempt', async () => {
    const { outbox, pending, settle, shown } = setup()
    const key = outbox.newKey()
    const first = outbox.send(key, { text: 'one', files: [file] }, {})
    expect(shown()).toEqual([[key, null, null]])
    await settle()
    pending[0]?.fail(new StreamError('http', 'no', { status: 500 }))
    await expect(first).rejects.toMatchObject({ code: 'http' })
    expect(shown()).toEqual([[key, null, 'http']])
    const again = outbox.send(key, outbox.refused(key), {})
    await settle()
    expect(pending[1]?.run).toMatchObject({ text: 'one', attachments: [file] })
    pending[1]?.take()
    await again
    expect(shown()).toEqual([[key, 'm2', null]])
  })

  it('knows nothing to send again but what was refused', () => {
    const { outbox } = setup()
    expect(() => outbox.refused('sent-1')).toThrow(/key/)
  })

  it.each([{}, { text: '  ' }, { text: '', files: [] }])(
    'takes no message without anything in it: %j',
    async (message) => {
      const { outbox, shown } = setup()
      await expect(outbox.send('k', message, {})).rejects.toMatchObject({ code: 'misuse' })
      expect(shown()).toEqual([])
    },
  )

  it('keeps the files of a message whose upload failed', async () => {
    const { outbox, pending, uploads, setUploadFault, settle } = setup()
    setUploadFault(new StreamError('network', 'no'))
    const blob = new Blob(['abc'])
    await expect(outbox.send('k', { files: [blob] }, {})).rejects.toMatchObject({ code: 'network' })
    expect(outbox.refused('k')).toEqual({ files: [blob] })
    setUploadFault(null)
    void outbox.send('k', outbox.refused('k'), {})
    await settle()
    expect([uploads, pending[0]?.run.attachments.map(({ uri }) => uri)]).toEqual([
      [blob],
      ['https://f.test/1'],
    ])
  })

  it('lets nobody pass a message before it whose answer is awaited, also where one between fails at once', async () => {
    const { outbox, pending, setUploadFault, settle } = setup()
    setUploadFault(new StreamError('network', 'no'))
    void outbox.send('a', { text: 'one' }, {})
    outbox.send('b', { files: [new Blob(['x'])] }, {}).catch(() => {})
    await settle()
    void outbox.send('c', { text: 'three' }, {})
    await settle()
    expect(pending.map(({ run }) => run.text)).toEqual(['one'])
    pending[0]?.take()
    await settle()
    expect(pending.map(({ run }) => run.chatId)).toEqual([null, 'c1'])
  })

  it('finds a message that arrived although its answer was lost, and shows it once', async () => {
    const { outbox, pending, setPresent, settle, shown, agent } = setup(loaded)
    setPresent(page({ id: 'm7', text: 'one' }))
    const sent = outbox.send('k', { text: 'one' }, {})
    await settle()
    pending[0]?.fail(lost)
    expect(await sent).toBe('m7')
    expect(shown()).toEqual([['k', 'm7', null]])
    expect(agent()).toMatchObject({ awaitedMessageId: 'm7', messages: [{ outgoing: null }] })
  })

  it.each([
    ['did not arrive', loaded, page()],
    ['is not to be told from older ones', { ...loaded, isLoaded: false }, page({ id: 'm7', text: 'one' })],
  ] as const)('rejects where a message whose answer was lost %s', async (_why, from, present) => {
    const { outbox, pending, setPresent, settle, shown } = setup(from)
    setPresent(present)
    const sent = outbox.send('k', { text: 'one' }, {})
    await settle()
    pending[0]?.fail(lost)
    await expect(sent).rejects.toBe(lost)
    expect(shown()).toEqual([['k', null, 'network']])
  })

  it('gives up what was not sent, and waits for the answer to what was', async () => {
    const { outbox, pending, settle, shown } = setup()
    expect(await outbox.abortAll()).toBe(false)
    void outbox.send('a', { text: 'one' }, {})
    await settle()
    let isOver = false
    const over = outbox.abortAll().then((wasSending) => {
      isOver = true
      return wasSending
    })
    await settle()
    expect(isOver).toBe(false)
    pending[0]?.take()
    expect(await over).toBe(true)
    expect(shown()).toEqual([['a', 'm1', null]])
  })
})
