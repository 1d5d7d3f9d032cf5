import { describe, expect, it } from 'vitest'
import type { MessageDelta } from '../agent-event.ts'
import { readMessageDelta } from './read-message-delta.ts'

const empty: MessageDelta = { text: '', reasoning: '', toolCalls: [], usage: null }

describe('readMessageDelta', () => {
  it.each<[string, unknown, Partial<MessageDelta>]>([
    ['text', { response: 'Hel' }, { text: 'Hel' }],
    ['reasoning', { response: '', reasoning: 'User wants weather. ' }, { reasoning: 'User wants weather. ' }],
    [
      'the beginning of a call',
      {
        response: '',
        tool_calls: [
          { index: 0, id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"ci' } },
        ],
      },
      { toolCalls: [{ index: 0, callId: 'call_1', name: 'get_weather', argsText: '{"ci' }] },
    ],
    [
      'more of a call',
      { response: '', tool_calls: [{ index: 2, function: { arguments: 'ty":"Oslo"}' } }] },
      { toolCalls: [{ index: 2, callId: null, name: null, argsText: 'ty":"Oslo"}' }] },
    ],
    [
      'calls without an index as the first one',
      { tool_calls: [{ id: 'a' }, { index: null, id: 'b' }] },
      {
        toolCalls: [
          { index: 0, callId: 'a', name: null, argsText: '' },
          { index: 0, callId: 'b', name: null, argsText: '' },
        ],
      },
    ],
    [
      'no call of an index that cannot be one',
      { tool_calls: [-1, 0.5, '0', 1e300].map((index) => ({ index })) },
      {},
    ],
    ['usage', { usage: { total_tokens: 7 } }, { usage: { total_tokens: 7 } }],
    ['nothing', {}, {}],
    ['nulls', { response: null, reasoning: null, tool_calls: null, usage: null }, {}],
    ['other types', { response: 7, reasoning: {}, tool_calls: {}, usage: [] }, {}],
    ['keys of a prototype', JSON.parse('{"__proto__":{"response":"evil"}}'), {}],
  ])('reads %s', (_, delta, expected) => {
    expect(readMessageDelta(delta)).toEqual({ ...empty, ...expected })
  })

  it.each([null, undefined, 'text', 7, true, [{ response: 'x' }]])('takes %j for none', (delta) => {
    expect(readMessageDelta(delta)).toBeNull()
  })
})
