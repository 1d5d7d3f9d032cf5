import type { TaskEvent } from '../src/protocol/task-event.ts'
import { unnumbered, type Decode } from '../src/protocol/protocol.ts'
import { createAttempt } from '../src/source/attempt.ts'
import type { Source } from '../src/source/source.ts'
import type { TaskLineEnv } from '../src/store/task-line.ts'
import type { Frame } from '../src/wire/frame.ts'

/** One frame of a {@link FakeLine}: the events that it stands for, and its number where it has one. */
export interface FakeMessage {
  readonly seq?: number
  readonly events: readonly TaskEvent[]
}

/** A line whose other end is in the test's hand. */
export interface FakeLine {
  readonly target: Pick<TaskLineEnv, 'source' | 'decode' | 'ask'>
  /** Attempts so far. */
  readonly attempts: number
  /** Attempts that hold something now. */
  readonly openCount: number
  /** Cursors that attempts were asked to begin after. */
  readonly cursors: readonly (string | null)[]
  /** How often the task was asked for, and what is answered then. */
  readonly asks: number
  answerWith(answer: readonly TaskEvent[] | Error): void
  /** Sends one read of the newest attempt: several messages, one, or none, which is a sign of life. */
  send(...messages: readonly (FakeMessage | readonly TaskEvent[])[]): void
  /** Ends the bytes of the newest attempt. */
  end(): void
  fail(error: Error): void
}

/** Makes a {@link FakeLine}. Its attempts say nothing, not even that they are open, until they are told to. */
export function createFakeLine(): FakeLine {
  type Step = readonly Frame[] | Error | 'end'
  let attempts = 0
  let openCount = 0
  let asks = 0
  let answer: readonly TaskEvent[] | Error = []
  let steps: Step[] = []
  let wake = (): void => {}
  const cursors: (string | null)[] = []

  async function* read(mine: Step[]): AsyncGenerator<readonly Frame[], void> {
    for (;;) {
      const step = mine.shift()
      if (step === 'end') return
      if (step instanceof Error) throw step
      if (step !== undefined) yield step
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }

  const source: Source = ({ cursor, signal }) => {
    attempts++
    cursors.push(cursor)
    const mine: Step[] = []
    steps = mine
    return createAttempt(signal, async function* listen(attempt) {
      openCount++
      const ended = new Promise<void>((resolve) => {
        attempt.signal.addEventListener('abort', () => {
          openCount--
          resolve()
        })
      })
      const batches = read(mine)
      for (;;) {
        const next = await Promise.race([batches.next(), ended])
        if (next === undefined || next.done === true) return
        yield next.value
      }
    })
  }

  const decode = (): Decode<TaskEvent> => (frame) => {
    if (frame.type !== 'message') return []
    const { seq, events } = JSON.parse(frame.data) as FakeMessage
    const stamp = seq === undefined ? unnumbered : { seq, cursor: String(seq), mark: null }
    return events.map((event) => ({ stamp, event }))
  }

  const push = (step: Step): void => {
    steps.push(step)
    wake()
  }

  return {
    target: {
      source,
      decode,
      ask() {
        asks++
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
      },
    },
    get attempts() {
      return attempts
    },
    get openCount() {
      return openCount
    },
    cursors,
    get asks() {
      return asks
    },
    answerWith(next) {
      answer = next
    },
    send(...messages) {
      const frames = messages.map((message): Frame => {
        const said: FakeMessage = 'events' in message ? message : { events: message }
        return { type: 'message', event: 'message', id: null, data: JSON.stringify(said) }
      })
      push(frames)
    },
    end: () => push('end'),
    fail: (error) => push(error),
  }
}

/** A whole task, as its resource tells it. */
export function whole(fields: Extract<TaskEvent, { type: 'task-fields' }>['fields']): TaskEvent {
  return { type: 'task-fields', full: true, fields: { id: 't1', ...fields } }
}

/** Some fields of a task. */
export function said(fields: Extract<TaskEvent, { type: 'task-fields' }>['fields']): TaskEvent {
  return { type: 'task-fields', full: false, fields }
}

/** A frame that could not be read. JSON carries no errors, and nothing reads this one. */
export const skipped: TaskEvent = JSON.parse('{"type":"frame-skipped","error":null}') as TaskEvent
