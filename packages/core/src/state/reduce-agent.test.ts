import { describe, expect, it } from 'vitest'
import {
  asked,
  call,
  chat,
  foldAgent,
  interrupt,
  messageOf,
  part,
  piece,
  reply,
  run,
  sends,
} from '../../test/agent-events.ts'
import { StreamError } from '../errors.ts'
import type { AgentEvent } from '../protocol/agent-event.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import { lostPosition } from './position.ts'
import { initialAgent } from './agent.ts'
import { selectAgentStatus, selectMessages, selectPartialOutput, isChatBusy } from './select-agent.ts'
import { advanceTurn, beginTurn, turnMessages } from './turn.ts'

const place = '{"lat":59.9,"lon":10.7}'
const location = { callId: 'call_1', name: 'get_location' } as const

/** The turn of P§A6, each event with what a reader sees after it. */
const turnOfA6: readonly (readonly [
  AgentEvent | LocalAgentEvent,
  { readonly status: string; readonly text?: string; readonly parts?: string },
])[] = [
  [sends('k1', 'where am I?'), { status: 'submitted', text: 'where am I?', parts: 'text' }],
  [run('r1', { status: 'submitted' }), { status: 'submitted' }],
  [chat({ id: 'c1', activity: 'busy', activeRunId: 'r1', interrupts: [] }, true), { status: 'submitted' }],
  [asked('m0', 0, 'where am I?', { chatId: 'c1' }), { status: 'submitted', text: 'where am I?' }],
  [{ type: 'message-accepted', key: 'k1', id: 'm0' }, { status: 'submitted' }],
  [run('r1', { status: 'working' }), { status: 'submitted' }],
  [reply('m1', 1, '', { runId: 'r1' }), { status: 'submitted', text: '', parts: '' }],
  [piece('m1', 1, { reasoning: 'I need the position.' }), { status: 'streaming', parts: 'reasoning' }],
  [
    piece('m1', 2, { toolCalls: [{ index: 0, argsText: '{}', ...location }] }),
    { status: 'streaming', parts: 'reasoning,tool-call:streaming' },
  ],
  [
    part('m1', { status: 'ready', invocations: [call({ ...location })] }),
    { status: 'awaiting_input', parts: 'reasoning,tool-call:in_progress' },
  ],
  [
    run('r1', { status: 'input_required', interruptReason: 'client_tool', interruptToolId: 'v1' }),
    { status: 'awaiting_input' },
  ],
  [{ type: 'tool-begun', id: 'v1' }, { status: 'streaming' }],
  [{ type: 'tool-answered', id: 'v1', result: place }, { status: 'streaming' }],
  [{ type: 'tool-settled', id: 'v1', error: null }, { status: 'streaming' }],
  [
    part('m1', { invocations: [call({ ...location, status: 'completed', result: place })] }),
    { status: 'streaming', parts: 'reasoning,tool-call:completed' },
  ],
  [run('r1', { status: 'working' }), { status: 'streaming' }],
  [
    {
      type: 'message-fields',
      id: 'm2',
      full: true,
      fields: {
        order: 2,
        role: 'tool',
        status: 'ready',
        toolCallId: 'call_1',
        content: [{ type: 'text', text: place }],
      },
    },
    { status: 'streaming', text: place },
  ],
  [reply('m3', 3, ''), { status: 'streaming', text: '' }],
  [piece('m3', 1, { text: 'You are in ' }), { status: 'streaming', text: 'You are in ' }],
  [piece('m3', 2, { text: 'Oslo.' }), { status: 'streaming', text: 'You are in Oslo.' }],
  [
    reply('m3', 3, 'You are in Oslo.', { status: 'ready' }),
    { status: 'streaming', text: 'You are in Oslo.' },
  ],
  [run('r1', { status: 'completed', output: { city: 'Oslo' } }), { status: 'ready' }],
  [
    chat({ id: 'c1', activity: 'idle', output: { city: 'Oslo' }, activeRunId: null, interrupts: [] }, true),
    { status: 'ready', text: 'You are in Oslo.', parts: 'text' },
  ],
]

describe('the turn of appendix A6', () => {
  it('is seen as it happens, event by event', () => {
    let state = initialAgent
    for (const [event, seen] of turnOfA6) {
      state = foldAgent([event], state)
      const last = selectMessages(state).at(-1)
      const parts = last?.parts
        .map((one) => (one.type === 'tool-call' ? `tool-call:${one.call.status}` : one.type))
        .join()
      expect({ event, status: selectAgentStatus(state), text: last?.text, parts }).toMatchObject({
        event,
        ...seen,
      })
    }
  })

  it('ends as one turn with its messages and its output', () => {
    let turn = beginTurn('m0')
    let state = initialAgent
    const outcomes: string[] = []
    for (const [event] of turnOfA6) {
      state = foldAgent([event], state)
      turn = advanceTurn(turn, state)
      outcomes.push(turn.outcome)
    }
    expect(outcomes.slice(0, -2).every((outcome) => outcome === 'waiting')).toBe(true)
    expect(turn).toMatchObject({ outcome: 'completed', runId: 'r1', output: { city: 'Oslo' }, error: null })
    expect(turnMessages(turn, state).map(({ id, key, role }) => [id, key, role])).toEqual([
      ['m0', 'k1', 'user'],
      ['m1', 'm1', 'assistant'],
      ['m2', 'm2', 'tool'],
      ['m3', 'm3', 'assistant'],
    ])
    expect(selectPartialOutput(state)).toEqual({ city: 'Oslo' })
    expect(state).toMatchObject({ id: 'c1', awaitedMessageId: null, early: [], isStopRequested: false })
  })
})

