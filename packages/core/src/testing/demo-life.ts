import type { ScriptStatus, TaskScript, TaskStep } from './script.ts'

/** A piece of the work of a demo. */
export interface DemoStep {
  readonly stage: string
  readonly log?: string
  /** What there is so far. */
  readonly partial?: unknown
}

/** A life that is told well: log lines from the start, progress with the name of each stage, outputs on the way. */
export interface DemoLife {
  /** Milliseconds between one step and the next. */
  readonly stepMs: number
  readonly work: readonly DemoStep[]
  /** Log lines of the other moments. */
  readonly says?: Partial<Readonly<Record<ScriptStatus, readonly string[]>>>
  readonly output: unknown
  /** Ends it after the work, in the server's words; default it succeeds. */
  readonly error?: string
  /** Units of work, where it ends before they are done; default as many as there are pieces of work. */
  readonly total?: number
}

const START: readonly ScriptStatus[] = [
  'received',
  'queued',
  'scheduled',
  'preparing',
  'serving',
  'setting_up',
  'running',
]

/** The script of a demo. */
export function demoLife({
  stepMs,
  work,
  says = {},
  output,
  error,
  total = work.length,
}: DemoLife): TaskScript {
  const end: readonly TaskStep['set'][] =
    error === undefined
      ? [{ status: 'uploading' }, { status: 'completed', output }]
      : [{ status: 'failed', error }]
  const changes: readonly Omit<TaskStep, 'atMs'>[] = [
    ...START.map((status) => ({ set: { status }, logs: says[status] ?? [] })),
    ...work.map(({ stage, log, partial }, index) => ({
      set: {
        progress: { current: index + 1, total, stage },
        ...(partial === undefined ? {} : { partialOutput: partial }),
      },
      logs: log === undefined ? [] : [log],
    })),
    ...end.map((set) => ({ set: set ?? {}, logs: says[set?.status ?? 'unknown'] ?? [] })),
  ]
  return changes.map(({ set, logs = [] }, index) => ({
    atMs: index * stepMs,
    ...(set === undefined ? {} : { set }),
    ...(logs.length === 0 ? {} : { logs }),
  }))
}
