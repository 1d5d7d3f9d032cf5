import { describe, expect, it } from 'vitest'
import { asked, call, chat, foldAgent, part, reply, run } from '../../test/agent-events.ts'
import type { AgentEvent } from '../protocol/agent-event.ts'
import { initialAgent } from './agent.ts'
import { advanceTurn, beginTurn, turnMessages, type Turn } from './turn.ts'

type Events = readonly AgentEvent[]

/** The turn after each event, looked at every time. */
function follow(messageId: string | null, events: Events, from = initialAgent): readonly Turn[] {
  let turn = beginTurn(messageId)
  let state = from
  return events.map((event) => {
    state = foldAgent([event], state)
    turn = advanceTurn(turn, state)
    return turn
  })
}

const done = { status: 'ready' } as const
const before: Events = [
  asked('m0', 0, 'a'),
  reply('m1', 1, 'b', { ...done, runId: 'r1' }),
  run('r1', { status: 'completed' }),
  chat({ activity: 'idle', activeRunId: 'r1' }),
]
const question = asked('m2', 2, 'c')
const busy = chat({ activity: 'busy', activeRunId: null })
const idle = chat({ activity: 'idle', activeRunId: null })
const working = run('r2', { status: 'working' })
const active = chat({ activity: 'busy', activeRunId: 'r2' })
const answered = reply('m3', 3, 'd', done)

describe('advanceTurn', () => {
  it.each<[string, Events, Turn['outcome']]>([
    ['nothing is known', [], 'waiting'],
    ['the message is not known', [busy, idle], 'waiting'],
    ['the chat is idle from the turn before', [question, idle], 'waiting'],
    [
      'the message is queued, and the turn before ends',
      [chat({ activity: 'busy' }), asked('m2', 2, 'c', { status: 'queued' }), idle],
      'waiting',
    ],
    ['the chat is busy', [question, busy], 'waiting'],
    ['the chat was busy', [question, busy, idle], 'completed'],
    [
      'the chat was busy, and the message failed',
      [question, busy, reply('m3', 3, '', { status: 'failed' }), idle],
      'failed',
    ],
    [
      'the chat was busy, and the message was cancelled',
      [question, busy, reply('m3', 3, '', { status: 'cancelled' }), idle],
      'cancelled',
    ],
    ['all of the reply is there', [question, answered], 'completed'],
    ['a part of the reply is there', [question, reply('m3', 3, 'd')], 'waiting'],
    ['a call is open', [question, reply('m3', 3, 'd', { ...done, invocations: [call()] })], 'waiting'],
    ['only a note is there', [question, reply('m3', 3, 'd', { ...done, role: 'injection' })], 'waiting'],
    ['all of the reply is there, but the chat is busy', [question, busy, answered], 'waiting'],
    ['the message was cancelled', [asked('m2', 2, 'c', { status: 'cancelled' })], 'cancelled'],
    ['the message failed', [asked('m2', 2, 'c', { status: 'failed' })], 'failed'],
    [
      'its run is completed, as the message says',
      [asked('m2', 2, 'c', { runId: 'r2' }), run('r2', { status: 'completed' })],
      'completed',
    ],
    [
      'its run is completed, as the run says',
      [question, run('r2', { status: 'completed', userMessageId: 'm2' })],
      'completed',
    ],
    [
      'its run is completed, as the reply says',
      [question, reply('m3', 3, 'd', { runId: 'r2' }), run('r2', { status: 'completed' })],
      'completed',
    ],
    ['its run failed', [question, run('r2', { status: 'failed', userMessageId: 'm2' })], 'failed'],
    ['its run was rejected', [question, run('r2', { status: 'rejected', userMessageId: 'm2' })], 'failed'],
    [
      'its run was cancelled',
      [question, run('r2', { status: 'cancelled', userMessageId: 'm2' })],
      'cancelled',
    ],
    ['another run failed', [question, run('r2', { status: 'failed', userMessageId: 'm9' })], 'waiting'],
    [
      'its run goes on',
      [question, working, active, reply('m3', 3, 'd', { ...done, runId: 'r2' })],
      'waiting',
    ],
    [
      'the end of its run was lost',
      [question, working, active, reply('m3', 3, 'd', { ...done, runId: 'r2' }), idle],
      'completed',
    ],
    [
      'its run goes on between two steps, and nobody said that the chat is busy',
      [
        question,
        run('r2', { status: 'working', userMessageId: 'm2' }),
        reply('m3', 3, '', { ...done, invocations: [call({ status: 'completed' })] }),
      ],
      'waiting',
    ],
    [
      'its run goes on as far as is known, and the agent has the last word',
      [question, run('r2', { status: 'working', userMessageId: 'm2' }), answered],
      'completed',
    ],
    [
      'a run of the turn before goes on behind it',
      [
        part('m1', { runId: 'r2' }),
        working,
        active,
        question,
        reply('m3', 3, 'd', { runId: 'r2' }),
        run('r2', { status: 'completed' }),
        idle,
      ],
      'waiting',
    ],
    [
      'a run of another message goes on behind it',
      [
        run('r2', { status: 'working', userMessageId: 'm0' }),
        active,
        question,
        reply('m3', 3, 'd', { runId: 'r2' }),
        run('r2', { status: 'completed' }),
        idle,
      ],
      'waiting',
    ],
  ])('when %s', (_, events, outcome) => {
    const turns = follow('m2', [...before, ...events])
    expect(turns.at(-1)?.outcome).toBe(outcome)
    expect(turns.slice(0, -1).every((turn) => turn.outcome === 'waiting')).toBe(true)
  })

  it('ends once', () => {
    const turns = follow('m2', [
      question,
      busy,
      answered,
      idle,
      asked('m4', 4, 'e'),
      busy,
      run('r9', { status: 'failed', userMessageId: 'm2' }),
    ])
    expect(turns.map(({ outcome }) => outcome)).toEqual([
      'waiting',
      'waiting',
      'waiting',
      'completed',
      'completed',
      'completed',
      'completed',
    ])
    expect(turns.at(-1)).toBe(turns[3])
  })

  it('is the same turn where nothing is new', () => {
    const state = foldAgent([question, working, active])
    const turn = advanceTurn(beginTurn('m2'), state)
    expect(advanceTurn(turn, state)).toBe(turn)
    expect(advanceTurn(turn, foldAgent([chat({ name: 'x' })], state))).toBe(turn)
  })

  it('tells why it failed and what it gave', () => {
    const own = { userMessageId: 'm2' }
    expect(
      follow('m2', [question, run('r2', { status: 'failed', error: 'No more credits.', ...own })]).at(-1),
    ).toMatchObject({ error: 'No more credits.', output: null, runId: 'r2' })
    expect(
      follow('m2', [question, run('r2', { status: 'completed', output: { city: 'Oslo' }, ...own })]).at(-1),
    ).toMatchObject({ error: null, output: { city: 'Oslo' } })
    const failed = reply('m3', 3, '', { status: 'failed', content: [{ type: 'error', text: 'Overloaded.' }] })
    expect(follow('m2', [question, failed]).at(-1)).toMatchObject({ outcome: 'failed', error: 'Overloaded.' })
  })

  it.each<[string, Events, Turn['outcome']]>([
    ['its run is over', [question, working, active, run('r2', { status: 'completed' })], 'completed'],
    ['it is under way', [question, working, active], 'waiting'],
    ['it was under way, without a run', [question, busy, idle], 'completed'],
  ])('without a message it is the turn that is under way: %s', (_, events, outcome) => {
    const turns = follow(null, events, foldAgent([chat({ activity: 'busy' })]))
    expect(turns.at(-1)?.outcome).toBe(outcome)
  })
})

