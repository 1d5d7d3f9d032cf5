import { describe, expect, it } from 'vitest'
import type { Frame } from '../../wire/frame.ts'
import { RESOURCE_EVENT } from './decode-frames.ts'
import { tellsChatNews } from './tells-chat-news.ts'

const run = { id: 'r1', chat_id: 'c1', state: 'working', updated_at: '2026-01-01T00:00:01Z' }
const chat = {
  id: 'c1',
  status: 'busy',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:01Z',
  agent_data: { plan_steps: [{ index: 0, title: 'Look', description: '', status: 'pending' }] },
  active_run: run,
  pending_interrupts: [
    { id: 'i1', reason: 'client_tool', status: 'pending', expires_at: '2026-01-01T00:01:00Z' },
  ],
}
const call = {
  id: 'v1',
  tool_invocation_id: 'call_1',
  type: 'client',
  function: { name: 'look', arguments: { url: 'https://files.example/a.png?sig=1' } },
  status: 'in_progress',
  result: null,
  widget: { image: 'https://files.example/w.png?sig=1' },
}
const message = {
  id: 'm1',
  chat_id: 'c1',
  order: 1,
  role: 'assistant',
  status: 'pending',
  updated_at: '2026-01-01T00:00:01Z',
  content: [
    { type: 'text', text: 'https://files.example/a?b' },
    { type: 'image', image: 'https://files.example/i.png?sig=1' },
  ],
  tool_invocations: [call],
}

const frame = (data: string): Frame => ({ type: 'message', event: RESOURCE_EVENT, id: null, data })
const answer = (chatChanges: object = {}, messageChanges: object = {}, page: object = {}): Frame =>
  frame(
    JSON.stringify({
      chat: JSON.stringify({ data: { ...chat, ...chatChanges }, messages: [] }),
      messages: JSON.stringify({
        data: { items: [{ ...message, ...messageChanges }], next_cursor: 'a', has_next: true, ...page },
      }),
    }),
  )

describe('tellsChatNews', () => {
  it.each<[string, object, object]>([
    ['what the chat does', { status: 'idle' }, {}],
    ['the end of its run', { active_run: null }, {}],
    ['the state of its run', { active_run: { ...run, state: 'input_required' } }, {}],
    ['why its run failed', { active_run: { ...run, error: 'no' } }, {}],
    ['an output', { output: { city: 'Oslo' } }, {}],
    ['a name', { name: 'Where' }, {}],
    ['what waits no more', { pending_interrupts: [] }, {}],
    ['a plan', { agent_data: { plan_steps: [] } }, {}],
    ['the status of a message', {}, { status: 'ready' }],
    ['another message', {}, { id: 'm2' }],
    ['its text', {}, { content: [{ type: 'text', text: 'https://files.example/a?c' }, message.content[1]] }],
    [
      'its image',
      {},
      { content: [message.content[0], { type: 'image', image: 'https://files.example/j.png' }] },
    ],
    ['a call that is gone', {}, { tool_invocations: [] }],
    ['the status of a call', {}, { tool_invocations: [{ ...call, status: 'completed' }] }],
    ['the result of a call', {}, { tool_invocations: [{ ...call, result: '{}' }] }],
    ['the data of a call', {}, { tool_invocations: [{ ...call, data: { round: 2 } }] }],
  ])('is told of %s', (_, chatChanges, messageChanges) => {
    const changed = answer(chatChanges, messageChanges)
    expect(tellsChatNews(answer(), changed)).toBe(true)
    expect(tellsChatNews(changed, changed)).toBe(false)
  })

  it('is told of messages that are gone', () => {
    expect(tellsChatNews(answer(), answer({}, {}, { items: [] }))).toBe(true)
  })

  const image = { type: 'image', image: 'https://files.example/i.png?sig=2' }
  const signed = {
    ...call,
    function: { name: 'look', arguments: { url: 'https://files.example/a.png?sig=2' } },
    widget: { image: 'https://files.example/w.png?sig=2' },
  }
  it.each<[string, object, object]>([
    ['the same', {}, {}],
    ['times', { updated_at: '2026-01-01T00:00:09Z' }, { updated_at: '2026-01-01T00:00:09Z' }],
    ['times of the run', { active_run: { ...run, updated_at: '2026-01-01T00:00:09Z' } }, {}],
    [
      'times of what waits',
      { pending_interrupts: [{ ...chat.pending_interrupts[0], expires_at: '2026-01-01T00:02:00Z' }] },
      {},
    ],
    ['fresh signatures in the content', {}, { content: [message.content[0], image] }],
    ['fresh signatures in a call', {}, { tool_invocations: [signed] }],
    ['what is no part of the chat', { request_id: 'r2' }, { request_id: 'r2' }],
  ])('takes %s for no news', (_, chatChanges, messageChanges) => {
    expect(tellsChatNews(answer(), answer(chatChanges, messageChanges))).toBe(false)
  })

  it.each([
    '{"chat":',
    'null',
    '{}',
    '{"chat":"{}","messages":"{}"}',
    '{"chat":"{\\"success\\":false,\\"status\\":500}","messages":null}',
  ])('learns nothing from an answer that cannot be read: %s', (text) => {
    expect(tellsChatNews(answer(), frame(text))).toBe(false)
    expect(tellsChatNews(frame(text), answer())).toBe(false)
  })
})
