import { describe, expect, it } from 'vitest'
import { asked, call, foldAgent, message, part, piece, reply } from '../../test/agent-events.ts'
import type { AgentEvent } from '../protocol/agent-event.ts'
import { initialAgent, type AgentState } from '../state/agent.ts'
import { callsToAnswer, messageUpdates } from './message-update.ts'

const turn = foldAgent([asked('m1', 0, 'Hi'), reply('m2', 1, '')])

/** What is told of these events, each as `type content`. */
function told(events: readonly AgentEvent[], from: AgentState = turn): readonly string[] {
  let state = from
  return events.flatMap((event) => {
    const before = state
    state = foldAgent([event], before)
    return messageUpdates(state, before).map(({ type, content }) => `${type} ${content}`.trim())
  })
}

describe('updates of messages', () => {
  it('tell text and thoughts as they arrive, and everything else as a change', () => {
    const events = [
      piece('m2', 1, { reasoning: 'Hm' }),
      piece('m2', 2, { reasoning: '.' }),
      piece('m2', 3, { text: 'Well' }),
      piece('m2', 4, { text: ', yes.' }),
      part('m2', { invocations: [call()] }),
      part('m2', {
        status: 'ready',
        content: [
          { type: 'reasoning', text: 'Hm.' },
          { type: 'text', text: 'Well, yes.' },
        ],
      }),
    ]
    expect(told(events)).toEqual([
      'thinking Hm',
      'thinking .',
      'text Well',
      'text , yes.',
      'message',
      'message',
    ])
  })

  it('tell nothing of a message of the user, nor where nothing changed', () => {
    const page: AgentEvent = { type: 'chat-fields', full: false, fields: { activity: 'busy' } }
    expect(told([asked('m3', 2, 'And?'), page, reply('m2', 1, '')])).toEqual([])
  })

  it.each(['tool', 'injection', 'system', 'compaction', 'event'] as const)(
    'tell no text of a message of the role %s, which is none of the agent',
    (role) => {
      expect(
        told([message('m3', { order: 2, role, status: 'ready', content: [{ type: 'text', text: 'x' }] })]),
      ).toEqual(['message'])
    },
  )

  it('tell nothing of what a chat held before it was known, and all of what follows the message that was sent', () => {
    const history: AgentEvent = {
      type: 'messages-page',
      newest: true,
      olderCursor: null,
      messages: [
        { id: 'a', fields: { order: 0, role: 'user', status: 'ready', content: [] } },
        {
          id: 'b',
          fields: { order: 1, role: 'assistant', status: 'ready', content: [{ type: 'text', text: 'Old' }] },
        },
        { id: 'm', fields: { order: 2, role: 'user', status: 'ready', content: [] } },
        {
          id: 'r',
          fields: { order: 3, role: 'assistant', status: 'ready', content: [{ type: 'text', text: 'New' }] },
        },
      ],
    }
    const sent = foldAgent([asked('m', 2, '')])
    expect(told([history], sent)).toEqual(['text New'])
    expect(told([history], initialAgent)).toEqual([])
  })

  it('tell nothing of older pages', () => {
    const loading = foldAgent(
      [{ type: 'older-asked' }],
      foldAgent([asked('m1', 5, 'Hi'), reply('m2', 6, 'Yes')]),
    )
    const older: AgentEvent = {
      type: 'messages-page',
      newest: false,
      olderCursor: null,
      messages: [
        {
          id: 'b',
          fields: { order: 1, role: 'assistant', status: 'ready', content: [{ type: 'text', text: 'Old' }] },
        },
      ],
    }
    expect(told([older], loading)).toEqual([])
  })

  it('tell what is half said when somebody comes in the middle of a reply', () => {
    const present: AgentEvent = {
      type: 'messages-page',
      newest: true,
      olderCursor: null,
      messages: [
        {
          id: 'r',
          fields: {
            order: 1,
            role: 'assistant',
            status: 'pending',
            content: [{ type: 'text', text: 'Half' }],
          },
        },
      ],
    }
    expect(told([present], initialAgent)).toEqual(['text Half'])
  })
})

describe('calls that wait for this client', () => {
  it('are told once, also in a chat that is read for the first time', () => {
    const waiting = reply('m2', 1, '', { status: 'ready', invocations: [call()] })
    const first = foldAgent([waiting])
    expect(callsToAnswer(first, initialAgent).map(({ id }) => id)).toEqual(['v1'])
    expect(callsToAnswer(foldAgent([part('m2', { taskId: 't' })], first), first)).toEqual([])
  })

  it.each([{ kind: 'app' }, { status: 'completed' }, { status: 'awaiting_approval' }] as const)(
    'are none of those that wait for nobody here: %j',
    (fields) => {
      const state = foldAgent([reply('m2', 1, '', { status: 'ready', invocations: [call(fields)] })])
      expect(callsToAnswer(state, initialAgent)).toEqual([])
    },
  )

  it('are none of those that are being answered', () => {
    const waiting = foldAgent([reply('m2', 1, '', { status: 'ready', invocations: [call()] })])
    const answered = foldAgent([{ type: 'tool-answered', id: 'v1', result: 'x' }], waiting)
    expect(callsToAnswer(answered, initialAgent)).toEqual([])
  })
})