describe('reduceAgent: the chat and its runs', () => {
  it.each<[string, readonly AgentEvent[], object]>([
    [
      'named fields, and keeps the others',
      [chat({ name: 'a', description: 'b' }), chat({ name: null })],
      { name: null, description: 'b' },
    ],
    [
      'not what is about another chat',
      [chat({ id: 'c1' }), chat({ id: 'c2', name: 'x' })],
      { id: 'c1', name: null },
    ],
    [
      'not an older whole chat',
      [chat({ name: 'b', updatedAtUs: 5 }), chat({ name: 'a', updatedAtUs: 4 }, true)],
      { name: 'b' },
    ],
    [
      'older named fields',
      [chat({ name: 'b', updatedAtUs: 5 }), chat({ name: 'a', updatedAtUs: 4 })],
      { name: 'a', updatedAtUs: 5 },
    ],
    ['a run from a whole one alone', [run('r1', { status: 'working' }, false)], { runs: [] }],
    [
      'not an older whole run',
      [run('r1', { status: 'working', updatedAtUs: 5 }), run('r1', { status: 'submitted', updatedAtUs: 4 })],
      { runs: [{ status: 'working' }] },
    ],
    [
      'the last word of a run, whenever it was said',
      [
        run('r1', { status: 'working', updatedAtUs: 5 }),
        run('r1', { status: 'failed', error: 'x', updatedAtUs: 4 }),
      ],
      { runs: [{ status: 'failed', error: 'x' }] },
    ],
    [
      'nothing against the end of a run',
      [
        run('r1', { status: 'completed' }),
        run('r1', { status: 'working', error: 'x' }),
        run('r1', { status: 'failed' }),
      ],
      { runs: [{ status: 'completed', error: null }] },
    ],
    [
      'the output of a run that has ended',
      [run('r1', { status: 'completed' }), run('r1', { output: 1 }, false)],
      { runs: [{ output: 1 }] },
    ],
    [
      'a run that was active and was not told to end, as it was',
      [run('r1', { status: 'working' }), chat({ activeRunId: 'r1' }), chat({ activity: 'idle' })],
      { activeRunId: null, runs: [{ status: 'working' }] },
    ],
    [
      'that a turn began, although the run of the one before is still named',
      [
        run('r1', { status: 'completed' }),
        chat({ activeRunId: 'r1', activity: 'idle' }),
        chat({ activeRunId: 'r1' }),
        chat({ activity: 'busy' }),
      ],
      { activeRunId: null, activity: 'busy' },
    ],
    [
      'interrupts that wait alone',
      [chat({ interrupts: [interrupt(), interrupt({ id: 'i2', status: 'resolved' })] })],
      { interrupts: [{ id: 'i1' }] },
    ],
    [
      'one more interrupt',
      [chat({ interrupts: [interrupt()] }), { type: 'interrupt-fields', interrupt: interrupt({ id: 'i2' }) }],
      { interrupts: [{ id: 'i1' }, { id: 'i2' }] },
    ],
    [
      'the end of an interrupt',
      [
        chat({ interrupts: [interrupt()] }),
        { type: 'interrupt-fields', interrupt: interrupt({ status: 'resolved' }) },
      ],
      { interrupts: [] },
    ],
  ])('keeps %s', (_, events, expected) => {
    expect(foldAgent(events)).toMatchObject(expected)
  })

  it('keeps the last 50 runs', () => {
    const state = foldAgent(
      Array.from({ length: 60 }, (_, index) => run(`r${index}`, { status: 'completed' })),
    )
    expect(state.runs.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, index) => `r${index + 10}`))
  })

  it('takes the whole id of a chat that is known by its short one (P§1.1), and no other', () => {
    const short = { ...initialAgent, id: '4j0qfzkd' }
    const id = '4j0qfzkd4penpzx98705wbj5mj'
    expect(foldAgent([chat({ id: 'other' })], short)).toBe(short)
    expect(foldAgent([chat({ id }), asked('m0', 0, 'a', { chatId: id })], short)).toMatchObject({
      id,
      messages: [{ id: 'm0' }],
    })
    expect(foldAgent([asked('m0', 0, 'a', { chatId: 'other' })], short).messages).toEqual([])
  })

  const busy = [run('r1', { status: 'working' }), chat({ activeRunId: 'r1', activity: 'busy' })]
  const stop: LocalAgentEvent = { type: 'stop-requested' }
  it.each<[string, readonly (AgentEvent | LocalAgentEvent)[], boolean]>([
    ['stays while the run goes on', [...busy, stop, run('r1', { status: 'working' })], true],
    ['is not there where nothing is under way', [stop], false],
    ['stays while a message is on its way', [sends('k1', 'a'), stop], true],
    ['is taken back by the refusal', [...busy, stop, { type: 'stop-rejected' }], false],
    ['is over with the run', [...busy, stop, run('r1', { status: 'cancelled' })], false],
    ['is over when the chat is idle', [...busy, stop, chat({ activity: 'idle' })], false],
    [
      'outlasts the end of a sub-agent',
      [...busy, stop, run('r2', { status: 'completed', invocationId: 'v1' })],
      true,
    ],
  ])('the wish to stop %s', (_, events, isStopRequested) => {
    expect(foldAgent(events).isStopRequested).toBe(isStopRequested)
  })

  it('begins anew without its place when that was lost', () => {
    expect(foldAgent([{ type: 'position-lost' }]).position).toBe(lostPosition)
  })

  it.each<AgentEvent>([
    { type: 'stream-end' },
    { type: 'position-moved' },
    { type: 'frame-skipped', error: new StreamError('malformed', 'Junk.') },
  ])('is the same after $type', (event) => {
    const before = foldAgent(turnOfA6.map(([one]) => one))
    expect(foldAgent([event], before)).toBe(before)
  })
})

