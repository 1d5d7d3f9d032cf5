import type { ReportedProgress } from '../protocol/task-event.ts'

/** How far a task is, and what follows from how fast it came there. `null` is unknown; nothing is invented. */
export interface Progress {
  /** Share that is done, 0 to 1; `null` is indeterminate. */
  readonly value: number | null
  /** Units done, in whatever the task counts. */
  readonly current: number | null
  /** Units in all. */
  readonly total: number | null
  /** Units of `current` in a second, or shares of 1 where the task does not count units. */
  readonly rate: number | null
  /** Time left when it was reported, in milliseconds; `null` until enough was seen to say it honestly. */
  readonly etaMs: number | null
  /** What the task says that it is doing. */
  readonly stage: string | null
  /** Epoch milliseconds of the report, on our clock. */
  readonly reportedAt: number
}

/** Progress with the reports that its rate is made of. */
export interface ProgressTrack {
  readonly progress: Progress
  /** Moments and shares of this stage, oldest first, at least {@link minGapMs} apart; at most {@link maxSamples}. */
  readonly samples: readonly { readonly atMs: number; readonly value: number }[]
}

const maxSamples = 16
const minSamples = 4
const minSpanMs = 2000
/** What is reported within this time is one step: how fast messages follow each other says nothing of the work. */
const minGapMs = 250

/** The track after one more report; the same reference when the report says nothing new. */
export function trackProgress(
  track: ProgressTrack | null,
  reported: ReportedProgress,
  atMs: number,
): ProgressTrack {
  const last = track?.progress
  if (
    track !== null &&
    last !== undefined &&
    last.value === reported.value &&
    last.current === reported.current &&
    last.total === reported.total &&
    last.stage === reported.stage
  ) {
    return track
  }
  const samples = nextSamples(track, reported, atMs)
  const perMs = medianRate(samples)
  const { value, current, total, stage } = reported
  const unitsPerValue = current !== null && total !== null ? total : 1
  const etaMs = perMs === null || value === null ? null : Math.round((1 - value) / perMs)
  return {
    samples,
    progress: {
      value,
      current,
      total,
      stage,
      rate: perMs === null ? null : finite(perMs * 1000 * unitsPerValue),
      etaMs: etaMs === null ? null : finite(etaMs),
      reportedAt: atMs,
    },
  }
}

function nextSamples(
  track: ProgressTrack | null,
  reported: ReportedProgress,
  atMs: number,
): ProgressTrack['samples'] {
  if (reported.value === null) return []
  const sample = { atMs, value: reported.value }
  const last = track?.samples.at(-1)
  // Another stage, a step back or a clock that was set is another course: what came before says nothing about it.
  const goesOn =
    track !== null &&
    last !== undefined &&
    track.progress.stage === reported.stage &&
    last.value <= sample.value &&
    last.atMs <= atMs
  if (!goesOn) return [sample]
  if (last.value === sample.value) return track.samples
  if (atMs - last.atMs < minGapMs) return [...track.samples.slice(0, -1), { ...last, value: sample.value }]
  return [...track.samples, sample].slice(-maxSamples)
}

/**
 * Share per millisecond: the median of the rates between reports, so that one burst or one pause does not rule it.
 * `null` before four reports over two seconds.
 */
function medianRate(samples: ProgressTrack['samples']): number | null {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || samples.length < minSamples) return null
  if (last.atMs - first.atMs < minSpanMs) return null
  const rates = samples
    .slice(1)
    .map((sample, index) => rateBetween(samples[index] ?? first, sample))
    .sort((a, b) => a - b)
  const median = rates[Math.floor(rates.length / 2)] ?? 0
  return median > 0 ? median : null
}

function rateBetween(from: { atMs: number; value: number }, to: { atMs: number; value: number }): number {
  return (to.value - from.value) / (to.atMs - from.atMs)
}

/** A share so small, or a total so large, that the number runs over says nothing. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
