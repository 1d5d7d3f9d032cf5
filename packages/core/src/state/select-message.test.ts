import { describe, expect, it } from 'vitest'
import {
  asked,
  call,
  foldAgent,
  interrupt,
  messageOf,
  part,
  piece,
  reply,
  sends,
} from '../../test/agent-events.ts'
import type { AgentEvent, ContentPart, ToolCallDelta } from '../protocol/agent-event.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import type { ChatMessage, ToolCall } from './chat-message.ts'
import { selectMessage } from './select-message.ts'

type Events = readonly (AgentEvent | LocalAgentEvent)[]

const show = (...events: Events): ChatMessage => selectMessage(messageOf(foldAgent(events), 'm1'), [])
const calls = (message: ChatMessage): readonly ToolCall[] =>
  message.parts.flatMap((one) => (one.type === 'tool-call' ? [one.call] : []))
const writes = (seq: number, argsText: string, more: Partial<ToolCallDelta> = {}): AgentEvent =>
  piece('m1', seq, { toolCalls: [{ index: 0, callId: null, name: null, argsText, ...more }] })
const named = { callId: 'c1', name: 'look' }
const written = (argsText: string, callId: string | null = 'c1'): ContentPart => ({
  type: 'tool-call',
  callId,
  name: 'look',
  argsText,
})

