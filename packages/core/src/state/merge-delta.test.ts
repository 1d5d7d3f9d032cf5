import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRecord } from '../protocol/json.ts'
import { llmDeltaTable, mergeDelta } from './merge-delta.ts'

type Fields = Readonly<Record<string, unknown>>

function merge(deltas: readonly Fields[], held: Fields = {}): Fields {
  return deltas.reduce((fields, delta) => mergeDelta(fields, delta, llmDeltaTable), held)
}

const call = (index: number, fields: Fields): Fields => ({ index, ...fields })

describe('mergeDelta, by the tables of §4.6', () => {
  it.each<readonly [string, readonly Fields[], Fields]>([
    ['texts grow', [{ response: 'Hel' }, { response: 'lo' }], { response: 'Hello' }],
    [
      'a delta of reasoning says an empty response',
      [
        { response: '', reasoning: 'User wants ' },
        { response: '', reasoning: 'weather.' },
      ],
      { response: '', reasoning: 'User wants weather.' },
    ],
    ['usage is replaced whole', [{ usage: { a: 1 } }, { usage: { b: 2 } }], { usage: { b: 2 } }],
    ['an unknown key is replaced', [{ mood: 'a' }, { mood: 'b' }], { mood: 'b' }],
    [
      'null and undefined change nothing',
      [
        { response: 'a', mood: 1 },
        { response: null, mood: undefined },
      ],
      { response: 'a', mood: 1 },
    ],
    [
      'what is no text does not join a text',
      [{ response: 'a' }, { response: 1 }, { response: ['b'] }],
      { response: 'a' },
    ],
    [
      'a tool call is put together from its pieces',
      [
        {
          tool_calls: [
            call(0, { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"ci' } }),
          ],
        },
        { tool_calls: [call(0, { function: { arguments: 'ty":"Oslo"}' } })] },
      ],
      {
        tool_calls: [
          call(0, {
            id: 'call_1',
            type: 'function',
            function: { name: 'get_weather', arguments: '{"city":"Oslo"}' },
          }),
        ],
      },
    ],
    [
      'tool calls are sorted by index, and one without is the first',
      [{ tool_calls: [call(2, { id: 'c' })] }, { tool_calls: [{ id: 'a' }, call(1, { id: 'b' })] }],
      { tool_calls: [{ id: 'a' }, call(1, { id: 'b' }), call(2, { id: 'c' })] },
    ],
    [
      'what has the wrong form changes nothing',
      [
        { tool_calls: [call(0, { function: { name: 'f' } })] },
        { tool_calls: 'x' },
        { tool_calls: [7, { function: 'y' }] },
      ],
      { tool_calls: [call(0, { function: { name: 'f' } })] },
    ],
  ])('%s', (_name, deltas, merged) => {
    expect(merge(deltas)).toEqual(merged)
  })

  it('cut anywhere, the pieces of a text are the text', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (response, args) => {
        const texts = response.map((text) => ({ response: text }))
        const calls = args.map((text) => ({ tool_calls: [call(3, { function: { arguments: text } })] }))
        const merged = merge([...texts, ...calls])
        expect(merged['response'] ?? '').toBe(response.join(''))
        if (args.length > 0) {
          expect(merged['tool_calls']).toEqual([call(3, { function: { arguments: args.join('') } })])
        }
      }),
    )
  })

  it('L9: what a delta does not name keeps its identity', () => {
    const held = merge([
      { response: 'a', usage: { n: 1 }, tool_calls: [call(0, { id: 'x' }), call(1, { id: 'y' })] },
    ])
    const texts = merge([{ response: 'b' }], held)
    expect(texts['usage']).toBe(held['usage'])
    expect(texts['tool_calls']).toBe(held['tool_calls'])
    const calls = merge([{ tool_calls: [call(1, { type: 'function' })] }], held)['tool_calls']
    const before = held['tool_calls']
    expect(Array.isArray(calls) && Array.isArray(before) && calls[0] === before[0]).toBe(true)
  })

  it('L4: keeps its reference when a delta says nothing', () => {
    const held = merge([{ response: 'a', tool_calls: [call(0, { id: 'x' })] }])
    for (const delta of [
      {},
      { response: '' },
      { response: null },
      { tool_calls: [] },
      { tool_calls: null },
    ]) {
      expect(merge([delta], held)).toBe(held)
    }
  })

  it('never touches a prototype', () => {
    const evil: unknown = JSON.parse(
      '{"__proto__":{"bad":1},"constructor":{"prototype":{"bad":1}},"tool_calls":[{"index":0,"__proto__":{"bad":1}}]}',
    )
    if (!isRecord(evil)) throw new Error('an object was parsed')
    const merged = merge([evil, evil])
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
    expect(Reflect.get({}, 'bad')).toBeUndefined()
    expect(Reflect.get(merged, 'bad')).toBeUndefined()
    expect(merged['tool_calls']).toEqual([{ index: 0 }])
  })

  it('changes nothing that it was given', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (held, delta) => {
          const before = JSON.stringify([held, delta])
          merge([delta], held)
          expect(JSON.stringify([held, delta])).toBe(before)
        },
      ),
    )
  })
})
