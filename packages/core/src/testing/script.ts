import { StreamError } from '../errors.ts'
import { isTerminalStatus, type TaskStatus } from '../protocol/task-status.ts'

/** A status that a server can send. */
export type ScriptStatus = Exclude<TaskStatus, 'idle'>

/** Progress as a task reports it, sent as it is: units, a share from 0 to 1, or nothing. */
export type ScriptProgress =
  | { readonly current: number; readonly total: number; readonly stage?: string }
  | number
  | null

/** Fields of a task that a step sets; a missing key keeps its value. */
export interface TaskChange {
  readonly status?: ScriptStatus
  readonly progress?: ScriptProgress
  readonly partialOutput?: unknown
  readonly output?: unknown
  readonly error?: string | null
}

/** What happens to a task at one moment. Order within a step: the delta, then the fields and the log lines at once. */
export interface TaskStep {
  /** Milliseconds since the task was started. */
  readonly atMs: number
  readonly set?: TaskChange
  /** New log lines, without line ends. */
  readonly logs?: readonly string[]
  /** A piece of generated output (P§4.6); numbered from 1 in the order of the script. */
  readonly delta?: unknown
}

/** The life of a task: steps in order of time. The task at time t is the fold of the steps up to t. */
export type TaskScript = readonly TaskStep[]

/** A task as its script has made it. */
export interface ScriptedTask {
  readonly status: ScriptStatus
  readonly progress: ScriptProgress
  readonly partialOutput: unknown
  readonly output: unknown
  readonly error: string | null
  /** Every line so far. */
  readonly logs: readonly string[]
  /** Pieces that were sent so far. */
  readonly deltaCount: number
  /** Each moment at which a status was set, in milliseconds since the start. */
  readonly history: readonly { readonly status: ScriptStatus; readonly atMs: number }[]
  /** The moment of the last step, in milliseconds since the start; 0 before the first. */
  readonly changedAtMs: number
}

/** A task on its way through a script, for who asks for one moment after another. */
export interface TaskFold {
  /**
   * The task after the first `stepCount` steps; `received` before any. Each step is folded once, however often it is asked,
   * unless it is asked to go back. The lists of the answer grow with the next one: copy what has to last.
   */
  to(stepCount: number): ScriptedTask
}

/** Begins a fold. `readScript` may answer another script later, as long as the steps that were folded are the same. */
export function createTaskFold(readScript: () => TaskScript): TaskFold {
  let set: Required<TaskChange> = {
    status: 'received',
    progress: null,
    partialOutput: null,
    output: null,
    error: null,
  }
  const logs: string[] = []
  const history: { status: ScriptStatus; atMs: number }[] = []
  let deltaCount = 0
  let changedAtMs = 0
  let folded = 0
  return {
    to(stepCount) {
      const script = readScript()
      if (stepCount < folded) return taskAfter(script, stepCount)
      while (folded < Math.min(stepCount, script.length)) {
        const step = script[folded++]
        if (step === undefined) continue
        set = { ...set, ...step.set }
        for (const line of step.logs ?? []) logs.push(line)
        if (step.set?.status !== undefined) history.push({ status: step.set.status, atMs: step.atMs })
        if (step.delta !== undefined) deltaCount++
        changedAtMs = step.atMs
      }
      return { ...set, logs, deltaCount, history, changedAtMs }
    },
  }
}

/** The task after the first `stepCount` steps; `received` before any. Linear in steps and lines. */
export function taskAfter(script: TaskScript, stepCount: number): ScriptedTask {
  return createTaskFold(() => script).to(stepCount)
}

/** How many steps of the script have happened `elapsedMs` milliseconds after the start. */
export function countDue(script: TaskScript, elapsedMs: number): number {
  let low = 0
  let high = script.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const step = script[middle]
    if (step !== undefined && step.atMs <= elapsedMs) low = middle + 1
    else high = middle
  }
  return low
}

/** The task `elapsedMs` milliseconds after its start. */
export function taskAt(script: TaskScript, elapsedMs: number): ScriptedTask {
  return taskAfter(script, countDue(script, elapsedMs))
}

/** When the task ends, in milliseconds since the start; `null` when it never does. */
export function endOf(script: TaskScript): number | null {
  const last = script.find((step) => step.set?.status !== undefined && isTerminalStatus(step.set.status))
  return last?.atMs ?? null
}

/**
 * The script itself, once it is certain that its steps are in order.
 *
 * @throws {StreamError} `misuse` when a step lies before the one above it
 */
export function checkScript(script: TaskScript): TaskScript {
  for (const [index, step] of script.entries()) {
    const before = script[index - 1]
    if (before !== undefined && !(step.atMs >= before.atMs)) {
      throw new StreamError(
        'misuse',
        `Step ${index} of the script is at ${step.atMs} ms, before the ${before.atMs} ms of the step above it, so the ` +
          'task at a moment would not be the steps up to it. Put the steps in order of atMs.',
      )
    }
  }
  return script
}
