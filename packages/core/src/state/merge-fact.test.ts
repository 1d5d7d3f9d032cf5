import { describe, expect, it } from 'vitest'
import { call, foldAgent, messageOf, part, piece, reply } from '../../test/agent-events.ts'
import type { AgentEvent, ToolInvocation } from '../protocol/agent-event.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import type { MessageState } from './agent.ts'
import { mergeInvocations } from './merge-invocations.ts'
import { selectMessage } from './select-message.ts'

const fold = (...events: readonly (AgentEvent | LocalAgentEvent)[]): MessageState =>
  messageOf(foldAgent(events), 'm1')
const shown = (...events: readonly (AgentEvent | LocalAgentEvent)[]): string =>
  selectMessage(fold(...events), [])
    .parts.map((one) =>
      one.type === 'text' ? one.text : one.type === 'reasoning' ? `(${one.text})` : one.type,
    )
    .join('|')
const text = (said: string): { readonly type: 'text'; readonly text: string } => ({
  type: 'text',
  text: said,
})
const ready = { status: 'ready' } as const

describe('a fact about a message', () => {
  it.each<[string, readonly AgentEvent[], object]>([
    [
      'replaces the fields that it names',
      [reply('m1', 1, 'a', { runId: 'r1' }), part('m1', { runId: null, taskId: 't1' })],
      { content: [text('a')], runId: null, taskId: 't1' },
    ],
    [
      'is dropped when it is whole and older',
      [reply('m1', 1, 'b', { updatedAtUs: 5 }), reply('m1', 1, 'x', { updatedAtUs: 4 })],
      { content: [text('b')], updatedAtUs: 5 },
    ],
    [
      'is taken when it is whole, newer and shorter',
      [reply('m1', 1, 'ab', { updatedAtUs: 5 }), reply('m1', 1, 'a', { updatedAtUs: 6 })],
      { content: [text('a')] },
    ],
    [
      'is dropped without times when it is an earlier stage',
      [reply('m1', 1, 'ab', { runId: 'r1' }), reply('m1', 1, 'a', { runId: 'r2' })],
      { content: [text('ab')], runId: 'r1' },
    ],
    [
      'is taken without times when it says something else',
      [reply('m1', 1, 'ab'), reply('m1', 1, 'x')],
      { content: [text('x')] },
    ],
    [
      'keeps newer content when only that is an earlier stage',
      [reply('m1', 1, 'ab'), part('m1', { content: [text('a')], runId: 'r1' })],
      { content: [text('ab')], runId: 'r1' },
    ],
    [
      'is an earlier stage too when a call is missing',
      [reply('m1', 1, 'a', { invocations: [call()] }), reply('m1', 1, 'a')],
      { invocations: [call()] },
    ],
    [
      'is no earlier stage when it has one more call',
      [reply('m1', 1, 'ab'), reply('m1', 1, 'a', { invocations: [call()] })],
      { content: [text('a')], invocations: [call()] },
    ],
    [
      'is in the whole that was told, when it is some of it and older',
      [reply('m1', 1, 'b', { updatedAtUs: 5 }), part('m1', { content: [text('x')], updatedAtUs: 4 })],
      { content: [text('b')] },
    ],
    [
      'is taken when it is some of it and the newest word was some of it too',
      [
        reply('m1', 1, 'b', { updatedAtUs: 3 }),
        part('m1', { taskId: 't1', updatedAtUs: 5 }),
        part('m1', { runId: 'r1', updatedAtUs: 4 }),
      ],
      { taskId: 't1', runId: 'r1', updatedAtUs: 5 },
    ],
    [
      'is the last word whenever it was said',
      [reply('m1', 1, 'b', { updatedAtUs: 5 }), reply('m1', 1, 'bc', { updatedAtUs: 4, ...ready })],
      { ...ready, content: [text('bc')] },
    ],
    [
      'comes too late after the end',
      [reply('m1', 1, 'b', ready), reply('m1', 1, 'bc')],
      { ...ready, content: [text('b')] },
    ],
    [
      'does not change how it ended (L7)',
      [reply('m1', 1, 'b', ready), reply('m1', 1, 'x', { status: 'failed' })],
      { ...ready, content: [text('b')] },
    ],
    [
      'may correct what ended the same',
      [reply('m1', 1, 'b', ready), reply('m1', 1, 'c', ready)],
      { content: [text('c')] },
    ],
    [
      'moves the calls of a message that has ended',
      [
        reply('m1', 1, 'b', { ...ready, invocations: [call()] }),
        part('m1', { invocations: [call({ status: 'completed' })] }),
      ],
      { invocations: [{ status: 'completed' }] },
    ],
    [
      'moves them although it does not know of the end',
      [
        reply('m1', 1, 'b', { ...ready, invocations: [call()] }),
        reply('m1', 1, '', { invocations: [call({ status: 'completed' })] }),
      ],
      { ...ready, content: [text('b')], invocations: [{ status: 'completed' }] },
    ],
    [
      'loses none of them by that',
      [reply('m1', 1, 'b', { ...ready, invocations: [call()] }), reply('m1', 1, '')],
      { invocations: [{ id: 'v1' }] },
    ],
  ])('%s', (_, events, expected) => {
    expect(fold(...events).fact).toMatchObject(expected)
  })

  it('makes no message when it names fields of one that nobody knows', () => {
    expect(foldAgent([part('m1', { status: 'ready' })]).messages).toEqual([])
  })

  it('L9: keeps the parts and calls that it repeats', () => {
    const before = fold(reply('m1', 1, 'a', { invocations: [call(), call({ id: 'v2' })], updatedAtUs: 1 }))
    const state = foldAgent([
      reply('m1', 1, 'a', { invocations: [call(), call({ id: 'v2' })], updatedAtUs: 1 }),
    ])
    const after = messageOf(
      foldAgent(
        [
          reply('m1', 1, 'a', {
            invocations: [call(), call({ id: 'v2', status: 'completed' })],
            updatedAtUs: 2,
          }),
        ],
        state,
      ),
      'm1',
    )
    const held = messageOf(state, 'm1')
    expect(before.fact).toEqual(held.fact)
    expect(after.fact?.content).toBe(held.fact?.content)
    expect(after.fact?.invocations[0]).toBe(held.fact?.invocations[0])
    expect(after.fact?.invocations[1]).not.toBe(held.fact?.invocations[1])
  })
})

