import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { saidStatuses, taskEvents } from '../../test/arbitrary-task.ts'
import { unnumbered } from '../protocol/protocol.ts'
import type { StatusChange } from '../protocol/task-event.ts'
import type { TaskStatus } from '../protocol/task-status.ts'
import { reduceTask } from './reduce-task.ts'
import { selectElapsedMs, selectEtaMs, selectStages, stageNames } from './select-task.ts'
import { initialTask, type TaskState } from './task.ts'

type Path = readonly (readonly [TaskStatus, number])[]

const changes = (path: Path): StatusChange[] => path.map(([status, at]) => ({ status, at }))

function task(seen: Path, rest: Partial<TaskState> = {}): TaskState {
  return { ...initialTask, status: seen.at(-1)?.[0] ?? 'idle', seen: changes(seen), ...rest }
}

/** One word for each stage, in order. */
function states(state: TaskState): string {
  return selectStages(state)
    .map((stage) => stage.state)
    .join(' ')
}

const usual: Path = [
  ['received', 0],
  ['queued', 10],
  ['scheduled', 30],
  ['preparing', 60],
  ['running', 100],
  ['uploading', 250],
  ['completed', 300],
]

describe('selectStages', () => {
  it.each<readonly [string, Path, string]>([
    ['nothing was started', [], 'todo todo todo todo todo'],
    ['it is received', usual.slice(0, 1), 'active todo todo todo todo'],
    ['it is scheduled', usual.slice(0, 3), 'active todo todo todo todo'],
    ['it is prepared', usual.slice(0, 4), 'passed active todo todo todo'],
    ['it runs', usual.slice(0, 5), 'passed passed active todo todo'],
    ['it uploads', usual.slice(0, 6), 'passed passed passed active todo'],
    ['it is done', usual, 'passed passed passed passed passed'],
    ['it was done at once', [['completed', 0]], 'skipped skipped skipped skipped passed'],
    ['it was joined late', [['running', 0]], 'skipped skipped active todo todo'],
    ['it failed while running', [...usual.slice(0, 5), ['failed', 200]], 'passed passed stopped todo todo'],
    [
      'it was cancelled in the queue',
      [
        ['queued', 0],
        ['cancelled', 9],
      ],
      'stopped todo todo todo todo',
    ],
    ['it is being cancelled', [...usual.slice(0, 5), ['cancelling', 200]], 'passed passed active todo todo'],
    [
      'it says what we do not know',
      [...usual.slice(0, 5), ['unknown', 200]],
      'passed passed active todo todo',
    ],
    [
      'it lost its worker',
      [
        ['queued', 0],
        ['scheduled', 5],
        ['queued', 9],
      ],
      'active todo todo todo todo',
    ],
  ])('when %s', (_name, path, expected) => {
    expect(states(task(path))).toBe(expected)
  })

  it('counts what the server says it went through as visited', () => {
    const history = changes([
      ['queued', 0],
      ['preparing', 5],
      ['running', 9],
    ])
    expect(states(task([['running', 0]], { history }))).toBe('passed passed active todo todo')
  })

  it('tells durations from the server’s times, and from ours where it told none', () => {
    const durations = (state: TaskState): unknown[] => selectStages(state).map(({ durationMs }) => durationMs)
    expect(durations(task(usual))).toEqual([60, 40, 150, 50, null])
    const history = changes([
      ['queued', 1000],
      ['running', 5000],
    ])
    expect(durations(task(usual, { history }))).toEqual([4000, 40, 150, 50, null])
    expect(
      durations(
        task([
          ['queued', 9],
          ['running', 5],
        ]),
      ),
    ).toEqual([0, null, null, null, null])
  })

  it('gives no duration to the stage that goes on, whatever parts of it are over', () => {
    const waiting = task([
      ['received', 0],
      ['queued', 40],
      ['scheduled', 90],
    ])
    expect(selectStages(waiting)[0]).toEqual({ name: 'queued', state: 'active', durationMs: null })
  })

  it('names every stage once and in order, and at most one that lasts, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(taskEvents, { maxLength: 20 }), (events) => {
        const context = { nowMs: 0, maxLogLines: 5 }
        const state = events.reduce(
          (held, event) => reduceTask(held, event, unnumbered, context),
          initialTask,
        )
        const stages = selectStages(state)
        expect(stages.map(({ name }) => name)).toEqual(stageNames)
        expect(stages.filter((stage) => stage.state === 'active').length).toBeLessThanOrEqual(1)
        expect(stages.every(({ durationMs }) => durationMs === null || durationMs >= 0)).toBe(true)
      }),
    )
  })
})

describe('selectElapsedMs', () => {
  const created = { createdAt: 1_000_000 }

  it.each<readonly [string, TaskState, number, number | null]>([
    ['nothing was started', task([]), 5, null],
    [
      'we saw it begin',
      task([
        ['received', 100],
        ['running', 300],
      ]),
      900,
      800,
    ],
    ['we saw it begin, and the clocks differ', task([['queued', 100]], created), 900, 800],
    ['we joined late', task([['running', 1_000_400]], created), 1_000_900, 900],
    ['we joined late and its clock is ahead', task([['running', 100]], created), 900, 800],
    ['we joined late and it does not say when it began', task([['running', 100]]), 900, 800],
    ['our clock jumped back', task([['queued', 900]]), 100, 0],
    ['it comes from a cache', { ...task([], created), status: 'running' }, 1_000_300, 300],
    [
      'it has ended, by the server’s events',
      task([['completed', 5]], {
        ...created,
        updatedAtUs: 1_009_000_000,
        history: changes([['completed', 1_002_000]]),
      }),
      9_999_999,
      2000,
    ],
    [
      'it has ended, by the last stamp',
      task([['failed', 5]], { ...created, updatedAtUs: 1_003_000_000 }),
      9_999_999,
      3000,
    ],
    [
      'it has ended, as we saw it',
      task([
        ['queued', 100],
        ['completed', 350],
      ]),
      9_999_999,
      250,
    ],
    ['it had ended when we came', task([['completed', 350]]), 9_999_999, null],
  ])('when %s', (_name, state, nowMs, elapsedMs) => {
    expect(selectElapsedMs(state, nowMs)).toBe(elapsedMs)
  })
})

describe('selectEtaMs', () => {
  const withEta = (status: TaskStatus, etaMs: number | null, cancelRequested = false): TaskState => ({
    ...initialTask,
    status,
    cancelRequested,
    track: {
      samples: [],
      progress: { value: 0.5, current: null, total: null, rate: 1, stage: null, etaMs, reportedAt: 1000 },
    },
  })

  it('counts down from the report, and says nothing when it has run out', () => {
    const left = [1000, 3000, 5999, 6000, 7000].map((nowMs) => selectEtaMs(withEta('running', 5000), nowMs))
    expect(left).toEqual([5000, 3000, 1, null, null])
  })

  it.each(['idle' as const, ...saidStatuses])('in status %s', (status) => {
    expect(selectEtaMs(withEta(status, 5000), 1000)).toBe(status === 'running' ? 5000 : null)
  })

  it('says nothing where nothing is known or the end was asked for', () => {
    expect(selectEtaMs({ ...initialTask, status: 'running' }, 0)).toBeNull()
    expect(selectEtaMs(withEta('running', null), 0)).toBeNull()
    expect(selectEtaMs(withEta('running', 5000, true), 1000)).toBeNull()
  })
})
