import type { DeltaWire } from '../protocol/inference/wire-types.ts'
import { isTerminalStatus } from '../protocol/task-status.ts'
import type { BodyMessage, StreamWriter } from './body-message.ts'
import type { TaskEncoder, WireObject } from './encode-task.ts'
import type { Framing } from './frame-text.ts'
import type { TaskRun } from './runs.ts'
import { createTaskFold, taskAfter, type ScriptStatus, type TaskStep } from './script.ts'
import type { SimulatorSettings } from './simulator-options.ts'

/** Writes the messages of one stream. A fresh one for each, since the forms of `mixed` take turns. */
export interface UpdateEncoder extends StreamWriter {
  /** The task as it is after so many steps. */
  snapshot(stepCount: number): BodyMessage
  /** What a step says, as none, one or two messages. `status` is the task's after it. */
  step(index: number, status: ScriptStatus): readonly BodyMessage[]
  /** How many messages `step` would make; needs no look at the task. */
  messageCount(index: number): number
  /** Passes over a step as if it had been said. */
  skip(index: number): void
}

/** Makes the writer of one stream's messages. */
export function createUpdateEncoder(
  run: TaskRun,
  encoder: TaskEncoder,
  framing: Framing,
  settings: Pick<SimulatorSettings, 'dialect' | 'form' | 'logs' | 'partials' | 'sseNames' | 'giantLineBytes'>,
): UpdateEncoder {
  const rotation = ['bare', 'wrapped', 'typed'] as const
  const fold = createTaskFold(() => run.script)
  let count = 0
  let seq: number | null = null

  /** Puts a task, or its changed fields, into the form of this message (P§4.2 a–d). */
  const wrap = (task: WireObject, fields: readonly string[] | null): BodyMessage => {
    const chosen = settings.form === 'mixed' ? (rotation[count % rotation.length] ?? 'bare') : settings.form
    const form =
      chosen === 'bare' && settings.partials === 'full-with-fields' && fields !== null ? 'wrapped' : chosen
    const data = count === 0 ? pad(task, settings.giantLineBytes) : task
    count++
    const listed = fields === null ? {} : { fields }
    const name = settings.sseNames === 'unnamed' ? null : settings.sseNames
    switch (form) {
      case 'typed': {
        const event = settings.sseNames === 'update' ? 'update' : 'tasks'
        if (framing === 'ndjson') return { event, value: { event, data, ...listed } }
        return { event, value: fields === null ? data : { data, ...listed } }
      }
      case 'wrapped':
        return { event: name, value: { data, ...listed } }
      case 'bare':
        return { event: name, value: data }
    }
  }

  /** Whether a step changes a key of the wire. */
  const isTold = ({ set = {}, logs }: TaskStep): boolean => {
    const { progress, ...others } = set
    const hasProgress = progress !== undefined && settings.dialect !== 'live'
    return hasProgress || logs !== undefined || Object.values(others).some((value) => value !== undefined)
  }

  /** The keys of the wire that a step changes. */
  const changedKeys = (step: TaskStep, stepCount: number): WireObject => {
    const set = step.set ?? {}
    const isLive = settings.dialect === 'live'
    const output = isLive && set.output === undefined ? set.partialOutput : set.output
    return {
      ...(set.status === undefined ? {} : encoder.statusKeys(set.status)),
      ...(isLive || set.progress === undefined ? {} : { progress: set.progress }),
      ...(isLive || set.partialOutput === undefined
        ? {}
        : { partial_output: encoder.output(run, set.partialOutput) }),
      ...(output === undefined ? {} : { output: encoder.output(run, output) }),
      ...(set.error === undefined ? {} : { error: set.error }),
      ...(step.logs === undefined ? {} : { logs: logsAfter(step, stepCount) }),
    }
  }

  /** What is said of the log after a step: what is new of a list of lines, the whole of anything else. */
  const logsAfter = (step: TaskStep, stepCount: number): unknown =>
    settings.logs === 'lines' ? (step.logs ?? []) : encoder.logValue(run, fold.to(stepCount))

  const update = (step: TaskStep, stepCount: number, status: ScriptStatus): BodyMessage | null => {
    if (!isTold(step)) return null
    const changed = changedKeys(step, stepCount)
    const stamped = { ...changed, updated_at: encoder.timeOf(run, step.atMs) }
    const fields = Object.keys(stamped)
    switch (settings.partials) {
      case 'sparse': {
        const isBare =
          settings.form === 'bare' || (settings.form === 'mixed' && count % rotation.length === 0)
        // [wire] streaming reference: every update has a status, whatever it is about. It has no time stamp, by which
        // one would take it for the whole task.
        return isBare
          ? wrap({ id: run.id, ...encoder.statusKeys(status), ...changed }, null)
          : wrap({ id: run.id, ...stamped }, fields)
      }
      case 'full-with-fields':
        return wrap({ ...encoder.zero(run), ...stamped }, fields)
      case 'whole': {
        const task = fold.to(stepCount)
        return wrap({ ...encoder.task(run, task), logs: logsAfter(step, stepCount) }, null)
      }
    }
  }

  // [wire] P§4.2 e: NDJSON names the event inside the line, SSE outside.
  const named = (event: string, data: unknown): BodyMessage => ({
    event,
    value: framing === 'ndjson' ? { event, data } : data,
  })
  const delta = (piece: unknown, number: number): BodyMessage => {
    const data: DeltaWire = { delta: piece, seq: number }
    return named('delta', data)
  }

  /** The whole task as it was after so many steps, in the middle of a stream: no line of its log is new. */
  const whole = (stepCount: number): BodyMessage => {
    const task = taskAfter(run.script, stepCount)
    // [wire] P§0a.1: a list of lines is an increment, anything else the log so far.
    const logs = settings.logs === 'lines' ? [] : encoder.logValue(run, task)
    return { ...wrap({ ...encoder.task(run, task), logs }, null), stepCount }
  }

  return {
    named,
    snapshot(stepCount) {
      const task = taskAfter(run.script, stepCount)
      return {
        ...wrap(encoder.task(run, task), null),
        stepCount,
        endsTask: isTerminalStatus(task.status),
      }
    },
    step(index, status) {
      const step = run.script[index]
      if (step === undefined) return []
      const stepCount = index + 1
      const messages: BodyMessage[] = []
      if (step.delta !== undefined) {
        seq = seq === null ? fold.to(stepCount).deltaCount : seq + 1
        messages.push({ ...delta(step.delta, seq), stepCount })
      }
      const fields = update(step, stepCount, status)
      const endsTask = step.set?.status !== undefined && isTerminalStatus(step.set.status)
      if (fields !== null) messages.push({ ...fields, stepCount, endsTask })
      return messages
    },
    messageCount(index) {
      const step = run.script[index]
      return step === undefined ? 0 : (step.delta === undefined ? 0 : 1) + (isTold(step) ? 1 : 0)
    },
    skip(index) {
      const step = run.script[index]
      if (step !== undefined && isTold(step)) count++
    },
    stale: (stepCount) => [whole(stepCount), whole(0)],
    late() {
      const { script } = run
      const stepCount = script.findIndex(
        ({ set }) => set?.status !== undefined && isTerminalStatus(set.status),
      )
      const { status, changedAtMs } = taskAfter(script, stepCount)
      const stale = update({ atMs: changedAtMs, set: { status } }, stepCount, status)
      const { deltaCount } = taskAfter(script, script.length)
      return [delta({ response: ' too late' }, deltaCount + 1), ...(stale === null ? [] : [stale])]
    },
  }
}

function pad(task: WireObject, bytes: number): WireObject {
  return bytes === 0 ? task : { ...task, padding: 'x'.repeat(bytes) }
}
