import { type StreamError } from '../errors.ts'
import { unnumbered, type Decode, type Stamp, type Stamped } from '../protocol/protocol.ts'
import type { LocalTaskEvent, TaskEvent } from '../protocol/task-event.ts'
import { isTerminalStatus } from '../protocol/task-status.ts'
import type { LineFacts } from '../state/connection-info.ts'
import type { Connection } from '../state/connection.ts'
import { isContinued, isDense } from '../state/position.ts'
import { reduceTask } from '../state/reduce-task.ts'
import { initialTask, type TaskState } from '../state/task.ts'
import type { Frame } from '../wire/frame.ts'
import { truncated } from './line-faults.ts'
import { createLine, type Carried, type LineEnv } from './line.ts'
import { isLogGuess } from './log-guess.ts'
import { createPlaceWatch, isAhead } from './place-watch.ts'
import { isNews } from './task-news.ts'
import { watchSilence, type SilenceWatch } from './watch-silence.ts'

/** What a line to a task needs from its surroundings. */
export interface TaskLineEnv extends Omit<LineEnv, 'onChange' | 'onOver'> {
  readonly decode: () => Decode<TaskEvent>
  /** Asks for the whole task once, as events. */
  readonly ask: (signal: AbortSignal) => Promise<readonly TaskEvent[]>
  /** Whether the server continues after any id of its own, be it a number or a name. */
  readonly isCursorTrusted: boolean
  readonly maxLogLines: number
  /** Told of every change of the task, in order, once per event that changed it. */
  readonly onTask: (next: TaskState, before: TaskState) => void
  /** Told of every change of the connection. */
  readonly onConnection: () => void
  /** Told once, when the task has ended and everything about it is known. */
  readonly onSettled: () => void
}

/** A task and the line that it is followed by. The only place where the line and the fold meet. */
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

/** How long a line may bring signs of life and no word before it is doubted that the last word is still to come, in ms. */
const doubtAfterMs = 60_000

