import { isTerminalStatus } from '../protocol/task-status.ts'
import type { BodyMessage } from './body-message.ts'
import type { UpdateEncoder } from './encode-update.ts'
import type { Framing } from './frame-text.ts'
import type { Runs, TaskRun } from './runs.ts'
import { taskAfter, type TaskStep } from './script.ts'
import type { SimulatorSettings } from './simulator-options.ts'

/** Where a stream begins in the history of its task. */
export interface HistoryStart {
  /** How many events are not said again. */
  readonly afterEvents: number
  /** Id of an event, counted from 1; `null` where events have none. */
  readonly idOf: ((event: number) => string) | null
}

/** What a stream of a task says, and from where on. */
export interface TaskTaleSetup {
  readonly run: TaskRun
  readonly runs: Runs
  readonly updates: UpdateEncoder
  readonly settings: SimulatorSettings
  readonly framing: Framing
  /** `null` begins with the present. */
  readonly start: HistoryStart | null
}

/** The messages of one stream, in order; each is made when somebody asks. */
export interface TaskTale {
  /** What is to be said next; whoever says it takes it out. */
  readonly waiting: BodyMessage[]
  /** Whether what tells of the end of the task is waiting or has been said. */
  readonly isEndSaid: boolean
  /** What will happen next, as far as one knows now. */
  readonly nextStep: TaskStep | undefined
  /** Events so far, those that were not said again too. */
  readonly eventCount: number
  /** Makes what is due; false when nothing is. */
  fill(): boolean
}

/** Begins to tell of a task. */
export function beginTaskTale({ run, runs, updates, settings, framing, start }: TaskTaleSetup): TaskTale {
  const waiting: BodyMessage[] = []
  const { history } = run
  let stepsSaid = start === null ? runs.stepsDone(run) : history.fromStep
  let { status } = taskAfter(run.script, stepsSaid)
  let isEndSaid = false
  let eventCount = 0
  const toSkip = start?.afterEvents ?? 0

  const say = (messages: readonly BodyMessage[]): void => {
    for (const message of messages) {
      eventCount++
      const id = start?.idOf?.(eventCount)
      if (eventCount > toSkip) waiting.push(id === undefined ? message : { ...message, id })
    }
  }
  const sayStep = (index: number): void => {
    const messageCount = updates.messageCount(index)
    if (eventCount + messageCount > toSkip) return say(updates.step(index, status))
    updates.skip(index)
    eventCount += messageCount
  }

  if (start === null ? settings.snapshotOnConnect : history.beginsWhole) say([updates.snapshot(stepsSaid)])
  return {
    waiting,
    get isEndSaid() {
      return isEndSaid
    },
    get nextStep() {
      return run.script[stepsSaid]
    },
    get eventCount() {
      return eventCount
    },
    fill() {
      if (isEndSaid && settings.closeAfterTerminal) return false
      if (stepsSaid < runs.stepsDone(run)) {
        status = run.script[stepsSaid]?.set?.status ?? status
        sayStep(stepsSaid++)
      } else if (isEndSaid || !isTerminalStatus(status)) return false
      if (isTerminalStatus(status) && !isEndSaid) {
        isEndSaid = true
        const times = framing === 'sse' ? { never: 0, once: 1, twice: 2 }[settings.sendDone] : 0
        say(Array.from({ length: times }, () => ({ event: 'done', value: {} })))
      }
      return true
    },
  }
}

/** How many events there have been by now since the history of the task began. */
export function countEvents(setup: Omit<TaskTaleSetup, 'start'>): number {
  const tale = beginTaskTale({ ...setup, start: { afterEvents: Infinity, idOf: null } })
  while (tale.fill());
  return tale.eventCount
}
