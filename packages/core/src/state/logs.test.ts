import { describe, expect, it } from 'vitest'
import type { LogListOrigin } from '../protocol/task-event.ts'
import { addLogContent, addLogList, closeLogs, emptyLogs, reopenLogs, type LogState } from './logs.ts'

const max = 1000
type Step = 'open' | readonly [LogListOrigin, ...string[]]

function fold(steps: readonly Step[], from: LogState = emptyLogs): LogState {
  return steps.reduce((logs, step) => {
    if (step === 'open') return reopenLogs(logs)
    const [origin, ...lines] = step
    return addLogList(logs, origin, lines, max)
  }, from)
}

describe('addLogList', () => {
  it.each<readonly [string, readonly Step[], readonly string[]]>([
    ['increments follow each other', ['open', ['first', 'a'], ['increment', 'b', 'a']], ['a', 'b', 'a']],
    [
      'the resource is everything so far',
      ['open', ['resource', 'a', 'b'], ['resource', 'a', 'b', 'c']],
      ['a', 'b', 'c'],
    ],
    [
      'what the resource told is not told again',
      ['open', ['resource', 'a', 'b'], ['first', 'b', 'c']],
      ['a', 'b', 'c'],
    ],
    ['an increment behind the resource is new', ['open', ['resource', 'a'], ['first', 'b']], ['a', 'b']],
    [
      'a first list with everything is everything',
      ['open', ['first', 'a', 'b'], 'open', ['first', 'a', 'b', 'c'], ['increment', 'd']],
      ['a', 'b', 'c', 'd'],
    ],
    [
      'a later list that says the same is more of the same',
      ['open', ['first', 'a'], ['increment', 'a'], ['increment', 'a']],
      ['a', 'a', 'a'],
    ],
    [
      'what was missed while away comes with the resource',
      ['open', ['first', 'a'], 'open', ['resource', 'a', 'b', 'c'], ['first', 'd']],
      ['a', 'b', 'c', 'd'],
    ],
    [
      'a line in a frame that could not be read comes late',
      ['open', ['first', 'a'], ['increment', 'c'], ['resource', 'a', 'b', 'c']],
      ['a', 'c', 'b'],
    ],
    [
      'a repeated line that was taken for a known one comes late',
      ['open', ['resource', 'a'], ['first', 'a'], ['increment', 'b'], ['resource', 'a', 'a', 'b']],
      ['a', 'b', 'a'],
    ],
    [
      'a line that was held before the opening and is said again is new',
      ['open', ['first', 'a', 'b'], 'open', ['resource', 'a', 'b'], ['first', 'b']],
      ['a', 'b', 'b'],
    ],
    [
      'a first list that is shorter than what is held is not everything',
      ['open', ['first', 'a', 'b'], 'open', ['first', 'a']],
      ['a', 'b', 'a'],
    ],
    ['an old resource adds nothing', ['open', ['first', 'a', 'b'], ['resource', 'a']], ['a', 'b']],
    ['a carriage return writes over its line', ['open', ['first', '1%\r2%', 'x\r']], ['2%', 'x']],
  ])('%s', (_name, steps, lines) => {
    expect(fold(steps).lines.toArray()).toEqual(lines)
  })

  it('L4: keeps its reference when nothing is new', () => {
    const logs = fold(['open', ['first', 'a', 'b']])
    expect(fold([['resource', 'a', 'b']], logs)).toBe(logs)
    expect(fold([['resource', 'a']], logs)).toBe(logs)
    expect(reopenLogs(reopenLogs(logs))).toEqual(reopenLogs(logs))
    const opened = reopenLogs(logs)
    expect(reopenLogs(opened)).toBe(opened)
  })
})

describe('addLogContent', () => {
  const add = (logs: LogState, source: string, content: string): LogState =>
    addLogContent(logs, source, content, max)

  it('reads each source by itself and holds the lines in the order of their coming', () => {
    let logs = add(emptyLogs, 'setup', '> pull\n')
    logs = add(logs, 'task', '> run\n> ha')
    logs = add(logs, 'setup', '> pull\n> done\n')
    logs = add(logs, 'task', '> run\n> half\n')
    expect(logs.lines.toArray()).toEqual(['> pull', '> run', '> done', '> half'])
  })

  it('shows the unended line as a terminal would, until it ends', () => {
    const logs = add(emptyLogs, 'task', '> 1%\r2%')
    expect([logs.tail, logs.lines.length]).toEqual(['2%', 0])
    expect(add(logs, 'task', '> 1%\r2%\n').tail).toBe('')
  })

  it('L4: keeps its reference when nothing is new', () => {
    const logs = add(emptyLogs, 'task', '> one\n> t')
    for (const content of ['', '> one\n> t', '> one\n']) expect(add(logs, 'task', content)).toBe(logs)
    expect(add(emptyLogs, 'task', '')).toBe(emptyLogs)
  })

  it('takes a source with the name of something inherited for what it is', () => {
    for (const source of ['constructor', 'toString', '__proto__']) {
      const logs = add(add(emptyLogs, source, '> a\n'), source, '> a\n> b\n')
      expect(logs.lines.toArray()).toEqual(['> a', '> b'])
    }
  })

  it('adds to lines from a cache only what they have not', () => {
    const cached = fold([['resource', '> a', '> b', '> a']])
    const logs = add(add(cached, 'setup', '> a\n'), 'task', '> b\n> a\n> c\n')
    expect(logs.lines.toArray()).toEqual(['> a', '> b', '> a', '> c'])
  })
})

describe('closeLogs', () => {
  it('ends every unended line, once', () => {
    let logs = addLogContent(emptyLogs, 'setup', '> one', max)
    logs = addLogContent(logs, 'task', '> two', max)
    const closed = closeLogs(logs, max)
    expect(closed.lines.toArray()).toEqual(['> one', '> two'])
    expect(closed.tail).toBe('')
    expect(closeLogs(closed, max)).toBe(closed)
    expect(closeLogs(emptyLogs, max)).toBe(emptyLogs)
  })
})
