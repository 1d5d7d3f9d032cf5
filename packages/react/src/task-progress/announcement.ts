import type { TaskPhase } from '@taskstream/core'
import type { ShownTask } from './shown-task.ts'
import { failureText } from './failure-text.ts'
import type { TaskProgressLabels } from './labels.ts'

/** What was last spoken of a task, and what was known then. */
export interface Announcement {
  readonly id: string | null
  readonly phase: TaskPhase
  readonly isActive: boolean
  readonly line: 'up' | 'lost' | 'offline' | 'closed'
  readonly text: string
}

/** Longest reason that is spoken, in UTF-16 units; all of it stands on the screen. */
const maxReasonChars = 200

/** Before anything happened: what is already so when a component appears is not news. */
export function firstAnnouncement(task: ShownTask): Announcement {
  return { id: task.id, phase: task.phase, isActive: task.isActive, line: lineOf(task, 'up'), text: '' }
}

/** What to say now; the same reference when nothing worth saying happened. */
export function nextAnnouncement(
  before: Announcement,
  task: ShownTask,
  labels: TaskProgressLabels,
): Announcement {
  const isOther = before.id !== null && task.id !== null && before.id !== task.id
  const line = lineOf(task, before.line)
  if (!isOther && before.phase === task.phase && before.line === line && before.id === task.id) return before
  const text = isOther ? null : (phaseText(before, task, labels) ?? lineText(before, task, line, labels))
  const { id, phase, isActive } = task
  return { id, phase, isActive, line, text: text ?? before.text }
}

function phaseText(before: Announcement, task: ShownTask, labels: TaskProgressLabels): string | null {
  const { announce } = labels
  if (before.phase === task.phase) return null
  if (task.phase === 'pending' && !before.isActive) return announce.started
  // A task that was opened after its end has not ended just now; one that cannot be shown at all is news.
  if (!before.isActive && task.status !== 'idle') return null
  if (task.phase === 'success') return announce.completed
  if (task.phase === 'cancelled') return announce.cancelled
  if (task.phase !== 'error') return null
  const reason = failureText(task, labels) ?? labels.noReason
  return announce.failed(
    reason.length > maxReasonChars ? `${reason.slice(0, maxReasonChars).trimEnd()}…` : reason,
  )
}

function lineText(
  before: Announcement,
  task: ShownTask,
  line: Announcement['line'],
  { announce }: TaskProgressLabels,
): string | null {
  if (before.line === line || !task.isActive) return null
  const { lineBack, lineLost, lineOffline, lineClosed } = announce
  return { up: lineBack, lost: lineLost, offline: lineOffline, closed: lineClosed }[line]
}

/** An attempt is neither a loss nor a return: it keeps what was. */
function lineOf({ connection, isActive }: ShownTask, before: Announcement['line']): Announcement['line'] {
  const { state, nextRetryAt, error } = connection
  if (!isActive || state === 'live' || state === 'polling') return 'up'
  if (state === 'offline') return 'offline'
  if (state === 'reconnecting') return before === 'up' || nextRetryAt !== null ? 'lost' : before
  return state === 'closed' && error !== null ? 'closed' : before
}
