import type { TaskScript, TaskStep } from '@taskstream/core/testing'

/** When a {@link longTask} ends, in milliseconds since its start: later than any test takes, so that tests leap there. */
export const endMs: number = 10 * 60_000

/** How a {@link longTask} talks. */
export interface LongTaskOptions {
  /** Numbered lines of its log, each with a step of progress; default 40. */
  readonly lines?: number
  /** Milliseconds between them; default 250. */
  readonly everyMs?: number
  /** What its lines begin with; default `line`. */
  readonly name?: string
}

const preparation = [
  'received',
  'queued',
  'scheduled',
  'preparing',
  'serving',
  'setting_up',
  'running',
] as const

/** A task that is soon at work, talks for some seconds, and then works on without a word until {@link endMs}. */
export function longTask({ lines = 40, everyMs = 250, name = 'line' }: LongTaskOptions = {}): TaskScript {
  const fromMs = preparation.length * 20
  return [
    ...preparation.map((status, index): TaskStep => ({ atMs: index * 20, set: { status } })),
    ...linesUpTo(lines, name).map((line, index): TaskStep => ({
      atMs: fromMs + index * everyMs,
      set: { progress: { current: index + 1, total: lines } },
      logs: [line],
    })),
    { atMs: endMs, set: { status: 'uploading' } },
    { atMs: endMs + 1, set: { status: 'completed', output: { text: 'all told' } } },
  ]
}

/** The first `count` lines of the log of a {@link longTask} of this name. */
export function linesUpTo(count: number, name = 'line'): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${index + 1}`)
}
