import { describe, expect, it } from 'vitest'
import {
  asked,
  call,
  chat,
  foldAgent,
  interrupt,
  part,
  piece,
  reply,
  run,
  sends,
} from '../../test/agent-events.ts'
import { StreamError } from '../errors.ts'
import type { AgentEvent, ToolInvocation } from '../protocol/agent-event.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import { initialAgent } from './agent.ts'
import {
  selectAgentError,
  selectAgentStatus,
  selectMessageKeys,
  selectMessages,
  selectPartialOutput,
  type AgentStatus,
} from './select-agent.ts'

type Events = readonly (AgentEvent | LocalAgentEvent)[]

const busy = chat({ activity: 'busy' })
const idle = chat({ activity: 'idle', activeRunId: null })
const question = asked('m0', 0, 'a')
const error = new StreamError('invalid-request', 'It was refused.')
const refused: Events = [sends('k1', 'x'), { type: 'message-refused', key: 'k1', error }]
const calling = (fields: Partial<ToolInvocation>): AgentEvent =>
  reply('m1', 1, '', { status: 'ready', invocations: [call(fields)] })

describe('selectAgentStatus', () => {
  it.each<[AgentStatus, string, Events]>([
    ['ready', 'of a chat of which nothing is known', []],
    ['ready', 'of a chat with nothing to do', [question, reply('m1', 1, 'b', { status: 'ready' }), idle]],
    ['submitted', 'while a message is on its way', [sends('k1', 'a')]],
    ['submitted', 'while nothing of the reply is there', [question, busy]],
    ['submitted', 'while the reply is empty', [question, busy, reply('m1', 1, '')]],
    [
      'submitted',
      'while only the reply before is there',
      [question, reply('m1', 1, 'b', { status: 'ready' }), asked('m2', 2, 'c'), busy],
    ],
    ['streaming', 'with stored text', [question, busy, reply('m1', 1, 'b')]],
    ['streaming', 'with a piece', [question, busy, reply('m1', 1, ''), piece('m1', 1, { reasoning: 't' })]],
    ['streaming', 'while a tool of the server works', [question, busy, calling({ kind: 'app' })]],
    [
      'streaming',
      'while a message waits behind it',
      [question, busy, reply('m1', 1, 'b'), asked('m2', 2, 'c', { status: 'queued' })],
    ],
    [
      'streaming',
      'while a message behind it is on its way',
      [question, busy, reply('m1', 1, 'b'), sends('k1', 'x')],
    ],
    [
      'streaming',
      'while a client tool runs here',
      [question, busy, calling({}), { type: 'tool-begun', id: 'v1' }],
    ],
    [
      'streaming',
      'while its answer is on its way',
      [
        question,
        busy,
        calling({ status: 'awaiting_input' }),
        { type: 'tool-answered', id: 'v1', result: '' },
      ],
    ],
    [
      'streaming',
      'when its answer was taken',
      [question, busy, calling({}), { type: 'tool-settled', id: 'v1', error: null }],
    ],
    ['awaiting_input', 'of a client tool that does not run here', [question, busy, calling({})]],
    [
      'awaiting_input',
      'of one whose answer was not taken',
      [question, busy, calling({}), { type: 'tool-settled', id: 'v1', error }],
    ],
    [
      'awaiting_input',
      'of an approval',
      [question, busy, calling({ kind: 'app', status: 'awaiting_approval' })],
    ],
    [
      'awaiting_input',
      'of a call that asks',
      [question, busy, calling({ kind: 'mcp', status: 'awaiting_input' })],
    ],
    ['awaiting_input', 'of an interrupt', [chat({ interrupts: [interrupt({ reason: 'hook_gate' })] })]],
    [
      'ready',
      'with the interrupt of a client tool alone',
      [chat({ interrupts: [interrupt({ reason: 'client_tool' })] })],
    ],
    [
      'submitted',
      'with a call that was left open by the turn before',
      [question, calling({ status: 'awaiting_approval' }), asked('m2', 2, 'c'), busy],
    ],
    [
      'ready',
      'with a call that was left open in a chat that is idle',
      [question, calling({ status: 'awaiting_approval' }), idle],
    ],
    ['error', 'when the last message could not be sent', [question, ...refused]],
    ['submitted', 'when it is sent again', [question, ...refused, sends('k1', 'x')]],
    ['error', 'when the last turn failed', [question, run('r1', { status: 'failed', error: 'x' })]],
    ['error', 'when it was rejected', [question, run('r1', { status: 'rejected' })]],
    ['ready', 'when it was cancelled', [question, run('r1', { status: 'cancelled' })]],
    ['ready', 'when a sub-agent failed', [question, run('r1', { status: 'failed', invocationId: 'v1' })]],
    [
      'ready',
      'when the turn before failed',
      [question, run('r1', { status: 'failed' }), run('r2', { status: 'completed' })],
    ],
    [
      'ready',
      'when the turn before failed, and the last is known by its messages alone',
      [question, run('r1', { status: 'failed' }), reply('m1', 1, 'b', { status: 'ready', runId: 'r2' })],
    ],
    ['error', 'when the last message failed', [question, reply('m1', 1, '', { status: 'failed' })]],
    [
      'submitted',
      'when a turn has begun after one that failed',
      [question, run('r1', { status: 'failed' }), asked('m1', 1, 'c'), busy],
    ],
  ])('is %s %s', (status, _, events) => {
    expect(selectAgentStatus(foldAgent(events))).toBe(status)
  })
})

