import { StreamError } from '../errors.ts'
import { unnumbered, type Decode, type Stamp, type Stamped } from '../protocol/protocol.ts'
import type { LocalTaskEvent, TaskEvent } from '../protocol/task-event.ts'
import { isTerminalStatus } from '../protocol/task-status.ts'
import type { Source, Transport } from '../source/source.ts'
import { holds, idleConnection, noLineFacts, transition } from '../state/connection.ts'
import type { Connection, ConnectionInput, LineFacts, RetryPolicy } from '../state/connection.ts'
import { admit } from '../state/position.ts'
import { reduceTask } from '../state/reduce-task.ts'
import { initialTask, type TaskState } from '../state/task.ts'
import type { Frame } from '../wire/frame.ts'
import type { Clock } from './clock.ts'
import { gap, truncated } from './line-faults.ts'
import { isLogGuess } from './log-guess.ts'
import { isNews } from './task-news.ts'
import { watchSilence } from './watch-silence.ts'

/** Where a line leads and how it is read. */
export interface TaskLineTarget {
  readonly source: Source
  readonly decode: () => Decode<TaskEvent>
  /** Asks for the whole task once, as events. */
  readonly ask: (signal: AbortSignal) => Promise<readonly TaskEvent[]>
}

/** What a line needs from its surroundings. */
export interface TaskLineEnv {
  readonly clock: Clock
  readonly policy: RetryPolicy
  /** A line that brings nothing for half of this many milliseconds is shown as stalled. */
  readonly idleMs: number
  readonly maxLogLines: number
  /** Told of every change of the task, in order, once per event that changed it. */
  readonly onTask: (next: TaskState, before: TaskState) => void
  /** Told of every change of the connection. */
  readonly onConnection: () => void
  /** Told once, when the task has ended and everything about it is known. */
  readonly onSettled: () => void
}

/**
 * Runs one {@link Connection}: from its states follow the requests and timers that it holds, from what is heard follows
 * the task. The only place where the line and the fold meet.
 */
export interface TaskLine {
  readonly task: TaskState
  readonly connection: Connection
  readonly facts: LineFacts
  want(): void
  unwant(): void
  retryNow(): void
  /** Folds events that came by another way than the line: the answer to a request, or a deed of ours. */
  fold(events: readonly (TaskEvent | LocalTaskEvent)[]): void
}