describe('reduceAgent: what this browser does with client tools', () => {
  const told = foldAgent([asked('m0', 0, 'a'), reply('m1', 1, '', { invocations: [call()] })])
  const error = new StreamError('network', 'The line broke.')
  const after = (...events: readonly LocalAgentEvent[]): object => {
    const { toolRuns, toolAnswers } = messageOf(foldAgent(events, told), 'm1')
    return { run: toolRuns['v1'], answer: toolAnswers['v1'] }
  }
  const begun: LocalAgentEvent = { type: 'tool-begun', id: 'v1' }
  const answered = { type: 'tool-answered', id: 'v1', result: 'x' } as const
  const settled: LocalAgentEvent = { type: 'tool-settled', id: 'v1', error: null }
  const failed: LocalAgentEvent = { type: 'tool-settled', id: 'v1', error }
  const progressed: LocalAgentEvent = { type: 'tool-progressed', id: 'v1', progress: { done: 1 } }

  it.each<[string, readonly LocalAgentEvent[], object]>([
    ['begun', [begun], { run: { status: 'running', progress: null, error: null }, answer: undefined }],
    ['half done', [begun, progressed], { run: { status: 'running', progress: { done: 1 } } }],
    [
      'answered',
      [begun, progressed, answered],
      { run: { status: 'submitting', progress: { done: 1 } }, answer: 'x' },
    ],
    ['answered by hand', [answered], { run: { status: 'submitting' }, answer: 'x' }],
    ['settled', [begun, answered, settled], { run: { status: 'settled', error: null }, answer: 'x' }],
    [
      'settled, and nothing more',
      [begun, answered, settled, progressed, begun, { ...answered, result: 'y' }],
      { run: { status: 'settled' }, answer: 'x' },
    ],
    ['not taken', [begun, answered, failed], { run: { status: 'failed', error }, answer: undefined }],
    ['not taken, and begun again', [begun, failed, begun], { run: { status: 'running', error: null } }],
  ])('a call that is %s', (_, events, expected) => {
    expect(after(...events)).toMatchObject(expected)
  })

  it('ignores a call that no message holds', () => {
    expect(foldAgent([{ type: 'tool-begun', id: 'v9' }], told)).toBe(told)
  })
})

describe('isChatBusy (P§5.3)', () => {
  it.each<[string, readonly AgentEvent[], boolean]>([
    ['nothing known', [], false],
    ['a busy chat', [chat({ activity: 'busy' })], true],
    ['one that waits', [chat({ activity: 'awaiting_input' })], true],
    [
      'a run that goes on',
      [run('r1', { status: 'auth_required' }), chat({ activity: 'idle' }), chat({ activeRunId: 'r1' })],
      true,
    ],
    [
      'a run that is over in a busy chat',
      [run('r1', { status: 'completed' }), chat({ activity: 'busy', activeRunId: 'r1' })],
      false,
    ],
    ['a run that nobody told of', [chat({ activity: 'busy', activeRunId: 'r9' })], true],
    [
      'a run of an unknown status',
      [run('r1', { status: 'unknown' }), chat({ activity: 'idle', activeRunId: 'r1' })],
      false,
    ],
  ])('%s', (_, events, isBusy) => {
    expect(isChatBusy(foldAgent(events))).toBe(isBusy)
  })
})
