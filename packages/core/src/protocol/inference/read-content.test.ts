import { describe, expect, it } from 'vitest'
import type { ContentPart } from '../agent-event.ts'
import { readContent } from './read-content.ts'

const whole = (some: object): object => ({
  error: null,
  text: null,
  image: null,
  file: null,
  tool_calls: null,
  ...some,
})
const text = (said: string): ContentPart => ({ type: 'text', text: said })

describe('readContent', () => {
  it.each<[string, unknown, readonly ContentPart[]]>([
    ['text', whole({ type: 'text', text: 'hello' }), [text('hello')]],
    ['white space', whole({ type: 'text', text: ' ' }), [text(' ')]],
    ['reasoning', whole({ type: 'reasoning', text: 'hm' }), [{ type: 'reasoning', text: 'hm' }]],
    [
      'an image',
      whole({ type: 'image', image: 'https://x/a.png' }),
      [{ type: 'image', url: 'https://x/a.png' }],
    ],
    ['a file', whole({ type: 'file', file: 'https://x/a.pdf' }), [{ type: 'file', url: 'https://x/a.pdf' }]],
    [
      'calls, one part each',
      whole({
        type: 'tool',
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'a', arguments: '{"x":' } },
          { id: null, type: 'function', function: { name: 'b', arguments: { y: 1 } } },
          { id: 'call_3' },
          null,
        ],
      }),
      [
        { type: 'tool-call', callId: 'call_1', name: 'a', argsText: '{"x":' },
        { type: 'tool-call', callId: null, name: 'b', argsText: '{"y":1}' },
        { type: 'tool-call', callId: 'call_3', name: '', argsText: '' },
      ],
    ],
    [
      'an event',
      whole({ type: 'event', event: { type: 'hook', hook: { decision: 'deny' } } }),
      [{ type: 'event', event: { type: 'hook', hook: { decision: 'deny' } } }],
    ],
    [
      'a part of a newer server',
      { type: 'hologram', depth: 3 },
      [{ type: 'unknown', name: 'hologram', value: { type: 'hologram', depth: 3 } }],
    ],
    ['a part without a type', { text: 'x' }, [text('x')]],
    ['a text as a part', 'x', [text('x')]],
    [
      'a part that failed after it was begun',
      whole({ type: 'text', text: 'hel', error: 'model died' }),
      [text('hel'), { type: 'error', text: 'model died' }],
    ],
    [
      'a part that could not be made',
      whole({ type: 'image', error: { message: 'too large' } }),
      [{ type: 'error', text: 'too large' }],
    ],
    ['an error without words', whole({ type: 'image', error: 7 }), [{ type: 'error', text: '' }]],
    ['no error in words', whole({ type: 'text', text: 'x', error: '' }), [text('x')]],
    ['empty text', whole({ type: 'text', text: '' }), []],
    ['a number for a text', whole({ type: 'text', text: 7 }), []],
    ['an image without an address', whole({ type: 'image', image: 7 }), []],
    ['a file without an address', whole({ type: 'file', file: ' ' }), []],
    ['calls that are no list', whole({ type: 'tool', tool_calls: 'x' }), []],
    ['an event that is none', whole({ type: 'event', event: [] }), []],
    ['null', null, []],
    ['a number', 7, []],
    ['a list in a list', [], []],
    ['keys of a prototype alone', JSON.parse('{"__proto__":{"type":"text","text":"evil"}}'), []],
  ])('reads %s', (_, part, expected) => {
    expect(readContent({ content: [part] })).toEqual(expected)
    expect(readContent({ content: [part, part] })).toEqual([...expected, ...expected])
  })

  it.each<[string, object, readonly ContentPart[]]>([
    ['a text', { content: 'Hello' }, [text('Hello')]],
    ['a text of the type text', { content: 'Hello', type: 'text' }, [text('Hello')]],
    ['thinking', { content: 'Hm', type: 'thinking' }, [{ type: 'reasoning', text: 'Hm' }]],
    ['thinking, however spelled', { content: 'Hm', type: ' Thinking' }, [{ type: 'reasoning', text: 'Hm' }]],
    ['nothing', { content: '' }, []],
    ['null', { content: null }, []],
    ['no content', {}, []],
    ['a number', { content: 7 }, []],
    ['an object', { content: { type: 'text', text: 'x' } }, []],
  ])('reads %s in place of parts (P§0a.1)', (_, message, expected) => {
    expect(readContent({ ...message })).toEqual(expected)
  })
})
