import { expect, test } from 'vitest'
import { parseJson, peekArguments, readFailure, readProgress } from './tool-words.ts'

test.each<readonly [unknown, string]>([
  [undefined, ''],
  [null, ''],
  [{}, ''],
  [{ query: ' lake\n turnover ' }, 'lake turnover'],
  [{ precise: true }, 'precise: true'],
  [{ city: 'Oslo', days: 3, tags: ['a', 'b'], more: {} }, 'city: Oslo, days: 3, tags: [2], more: {…}'],
  [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, 'a: 1, b: 2, c: 3, d: 4'],
  [{ text: 'x'.repeat(500) }, `${'x'.repeat(120)}…`],
])('the arguments %j are %j in one line', (args, line) => {
  expect(peekArguments(args)).toBe(line)
})

test.each<readonly [unknown, ReturnType<typeof readProgress>]>([
  [0.25, { fraction: 0.25, text: null }],
  [7, { fraction: 1, text: null }],
  [-1, { fraction: 0, text: null }],
  [Number.NaN, null],
  ['Reading', { fraction: null, text: 'Reading' }],
  ['', null],
  [
    { current: 3, total: 4 },
    { fraction: 0.75, text: '3 / 4' },
  ],
  [
    { current: 3, total: 4, message: 'Page 3' },
    { fraction: 0.75, text: 'Page 3' },
  ],
  [{ current: 0.5 }, { fraction: 0.5, text: null }],
  [
    { current: 3, total: 0 },
    { fraction: 1, text: '3 / 0' },
  ],
  [{ message: 'Reading' }, { fraction: null, text: 'Reading' }],
  [{ stage: 1 }, null],
  [null, null],
  [[1], null],
])('the progress %j is read as %j', (progress, read) => {
  expect(readProgress(progress)).toEqual(read)
})

test.each<readonly [string | null, string | null]>([
  [null, null],
  [' ', null],
  ['{"error":"no"}', 'no'],
  ['"no"', 'no'],
  ['no', 'no'],
  ['{"code":1}', '{"code":1}'],
])('the result %j of a failed call says %j', (result, reason) => {
  expect(readFailure(result)).toBe(reason)
})

test('a text that is no JSON stays a text', () => {
  expect(parseJson('[not json')).toBe('[not json')
  expect(parseJson('12')).toBe('12')
  expect(parseJson(' {"a":1}')).toEqual({ a: 1 })
})
