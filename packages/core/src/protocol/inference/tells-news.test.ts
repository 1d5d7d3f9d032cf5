import { describe, expect, it } from 'vitest'
import type { Frame } from '../../wire/frame.ts'
import { referenceStatusCodes } from '../task-status.ts'
import { RESOURCE_EVENT } from './decode-frames.ts'
import { tellsNews } from './tells-news.ts'

const task = {
  id: 't1',
  status: 5,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:01Z',
  input: { image: 'https://files.example/in.png?sig=1' },
  progress: { current: 1, total: 4 },
  partial_output: {
    image: 'https://files.example/p.png?sig=1',
    text: 'a',
    parts: ['https://x.example/?s=1'],
  },
  logs: ['one'],
}
const frame = (data: string): Frame => ({ type: 'message', event: RESOURCE_EVENT, id: null, data })
const answer = (changes: object): Frame => frame(JSON.stringify({ ...task, ...changes }))
const tells = (before: Frame, after: Frame): boolean => tellsNews(before, after, referenceStatusCodes)

describe('tellsNews', () => {
  it.each<[string, object]>([
    ['status', { status: 6 }],
    ['progress', { progress: { current: 2, total: 4 } }],
    ['progress that is gone', { progress: null }],
    ['logs', { logs: ['one', 'two'] }],
    ['partial output', { partial_output: { text: 'ab' } }],
    [
      'another address in the partial output',
      { partial_output: { image: 'https://files.example/q.png?sig=1' } },
    ],
    ['output', { output: { a: 1 } }],
    ['error', { error: 'Out of memory' }],
  ])('is told of %s', (_, changes) => {
    expect(tells(answer({}), answer(changes))).toBe(true)
    expect(tells(answer(changes), answer(changes))).toBe(false)
  })

  it.each<[string, object]>([
    ['the same', {}],
    ['times', { updated_at: '2026-01-01T00:00:09Z', created_at: '2026-01-01T00:00:02Z' }],
    ['a fresh signature in the input', { input: { image: 'https://files.example/in.png?sig=2' } }],
    [
      'fresh signatures in the partial output',
      {
        partial_output: {
          image: 'https://files.example/p.png?sig=2',
          text: 'a',
          parts: ['https://x.example/?s=2'],
        },
      },
    ],
    ['what is no part of the task', { request_id: 'r2', input_url: 'https://s3.example/x?sig=2' }],
  ])('takes %s for no news', (_, changes) => {
    expect(tells(answer({}), answer(changes))).toBe(false)
  })

  it('does not compare what is inside an output, whose addresses may be signed anew', () => {
    const before = answer({ output: { image: 'https://files.example/o.png?sig=1' } })
    expect(tells(before, answer({ output: { image: 'https://files.example/o.png?sig=2' } }))).toBe(false)
  })

  it('reads an answer in its envelope like one without, whatever stands beside it', () => {
    const wrapped = (id: string): Frame =>
      frame(JSON.stringify({ success: true, status: 200, request_id: id, data: task }))
    expect(tells(wrapped('r1'), wrapped('r2'))).toBe(false)
  })

  it.each(['{"id":', 'null', '{"success":false,"error":{"message":"no"}}'])(
    'learns nothing from an answer that cannot be read: %s',
    (text) => {
      expect(tells(answer({}), frame(text))).toBe(false)
      expect(tells(frame(text), answer({}))).toBe(false)
    },
  )
})
