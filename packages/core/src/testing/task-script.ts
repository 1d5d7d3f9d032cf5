import { fileOf } from './file-value.ts'
import { chattySteps, deltaSteps, type ChattyOptions, type DeltaOptions } from './task-script-flows.ts'
import type { ScriptStatus, TaskScript, TaskStep } from './script.ts'

/** How a usual life goes. */
export interface UsualOptions {
  /** Milliseconds between one step and the next; default 300. */
  readonly stepMs?: number
  /** What the task gives in the end; default a line of text. */
  readonly output?: unknown
  /** Log lines, spread over the run in order; default one for each step of progress. */
  readonly logs?: readonly string[]
  /** Into how many units the work is divided, 0 or more; default 5. At 0 no progress is ever reported. */
  readonly progressSteps?: number
  /** Outputs before the end, spread over the run in order; default none. */
  readonly partials?: readonly unknown[]
}

/** How a life fails. */
export interface FailsOptions extends Pick<UsualOptions, 'stepMs' | 'logs'> {
  /** Why, in the server's words; default `CUDA out of memory`. */
  readonly error?: string
  /** Which step of progress, of 5, is the last one; default 2. */
  readonly afterProgress?: number
}

/** How long the work of an endless life is told. */
export interface EndlessOptions {
  /** Milliseconds between one log line and the next; default 1,000. */
  readonly everyMs?: number
  /** After how many milliseconds it falls silent, though it runs on; default 1 h. */
  readonly forMs?: number
}

/** Builders of the usual lives of a task. Each answers plain data. */
export interface TaskScripts {
  /** received → … → running with progress, logs and partial outputs → uploading → completed. */
  usual(options?: UsualOptions): TaskScript
  /** Runs for a while and fails. */
  fails(options?: FailsOptions): TaskScript
  /** Loses its worker after it was scheduled and is queued again; then as usual (P§3.1). */
  requeued(options?: UsualOptions): TaskScript
  /** Completed before the answer to the POST is written. */
  instant(options?: Pick<UsualOptions, 'output' | 'logs'>): TaskScript
  /** Runs until somebody cancels it. */
  endless(options?: EndlessOptions): TaskScript
  /** Writes many log lines. */
  chatty(options: ChattyOptions): TaskScript
  /** Generates text piece by piece, as an app around a language model does. */
  deltas(options: DeltaOptions): TaskScript
  /** Says nothing but its status: how far it is cannot be known. */
  silent(options?: Pick<UsualOptions, 'stepMs' | 'output'>): TaskScript
  /** Gives an image, and ever sharper previews of it on the way. */
  image(options?: Pick<UsualOptions, 'stepMs'>): TaskScript
  /** Gives a clip of three seconds. */
  video(options?: Pick<UsualOptions, 'stepMs'>): TaskScript
  /** Gives a chord of three seconds. */
  audio(options?: Pick<UsualOptions, 'stepMs'>): TaskScript
  /** Gives several files of several kinds. */
  files(options?: Pick<UsualOptions, 'stepMs'>): TaskScript
}

const PREPARATION: readonly ScriptStatus[] = [
  'received',
  'queued',
  'scheduled',
  'preparing',
  'serving',
  'setting_up',
]