describe('selectAgentError', () => {
  it('is that of the message that could not be sent', () => {
    expect(selectAgentError(foldAgent(refused))).toBe(error)
  })

  it.each<[string, Events, string | null, string]>([
    [
      'of the run',
      [question, run('r1', { status: 'failed', error: 'No more credits.' })],
      'No more credits.',
      'The server said: No more credits.',
    ],
    [
      'of the run, without a reason',
      [question, run('r1', { status: 'failed' })],
      null,
      'The server gave no reason',
    ],
    [
      'of the message',
      [question, reply('m1', 1, '', { status: 'failed', content: [{ type: 'error', text: 'Overloaded.' }] })],
      'Overloaded.',
      'The server said: Overloaded.',
    ],
  ])('is the failure %s, as one error (L9)', (_, events, detail, words) => {
    const state = foldAgent(events)
    const failure = selectAgentError(state)
    expect(failure).toMatchObject({ code: 'agent-failed', detail })
    expect(failure?.message).toContain(words)
    expect(selectAgentError(foldAgent([chat({ name: 'x' })], state))).toBe(failure)
  })

  it.each<[string, Events]>([
    ['in an empty chat', []],
    [
      'while a turn is under way',
      [
        question,
        run('r1', { status: 'failed' }),
        run('r2', { status: 'working' }),
        chat({ activeRunId: 'r2' }),
      ],
    ],
    ['while a message is on its way', [question, run('r1', { status: 'failed' }), sends('k1', 'x')]],
    ['after a turn that was completed', [question, run('r1', { status: 'completed' })]],
  ])('is none %s', (_, events) => {
    expect(selectAgentError(foldAgent(events))).toBe(null)
  })
})

describe('selectPartialOutput', () => {
  const finish = (argsText: string): Events => [
    question,
    chat({ activity: 'busy', output: 'of the turn before' }),
    reply('m1', 1, ''),
    piece('m1', 1, { toolCalls: [{ index: 0, callId: 'c1', name: 'finish', argsText }] }),
  ]
  const stored = (fields: Partial<ToolInvocation>): Events => [
    ...finish('{"city":"Os'),
    part('m1', {
      invocations: [
        call({ name: 'finish', kind: 'internal', callId: 'c1', args: { city: 'Oslo' }, ...fields }),
      ],
    }),
  ]

  it.each<[string, Events, unknown]>([
    ['nothing of a chat that never had any', [], null],
    ['that of the chat', [chat({ output: { city: 'Oslo' } })], { city: 'Oslo' }],
    [
      'that of the last run',
      [chat({ output: 'old' }), run('r1', { status: 'completed', output: 'new' })],
      'new',
    ],
    [
      'that of the chat where the last run had none',
      [chat({ output: 'old' }), run('r1', { status: 'completed' })],
      'old',
    ],
    [
      'not that of the turn before, while one is under way',
      [question, chat({ activity: 'busy', output: 'old' })],
      null,
    ],
    [
      'not that of the turn before, while a message is on its way',
      [chat({ output: 'old' }), sends('k1', 'a')],
      null,
    ],
    ['what can be read of the one that is written', finish('{"city":"Os'), { city: 'Os' }],
    ['what it holds as its result', finish('{"status":"succeeded","result":{"city":"Os'), { city: 'Os' }],
    ['nothing before anything of it can be read', finish('{"status":"succ'), null],
    ['nothing before it is written', finish(''), null],
    ['what is stored of it', stored({ status: 'pending' }), { city: 'Oslo' }],
    ['what is stored of it, until the turn is over', stored({ status: 'completed' }), { city: 'Oslo' }],
    ['not one that failed', stored({ status: 'failed' }), null],
    ['not that of a tool of somebody else', stored({ kind: 'client' }), null],
  ])('is %s', (_, events, expected) => {
    expect(selectPartialOutput(foldAgent(events))).toEqual(expected)
  })
})

describe('L9: lists keep their identity', () => {
  const state = foldAgent([question, reply('m1', 1, 'b')])

  it('of messages, until one of them changes', () => {
    const list = selectMessages(state)
    expect(list.map(({ id }) => id)).toEqual(['m0', 'm1'])
    expect(selectMessages(foldAgent([busy], state))).toBe(list)
    expect(selectMessages(foldAgent([chat({ interrupts: [interrupt()] })], state))).toBe(list)
    const after = selectMessages(foldAgent([piece('m1', 1, { text: 'bc' })], state))
    expect(after).not.toBe(list)
    expect(after[0]).toBe(list[0])
  })

  it('of keys, until a message comes, goes or moves', () => {
    const keys = selectMessageKeys(state)
    expect(keys).toEqual(['m0', 'm1'])
    expect(selectMessageKeys(foldAgent([piece('m1', 1, { text: 'bc' })], state))).toBe(keys)
    expect(selectMessageKeys(foldAgent([asked('m2', 2, 'c')], state))).toEqual(['m0', 'm1', 'm2'])
    expect(selectMessageKeys(foldAgent([part('m1', { order: -1 })], state))).toEqual(['m1', 'm0'])
    expect(selectMessageKeys(initialAgent)).toBe(selectMessageKeys(foldAgent([busy])))
  })
})
