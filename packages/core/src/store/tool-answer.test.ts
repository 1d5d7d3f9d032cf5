import { describe, expect, it } from 'vitest'
import { answerOf, clipText, errorAnswer, maxAnswerChars, messageOf } from './tool-answer.ts'

const cyclic: { self?: unknown } = {}
cyclic.self = cyclic

describe('answerOf', () => {
  it.each([
    ['text', 'hello', 'hello'],
    ['empty text', '', ''],
    ['an object', { lat: 59.9 }, '{"lat":59.9}'],
    ['a number', 7, '7'],
    ['null', null, 'null'],
    ['nothing', undefined, 'null'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['text as long as may be', 'x'.repeat(maxAnswerChars), 'x'.repeat(maxAnswerChars)],
  ])('writes %s', (_, value, text) => {
    expect(answerOf(value)).toBe(text)
  })

  it.each([
    ['a cycle', cyclic, 'cannot be written as JSON'],
    ['a bigint', { n: 1n }, 'cannot be written as JSON'],
    ['a function', () => {}, 'cannot be written as JSON'],
    ['a symbol', Symbol('a'), 'cannot be written as JSON'],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error('mine')
        },
      },
      '(mine)',
    ],
    ['text that is too long', 'x'.repeat(maxAnswerChars + 1), '1048577 characters'],
    ['an object that is too long', { text: 'x'.repeat(maxAnswerChars) }, '1048576 are allowed'],
  ])('tells an error for %s', (_, value, said) => {
    expect(JSON.parse(answerOf(value))).toEqual({ error: expect.stringContaining(said) as unknown })
  })
})

describe('errorAnswer', () => {
  it('has at most 2,000 characters of message', () => {
    expect(JSON.parse(errorAnswer('x'.repeat(5000), { issues: 'a' }))).toEqual({
      error: `${'x'.repeat(1999)}…`,
      issues: 'a',
    })
  })
})

describe('messageOf', () => {
  const unnamed = 'The tool failed and did not say why.'
  it.each([
    ['an error', new Error('mine'), 'mine'],
    ['an error without words', new TypeError(), 'TypeError'],
    ['text', 'mine', 'mine'],
    ['an object with a message', { message: 'mine' }, 'mine'],
    ['an empty text', '', unnamed],
    ['nothing', undefined, unnamed],
    ['an object', {}, unnamed],
    [
      'a message that throws',
      {
        get message(): string {
          throw new Error('again')
        },
      },
      unnamed,
    ],
  ])('reads %s', (_, thrown, said) => {
    expect(messageOf(thrown)).toBe(said)
  })
})

describe('clipText', () => {
  it('splits no surrogate pair', () => {
    expect(clipText('a😀b', 3)).toBe('a…')
    expect(clipText('a😀b', 4)).toBe('a😀b')
  })
})
