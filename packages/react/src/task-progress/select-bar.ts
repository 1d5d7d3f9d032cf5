import type { ShownTask } from './shown-task.ts'

/** What a bar shows, and how much of it is full. */
export interface BarValue {
  /**
   * `waiting` has nothing to measure yet, `indeterminate` works at something that nobody measures, `stopped` stays where
   * it was when the task failed or was cancelled.
   */
  readonly state: 'idle' | 'waiting' | 'indeterminate' | 'determinate' | 'complete' | 'stopped'
  /** 0 to 1; `null` is unknown and never guessed. */
  readonly fraction: number | null
}

/** The bar of a task. Before the server has the task, its files on their way are what is measured. */
export function selectBar(task: ShownTask): BarValue {
  const { phase, isLoading = false, progress } = task
  if (phase === 'success') return { state: 'complete', fraction: 1 }
  if (phase === 'error' || phase === 'cancelled') return { state: 'stopped', fraction: progress.value }
  if (phase === 'idle') return { state: isLoading ? 'waiting' : 'idle', fraction: null }
  const fraction = selectUploadShare(task) ?? progress.value
  if (fraction !== null) return { state: 'determinate', fraction }
  return { state: phase === 'pending' ? 'waiting' : 'indeterminate', fraction: null }
}

/** Share of the files that the server has, 0 to 1; `null` while none are on their way. */
export function selectUploadShare({ upload, view }: ShownTask): number | null {
  if (view.submission.status !== 'uploading' || upload === null || upload.totalBytes === 0) return null
  return Math.min(1, upload.sentBytes / upload.totalBytes)
}