/** A line to the task behind `target`, connecting to nothing until it is wanted. */
export function createTaskLine(target: () => TaskLineTarget, env: TaskLineEnv): TaskLine {
  let task = initialTask
  let connection: Connection = idleConnection
  let facts = noLineFacts
  let settled = false
  /** Whether something may have been missed since the line was opened, whose source reads the whole task, or since it was asked for. */
  let lossy = false
  /** The end of the task, held back while what it leaves open can still be asked. */
  let lastWord: readonly Stamped<TaskEvent>[] | null = null
  let release = (): void => {}

  function send(input: ConnectionInput): void {
    const before = connection
    connection = transition(before, input, env.policy)
    if (connection === before) return
    // The same request goes on from connecting to open; everything else that was held is released.
    if (holds(before) !== 'request' || holds(connection) !== 'request') {
      release()
      release = acquire(connection)
    }
    env.onConnection()
  }

  function acquire(next: Connection): () => void {
    if (next.status === 'waiting') {
      return env.clock.after(next.retryAtMs - env.clock.now(), () => send({ type: 'elapsed' }))
    }
    if (holds(next) !== 'request') return () => {}
    const attempt = new AbortController()
    void follow(attempt.signal)
    return () => attempt.abort()
  }

  function reduce(state: TaskState, event: TaskEvent | LocalTaskEvent, stamp: Stamp): TaskState {
    return reduceTask(state, event, stamp, { nowMs: env.clock.now(), maxLogLines: env.maxLogLines })
  }

  /** What one message says is one change, whatever it is made of. */
  function commit(next: TaskState): void {
    const before = task
    task = next
    if (!isNews(next, before)) return
    facts = { ...facts, lastEventAt: env.clock.now() }
    env.onTask(next, before)
  }

  function fold(events: readonly (TaskEvent | LocalTaskEvent)[]): void {
    commit(events.reduce((state, event) => reduce(state, event, unnumbered), task))
  }

  async function follow(signal: AbortSignal): Promise<void> {
    const silence = watchSilence(env.clock, env.idleMs / 2, () => {
      if (!signal.aborted) send({ type: 'quiet' })
    })
    const { source, decode, ask } = target()
    const reconcile = async (): Promise<void> => {
      const answer = await ask(signal)
      lossy = false
      if (!signal.aborted) fold(answer)
    }
    /** Whether nothing is to follow `work`, which may have told something new also when it fails. */
    const isLastStep = async (work: () => Promise<void>): Promise<boolean> => {
      const before = task
      try {
        await work()
      } finally {
        if (!signal.aborted && isNews(task, before)) send({ type: 'applied' })
      }
      if (signal.aborted) return true
      if (isTerminalStatus(task.status)) finish()
      return isTerminalStatus(task.status)
    }
    try {
      const read = decode()
      let opened = false
      const reopen = (): void => {
        task = reduce(task, { type: 'line-opened' }, unnumbered)
      }
      const onTransport = (next: Transport): void => {
        // A stream that takes over from asking counts its lists from its own start.
        if (opened) reopen()
        if (next === facts.transport) return
        facts = { ...facts, transport: next }
        env.onConnection()
      }
      for await (const frames of source({ cursor: task.position.cursor, signal, onTransport })) {
        if (signal.aborted) return
        if (!opened) {
          opened = true
          lossy = false
          reopen()
          send({ type: 'opened' })
        }
        silence.heard()
        send({ type: 'heard' })
        if (await isLastStep(() => take(frames, read, reconcile))) return
      }
      if (!signal.aborted) throw truncated()
    } catch (thrown) {
      if (signal.aborted) return
      const error = StreamError.from(thrown)
      // A message that is too large will be so again, perhaps before the answer about the present came: it is asked for.
      if (error.code === 'frame-too-large' && (await isLastStep(() => reconcile().catch(() => {})))) return
      const fault = { type: 'faulted', error, nowMs: env.clock.now(), random: env.clock.random() } as const
      if (lastWord === null || transition(connection, fault, env.policy).status !== 'closed')
        return send(fault)
      // Nobody is left to ask: better an end with a question than none.
      fold(lastWord.map(({ event }) => event))
      finish()
    } finally {
      silence.stop()
    }
  }

  /** Folds the frames of one read, in order. */
  async function take(
    frames: readonly Frame[],
    read: Decode<TaskEvent>,
    reconcile: () => Promise<void>,
  ): Promise<void> {
    for (const frame of frames) {
      const said = read(frame)
      let next = reduceAll(said)
      const skipped = said.filter(({ event }) => event.type === 'frame-skipped')
      if (skipped.length > 0) facts = { ...facts, skippedCount: facts.skippedCount + skipped.length }
      if (skipped.length > 0 || isLogGuess(said, task.logs, next.logs)) lossy = true
      if (leavesQuestions(next)) {
        lastWord = said
        await reconcile()
        next = reduceAll(said)
      }
      commit(next)
      if (said.some(({ event }) => event.type === 'stream-end') && !isTerminalStatus(task.status))
        throw truncated()
    }
  }

  function reduceAll(said: readonly Stamped<TaskEvent>[]): TaskState {
    return said.reduce((state, { event, stamp }) => {
      if (admit(state.position, stamp) === 'gap') throw gap()
      return reduce(state, event, stamp)
    }, task)
  }

  /** Whether this is the last word, and yet something may be missing that only asking can tell. */
  function leavesQuestions(next: TaskState): boolean {
    if (!isTerminalStatus(next.status) || isTerminalStatus(task.status)) return false
    if (lossy) return true
    return next.status === 'completed' ? !next.outputNamed : next.status === 'failed' && next.error === null
  }

  function finish(): void {
    send({ type: 'finished' })
    if (settled) return
    settled = true
    env.onSettled()
  }

  return {
    get task() {
      return task
    },
    get connection() {
      return connection
    },
    get facts() {
      return facts
    },
    want: () => send({ type: 'wanted' }),
    unwant: () => send({ type: 'unwanted' }),
    retryNow: () => send({ type: 'retry-now' }),
    fold(events) {
      fold(events)
      if (isTerminalStatus(task.status)) finish()
    },
  }
}
