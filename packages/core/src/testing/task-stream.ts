import type { BodyLine } from './body-line.ts'
import type { TaskEncoder } from './encode-task.ts'
import { createUpdateEncoder } from './encode-update.ts'
import { openEventStream, type EventStreamSetup } from './event-stream.ts'
import type { Runs, TaskRun } from './runs.ts'
import { beginTaskTale, type HistoryStart } from './task-tale.ts'

/** What one connection to the stream of a task needs. */
export interface TaskStreamSetup extends Pick<
  EventStreamSetup,
  'settings' | 'framing' | 'faults' | 'random' | 'signal' | 'onEnd'
> {
  readonly run: TaskRun
  readonly runs: Runs
  readonly encoder: TaskEncoder
  /** `null` begins with the present. */
  readonly start: HistoryStart | null
}

/** Opens one connection to the stream of a task: the task as it is now, or its events so far, then each step at its time. */
export function openTaskStream(setup: TaskStreamSetup): BodyLine {
  const { run, runs, settings, framing } = setup
  const updates = createUpdateEncoder(run, setup.encoder, framing, settings)
  const tale = beginTaskTale({ ...setup, updates })
  return openEventStream({
    ...setup,
    updates,
    listeners: run.listeners,
    afterEvents: setup.start?.afterEvents ?? 0,
    tale: {
      waiting: tale.waiting,
      get isLast() {
        return tale.isEndSaid && settings.closeAfterTerminal
      },
      get isGone() {
        return run.isDeleted
      },
      get nextMs() {
        const step = tale.nextStep
        return step === undefined ? Infinity : runs.momentMs(run, step.atMs)
      },
      fill: () => tale.fill(),
    },
  })
}
