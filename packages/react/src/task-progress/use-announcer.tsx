import { useState, type ReactElement } from 'react'
import { firstAnnouncement, nextAnnouncement } from './announcement.ts'
import type { ShownTask } from './shown-task.ts'
import type { TaskProgressLabels } from './labels.ts'

/**
 * The one place where a tree of parts speaks to screen readers: what began, ended, broke or came back, once each. The
 * stylesheet hides it from view; without it, hide `[data-slot='task-progress-announcer']` in your own.
 */
export function useAnnouncer(task: ShownTask, labels: TaskProgressLabels): ReactElement {
  const [before, setBefore] = useState(() => firstAnnouncement(task))
  const next = nextAnnouncement(before, task, labels)
  if (next !== before) setBefore(next)
  return (
    <span data-slot="task-progress-announcer" role="status">
      {next.text}
    </span>
  )
}