describe('pieces of a message', () => {
  const opened: LocalAgentEvent = { type: 'line-opened', isContinued: false }
  const begun = reply('m1', 1, '')
  const [one, two, three] = [
    piece('m1', 1, { text: 'a' }),
    piece('m1', 2, { text: 'b' }),
    piece('m1', 3, { text: 'c' }),
  ]

  it.each<[string, readonly (AgentEvent | LocalAgentEvent)[], string]>([
    ['are appended', [begun, one, two, three], 'abc'],
    ['may be counted from 0', [begun, piece('m1', 0, { text: '0' }), one], '0a'],
    ['are ignored the second time', [begun, one, two, one, two, three], 'abc'],
    ['L5: stop at a hole', [begun, one, three, piece('m1', 4, { text: 'd' })], 'a'],
    ['L5: are none where the first is missing', [begun, two, three], ''],
    ['need no numbers', [begun, piece('m1', null, { text: 'a' }), piece('m1', null, { text: 'b' })], 'ab'],
    [
      'without numbers, stop at a new line',
      [begun, piece('m1', null, { text: 'a' }), opened, piece('m1', null, { text: 'c' })],
      'a',
    ],
    [
      'without numbers, go on where the line does',
      [
        begun,
        piece('m1', null, { text: 'a' }),
        { ...opened, isContinued: true },
        piece('m1', null, { text: 'c' }),
      ],
      'ac',
    ],
    ['with numbers, go on after a new line', [begun, one, opened, two], 'ab'],
    ['wait for a message that is not known', [one, two, begun], 'ab'],
    ['of an unknown message are nothing when it has ended', [one, two, reply('m1', 1, 'x', ready)], 'x'],
    ['stand while they are ahead of what is stored', [begun, one, two, reply('m1', 1, 'a')], 'ab'],
    ['are nothing where something else is stored', [begun, one, two, reply('m1', 1, 'x')], 'x'],
    ['are nothing where more is stored', [begun, one, reply('m1', 1, 'abc')], 'abc'],
    ['go on ahead when they overtake what is stored', [begun, one, reply('m1', 1, 'ab'), two, three], 'abc'],
    ['do not go on ahead of something else', [begun, one, reply('m1', 1, 'xy'), two, three], 'xy'],
    ['end with the message', [begun, one, two, reply('m1', 1, 'a', ready), three], 'a'],
    [
      'stand when it ends without its content, and grow no more',
      [begun, one, two, part('m1', ready), three],
      'ab',
    ],
    [
      'stand until its content is told',
      [begun, one, two, part('m1', ready), part('m1', { content: [text('x')] })],
      'x',
    ],
    ['of thoughts come first', [begun, piece('m1', 1, { reasoning: 't' }), two], '(t)|b'],
    [
      'go on with stored thoughts',
      [
        reply('m1', 1, '', { content: [{ type: 'reasoning', text: 't' }] }),
        piece('m1', 1, { reasoning: 'tu' }),
        two,
      ],
      '(tu)|b',
    ],
    [
      'go into the last text',
      [
        reply('m1', 1, '', { content: [text('a'), { type: 'image', url: 'u' }, text('b')] }),
        piece('m1', 1, { text: 'abc' }),
      ],
      'a|image|bc',
    ],
    [
      'stand before the calls where no text is stored',
      [
        reply('m1', 1, '', {
          content: [
            { type: 'reasoning', text: 't' },
            { type: 'tool-call', callId: 'c', name: 'n', argsText: '{}' },
          ],
        }),
        one,
      ],
      '(t)|a|tool-call',
    ],
  ])('%s', (_, events, expected) => {
    expect(shown(...events)).toBe(expected)
  })

  it('keep what the model used, as it was last told', () => {
    const usage = { total_tokens: 3 }
    const held = fold(begun, piece('m1', 1, { text: 'a', usage }), two)
    expect(held.forecast).toMatchObject({ usage, lastSeq: 2, whole: true })
    const again = foldAgent(
      [piece('m1', 3, { usage: { ...usage } })],
      foldAgent([begun, piece('m1', 1, { usage })]),
    )
    expect(messageOf(again, 'm1').forecast?.usage).toEqual(usage)
  })

  it('of 33 messages that are not known: the oldest go', () => {
    const state = foldAgent(Array.from({ length: 33 }, (_, index) => piece(`m${index}`, 1, { text: 'a' })))
    expect(state.early.map(({ id }) => id)).toEqual(Array.from({ length: 32 }, (_, index) => `m${index + 1}`))
    expect(state.messages).toEqual([])
  })

  it('of a message that is not known wait up to 1 Mi characters, and then grow no more', () => {
    const half = 'x'.repeat(2 ** 19)
    const full = foldAgent([piece('m1', 1, { text: half }), piece('m1', 2, { reasoning: half })])
    expect(full.early).toMatchObject([{ forecast: { whole: true } }])
    const over = foldAgent([piece('m1', 3, { text: 'y' }), piece('m1', 4, { text: 'z' })], full)
    expect(over.early).toMatchObject([{ forecast: { whole: false, text: half, reasoning: half } }])
    expect(foldAgent([piece('m1', 1, { text: `${half}${half}y` })]).early).toMatchObject([
      { forecast: { whole: false, text: '' } },
    ])
  })

  it('cost what they are long, not what is there', () => {
    const long = 'x'.repeat(1_000_000)
    const held = foldAgent([reply('m1', 1, long), piece('m1', 1, { text: `${long}y` })])
    const more = Array.from({ length: 2000 }, (_, index) =>
      piece('m1', index + 2, { text: 'twenty characters...' }),
    )
    const start = performance.now()
    expect(messageOf(foldAgent(more, held), 'm1').forecast?.text.length).toBe(1_040_001)
    // Reading the text at each piece would be 2 billion characters.
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe('how long was thought', () => {
  const thought = piece('m1', 1, { reasoning: 't' })
  const lasts = (begin: readonly AgentEvent[], end: AgentEvent): readonly (number | null)[] => {
    const { thinkingSince, thinkingUntil } = messageOf(
      foldAgent([end], foldAgent(begin, undefined, 1000), 4000),
      'm1',
    )
    return [thinkingSince, thinkingUntil]
  }

  it.each<[string, readonly AgentEvent[], AgentEvent, readonly (number | null)[]]>([
    [
      'goes on with thoughts',
      [reply('m1', 1, ''), thought],
      piece('m1', 2, { reasoning: 'u' }),
      [1000, null],
    ],
    ['ends with text', [reply('m1', 1, ''), thought], piece('m1', 2, { text: 'a' }), [1000, 4000]],
    [
      'ends with a call',
      [reply('m1', 1, ''), thought],
      piece('m1', 2, { toolCalls: [{ index: 0, callId: null, name: null, argsText: '' }] }),
      [1000, 4000],
    ],
    ['ends with stored text', [reply('m1', 1, ''), thought], reply('m1', 1, 'a'), [1000, 4000]],
    ['ends with the message', [reply('m1', 1, ''), thought], part('m1', { status: 'ready' }), [1000, 4000]],
    ['began before the message was known', [thought], reply('m1', 1, '', { status: 'ready' }), [1000, 4000]],
    [
      'is not known where its beginning was not seen',
      [reply('m1', 1, '', { content: [{ type: 'reasoning', text: 't' }] })],
      piece('m1', 1, { reasoning: 'tu' }),
      [null, null],
    ],
    ['is nothing without thoughts', [reply('m1', 1, '')], piece('m1', 1, { text: 'a' }), [null, null]],
  ])('%s', (_, begin, end, expected) => {
    expect(lasts(begin, end)).toEqual(expected)
  })
})

describe('mergeInvocations', () => {
  const statuses: readonly ToolInvocation['status'][] = [
    'pending',
    'awaiting_approval',
    'in_progress',
    'awaiting_input',
    'completed',
    'failed',
    'cancelled',
    'unknown',
  ]
  /** Which statuses each may go to; all others are late. */
  const onward: Readonly<Record<ToolInvocation['status'], readonly ToolInvocation['status'][]>> = {
    pending: statuses,
    awaiting_approval: statuses.filter((status) => status !== 'pending'),
    in_progress: ['in_progress', 'awaiting_input', 'completed', 'failed', 'cancelled', 'unknown'],
    awaiting_input: ['in_progress', 'awaiting_input', 'completed', 'failed', 'cancelled', 'unknown'],
    completed: ['completed'],
    failed: ['failed'],
    cancelled: ['cancelled'],
    unknown: statuses,
  }

  it.each(statuses.flatMap((held) => statuses.map((said) => [held, said] as const)))(
    'L7: of %s and then %s',
    (held, said) => {
      const [after] = mergeInvocations([call({ status: held })], [call({ status: said })], false)
      expect(after?.status).toBe(onward[held].includes(said) ? said : held)
    },
  )

  it('lists what is said, and after the end of the message also what is held', () => {
    const [a, b, c] = [call({ id: 'a' }), call({ id: 'b' }), call({ id: 'c' })]
    expect(mergeInvocations([a, b], [b, c], false)).toEqual([b, c])
    expect(mergeInvocations([a, b], [c, b], true)).toEqual([a, b, c])
  })
})