describe('selectMessage', () => {
  it('shows a stored message as it is', () => {
    const content: readonly ContentPart[] = [
      { type: 'reasoning', text: 't' },
      { type: 'text', text: 'a' },
      { type: 'text', text: '' },
      { type: 'image', url: 'https://files.test/a.png' },
      { type: 'file', url: 'https://files.test/a.pdf' },
      { type: 'text', text: 'b' },
      { type: 'event', event: { type: 'hook' } },
      { type: 'error', text: 'x' },
      { type: 'unknown', name: 'new', value: {} },
    ]
    expect(
      show(reply('m1', 1, '', { status: 'ready', content, createdAt: 5, runId: 'r1', toolCallId: 'c1' })),
    ).toEqual({
      key: 'm1',
      id: 'm1',
      role: 'assistant',
      status: 'ready',
      parts: [
        { type: 'reasoning', text: 't', isStreaming: false, durationMs: null, startedAt: null },
        { type: 'text', text: 'a', isStreaming: false },
        { type: 'image', url: 'https://files.test/a.png' },
        { type: 'file', url: 'https://files.test/a.pdf', name: null },
        { type: 'text', text: 'b', isStreaming: false },
        { type: 'event', event: { type: 'hook' } },
        { type: 'error', text: 'x' },
        { type: 'unknown', name: 'new', value: {} },
      ],
      text: 'a\n\nb',
      isStreaming: false,
      attachments: [],
      createdAt: 5,
      runId: 'r1',
      toolCallId: 'c1',
      error: null,
    })
  })

  it.each<[string, Events, readonly boolean[]]>([
    ['the last text of a pending message', [reply('m1', 1, 'a')], [true]],
    ['thoughts that nothing follows', [reply('m1', 1, ''), piece('m1', 1, { reasoning: 't' })], [true]],
    [
      'text after thoughts',
      [reply('m1', 1, ''), piece('m1', 1, { reasoning: 't' }), piece('m1', 2, { text: 'a' })],
      [false, true],
    ],
    ['no text that a call follows', [reply('m1', 1, 'a', { invocations: [call()] })], [false]],
    ['nothing of a message that has ended', [reply('m1', 1, 'a', { status: 'ready' })], [false]],
    ['nothing of a message of the user', [asked('m1', 1, 'a', { status: 'pending' })], [false]],
  ])('is streaming: %s', (_, events, expected) => {
    const { parts } = show(...events)
    expect(parts.flatMap((one) => ('isStreaming' in one ? [one.isStreaming] : []))).toEqual(expected)
  })

  it('tells how long the first thoughts lasted', () => {
    const thinking = foldAgent([reply('m1', 1, ''), piece('m1', 1, { reasoning: 't' })], undefined, 1000)
    expect(selectMessage(messageOf(thinking, 'm1'), []).parts).toMatchObject([
      { startedAt: 1000, durationMs: null },
    ])
    const more: readonly ContentPart[] = [
      { type: 'reasoning', text: 't' },
      { type: 'text', text: 'a' },
      { type: 'reasoning', text: 'u' },
    ]
    const done = foldAgent([reply('m1', 1, '', { content: more })], thinking, 4000)
    expect(selectMessage(messageOf(done, 'm1'), []).parts).toMatchObject([
      { startedAt: 1000, durationMs: 3000 },
      { type: 'text' },
      { startedAt: null, durationMs: null },
    ])
  })

  it('shows the call that the model is writing, as far as it can be read', () => {
    const begun = [reply('m1', 1, ''), writes(1, '{"q":"Os', named)] as const
    expect(calls(show(...begun))).toEqual([
      {
        id: 'c1',
        callId: 'c1',
        kind: 'unknown',
        name: 'look',
        displayName: null,
        status: 'streaming',
        args: { q: 'Os' },
        argsText: '{"q":"Os',
        result: null,
        data: null,
        widget: null,
        executionId: null,
        interruptId: null,
        local: null,
      },
    ])
    expect(calls(show(...begun, writes(2, 'lo"}')))).toMatchObject([
      { args: { q: 'Oslo' }, argsText: '{"q":"Oslo"}' },
    ])
    expect(calls(show(reply('m1', 1, ''), writes(1, '', { index: 2 })))).toMatchObject([
      { id: 'm1:2', callId: null, name: '', args: undefined },
    ])
  })

  it.each<[string, Events, readonly object[]]>([
    [
      'an invocation, its part and its pieces are one',
      [
        reply('m1', 1, '', {
          content: [written('{"q":1}')],
          invocations: [call({ callId: 'c1', args: { q: 1 } })],
        }),
        writes(1, '{"q":1}', named),
      ],
      [{ id: 'v1', args: { q: 1 }, argsText: '{"q":1}' }],
    ],
    [
      'a part goes on with its pieces',
      [reply('m1', 1, '', { content: [written('{"q"')] }), writes(1, '{"q":"a"', named)],
      [{ id: 'c1', args: { q: 'a' }, status: 'streaming' }],
    ],
    [
      'a part without an id goes on with the pieces at its place',
      [reply('m1', 1, '', { content: [written('{"q"', null)] }), writes(1, '{"q":"a"')],
      [{ id: 'm1:0', args: { q: 'a' } }],
    ],
    [
      'a part that says something else than its pieces stands',
      [reply('m1', 1, '', { content: [written('{"r":"b"')] }), writes(1, '{"q":"abc"', named)],
      [{ args: { r: 'b' } }],
    ],
    [
      'what no part names comes last',
      [
        reply('m1', 1, '', {
          content: [written('{}')],
          invocations: [call({ id: 'v2' }), call({ callId: 'c1' })],
        }),
        writes(1, '', { index: 2, callId: 'c9' }),
      ],
      [{ id: 'v1' }, { id: 'v2' }, { id: 'c9', status: 'streaming' }],
    ],
    [
      'pieces without an id are those after the stored ones',
      [reply('m1', 1, '', { invocations: [call()] }), writes(1, '{}'), writes(2, '[', { index: 1 })],
      [{ id: 'v1' }, { id: 'm1:1' }],
    ],
    [
      'a stored call has its arguments as JSON',
      [
        reply('m1', 1, '', {
          invocations: [
            call({ args: { a: [1] } }),
            call({ id: 'v2', args: null }),
            call({ id: 'v3', args: 'x' }),
          ],
        }),
      ],
      [{ argsText: '{"a":[1]}' }, { argsText: '' }, { argsText: '"x"' }],
    ],
    [
      'a call that is written but not stored is pending at the end',
      [reply('m1', 1, ''), writes(1, '{}', named), part('m1', { status: 'ready' })],
      [{ status: 'pending', args: {} }],
    ],
    [
      'a part that is not stored was cancelled with its message',
      [reply('m1', 1, '', { status: 'cancelled', content: [written('{}')] })],
      [{ status: 'cancelled' }],
    ],
    [
      'a call that was only being written is gone with a failed message',
      [reply('m1', 1, ''), writes(1, '{', named), part('m1', { status: 'failed' })],
      [],
    ],
    [
      'an answer that is on its way is its result',
      [reply('m1', 1, '', { invocations: [call()] }), { type: 'tool-answered', id: 'v1', result: 'x' }],
      [{ result: 'x', local: { status: 'submitting' } }],
    ],
    [
      'the result that is stored stands above that',
      [
        reply('m1', 1, '', { invocations: [call()] }),
        { type: 'tool-answered', id: 'v1', result: 'x' },
        part('m1', { invocations: [call({ result: 'y' })] }),
      ],
      [{ result: 'y' }],
    ],
  ])('of calls: %s', (_, events, expected) => {
    expect(calls(show(...events))).toMatchObject(expected)
    expect(calls(show(...events))).toHaveLength(expected.length)
  })

  it('names the pending interrupt of a call', () => {
    const message = messageOf(foldAgent([reply('m1', 1, '', { invocations: [call()] })]), 'm1')
    const of = (...interrupts: Parameters<typeof selectMessage>[1]): unknown =>
      calls(selectMessage(message, interrupts))[0]?.interruptId
    expect(of(interrupt())).toBe('i1')
    expect(of(interrupt({ status: 'resolved' }))).toBe(null)
    expect(of(interrupt({ resourceId: 'v9' }))).toBe(null)
    expect(of()).toBe(null)
  })

  it('shows a message that is on its way', () => {
    const state = foldAgent([sends('k1', 'hello')])
    expect(selectMessage(messageOf(state, 'k1'), [])).toMatchObject({
      key: 'k1',
      id: 'k1',
      role: 'user',
      status: 'sending',
      text: 'hello',
      createdAt: null,
    })
  })
})

