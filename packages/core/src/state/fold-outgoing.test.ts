import { describe, expect, it } from 'vitest'
import { asked, chat, foldAgent, messageOf, page, part, reply, run, sends } from '../../test/agent-events.ts'
import { StreamError } from '../errors.ts'
import type { AgentEvent } from '../protocol/agent-event.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import type { AgentState } from './agent.ts'
import { selectAgentStatus, selectMessages } from './select-agent.ts'

const broken = new StreamError('network', 'The line broke.', { retryable: true })
const rejected = new StreamError('invalid-request', 'It was refused.', { status: 400 })
const accepted = (key: string, id: string): LocalAgentEvent => ({ type: 'message-accepted', key, id })
const refused = (key: string, error = rejected): LocalAgentEvent => ({ type: 'message-refused', key, error })
const withdrawn = (key: string): LocalAgentEvent => ({ type: 'message-withdrawn', key })

/** Key, id and status of each message that is shown. */
const listed = (state: AgentState): readonly string[] =>
  selectMessages(state).map(({ key, id, status, text }) => `${key} ${id} ${status} ${text}`)

type Events = readonly (AgentEvent | LocalAgentEvent)[]

describe('a message that is sent from here', () => {
  it.each<[string, Events, readonly string[]]>([
    ['is shown at once', [sends('k1', 'a')], ['k1 k1 sending a']],
    ['is shown once when it is said again', [sends('k1', 'a'), sends('k1', 'a')], ['k1 k1 sending a']],
    [
      'has its id as soon as the server gave it',
      [sends('k1', 'a'), accepted('k1', 'm0')],
      ['k1 m0 sending a'],
    ],
    [
      'is the one that is told after that',
      [sends('k1', 'a'), accepted('k1', 'm0'), asked('m0', 0, 'a')],
      ['k1 m0 ready a'],
    ],
    [
      'is the one that was told before that',
      [sends('k1', 'a'), asked('m0', 0, 'a'), accepted('k1', 'm0')],
      ['k1 m0 ready a'],
    ],
    [
      'is known by its text, whatever white space is around it',
      [sends('k1', ' a\n'), asked('m0', 0, 'a')],
      ['k1 m0 ready a'],
    ],
    [
      'is the one with its id, whatever the server made of its text',
      [sends('k1', 'a'), asked('m0', 0, 'A'), accepted('k1', 'm0')],
      ['k1 m0 ready A'],
    ],
    [
      'is not one of another text',
      [sends('k1', 'a'), asked('m0', 0, 'b')],
      ['m0 m0 ready b', 'k1 k1 sending a'],
    ],
    [
      'is not one of the agent',
      [sends('k1', 'a'), reply('m0', 0, 'a', { status: 'ready' })],
      ['m0 m0 ready a', 'k1 k1 sending a'],
    ],
    [
      'is not one of the past',
      [reply('m3', 3, 'x', { status: 'ready' }), sends('k1', 'a'), asked('m0', 0, 'a')],
      ['m0 m0 ready a', 'm3 m3 ready x', 'k1 k1 sending a'],
    ],
    [
      'is not one of the page that is read first',
      [sends('k1', 'a'), page(true, [asked('m0', 0, 'a')], null)],
      ['m0 m0 ready a', 'k1 k1 sending a'],
    ],
    [
      'is one of a page that is read again',
      [page(true, [], null), sends('k1', 'a'), page(true, [asked('m0', 0, 'a')], null)],
      ['k1 m0 ready a'],
    ],
    [
      'is the first of two with one text',
      [sends('k1', 'a'), sends('k2', 'a'), asked('m0', 0, 'a')],
      ['k1 m0 ready a', 'k2 k2 sending a'],
    ],
    [
      'gives back what it was mistaken for',
      [sends('k1', 'a'), asked('m0', 0, 'a'), accepted('k1', 'm1')],
      ['m0 m0 ready a', 'k1 m1 sending a'],
    ],
    [
      'gives back what it was mistaken for, and takes what is its own',
      [sends('k1', 'a'), asked('m0', 0, 'a'), asked('m1', 1, 'a'), accepted('k1', 'm1')],
      ['m0 m0 ready a', 'k1 m1 ready a'],
    ],
    [
      'gives back what belongs to another one of ours',
      [sends('k1', 'a'), sends('k2', 'a'), asked('m0', 0, 'a'), accepted('k2', 'm0')],
      ['k2 m0 ready a', 'k1 k1 sending a'],
    ],
    [
      'stands behind all that the server has',
      [sends('k1', 'x'), asked('m0', 0, 'a'), reply('m1', 1, 'b')],
      ['m0 m0 ready a', 'm1 m1 pending b', 'k1 k1 sending x'],
    ],
    ['is failed when it was refused', [sends('k1', 'a'), refused('k1')], ['k1 k1 failed a']],
    [
      'is on its way again when it is sent again',
      [sends('k1', 'a'), refused('k1'), sends('k1', 'a')],
      ['k1 k1 sending a'],
    ],
    ['is taken back when it was refused', [sends('k1', 'a'), refused('k1'), withdrawn('k1')], []],
    [
      'is no refused one that is told by somebody else',
      [sends('k1', 'a'), refused('k1'), asked('m0', 0, 'a')],
      ['m0 m0 ready a', 'k1 k1 failed a'],
    ],
    [
      'is there although its answer was lost, told after that',
      [sends('k1', 'a'), refused('k1', broken), asked('m0', 0, 'a')],
      ['k1 m0 ready a'],
    ],
    [
      'is there although its answer was lost, told before that',
      [sends('k1', 'a'), asked('m0', 0, 'a'), refused('k1', broken)],
      ['k1 m0 ready a'],
    ],
    [
      "was somebody else's when it was refused for good",
      [sends('k1', 'a'), asked('m0', 0, 'a'), refused('k1')],
      ['m0 m0 ready a', 'k1 k1 failed a'],
    ],
    [
      'is cancelled when it was queued and is taken back by its key',
      [sends('k1', 'a'), accepted('k1', 'm0'), asked('m0', 0, 'a', { status: 'queued' }), withdrawn('k1')],
      ['k1 m0 cancelled a'],
    ],
    [
      'is cancelled when it was queued and is taken back by its id',
      [asked('m0', 0, 'a', { status: 'queued' }), withdrawn('m0')],
      ['m0 m0 cancelled a'],
    ],
    ['is not taken back once its turn has come', [asked('m0', 0, 'a'), withdrawn('m0')], ['m0 m0 ready a']],
    ['is nothing where nobody knows it', [accepted('k9', 'm0'), refused('k9'), withdrawn('k9')], []],
  ])('%s', (_, events, expected) => {
    expect(listed(foldAgent(events))).toEqual(expected)
  })

  it('shows why it could not be sent, with its files, until it is sent again', () => {
    const file = {
      uri: 'https://files.test/a.png',
      filename: 'a.png',
      contentType: 'image/png',
      sizeBytes: 3,
    }
    const outgoing: LocalAgentEvent = { type: 'message-outgoing', key: 'k1', text: '', attachments: [file] }
    const failed = foldAgent([outgoing, refused('k1')])
    expect(selectMessages(failed)).toMatchObject([
      { error: rejected, attachments: [file], parts: [], text: '' },
    ])
    const again = foldAgent([outgoing], failed, 2000)
    expect(selectMessages(again)).toMatchObject([{ error: null, status: 'sending', attachments: [file] }])
    expect(messageOf(again, 'k1').outgoing?.sentAt).toBe(2000)
    const image = { type: 'image', url: file.uri } as const
    const told = foldAgent([asked('m0', 0, '', { content: [image] })], again)
    expect(selectMessages(told)).toMatchObject([{ key: 'k1', id: 'm0', parts: [image], attachments: [] }])
  })

  it.each<[string, Events, string]>([
    ['until the chat is busy', [asked('m0', 0, 'a')], 'submitted'],
    [
      'until then, although the turn before ends',
      [asked('m0', 0, 'a'), chat({ activity: 'idle' })],
      'submitted',
    ],
    [
      'no more when the chat is busy and idle again',
      [chat({ activity: 'busy' }), chat({ activity: 'idle' })],
      'ready',
    ],
    [
      'no more when a reply is there',
      [asked('m0', 0, 'a'), reply('m1', 1, 'b', { status: 'ready' })],
      'ready',
    ],
    [
      'no more when it is cancelled',
      [asked('m0', 0, 'a', { status: 'queued' }), part('m0', { status: 'cancelled' })],
      'ready',
    ],
    [
      'no more when its run is over',
      [asked('m0', 0, 'a'), run('r1', { status: 'completed', userMessageId: 'm0' })],
      'ready',
    ],
  ])('is awaited %s', (_, events, status) => {
    expect(selectAgentStatus(foldAgent([sends('k1', 'a'), accepted('k1', 'm0'), ...events]))).toBe(status)
    expect(
      selectAgentStatus(
        foldAgent([sends('k1', 'a'), ...events.slice(0, 1), accepted('k1', 'm0'), ...events.slice(1)]),
      ),
    ).toBe(status)
  })
})
