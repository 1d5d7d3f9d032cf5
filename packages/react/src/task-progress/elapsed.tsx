import { selectElapsedMs } from '@taskstream/core'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { formatDuration } from './format-duration.ts'
import { useNow } from './use-now.ts'

/** Props of `Elapsed`. */
export type ElapsedProps = PartProps<'time', TaskProgressState>

/** How long the task has taken, each second anew while it is active; nothing before it began. */
export const Elapsed: Part<ElapsedProps, HTMLTimeElement> = definePart(
  'TaskProgress.Elapsed',
  (props, ref) => {
    const context = useTaskProgress('Elapsed')
    const { task, labels, locale } = context
    const state = stateOf(context)
    const nowMs = useNow(task.isActive)
    const elapsedMs = nowMs === null && task.isActive ? null : selectElapsedMs(task.view.task, nowMs ?? 0)
    if (elapsedMs === null) return null
    return renderElement({
      tag: 'time',
      slot: 'task-progress-elapsed',
      state,
      props,
      ref,
      own: {
        dateTime: `PT${Math.floor(elapsedMs / 1000)}S`,
        children: labels.elapsed(formatDuration(elapsedMs, locale)),
        ...attributesOf(state),
      },
    })
  },
)