describe('L9: what is shown keeps its identity', () => {
  const begun = foldAgent([reply('m1', 1, '', { invocations: [call()] }), piece('m1', 1, { reasoning: 't' })])

  it('as a whole, whatever interrupts come that are not about it', () => {
    const message = messageOf(begun, 'm1')
    const before = selectMessage(message, [])
    expect(selectMessage(message, [])).toBe(before)
    expect(selectMessage(message, [interrupt({ resourceId: 'v9' })])).toBe(before)
    const asking = [interrupt()]
    const interrupted = selectMessage(message, asking)
    expect(interrupted).not.toBe(before)
    expect(interrupted.parts[0]).toBe(before.parts[0])
    expect(selectMessage(message, asking)).toBe(interrupted)
  })

  it('as a whole, when nothing that is seen has changed', () => {
    const before = selectMessage(messageOf(begun, 'm1'), [])
    const after = foldAgent([piece('m1', 2, { usage: { total_tokens: 1 } })], begun)
    expect(after).not.toBe(begun)
    expect(selectMessage(messageOf(after, 'm1'), [])).toBe(before)
  })

  it('in its finished parts, while text streams into another', () => {
    let state = foldAgent([piece('m1', 2, { text: 'a' })], begun)
    const first = selectMessage(messageOf(state, 'm1'), [])
    for (let seq = 3; seq < 50; seq++) {
      state = foldAgent([piece('m1', seq, { text: 'b' })], state)
      const { parts } = selectMessage(messageOf(state, 'm1'), [])
      expect(parts[0]).toBe(first.parts[0])
      expect(parts[1]).not.toBe(first.parts[1])
      expect(parts[2]).toBe(first.parts[2])
    }
    const stored = foldAgent(
      [
        part('m1', {
          content: [
            { type: 'reasoning', text: 't' },
            { type: 'text', text: 'a' },
          ],
        }),
      ],
      state,
    )
    expect(selectMessage(messageOf(stored, 'm1'), []).parts[0]).toBe(first.parts[0])
  })

  it('in the arguments of a call that does not grow', () => {
    const before = foldAgent([reply('m1', 1, ''), writes(1, '{"q":{"a":1}', named)])
    const args = (state: typeof before): unknown => calls(selectMessage(messageOf(state, 'm1'), []))[0]?.args
    const held = args(before)
    expect(held).toEqual({ q: { a: 1 } })
    const after = foldAgent([writes(2, '{', { index: 1 })], before)
    expect(args(after)).toBe(held)
  })
})