/** A line to a task, connecting to nothing until it is wanted. */
export function createTaskLine(env: TaskLineEnv): TaskLine {
  const { clock } = env
  let task = initialTask
  let newsCount = 0
  let lastEventAt: number | null = null
  let skippedCount = 0
  let read = env.decode()
  /** Whether something may have been missed since the whole task was read. */
  let lossy = false
  const place = createPlaceWatch()
  /** The end of the task, held back while what it leaves open can still be asked. */
  let lastWord: readonly Stamped<TaskEvent>[] | null = null
  let watched: { readonly signal: AbortSignal; readonly silence: SilenceWatch } | null = null

  function reduce(state: TaskState, event: TaskEvent | LocalTaskEvent, stamp: Stamp): TaskState {
    return reduceTask(state, event, stamp, { nowMs: clock.now(), maxLogLines: env.maxLogLines })
  }

  /** What one message says is one change, whatever it is made of. */
  function commit(next: TaskState): void {
    const before = task
    task = next
    if (!isNews(next, before)) return
    newsCount++
    watched?.silence.heard()
    lastEventAt = clock.now()
    env.onTask(next, before)
  }

  function fold(events: readonly (TaskEvent | LocalTaskEvent)[]): void {
    commit(events.reduce((state, event) => reduce(state, event, unnumbered), task))
  }

  async function reconcile(signal: AbortSignal): Promise<void> {
    const answer = await env.ask(signal)
    lossy = false
    if (!signal.aborted) fold(answer)
  }

  /** What one frame says, as one step: its events are admitted together, and the position moves with the last (L3). */
  function reduceFrame(said: readonly Stamped<TaskEvent>[]): TaskState {
    const stamp = said[0]?.stamp ?? unnumbered
    const { position } = task
    if (!place.isNew(position, stamp)) return task
    // Numbers that were no count so far may be one all the same.
    if (isAhead(position, stamp) && position.recent.length > 0) lossy = true
    const isPlaced = stamp.seq !== null || stamp.cursor !== null
    return said.reduce(
      (state, { event }, index) => reduce(state, event, index === said.length - 1 ? stamp : unnumbered),
      isPlaced && task.position.recent.length === 0
        ? reduce(task, { type: 'stream-began' }, unnumbered)
        : task,
    )
  }

  /** Whether this is the last word, and yet something may be missing that only asking can tell. */
  function leavesQuestions(next: TaskState): boolean {
    if (!isTerminalStatus(next.status) || isTerminalStatus(task.status)) return false
    if (lossy) return true
    return next.status === 'completed' ? !next.outputNamed : next.status === 'failed' && next.error === null
  }

  async function take(frame: Frame, signal: AbortSignal): Promise<void> {
    const said = read(frame)
    let next = reduceFrame(said)
    const skipped = said.filter(({ event }) => event.type === 'frame-skipped').length
    skippedCount += skipped
    // A frame that is known was dropped by its place in the stream, not by a guess.
    if (skipped > 0 || (next !== task && isLogGuess(said, task.logs, next.logs))) lossy = true
    if (skipped > 0) next = reduce(next, { type: 'log-doubted' }, unnumbered)
    if (leavesQuestions(next)) {
      lastWord = said
      await reconcile(signal)
      next = reduceFrame(said)
    }
    commit(next)
    if (said.some(({ event }) => event.type === 'stream-end') && !isTerminalStatus(task.status))
      throw truncated()
  }

  /** Signs of life hide that the last word was lost. The end is all that is taken: the stream tells the rest in its order. */
  async function doubt(signal: AbortSignal): Promise<void> {
    const answer = await env.ask(signal).catch(() => [])
    const next = answer.reduce((state, event) => reduce(state, event, unnumbered), task)
    if (signal.aborted || !isTerminalStatus(next.status)) return
    commit(next)
    line.settle()
  }

  /** Begins to doubt a connection that has not been watched yet. */
  function watch(signal: AbortSignal): void {
    if (watched?.signal === signal) return
    const silence = watchSilence(
      clock,
      () => doubtAfterMs,
      () => void doubt(signal),
    )
    signal.addEventListener('abort', () => silence.stop(), { once: true })
    watched = { signal, silence }
  }

  const carried: Carried = {
    get cursor() {
      return task.position.cursor
    },
    get canResume() {
      return isDense(task.position)
    },
    get isOver() {
      return isTerminalStatus(task.status)
    },
    get newsCount() {
      return newsCount
    },
    reopened() {
      place.opened(newsCount)
      // Without a place in the stream, the source reads the whole task; a stream that is continued repeats nothing.
      // Whether its server has begun to count anew, only the task itself can tell.
      if (task.position.recent.length === 0) lossy = task.position.hadHole && task.logs.reordered
      else if (isDense(task.position)) lossy = true
      read = env.decode()
      const opened: LocalTaskEvent = {
        type: 'line-opened',
        isContinued: isContinued(task.position, env.isCursorTrusted),
        mayContinue: task.position.recent.length > 0,
      }
      task = reduce(task, opened, unnumbered)
    },
    async take(frames, signal) {
      watch(signal)
      for (const frame of frames) {
        await take(frame, signal)
        if (signal.aborted) return
      }
    },
    async broke(cause: StreamError, isGivenUp, signal) {
      const isLost = place.isLost(cause, task.position, newsCount)
      if (isLost) task = reduce(task, { type: 'position-lost' }, unnumbered)
      // A message that is too large will be so again, perhaps before the answer about the present came: it is asked for.
      // So is what was missed of a stream that is read anew, which could not be laid over what is known.
      if (cause.code === 'frame-too-large' || (isLost && lossy)) await reconcile(signal).catch(() => {})
      // Nobody is left to ask: better an end with a question than none.
      if (isGivenUp && lastWord !== null && !signal.aborted) fold(lastWord.map(({ event }) => event))
    },
  }
  const line = createLine(carried, { ...env, onChange: env.onConnection, onOver: env.onSettled })

  return {
    get task() {
      return task
    },
    get connection() {
      return line.connection
    },
    get facts() {
      return { lastEventAt, skippedCount, nextRetryAt: line.nextRetryAt, transport: line.transport }
    },
    want: () => line.want(),
    unwant: () => line.unwant(),
    retryNow: () => line.retryNow(),
    fold(events) {
      fold(events)
      line.settle()
    },
  }
}