/** Scripts of the usual lives of a task, such as `taskScript.usual({ stepMs: 50 })`. */
export const taskScript: TaskScripts = {
  usual,
  fails({ stepMs = 300, error = 'CUDA out of memory', afterProgress = 2, logs } = {}) {
    const run = usual({ stepMs, ...(logs === undefined ? {} : { logs }) })
    const kept = run.slice(0, PREPARATION.length + 1 + afterProgress)
    const atMs = (kept.at(-1)?.atMs ?? 0) + stepMs
    return [...kept, { atMs, set: { status: 'failed', error }, logs: [`error: ${error}`] }]
  },
  requeued(options = {}) {
    const { stepMs = 300 } = options
    const lost: readonly ScriptStatus[] = ['received', 'queued', 'scheduled']
    return [...statuses(lost, stepMs), ...later(usual(options).slice(1), (lost.length - 1) * stepMs)]
  },
  instant({ output = { text: 'Done at once.' }, logs = [] } = {}) {
    return [{ atMs: 0, set: { status: 'completed', output }, ...(logs.length > 0 ? { logs } : {}) }]
  },
  endless({ everyMs = 1000, forMs = 3_600_000 } = {}) {
    const start = started(100)
    const fromMs = start.at(-1)?.atMs ?? 0
    const lines = Array.from({ length: Math.floor(forMs / everyMs) }, (_, index) => ({
      atMs: fromMs + (index + 1) * everyMs,
      logs: [`still working, round ${index + 1}`],
    }))
    return [...start, ...lines]
  },
  chatty: (options) => chattySteps(started(100), options),
  deltas: (options) => deltaSteps(started(100), options),
  silent({ stepMs = 300, output = { text: 'Done.' } } = {}) {
    const endMs = (PREPARATION.length + 5) * stepMs
    return [
      ...started(stepMs),
      { atMs: endMs, set: { status: 'uploading' } },
      { atMs: endMs + stepMs, set: { status: 'completed', output } },
    ]
  },
  image: ({ stepMs = 300 } = {}) =>
    usual({
      stepMs,
      progressSteps: 6,
      partials: (['preview-1.png', 'preview-2.png', 'preview-3.png'] as const).map((name) => ({
        image: fileOf(name),
      })),
      output: { image: fileOf('image.png') },
    }),
  video: ({ stepMs = 300 } = {}) =>
    usual({ stepMs, progressSteps: 8, output: { video: fileOf('video.webm'), fps: 8 } }),
  audio: ({ stepMs = 300 } = {}) => usual({ stepMs, output: { audio: fileOf('audio.wav'), duration: 3 } }),
  files: ({ stepMs = 300 } = {}) =>
    usual({ stepMs, output: { files: [fileOf('image.png'), fileOf('audio.wav'), fileOf('text.txt')] } }),
}

function usual({
  stepMs = 300,
  output = { text: 'A fox went over the snow.' },
  progressSteps = 5,
  logs = Array.from({ length: progressSteps }, (_, index) => `step ${index + 1}/${progressSteps}`),
  partials = [],
}: UsualOptions = {}): TaskScript {
  const slots = Math.max(progressSteps, 1)
  const start = started(stepMs)
  const fromMs = start.at(-1)?.atMs ?? 0
  const run = Array.from({ length: slots }, (_, index): TaskStep => {
    const partial = share(partials, index, slots).at(-1)
    const lines = share(logs, index, slots)
    return {
      atMs: fromMs + (index + 1) * stepMs,
      set: {
        ...(progressSteps > 0 ? { progress: { current: index + 1, total: progressSteps } } : {}),
        ...(partial === undefined ? {} : { partialOutput: partial }),
      },
      ...(lines.length > 0 ? { logs: lines } : {}),
    }
  })
  const endMs = fromMs + (slots + 1) * stepMs
  return [
    ...start,
    ...run,
    { atMs: endMs, set: { status: 'uploading' } },
    { atMs: endMs + stepMs, set: { status: 'completed', output } },
  ]
}

/** The part of a list that belongs to one of `slots` equal stretches, so that all parts together are the list. */
function share<T>(list: readonly T[], index: number, slots: number): readonly T[] {
  return list.slice(
    Math.floor((index * list.length) / slots),
    Math.floor(((index + 1) * list.length) / slots),
  )
}

function statuses(list: readonly ScriptStatus[], stepMs: number): readonly TaskStep[] {
  return list.map((status, index) => ({ atMs: index * stepMs, set: { status } }))
}

function started(stepMs: number): readonly TaskStep[] {
  return statuses([...PREPARATION, 'running'], stepMs)
}

function later(steps: readonly TaskStep[], byMs: number): readonly TaskStep[] {
  return steps.map((step) => ({ ...step, atMs: step.atMs + byMs }))
}
