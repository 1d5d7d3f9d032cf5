import { describe, expect, it } from 'vitest'
import { StreamError } from '../../errors.ts'
import type { AgentEvent } from '../agent-event.ts'
import type { AgentInfo, AlwaysAllowOptions } from '../agent-protocol.ts'
import { inferenceProtocol } from './index.ts'

const { agents } = inferenceProtocol()

function thrownBy(act: () => unknown): StreamError {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof StreamError) return thrown
    throw thrown
  }
  throw new Error('It threw nothing.')
}

/** The same data in every envelope (P§1.4). */
const envelopes = (data: unknown): readonly string[] =>
  [{ success: true, status: 200, data }, { data, messages: [] }, { data }, data].map((body) =>
    JSON.stringify(body),
  )

const user = {
  id: 'm0',
  chat_id: 'c1',
  order: 0,
  role: 'user',
  status: 'ready',
  content: [{ type: 'text', text: 'hi' }],
}
const reply = { id: 'm1', chat_id: 'c1', order: 1, role: 'assistant', status: 'pending', content: [] }
const userEvent: AgentEvent = {
  type: 'message-fields',
  id: 'm0',
  full: true,
  fields: { chatId: 'c1', order: 0, role: 'user', status: 'ready', content: [{ type: 'text', text: 'hi' }] },
}
const replyEvent: AgentEvent = {
  type: 'message-fields',
  id: 'm1',
  full: true,
  fields: { chatId: 'c1', order: 1, role: 'assistant', status: 'pending', content: [] },
}

describe('readSent', () => {
  it.each<[string, object, readonly AgentEvent[]]>([
    ['both messages', { user_message: user, assistant_message: reply }, [userEvent, replyEvent]],
    ['a message that is queued', { user_message: user, assistant_message: null }, [userEvent]],
    ['no word about a reply', { user_message: user }, [userEvent]],
    ['the message alone (appendix A8)', user, [userEvent]],
    [
      'the chat of the reply',
      { user_message: { ...user, chat_id: null }, assistant_message: reply },
      [{ ...userEvent, fields: { ...userEvent.fields, chatId: null } }, replyEvent],
    ],
    [
      'a reply that has no id yet',
      { user_message: user, assistant_message: { ...reply, id: null } },
      [userEvent],
    ],
  ])('reads %s', (_, answer, events) => {
    for (const body of envelopes(answer)) {
      expect(agents.readSent(body)).toEqual({ chatId: 'c1', messageId: 'm0', events })
    }
  })

  it('takes a message that it says little of for a whole one, because it is there', () => {
    expect(agents.readSent('{"id":"m0","chat_id":"c1"}').events).toEqual([
      { type: 'message-fields', id: 'm0', full: true, fields: { chatId: 'c1' } },
    ])
  })

  it.each([
    { user_message: { ...user, id: null }, assistant_message: reply },
    { user_message: { ...user, chat_id: '' }, assistant_message: { ...reply, chat_id: 7 } },
    { user_message: null, assistant_message: reply },
    { ...user, chat_id: null },
    { ...user, id: 7 },
  ])('throws malformed without the ids that everything later is addressed to: %#', (answer) => {
    for (const body of envelopes(answer)) expect(thrownBy(() => agents.readSent(body)).code).toBe('malformed')
  })
})

describe('readMessages', () => {
  const item = { id: 'm0', order: 0, role: 'user', status: 'ready', content: [] }
  const message = { id: 'm0', fields: { order: 0, role: 'user', status: 'ready', content: [] } }

  it.each<[string, object, unknown[], string | null]>([
    ['appendix A8', { items: [item], next_cursor: '', has_next: false, total_items: 31 }, [message], null],
    ['a page before it', { items: [item], next_cursor: 'abc=', has_next: true }, [message], 'abc='],
    ['a cursor to nothing', { items: [item], next_cursor: 'abc=', has_next: false }, [message], null],
    ['more without a cursor', { items: [item], next_cursor: '', has_next: true }, [message], null],
    ['a cursor that is no text', { items: [item], next_cursor: 7, has_next: true }, [message], null],
    ['an empty page that promises more', { items: [], next_cursor: 'abc=', has_next: true }, [], null],
    ['no items', { items: null, next_cursor: 'abc=', has_next: true }, [], null],
    ['items that are none', { items: [{ order: 1 }, null, 7, item], has_next: false }, [message], null],
  ])('reads %s', (_, answer, messages, olderCursor) => {
    for (const body of envelopes(answer)) {
      for (const newest of [true, false]) {
        expect(agents.readMessages(body, newest)).toEqual({
          type: 'messages-page',
          newest,
          messages,
          olderCursor,
        })
      }
    }
  })
})

