import type { TaskProgressContextValue } from './context.tsx'
import { formatPercent } from './format-percent.ts'
import { selectUploadShare } from './select-bar.ts'

/** What the task is doing, in a word: its status, or its way to the server while it has none. */
export function describeStatus({ task, labels, locale }: TaskProgressContextValue): string {
  const isUnavailable = task.phase === 'error' && !task.isTerminal
  if (task.status !== 'idle' && !isUnavailable) return labels.status[task.status]
  if (task.view.submission.status === 'rejected') return labels.rejected
  if (task.error !== null) return labels.unavailable
  const uploadShare = selectUploadShare(task)
  if (uploadShare !== null) return labels.uploading(formatPercent(uploadShare, locale))
  if (task.phase === 'pending') return labels.sending
  return task.isLoading === true ? labels.loading : labels.status.idle
}
