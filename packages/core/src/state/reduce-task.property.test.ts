import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { repeatableEvents, taskEvents, type AnyTaskEvent } from '../../test/arbitrary-task.ts'
import { createTaskDecoder } from '../protocol/inference/decode-task.ts'
import { unnumbered, type Stamp } from '../protocol/protocol.ts'
import type { TaskFields } from '../protocol/task-event.ts'
import { isTerminalStatus, referenceStatusCodes } from '../protocol/task-status.ts'
import type { Frame } from '../wire/frame.ts'
import { admit, advance } from './position.ts'
import { reduceTask } from './reduce-task.ts'
import { initialTask, shownStatus, type TaskState } from './task.ts'

const at = (nowMs: number): { nowMs: number; maxLogLines: number } => ({ nowMs, maxLogLines: 50 })
const fold = (events: readonly AnyTaskEvent[], from: TaskState = initialTask): TaskState =>
  events.reduce((state, event, index) => reduceTask(state, event, unnumbered, at(index * 100)), from)
const lives = fc.array(taskEvents, { maxLength: 30 })
const runs = { numRuns: 300 }

/** The parts of the state that a key of a message may change. */
const touched: Readonly<Record<keyof TaskFields, readonly (keyof TaskState)[]>> = {
  id: ['id'],
  status: ['status', 'rawStatus', 'seen', 'logs', 'cancelRequested'],
  rawStatus: [],
  progress: ['track'],
  partialOutput: ['partial'],
  output: ['output', 'outputNamed', 'partial'],
  error: ['error'],
  app: ['app'],
  input: ['input'],
  sessionId: ['sessionId'],
  createdAt: ['createdAt'],
  updatedAtUs: ['updatedAtUs', 'snapshotAtUs'],
  history: ['history'],
}

function mayChange(event: AnyTaskEvent): readonly (keyof TaskState)[] {
  switch (event.type) {
    case 'task-fields':
      return Object.entries(touched).flatMap(([key, parts]) => (key in event.fields ? parts : []))
    case 'log-lines':
    case 'log-content':
    case 'stream-began':
    case 'log-doubted':
      return ['logs']
    case 'output-delta':
      return ['partial']
    case 'line-opened':
      return ['logs', 'partial']
    case 'cancel-requested':
    case 'cancel-rejected':
      return ['cancelRequested']
    case 'position-lost':
      return ['position']
    case 'stream-end':
    case 'frame-skipped':
    case 'position-moved':
      return []
  }
}

describe('any life of a task', () => {
  it('L7: a terminal status absorbs everything', () => {
    fc.assert(
      fc.property(lives, lives, fc.constantFrom('completed', 'failed', 'cancelled'), (before, after, end) => {
        let state = fold([...before, { type: 'task-fields', full: false, fields: { status: end } }])
        const { status } = state
        expect(isTerminalStatus(status)).toBe(true)
        for (const event of after) {
          state = fold([event], state)
          expect([state.status, shownStatus(state), state.cancelRequested]).toEqual([status, status, false])
        }
      }),
      runs,
    )
  })

  it('L4: an event that is said again changes nothing, not even the reference', () => {
    fc.assert(
      fc.property(lives, repeatableEvents, (before, event) => {
        const once = fold([event], fold(before))
        expect(fold([event], once)).toBe(once)
      }),
      runs,
    )
  })

  it('keeps its reference when nothing changed, and changes it only with something', () => {
    fc.assert(
      fc.property(lives, taskEvents, (before, event) => {
        const state = fold(before)
        const next = fold([event], state)
        const changed = Object.entries(next).some(([key, part]) => part !== Reflect.get(state, key))
        expect(next !== state).toBe(changed)
      }),
      runs,
    )
  })

  it('L9: what an event does not name keeps its identity', () => {
    fc.assert(
      fc.property(lives, taskEvents, (before, event) => {
        const state = fold(before)
        const next = fold([event], state)
        const allowed = new Set<string>(mayChange(event))
        for (const [key, part] of Object.entries(next)) {
          if (!allowed.has(key)) expect([key, part === Reflect.get(state, key)]).toEqual([key, true])
        }
      }),
      runs,
    )
  })

  it('L2: the moments at which events are folded change only what tells moments', () => {
    fc.assert(
      fc.property(lives, fc.array(fc.nat(100_000)), (life, times) => {
        const timeless = (nowMs: (index: number) => number): unknown => {
          const end = life.reduce(
            (state, event, index) => reduceTask(state, event, unnumbered, at(nowMs(index))),
            initialTask,
          )
          return { ...end, seen: end.seen.map(({ status }) => status), track: null }
        }
        expect(timeless((index) => times[index] ?? 0)).toEqual(timeless(() => 0))
      }),
      runs,
    )
  })

  it.each<[string, (index: number) => Stamp]>([
    ['counted at each connection', (index) => ({ seq: index + 1, cursor: null, mark: index })],
    ['numbered by its ids', (index) => ({ seq: index + 1, cursor: `${index + 1}`, mark: index })],
  ])(
    'L3, L4, L5: a stream %s is applied in order, each once, whatever is doubled or missing',
    (_, stampOf) => {
      const deliveries = fc.array(fc.nat(14), { maxLength: 40 })
      // Where a position is lost the stream begins anew, which is another law.
      const heard = taskEvents.filter(({ type }) => type !== 'position-lost')
      const numbered = fc.array(heard, { minLength: 15, maxLength: 15 })
      fc.assert(
        fc.property(numbered, deliveries, (events, order) => {
          let state = initialTask
          let reached = 0
          // Three in a row show that nothing is missing between ids.
          for (const index of [0, 1, 2, ...order]) {
            const stamp = stampOf(index)
            const event = events[index]
            if (event === undefined) continue
            const verdict = admit(state.position, stamp)
            const next = reduceTask(state, event, stamp, at(index * 100))
            expect(verdict).toBe(index < reached ? 'duplicate' : index === reached ? 'apply' : 'gap')
            if (verdict === 'apply') {
              reached++
              expect(next.position).toStrictEqual(advance(state.position, stamp))
              expect(next.position).toMatchObject({ seq: reached, cursor: stamp.cursor })
            } else expect(next).toBe(state)
            state = next
          }
          expect({ ...state, position: null }).toEqual({ ...fold(events.slice(0, reached)), position: null })
        }),
        runs,
      )
    },
  )
})

