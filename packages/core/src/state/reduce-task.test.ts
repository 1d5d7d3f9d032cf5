import { describe, expect, it } from 'vitest'
import type { AnyTaskEvent } from '../../test/arbitrary-task.ts'
import { StreamError } from '../errors.ts'
import { unnumbered } from '../protocol/protocol.ts'
import type { TaskFields } from '../protocol/task-event.ts'
import { reduceTask } from './reduce-task.ts'
import { initialTask, shownOutput, toTask, type TaskState } from './task.ts'

const context = { nowMs: 7, maxLogLines: 50 }
const patch = (fields: TaskFields): AnyTaskEvent => ({ type: 'task-fields', full: false, fields })
const whole = (fields: TaskFields): AnyTaskEvent => ({ type: 'task-fields', full: true, fields })
const fold = (events: readonly AnyTaskEvent[], from: TaskState = initialTask): TaskState =>
  events.reduce((state, event) => reduceTask(state, event, unnumbered, context), from)

describe('output', () => {
  const running = fold([patch({ status: 'running' })])

  it.each<readonly [string, readonly AnyTaskEvent[], unknown, unknown]>([
    ['a named partial output', [patch({ partialOutput: { a: 1 } })], { a: 1 }, null],
    ['an output that grows', [patch({ output: { a: 1 } }), patch({ output: { a: 2 } })], { a: 2 }, null],
    ['both in one message', [patch({ partialOutput: 'half', output: null })], 'half', null],
    [
      'a partial output, then a resource without output',
      [patch({ partialOutput: 'half' }), whole({ output: null })],
      'half',
      null,
    ],
    [
      'a partial output, then the empty object',
      [patch({ partialOutput: 'half' }), whole({ output: {} })],
      'half',
      null,
    ],
    [
      'a partial output that is cleared',
      [patch({ partialOutput: 'half' }), patch({ partialOutput: null })],
      null,
      null,
    ],
    [
      'the end',
      [patch({ partialOutput: 'half' }), patch({ status: 'completed', output: 'all' })],
      'half',
      'all',
    ],
    ['the output after the end', [patch({ status: 'completed' }), patch({ output: 'all' })], null, 'all'],
    ['a failure, whose output is no result', [patch({ status: 'failed', output: 'scrap' })], null, null],
    [
      'a late piece after the end',
      [
        patch({ status: 'completed', output: 'all' }),
        { type: 'output-delta', seq: 1, delta: { response: 'x' } },
      ],
      null,
      'all',
    ],
  ])('after %s', (_name, events, partial, output) => {
    const state = fold(events, running)
    expect([state.partial.shown, shownOutput(state)]).toEqual([partial, output])
  })

  it.each<readonly [string, TaskFields, boolean]>([
    ['nothing of it', { app: 'a' }, false],
    ['that there is none yet', { output: null }, false],
    ['the empty object, which is none yet', { output: {} }, false],
    ['an output', { output: 'half' }, true],
    ['the end without it', { status: 'completed' }, false],
    ['the end with it', { status: 'completed', output: 'all' }, true],
    ['the end and that there is none', { status: 'completed', output: null }, true],
  ])('knows whether the output was told by a message that says %s', (_name, fields, named) => {
    expect(fold([patch(fields)], running).outputNamed).toBe(named)
  })

  it('L9: the same JSON said again keeps its identity', () => {
    const said = (): TaskFields => ({
      output: { a: [1, { b: 2 }] },
      input: { p: 'x' },
      history: [{ status: 'queued', at: 1 }],
    })
    const state = fold([patch(said())], running)
    expect(fold([patch(said())], state)).toBe(state)
  })
})

describe('logs', () => {
  const content = (text: string): AnyTaskEvent => ({ type: 'log-content', source: 'task', content: text })

  it('L8: the end of the task ends its unended line, said before or after it', () => {
    const end = patch({ status: 'failed' })
    for (const events of [
      [content('> a\n> b'), end],
      [end, content('> a\n> b')],
    ]) {
      const { logs } = fold(events)
      expect([logs.lines.toArray(), logs.tail]).toEqual([['> a', '> b'], ''])
    }
  })

  it('what comes after the end is added, each line once', () => {
    const state = fold([
      content('> a'),
      patch({ status: 'completed' }),
      content('> a\n> b'),
      content('> a\n> b\n'),
    ])
    expect(state.logs.lines.toArray()).toEqual(['> a', '> b'])
  })
})

describe('what says nothing', () => {
  it.each<AnyTaskEvent>([
    { type: 'frame-skipped', error: new StreamError('malformed', 'unreadable') },
    { type: 'stream-end' },
    { type: 'log-content', source: 'task', content: '' },
    { type: 'line-opened', isContinued: false, mayContinue: false },
    patch({}),
    whole({}),
  ])('$type changes nothing, not even the reference', (event) => {
    expect(fold([event])).toBe(initialTask)
  })
})

describe('depth', () => {
  it('JSON of 100,000 levels never breaks the fold', () => {
    const deep = (): unknown => {
      let value: unknown = 1
      for (let level = 0; level < 100_000; level++) value = level % 2 === 0 ? [value] : { value }
      return value
    }
    const events = (): AnyTaskEvent[] => [
      patch({ input: deep(), output: deep(), partialOutput: deep() }),
      { type: 'output-delta', seq: 1, delta: { response: deep(), tool_calls: [deep()], other: deep() } },
      {
        type: 'output-delta',
        seq: 2,
        delta: { tool_calls: [{ index: 0, function: deep() }], other: deep() },
      },
    ]
    const state = fold([...events(), ...events(), whole({ status: 'completed', output: deep() })])
    expect(toTask(state).status).toBe('completed')
  })
})
