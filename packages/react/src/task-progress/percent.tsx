import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { formatPercent } from './format-percent.ts'
import { selectBar, selectUploadShare } from './select-bar.ts'

/** Props of `Percent`. */
export type PercentProps = PartProps<'span', TaskProgressState>

/** How far the task is, in percent; nothing while nobody knows. */
export const Percent: Part<PercentProps, HTMLSpanElement> = definePart(
  'TaskProgress.Percent',
  (props, ref) => {
    const context = useTaskProgress('Percent')
    const { task, locale } = context
    const state = stateOf(context)
    const { fraction } = selectBar(task)
    // Files on their way are not the task's progress; the status says how far they are.
    if (fraction === null || selectUploadShare(task) !== null) return null
    return renderElement({
      tag: 'span',
      slot: 'task-progress-percent',
      state,
      props,
      ref,
      own: { children: formatPercent(fraction, locale), ...attributesOf(state) },
    })
  },
)
