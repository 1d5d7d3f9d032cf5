import { describe, expect, it } from 'vitest'
import type { TaskEvent } from '../task-event.ts'
import { readLogs } from './read-logs.ts'

const lines = (...list: string[]): TaskEvent => ({ type: 'log-lines', origin: 'increment', lines: list })
const content = (source: string, text: string): TaskEvent => ({ type: 'log-content', source, content: text })

describe('readLogs', () => {
  it.each<[string, unknown, readonly TaskEvent[]]>([
    ['a list of lines', ['a', 'b'], [lines('a', 'b')]],
    ['an entry of several lines', ['a\nb\r\nc\n', 'd'], [lines('a', 'b', 'c', 'd')]],
    ['an entry that ends in two line ends', ['a\n\n'], [lines('a', '')]],
    ['an empty line', ['', '\n'], [lines('', '')]],
    ['a string', 'a\nb\n', [content('task', 'a\nb\n')]],
    ['an empty string', '', []],
    ['an empty list', [], []],
    ['nothing', null, []],
    ['a number', 7, []],
    ['an object', { a: 1 }, []],
    ...['build', 'run', 'serve', 'setup', 'task'].map(
      (source, log_type): [string, unknown, readonly TaskEvent[]] => [
        `a row of log_type ${log_type}`,
        [{ log_type, content: 'YQo=' }],
        [content(source, 'YQo=')],
      ],
    ),
    ['a row of a new log_type', [{ log_type: 9, content: 'a' }], [content('log-9', 'a')]],
    ['a row of a negative log_type', [{ log_type: -1, content: 'a' }], [content('log--1', 'a')]],
    ['a row with a named log_type', [{ log_type: 'RUN', content: 'a' }], [content('run', 'a')]],
    ['a row without content', [{ log_type: 4, content: null }], []],
    ['an empty row', [{ log_type: 4, content: '' }], [content('task', '')]],
    [
      'one row per source',
      [
        { log_type: 1, content: 'a' },
        { log_type: 4, content: 'b' },
      ],
      [content('run', 'a'), content('task', 'b')],
    ],
    [
      'entries that hold their text under a usual key',
      [{ message: 'a' }, { text: 'b' }, { line: 'c\n' }, { content: 'd' }, 'e'],
      [lines('a', 'b', 'c', 'd', 'e')],
    ],
    ['rows among lines', ['a', { log_type: 4, content: 'x' }, 'b'], [content('task', 'x'), lines('a', 'b')]],
    [
      'entries without text',
      [null, 7, true, [], {}, { message: 7 }, JSON.parse('{"__proto__":{"text":"x"}}')],
      [],
    ],
  ])('reads %s', (_, logs, expected) => {
    expect(readLogs(logs, 'increment')).toEqual(expected)
  })

  it('reads an entry of more lines than a call takes arguments', () => {
    const entry = 'a\n'.repeat(300_000)
    const many = Array.from({ length: 300_000 }, () => 'a')
    expect(readLogs([entry], 'increment')).toEqual([{ type: 'log-lines', origin: 'increment', lines: many }])
  })

  it('passes on where the list stands', () => {
    expect(readLogs(['a'], 'resource')).toEqual([{ type: 'log-lines', origin: 'resource', lines: ['a'] }])
  })
})
