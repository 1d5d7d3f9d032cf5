import * as fc from 'fast-check'
import { StreamError } from '../src/errors.ts'
import type { LocalTaskEvent, TaskEvent, TaskFields } from '../src/protocol/task-event.ts'
import { taskStatuses, type TaskStatus } from '../src/protocol/task-status.ts'

/** Any event that a task may meet. */
export type AnyTaskEvent = TaskEvent | LocalTaskEvent

/** Statuses that a server can say. */
export const saidStatuses: readonly TaskStatus[] = taskStatuses.filter((status) => status !== 'idle')

const value = fc.oneof(
  fc.constant(null),
  fc.constant({}),
  fc.record({ response: fc.constantFrom('', 'He', 'Hello'), n: fc.nat(2) }, { requiredKeys: [] }),
  fc.jsonValue({ maxDepth: 2 }),
)
const text = fc.option(fc.constantFrom('', 'a', 'b'))

/** What a message may say of a task; small numbers, so that stamps and values meet. */
export const taskFields: fc.Arbitrary<TaskFields> = fc.record(
  {
    id: fc.constantFrom('t1', 't1', 't2'),
    status: fc.constantFrom(...saidStatuses),
    rawStatus: fc.oneof(fc.nat(20), fc.constantFrom('running', 'odd')),
    progress: fc.option(
      fc.record({
        value: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        current: fc.option(fc.nat(9)),
        total: fc.option(fc.integer({ min: 1, max: 9 })),
        stage: text,
      }),
    ),
    partialOutput: value,
    output: value,
    error: text,
    app: text,
    input: value,
    sessionId: text,
    createdAt: fc.option(fc.nat(5)),
    updatedAtUs: fc.option(fc.nat(9)),
    history: fc.array(fc.record({ status: fc.constantFrom(...saidStatuses), at: fc.nat(5) }), {
      maxLength: 3,
    }),
  },
  { requiredKeys: [] },
)

const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
const fieldEvents = fc.record({
  type: fc.constant('task-fields' as const),
  full: fc.boolean(),
  fields: taskFields,
})
const contentEvents = fc.record({
  type: fc.constant('log-content' as const),
  source: fc.constantFrom('setup', 'task'),
  content: fc.constantFrom('', '> a', '> a\n', '> a\n> b\n', '> a\n> c'),
})
const otherEvents = fc.constantFrom<AnyTaskEvent>(
  { type: 'line-opened', isContinued: false, mayContinue: false },
  { type: 'line-opened', isContinued: true, mayContinue: true },
  { type: 'cancel-requested' },
  { type: 'cancel-rejected' },
  { type: 'position-moved' },
  { type: 'position-lost' },
  { type: 'stream-began' },
  { type: 'log-doubted' },
  { type: 'stream-end' },
  { type: 'frame-skipped', error: new StreamError('malformed', 'unreadable') },
)

/** Events that say the same when they are said twice. */
export const repeatableEvents: fc.Arbitrary<AnyTaskEvent> = fc.oneof(
  { weight: 4, arbitrary: fieldEvents },
  contentEvents,
  fc.record({ type: fc.constant('log-lines' as const), origin: fc.constant('resource' as const), lines }),
  fc.record({ type: fc.constant('output-delta' as const), seq: fc.nat(6), delta: value }),
  otherEvents,
)

/** Any event. */
export const taskEvents: fc.Arbitrary<AnyTaskEvent> = fc.oneof(
  { weight: 6, arbitrary: repeatableEvents },
  fc.record({
    type: fc.constant('log-lines' as const),
    origin: fc.constantFrom('first' as const, 'increment' as const),
    lines,
  }),
  fc.record({ type: fc.constant('output-delta' as const), seq: fc.constant(null), delta: value }),
)