describe('readAlwaysAllowOptions', () => {
  it.each<[string, object, AlwaysAllowOptions]>([
    [
      'appendix A7',
      {
        options: [
          { key: 'exact', scope: 'exact', label: 'this exact call', rules: ['a'] },
          { key: 'tool', scope: 'tool', label: 'every call of send_mail', rules: null },
        ],
        default: 'exact',
      },
      {
        options: [
          { key: 'exact', scope: 'exact', label: 'this exact call', rules: ['a'] },
          { key: 'tool', scope: 'tool', label: 'every call of send_mail', rules: [] },
        ],
        defaultKey: 'exact',
        unavailable: null,
      },
    ],
    [
      'why there are none',
      { options: null, unavailable: 'An owner decides.' },
      { options: [], defaultKey: null, unavailable: 'An owner decides.' },
    ],
    [
      'options of which little is said',
      { options: [{ key: 'k' }, { scope: 'tool' }, null], default: 7 },
      {
        options: [{ key: 'k', scope: 'unknown', label: 'k', rules: [] }],
        defaultKey: null,
        unavailable: null,
      },
    ],
  ])('reads %s', (_, answer, expected) => {
    for (const body of envelopes(answer)) expect(agents.readAlwaysAllowOptions(body)).toEqual(expected)
  })
})

describe('readAgentInfo', () => {
  it.each<[string, object, AgentInfo]>([
    [
      'an agent',
      { id: 'a1', name: 'support', version: { description: 'Helps.', example_prompts: ['hi', '', 7] } },
      { name: 'support', description: 'Helps.', examplePrompts: ['hi'] },
    ],
    [
      'one whose version is not loaded',
      { name: 'support', description: 'Old.', version: null },
      { name: 'support', description: 'Old.', examplePrompts: [] },
    ],
    [
      'the name of its version',
      { id: 'a1', version: { name: 'support', example_prompts: null } },
      { name: 'support', description: null, examplePrompts: [] },
    ],
  ])('reads %s', (_, answer, expected) => {
    for (const body of envelopes(answer)) expect(agents.readAgentInfo(body)).toEqual(expected)
  })
})

describe('answers about agents', () => {
  const readers: readonly (readonly [string, (body: string) => unknown])[] = [
    ['readSent', (body) => agents.readSent(body)],
    ['readMessages', (body) => agents.readMessages(body, true)],
    ['readAlwaysAllowOptions', (body) => agents.readAlwaysAllowOptions(body)],
    ['readAgentInfo', (body) => agents.readAgentInfo(body)],
  ]

  it.each(readers)('%s throws malformed for what it does not expect, without quoting it', (_, read) => {
    for (const body of [
      '',
      'secret',
      'null',
      '[]',
      '{}',
      '{"data":null}',
      '{"data":"secret"}',
      '{"secret":1}',
      '{"__proto__":{"id":"m","chat_id":"c","name":"n","items":[],"options":[]}}',
    ]) {
      const error = thrownBy(() => read(body))
      expect(error.code).toBe('malformed')
      expect(error.message).not.toContain('secret')
    }
  })

  it.each(readers)('%s throws what a V1 error means, on HTTP 200 too', (_, read) => {
    const body = '{"success":false,"status":401,"error":{"code":"unauthorized","message":"bad key"}}'
    expect(thrownBy(() => read(body))).toMatchObject({ code: 'unauthorized', status: 401 })
  })
})