describe('a replay through the decoder', () => {
  const message = (data: unknown, event: string = 'message'): Frame => ({
    type: 'message',
    event,
    id: null,
    data: JSON.stringify(data),
  })
  /** Everything that the server says of the task, at each connection, in this order. */
  const said: readonly Frame[] = [
    message({ id: 't1', status: 'queued' }),
    ...Array.from({ length: 12 }, (_, index) =>
      message({ status: 'running', progress: { current: index, total: 12 }, logs: [`line ${index}`] }),
    ),
    message({ status: 'completed', output: { text: 'done' } }),
  ]
  /** What says that the line lives, or nothing to us, and stands elsewhere at each connection. */
  const signs = fc.constantFrom<Frame>(
    { type: 'beat' },
    { type: 'retry', delayMs: 500 },
    { type: 'id', id: '7' },
    message({ type: 'heartbeat' }),
    message({}, 'heartbeat'),
    message({ id: 'c1', status: 'idle' }, 'chats'),
  )
  interface Delivery {
    readonly frameCount: number
    readonly signsBefore: readonly (readonly [place: number, sign: Frame])[]
  }
  const deliveries: fc.Arbitrary<Delivery> = fc.record({
    frameCount: fc.nat(said.length),
    signsBefore: fc.array(fc.tuple(fc.nat(said.length), signs), { maxLength: 20 }),
  })
  const undisturbed: Delivery = { frameCount: said.length, signsBefore: [] }

  /** What one connection brings, up to where it is cut. */
  const framesOf = ({ frameCount, signsBefore }: Delivery): readonly Frame[] =>
    said
      .slice(0, frameCount)
      .flatMap((frame, index) => [
        ...signsBefore.flatMap(([place, sign]) => (place === index ? [sign] : [])),
        frame,
      ])

  /** Follows the connections one after the other, and asks at each event that it is none behind a hole. */
  function follow(connections: readonly Delivery[]): TaskState {
    let state = initialTask
    for (const delivery of connections) {
      const decode = createTaskDecoder(referenceStatusCodes, 'replay')
      state = reduceTask(
        state,
        { type: 'line-opened', isContinued: false, mayContinue: false },
        unnumbered,
        at(0),
      )
      for (const { stamp, event } of framesOf(delivery).flatMap((frame) => decode(frame))) {
        expect(admit(state.position, stamp)).not.toBe('gap')
        state = reduceTask(state, event, stamp, at(0))
      }
    }
    return state
  }
  const shown = ({ logs, seen, output, track, position }: TaskState): unknown => ({
    lines: [...logs.lines],
    seen,
    output,
    track,
    position,
  })

  it('L4, L5, L6: is heard once and without a gap, wherever its signs of life stand at each connection', () => {
    const whole = shown(follow([undisturbed]))
    fc.assert(
      fc.property(fc.array(deliveries, { maxLength: 4 }), deliveries, (cut, last) => {
        expect(shown(follow([...cut, { ...last, frameCount: said.length }]))).toEqual(whole)
      }),
      runs,
    )
  })
})