describe('turnMessages', () => {
  const note = reply('m4', 4, 'n', { ...done, role: 'injection' })
  const ids = (turn: Turn, events: Events): readonly string[] =>
    turnMessages(turn, foldAgent([...before, ...events])).map(({ id }) => id)

  it.each<[string, Turn, Events, readonly string[]]>([
    [
      'are those from the message of the user on',
      beginTurn('m2'),
      [question, answered, note],
      ['m2', 'm3', 'm4'],
    ],
    [
      'end before the next turn',
      beginTurn('m2'),
      [question, answered, asked('m5', 5, 'e'), reply('m6', 6, 'f')],
      ['m2', 'm3'],
    ],
    [
      'go on behind a message that is queued',
      beginTurn('m2'),
      [question, answered, asked('m5', 5, 'e', { status: 'queued' }), reply('m6', 6, 'f')],
      ['m2', 'm3', 'm6'],
    ],
    [
      'go on with their run behind the next turn',
      { ...beginTurn('m2'), runId: 'r2' },
      [
        question,
        asked('m5', 5, 'e'),
        reply('m6', 6, 'f', { runId: 'r2' }),
        reply('m7', 7, 'g', { runId: 'r3' }),
      ],
      ['m2', 'm6'],
    ],
    ['are none where the message is not known', beginTurn('m9'), [question], []],
    ['are those of the last turn, where none is named', beginTurn(null), [question, answered], ['m2', 'm3']],
  ])('%s', (_, turn, events, expected) => {
    expect(ids(turn, events)).toEqual(expected)
  })

  it('are all there is where nobody has asked', () => {
    expect(turnMessages(beginTurn(null), foldAgent([answered])).map(({ id }) => id)).toEqual(['m3'])
  })
})
